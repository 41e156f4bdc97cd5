"""Which e-mail address of a client Xero gets."""

from dataclasses import replace

import pytest

from tests.unit.kinds.documents import ALL_ON, CONTACT, preferences_but
from xero_sync.kinds.contact.rules import email_for


@pytest.mark.parametrize(
    ("emails", "drops", "expected", "noted"),
    [
        ((), True, "", ""),
        (("a@b.example", "c@d.example"), True, "a@b.example", ""),
        (("bad", "c@d.example"), True, "c@d.example", "c@d.example was used instead"),
        (("bad", "worse"), True, "", "it was left out"),
        (("bad", "c@d.example"), False, "bad", ""),
    ],
)
def test_an_address_that_xero_refuses_is_left_out_with_a_note_where_the_switch_is_on(
    emails: tuple[str, ...], drops: bool, expected: str, noted: str
) -> None:
    preferences = ALL_ON if drops else preferences_but("drop_invalid_emails")
    found, note = email_for(replace(CONTACT, emails=emails), preferences=preferences)
    assert found == expected
    assert (note is not None) == bool(noted)
    assert note is None or (note.code == "drop_invalid_emails" and note.text.endswith(f"so {noted}."))
