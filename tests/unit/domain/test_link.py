"""What a job's link keeps through tries, saves, successes and the loss of the document in Xero."""

import pytest

from xero_sync.domain.link import Link, forgotten, reopened, rested, tried, tries

FULL: Link = {
    "note": "Linked.",
    "code": "match_existing_contacts",
    "closed": "settled-in-xero",
    "tries": {"clash": 2},
    "without_number": True,
}


def test_each_repair_counts_its_own_tries() -> None:
    link = tried(tried(tried({}, "clash"), "clash"), "gone")
    assert (tries(link, "clash"), tries(link, "gone"), tries(link, "other")) == (2, 1, 0)
    assert tries({}, "clash") == 0


def test_a_try_changes_nothing_else_and_not_the_link_it_was_given() -> None:
    link = tried(FULL, "clash")
    assert link == {**FULL, "tries": {"clash": 3}}
    assert FULL["tries"] == {"clash": 2}


@pytest.mark.parametrize(
    ("after", "kept"),
    [
        (rested, {"note", "code", "closed", "without_number"}),
        (reopened, {"note", "code", "without_number"}),
        (forgotten, {"tries", "without_number"}),
    ],
)
def test_a_save_a_success_and_a_loss_keep_each_their_part(after: object, kept: set[str]) -> None:
    assert callable(after)
    assert after(FULL) == {key: value for key, value in FULL.items() if key in kept}
    assert after({}) == {}
