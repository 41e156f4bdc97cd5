"""What the sync does by itself about a contact that Xero refused because its name or number is taken."""

from dataclasses import replace
from typing import Any

import pytest

from tests.unit.kinds.documents import ALL_OFF, ALL_ON, CONTACT
from xero_sync.domain.automatic_fixes import Fixed, FoundInXero, Reads, Refusal
from xero_sync.domain.errors import BY_CODE
from xero_sync.domain.link import Link
from xero_sync.kinds.contact.document import ContactDocument
from xero_sync.kinds.contact.fixes import CLASHES, FIXES, fix_clash
from xero_sync.kinds.contact.in_xero import ContactInXero

SAME = {
    "ContactID": "id-1", "Name": "Ann O'Hara", "EmailAddress": "ann@ohara.example", "ContactStatus": "ACTIVE"
}  # fmt: skip
OTHER = {**SAME, "EmailAddress": "office@elsewhere.example"}


def refused(
    document: ContactDocument = CONTACT, *, code: str = "contact-name-taken", on: bool = True, **link: Any
) -> Refusal:
    return Refusal(
        document=document,
        codes=frozenset({code}),
        preferences=ALL_ON if on else ALL_OFF,
        link=Link(**link),
        content_hash="digest",
    )


def fixed(refusal: Refusal, *documents: dict[str, Any], **owners: int) -> Fixed:
    found = fix_clash(refusal, FoundInXero(documents, {key.replace("_", "-"): owner for key, owner in owners.items()}))
    assert found is not None
    return found


def test_the_same_client_in_xero_is_linked_with_the_evidence() -> None:
    same = {**SAME, "ContactNumber": "X-1"}
    changes = fixed(refused(), same).record
    assert changes["seen"] == ContactInXero.from_xero(same).as_stored()
    assert changes["agreed"] is None
    assert (changes["xero_id"], changes["status"]) == ("id-1", "ACTIVE")
    assert changes["link"] == Link(
        evidence="match_existing_contacts",
        note="Linked to the contact in Xero with the same name and e-mail address.",
        number="X-1",
        stands_for="Ann O'Hara",
    )


def test_another_client_of_the_name_makes_ours_go_under_a_name_of_its_own() -> None:
    changes = fixed(refused(replace(CONTACT, number_in_xero="X-1")), OTHER).record
    assert set(changes) == {"link"}
    assert replace(changes["link"], note="") == Link(
        evidence="distinct_contact_names", name="Ann O'Hara (C-7)", number="X-1", stands_for="Ann O'Hara"
    )
    assert changes["link"].note.startswith("Xero has another client of this name")


def test_a_contact_that_is_another_client_here_is_not_linked() -> None:
    assert "xero_id" not in fixed(refused(), SAME, id_1=8).record
    assert fixed(refused(), SAME, id_1=7).record["xero_id"] == "id-1"


@pytest.mark.parametrize("document", [SAME, OTHER])
def test_what_gave_up_its_number_goes_on_without_one(document: dict[str, Any]) -> None:
    without = fixed(refused(replace(CONTACT, without_number=True)), document).record["link"]
    assert without.without_number is True
    assert fixed(refused(), document).record["link"].without_number is False


def test_with_the_switches_off_somebody_has_to_act() -> None:
    assert fix_clash(refused(on=False), FoundInXero((SAME, OTHER))) is None


@pytest.mark.parametrize("code", sorted(CLASHES))
def test_every_clash_is_fixed_once_under_a_name(code: str) -> None:
    [fix] = FIXES
    assert code in BY_CODE
    assert (fix.reads, fix.waits) == (Reads.ALL, True)
    assert fix.is_for(refused(code=code))
    assert fix.is_for(refused(code=code, stands_for="Ann Lee"))
    assert not fix.is_for(refused(code=code, stands_for="Ann O'Hara"))


def test_five_refusals_say_that_a_name_or_number_is_taken() -> None:
    assert {
        "contact-name-taken",
        "contact-name-exists",
        "contact-rename-refused",
        "contact-number-taken",
        "contact-number-in-use",
    } == CLASHES


def test_other_refusals_are_not_its_business() -> None:
    [fix] = FIXES
    assert not fix.is_for(refused(code="email-invalid"))
