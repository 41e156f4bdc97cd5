"""The forecast for a bill beyond the faults of the mapping: by its number, its state in Xero, its contact. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from xero_sync.domain.amounts import compare_amounts, expect_amounts
from xero_sync.domain.books import Books
from xero_sync.domain.chart import Chart
from xero_sync.domain.errors import Fault, preflight
from xero_sync.domain.in_xero import ACTIVE, Entry, KnownInXero
from xero_sync.domain.notes import Note
from xero_sync.domain.payloads import Mapped
from xero_sync.domain.verdicts import (
    DocumentGiven,
    Judged,
    arriving,
    stopped,
)
from xero_sync.kinds.invoice.document import InvoiceDocument
from xero_sync.kinds.invoice.in_xero import ENDED
from xero_sync.kinds.invoice.mapping import map_invoice
from xero_sync.kinds.invoice.matching import match_invoice

# Source: developer.xero.com, Accounting API, Invoices, "Invoice status codes", read November 2026.
MAY_BECOME = {
    "DRAFT": ("DRAFT", "SUBMITTED", "AUTHORISED", "DELETED"),
    "SUBMITTED": ("SUBMITTED", "DRAFT", "AUTHORISED", "DELETED"),
    "AUTHORISED": ("AUTHORISED", "VOIDED"),
}
APPROVED = ("AUTHORISED", "PAID")
ARCHIVED = "contact-archived"
NAMED = {"total-differs": "total", "tax-differs": "tax"}


def judge_bill(
    given: DocumentGiven[InvoiceDocument], *, books: Books, bills: KnownInXero, contacts: KnownInXero
) -> Judged:
    """The verdict on a bill that is to be sent and whose contact is in Xero, or will be; `bills` learns of it."""
    try:
        return _judged(given, books, bills, contacts)
    except (ArithmeticError, LookupError, TypeError, ValueError):
        # As in the sync: one document that cannot be mapped must not hold back the others.
        return _stopped(given.document, [preflight("our-fault")])


def _judged(given: DocumentGiven[InvoiceDocument], books: Books, bills: KnownInXero, contacts: KnownInXero) -> Judged:
    document, notes = given.document, []
    if given.link.note:
        notes.append(Note(given.link.evidence, given.link.note))
    mapped = map_invoice(document, preferences=given.preferences, books=books)
    if document.xero_id and mapped.content_hash == given.confirmed_hash:
        return arriving(document=document, notes=[*mapped.notes, *notes], unchanged=True)
    closed = _closed(given) if document.state != "VOID" else ""
    faults = (preflight(closed),) if closed else mapped.faults
    if faults:
        return _stopped(document, faults)
    other = bills.holds_number(document.number, but=document.xero_id)
    if other is not None:
        adopted = _adopted(given, other)
        if not isinstance(adopted, InvoiceDocument):
            return _stopped(document, [adopted])
        document, notes = adopted, [_adoption_note(given, other)]
        if other.is_settled:
            # A settled bill is left alone in Xero, and counts as the same.
            return arriving(document=document, notes=[*mapped.notes, *notes], unchanged=True)
        mapped = map_invoice(document, preferences=given.preferences, books=books)
    if document.state == "VOID" and _before(document, bills).status in ENDED:
        # Void on both sides: nothing is to be sent.
        return arriving(document=document, notes=[*mapped.notes, *notes], unchanged=True)
    faults = _refusals(mapped, document, books.chart, bills, contacts)
    if faults:
        return _stopped(document, faults)
    bills.put(_entry(mapped, document, bills))
    notes += _other_amounts(mapped, document, books.chart)
    return arriving(document=document, notes=[*mapped.notes, *notes])


def _closed(given: DocumentGiven[InvoiceDocument]) -> str:
    """The known error of a bill that is gone, ended, paid or credited in Xero, as its last refusal said."""
    return "missing-in-xero" if given.link.gone else given.link.closed


def _adopted(given: DocumentGiven[InvoiceDocument], other: Entry) -> InvoiceDocument | Fault:
    """The bill linked to the one that has its number in Xero, or the fault that stays."""
    document = given.document
    found = _in_xeros_words(other)
    # A number that differs in case only, which Xero compares as equal, may be another bill's: a person links it.
    if document.xero_id or not given.preferences.on("adopt_existing_invoices") or other.number != document.number:
        return preflight("invoice-number-taken", number=document.number)
    answer = match_invoice(document, found=found)
    if isinstance(answer, Fault):
        return answer
    return replace(document, xero_id=answer.xero_id, xero_status=answer.status)


def _adoption_note(given: DocumentGiven[InvoiceDocument], other: Entry) -> Note:
    answer = match_invoice(given.document, found=_in_xeros_words(other))
    return Note("adopt_existing_invoices", "" if isinstance(answer, Fault) else answer.note)


def _in_xeros_words(entry: Entry) -> Mapping[str, Any]:
    return {
        "InvoiceID": entry.xero_id,
        "InvoiceNumber": entry.number,
        "Contact": {"ContactID": entry.contact_xero_id, "Name": entry.name},
        "Status": entry.status,
        "Total": entry.total or 0,
    }


def _refusals(
    mapped: Mapped, document: InvoiceDocument, chart: Chart, bills: KnownInXero, contacts: KnownInXero
) -> tuple[Fault, ...]:
    """Every fault Xero would find; like Xero, judge the contents only once the bill's state allows a change."""
    if document.xero_id:
        before = _before(document, bills)
        faults = _change_refusals(mapped.payload, document, before, chart)
        if faults:
            return tuple(faults)
    if document.state == "VOID":
        return ()
    contact = contacts.get(document.contact_xero_id)
    faults = [preflight(ARCHIVED)] if contact is not None and contact.status != ACTIVE else []
    if document.tax_mode != "NO_TAX" and chart.tax_rates:
        for line in mapped.payload["LineItems"]:
            faults += _tax_refusals(line, chart)
    return tuple(dict.fromkeys(faults))


def _before(document: InvoiceDocument, bills: KnownInXero) -> Entry:
    return bills.get(document.xero_id) or Entry(xero_id=document.xero_id, status=document.xero_status)


def _change_refusals(payload: Mapping[str, Any], document: InvoiceDocument, before: Entry, chart: Chart) -> list[Fault]:
    asked = payload.get("Status")
    codes = []
    if before.status == "VOIDED" and asked is None:
        codes.append("document-closed-in-xero")
    elif (asked or before.status) not in MAY_BECOME.get(before.status, ()):
        codes.append("invoice-closed-in-xero")
    if before.is_settled:
        by_status = {None: "settled-in-xero", "VOIDED": "void-with-payment", "AUTHORISED": "status-with-payment"}
        codes += [by_status[asked]] if asked in by_status else []
        if document.state != "VOID" and before.issued is not None and before.issued != document.issue_date:
            codes.append("date-with-payment")
    lock = chart.lock_date
    if lock and before.status in APPROVED and before.issued is not None and before.issued <= lock:
        codes.append("edit-in-locked-period")
    return [preflight(code) for code in codes]


def _tax_refusals(line: Mapping[str, Any], chart: Chart) -> list[Fault]:
    tax_type, code = str(line.get("TaxType", "")), str(line.get("AccountCode", ""))
    rate, account = chart.tax_rate(tax_type), chart.account(code)
    if rate is None or rate.status != ACTIVE:
        return [preflight("tax-type-unknown", tax=tax_type)]
    if account is not None and account.klass in rate.barred:
        return [preflight("tax-not-for-account", tax=tax_type, account=code)]
    return []


def _other_amounts(mapped: Mapped, document: InvoiceDocument, chart: Chart) -> list[Note]:
    """A note for each amount that Xero will work out otherwise from what is sent."""
    here = document.expected_amounts
    if here is None:
        return []
    lines = []
    for line, sent in zip(document.lines, mapped.payload["LineItems"], strict=True):
        rate = chart.tax_rate(str(sent.get("TaxType", "")))
        lines.append((sent, rate.percent if rate else line.tax_percent))
    in_xero = expect_amounts(lines=lines, line_amount_types=mapped.payload["LineAmountTypes"])
    return [
        Note(
            fault.code,
            f"Xero's {NAMED[fault.code]} will be {fault.parts['xero_total']}; here it is {fault.parts['total']}.",
        )
        for fault in compare_amounts(here=here, in_xero=in_xero)
    ]


def _entry(mapped: Mapped, document: InvoiceDocument, bills: KnownInXero) -> Entry:
    xero_id = document.xero_id or f"new {document.object_id}"
    before = bills.get(xero_id) or Entry(xero_id=xero_id)
    return replace(
        before, number=document.number, status=str(mapped.payload.get("Status") or before.status), total=document.total
    )


def _stopped(document: InvoiceDocument, faults: Sequence[Fault]) -> Judged:
    return stopped(document=document, faults=faults, xero_id=document.xero_id)
