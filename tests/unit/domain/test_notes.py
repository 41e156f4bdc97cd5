"""Notes as they are kept with a job or an attempt."""

import pytest

from xero_sync.domain.notes import Note


@pytest.mark.parametrize(
    ("note", "stored"),
    [
        (Note("text-fitted", "Cut."), {"code": "text-fitted", "text": "Cut."}),
        (Note("only_approved", "Sent.", quiet=True), {"code": "only_approved", "text": "Sent.", "quiet": True}),
    ],
)
def test_a_stored_note_says_that_it_is_quiet_and_a_loud_one_says_nothing_of_it(
    note: Note, stored: dict[str, object]
) -> None:
    assert note.as_stored() == stored
