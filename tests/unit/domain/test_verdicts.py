"""What preflight says of one document: whether it arrives, and which fault names the cause."""

from dataclasses import replace

import pytest

from tests.unit.kinds.documents import BILL
from xero_sync.domain.errors import Fault, preflight
from xero_sync.domain.notes import Note
from xero_sync.domain.verdicts import ARRIVES, STOPPED, Judged, Verdict, arriving, stopped

LOUD, QUIET = Note("text-fitted", "Cut."), Note("matter_as_reference", "Set.", quiet=True)
DOCUMENT_FAULT = preflight("invoice-number-taken", number="10421")
MAPPING_FAULT = preflight("account-archived", account="420")
HELD = preflight("locked-period")


@pytest.mark.parametrize(
    ("notes", "unchanged", "verdict"),
    [
        ((), False, Verdict.GOES),
        ((QUIET,), False, Verdict.GOES),
        ((LOUD,), False, Verdict.NOTES),
        ((QUIET, LOUD), False, Verdict.NOTES),
        ((LOUD,), True, Verdict.UNCHANGED),
        ((), True, Verdict.UNCHANGED),
    ],
)
def test_a_document_that_arrives_says_whether_somebody_should_look(
    notes: tuple[Note, ...], unchanged: bool, verdict: Verdict
) -> None:
    judged = arriving(document=replace(BILL, xero_id="id-1"), notes=notes, unchanged=unchanged)
    assert (judged.verdict, judged.notes, judged.arrives) == (verdict, notes, True)
    assert (judged.kind, judged.object_id, judged.xero_id) == ("INVOICE", 3, "id-1")


@pytest.mark.parametrize(
    ("faults", "verdict"),
    [
        ((HELD,), Verdict.HELD),
        ((HELD, DOCUMENT_FAULT), Verdict.REFUSED),
        ((DOCUMENT_FAULT,), Verdict.REFUSED),
    ],
)
def test_a_document_is_held_only_if_all_its_faults_end_by_themselves(
    faults: tuple[Fault, ...], verdict: Verdict
) -> None:
    judged = stopped(document=BILL, faults=faults, xero_id="id-1")
    assert (judged.verdict, judged.faults, judged.arrives) == (verdict, faults, False)
    assert (judged.kind, judged.object_id, judged.xero_id) == ("INVOICE", 3, "id-1")


def test_every_verdict_arrives_is_stopped_or_is_not_sent() -> None:
    assert {*ARRIVES, *STOPPED, Verdict.NOT_SENT} == set(Verdict)
    assert len(ARRIVES) + len(STOPPED) + 1 == len(Verdict)


@pytest.mark.parametrize(
    ("faults", "waits_for", "cause"),
    [
        ((), "", ("", "")),
        ((DOCUMENT_FAULT,), "", ("invoice-number-taken", "INVOICE:3")),
        ((DOCUMENT_FAULT, MAPPING_FAULT), "", ("account-archived", "420")),
        ((MAPPING_FAULT, DOCUMENT_FAULT), "", ("account-archived", "420")),
        ((preflight("contact-refused"),), "CONTACT:5", ("contact-refused", "CONTACT:5")),
    ],
)
def test_a_mapping_names_the_cause_before_the_documents_own_fault(
    faults: tuple[Fault, ...], waits_for: str, cause: tuple[str, str]
) -> None:
    judged = Judged(kind="INVOICE", object_id=3, verdict=Verdict.REFUSED, faults=faults, waits_for=waits_for)
    assert judged.cause == cause
    assert (judged.leading.code if judged.leading else "") == cause[0]


def test_a_fault_met_twice_is_known_once_in_the_order_it_was_found() -> None:
    other = preflight("account-archived", account="421")
    judged = stopped(document=BILL, faults=(DOCUMENT_FAULT, MAPPING_FAULT, other, MAPPING_FAULT))
    assert [(each.code, each.subject) for each in judged.recognised] == [
        ("invoice-number-taken", ""),
        ("account-archived", "420"),
        ("account-archived", "421"),
    ]
