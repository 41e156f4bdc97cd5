"""What Xero would say of a contact, batch by batch, and what the preferences would make of it."""

from dataclasses import replace
from typing import Any

import pytest

from tests.unit.kinds.documents import ALL_OFF, ALL_ON, CONTACT
from xero_sync.domain.in_xero import Entry, KnownInXero
from xero_sync.domain.link import Link
from xero_sync.domain.verdicts import DocumentGiven, Verdict
from xero_sync.kinds.contact.document import ContactDocument
from xero_sync.kinds.contact.mapping import map_contact
from xero_sync.kinds.contact.preflight import BATCH_LIMIT, judge_contacts, judge_restoring, refusals

NAMESAKE = Entry(xero_id="x1", name="Ann O'Hara", number="X-1", email="office@elsewhere.example", status="ACTIVE")


def given(contact: ContactDocument = CONTACT, *, on: bool = True, **more: Any) -> DocumentGiven[ContactDocument]:
    return DocumentGiven(document=contact, preferences=ALL_ON if on else ALL_OFF, **more)


def codes(contact: ContactDocument, known: KnownInXero) -> list[str]:
    payload = map_contact(contact, preferences=ALL_OFF).payload
    return [fault.code for fault in refusals(payload, contact, known)]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"name": "Kim"}, []),
        ({}, ["contact-name-taken"]),
        ({"name": "ANN O'HARA"}, ["contact-name-taken"]),
        ({"name": "Kim", "client_number": "x-1"}, ["contact-number-taken"]),
        ({"client_number": "X-1"}, ["contact-name-taken", "contact-number-taken"]),
        ({"name": "<>"}, ["contact-name-not-allowed"]),
        ({"name": "Kim", "emails": ("bad",)}, ["email-invalid"]),
        ({"name": "Kim", "country": "Australia 2"}, ["country-not-allowed"]),
        ({"name": "Kim", "country": "Côte d'Ivoire (North-West)"}, []),
        ({"xero_id": "x1"}, []),
        ({"xero_id": "x2"}, ["contact-rename-refused"]),
        ({"xero_id": "x2", "name": "Kim", "client_number": "X-1"}, ["contact-number-in-use"]),
        # An archived contact may have any name; restored, it needs one of its own.
        ({"xero_id": "x3"}, []),
        ({"xero_id": "x3", "xero_status": "ARCHIVED"}, ["contact-name-exists"]),
    ],
)
def test_every_fault_that_xero_would_find_is_named(changes: dict[str, Any], expected: list[str]) -> None:
    lee = Entry(xero_id="x2", name="Lee", status="ACTIVE")
    old = Entry(xero_id="x3", name="Old", status="ARCHIVED")
    assert codes(replace(CONTACT, **changes), KnownInXero([NAMESAKE, lee, old])) == expected


def test_a_contact_that_goes_is_known_in_xero_afterwards() -> None:
    known = KnownInXero()
    settled = judge_contacts([given()], known)[7]
    assert (settled.judged.verdict, settled.judged.xero_id, settled.document.xero_id) == (
        Verdict.GOES,
        "new 7",
        "new 7",
    )
    kept = known.get("new 7")
    assert kept is not None
    assert (kept.name, kept.number, kept.email, kept.status) == ("Ann O'Hara", "C-7", "ann@ohara.example", "ACTIVE")


def test_a_contact_that_xero_holds_already_is_unchanged() -> None:
    known = replace(CONTACT, xero_id="x1")
    digest = map_contact(known, preferences=ALL_ON).content_hash
    settled = judge_contacts([given(known, confirmed_hash=digest)], KnownInXero([NAMESAKE]))
    assert settled[7].judged.verdict is Verdict.UNCHANGED


@pytest.mark.parametrize(
    ("email", "name", "xero_id", "code"),
    [
        ("ann@ohara.example", "Ann O'Hara", "x1", "match_existing_contacts"),
        ("office@elsewhere.example", "Ann O'Hara (C-7)", "new 7", "distinct_contact_names"),
    ],
)
def test_a_clash_is_fixed_as_the_sync_would_fix_it(email: str, name: str, xero_id: str, code: str) -> None:
    known = KnownInXero([replace(NAMESAKE, email=email)])
    settled = judge_contacts([given()], known)[7]
    assert (settled.judged.verdict, settled.document.xero_id) == (Verdict.NOTES, xero_id)
    assert [note.code for note in settled.judged.notes] == [code]
    kept = known.get(xero_id)
    assert kept is not None
    assert kept.name == name


def test_a_clash_that_was_fixed_once_under_this_name_needs_somebody() -> None:
    settled = judge_contacts([given(link=Link(stands_for="Ann O'Hara"))], KnownInXero([NAMESAKE]))[7]
    assert (settled.judged.verdict, settled.judged.xero_id) == (Verdict.REFUSED, "")
    assert [fault.code for fault in settled.judged.faults] == ["contact-name-taken"]


def test_with_the_switches_off_a_clash_needs_somebody() -> None:
    assert judge_contacts([given(on=False)], KnownInXero([NAMESAKE]))[7].judged.verdict is Verdict.REFUSED


def test_of_two_new_clients_with_one_name_the_second_gets_a_name_of_its_own() -> None:
    second = replace(CONTACT, object_id=8, client_number="C-8", emails=())
    settled = judge_contacts([given(), given(second)], KnownInXero())
    assert settled[7].judged.verdict is Verdict.GOES
    assert [note.code for note in settled[8].judged.notes] == ["distinct_contact_names"]


def test_one_contact_in_xero_stands_for_one_client_here() -> None:
    linked = replace(CONTACT, object_id=8, client_number="X-1", xero_id="x1")
    settled = judge_contacts([given(), given(linked)], KnownInXero([replace(NAMESAKE, email="ann@ohara.example")]))
    assert settled[7].document.xero_id == "new 7"
    assert [note.code for note in settled[7].judged.notes] == ["distinct_contact_names"]


def test_of_two_new_clients_that_match_one_contact_in_xero_the_first_is_linked() -> None:
    second = replace(CONTACT, object_id=8, client_number="C-8")
    settled = judge_contacts([given(), given(second)], KnownInXero([replace(NAMESAKE, email="ann@ohara.example")]))
    assert settled[7].document.xero_id == "x1"
    assert settled[8].document.xero_id == "new 8"
    assert [note.code for note in settled[8].judged.notes] == ["distinct_contact_names"]


def test_a_contact_at_rest_does_not_make_known_contacts_go_before_new_ones() -> None:
    rest = replace(CONTACT, object_id=8, client_number="C-8", name="Kim", xero_id="x8")
    renamed = replace(CONTACT, object_id=9, client_number="C-9", xero_id="x9")
    known = KnownInXero(
        [Entry(xero_id="x8", name="Kim", status="ACTIVE"), Entry(xero_id="x9", name="Lee", status="ACTIVE")]
    )
    line = [given(rest, on=False, at_rest=True), given(on=False), given(renamed, on=False)]
    settled = judge_contacts(line, known)
    verdicts = [settled[pk].judged.verdict for pk in (8, 7, 9)]
    assert verdicts == [Verdict.UNCHANGED, Verdict.GOES, Verdict.REFUSED]


def test_contacts_go_in_batches_and_new_ones_apart_from_known_ones() -> None:
    many = [given(replace(CONTACT, object_id=pk, client_number=f"C-{pk}", name=f"Client {pk}")) for pk in range(60)]
    known = given(replace(CONTACT, object_id=99, xero_id="x9", name="Known", client_number="K-1"))
    settled = judge_contacts([*many, known], KnownInXero())
    assert BATCH_LIMIT == 50
    assert len(settled) == 61
    assert {each.judged.verdict for each in settled.values()} == {Verdict.GOES}


def test_a_look_alike_is_offered_in_a_note() -> None:
    known = KnownInXero([replace(NAMESAKE, name="Ann O’Hara")])
    settled = judge_contacts([given()], known)[7]
    assert settled.judged.verdict is Verdict.NOTES
    assert [note.code for note in settled.judged.notes] == ["looks-alike-in-xero"]


def test_a_look_alike_with_the_same_address_is_linked() -> None:
    known = KnownInXero([replace(NAMESAKE, name="Ann O’Hara", email="ann@ohara.example")])
    assert judge_contacts([given()], known)[7].document.xero_id == "x1"


def test_an_archived_contact_is_restored_for_a_bill_unless_its_name_was_taken_meanwhile() -> None:
    contact = replace(CONTACT, xero_id="x3")
    old = Entry(xero_id="x3", name="Ann O'Hara", status="ARCHIVED")
    free, taken = KnownInXero([old]), KnownInXero([old, NAMESAKE])
    assert judge_restoring(given(contact), contact, free).verdict is Verdict.GOES
    restored = free.get("x3")
    assert restored is not None
    assert restored.status == "ACTIVE"
    judged = judge_restoring(given(contact), contact, taken)
    assert (judged.verdict, [fault.code for fault in judged.faults]) == (Verdict.REFUSED, ["contact-name-exists"])


@pytest.mark.parametrize(("number", "sent"), [("X-1", ""), ("C-7", "X-1")])
def test_a_contact_with_our_number_is_linked_by_it(number: str, sent: str) -> None:
    contact = replace(CONTACT, name="Kim", client_number=number, number_sent=sent)
    settled = judge_contacts([given(contact)], KnownInXero([NAMESAKE]))[7]
    assert settled.document.xero_id == "x1"
    assert [note.code for note in settled.judged.notes] == ["found-by-number"]


def test_a_contact_that_was_linked_on_the_way_and_is_refused_is_not_in_xero_yet() -> None:
    contact = replace(CONTACT, country="Australia 2")
    settled = judge_contacts([given(contact)], KnownInXero([replace(NAMESAKE, email="ann@ohara.example")]))[7]
    assert (settled.judged.verdict, settled.document.xero_id, settled.judged.xero_id) == (Verdict.REFUSED, "x1", "")
    assert [fault.code for fault in settled.judged.faults] == ["country-not-allowed"]


@pytest.mark.parametrize(
    ("entries", "name"), [([NAMESAKE], ""), ([NAMESAKE, Entry(xero_id="x9", name="Lee", status="ACTIVE")], "Lee")]
)
def test_a_refused_new_name_is_named_with_the_old_one_where_that_is_known(entries: list[Entry], name: str) -> None:
    payload = map_contact(replace(CONTACT, xero_id="x9"), preferences=ALL_OFF).payload
    [fault] = refusals(payload, replace(CONTACT, xero_id="x9"), KnownInXero(entries))
    assert (fault.code, dict(fault.parts)) == ("contact-rename-refused", {"name": name, "new_name": "Ann O'Hara"})
