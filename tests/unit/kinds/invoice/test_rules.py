"""What the preferences and the settings decide of a bill: account, tax, status, reference, lock dates."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from tests.unit.kinds.documents import ALL_ON, BILL, BOOKS, COSTS, LINE, make_chart, preferences_but
from xero_sync.domain.chart_check import dead_mappings
from xero_sync.domain.errors import Fault, recognise
from xero_sync.kinds.invoice.document import LineDocument
from xero_sync.kinds.invoice.rules import (
    account_for,
    draft_note,
    lock_fault,
    paid_note,
    reference_for,
    status_for,
    tax_type_for,
)

NO_CODES = "category_account_codes"
NO_DEFAULT = "default_for_dead_accounts"


@pytest.mark.parametrize(
    ("line", "books", "off", "code", "why", "note", "fault"),
    [
        (LINE, {}, (), "200", "default", "", ""),
        (COSTS, {}, (), "412", "category", "category_account_codes", ""),
        (COSTS, {}, (NO_CODES,), "405", "default", "", ""),
        (COSTS, {"expenses_account": "412"}, (), "412", "category", "", ""),
        (replace(COSTS, category_account=""), {}, (), "405", "default", "", ""),
        (replace(COSTS, category_account="420"), {}, (), "405", "fallback", "default_for_dead_accounts", ""),
        (replace(COSTS, category_account="420"), {}, (NO_DEFAULT,), "420", "category", "category_account_codes", "account-archived"),
        (replace(COSTS, category_account="420"), {"expenses_account": ""}, (), "420", "category", "category_account_codes", "account-archived"),
        (replace(COSTS, category_account="420"), {"expenses_account": "420"}, (), "420", "category", "", "account-archived"),
        (replace(COSTS, category_account="999"), {}, (NO_DEFAULT,), "999", "category", "category_account_codes", "account-not-allowed"),
        (LINE, {"services_account": ""}, (), "", "missing", "", "no-account-code"),
        (replace(COSTS, category_account=""), {"expenses_account": ""}, (), "", "missing", "", "no-account-code"),
        (LINE, {"services_account": "420"}, (), "420", "default", "", "account-archived"),
    ],
)  # fmt: skip
def test_a_line_posts_to_its_categorys_account_or_the_default(
    line: LineDocument, books: dict[str, str], off: tuple[str, ...], code: str, why: str, note: str, fault: str
) -> None:
    choice = account_for(line, books=replace(BOOKS, **books), preferences=preferences_but(*off))
    assert (choice.code, choice.why) == (code, why)
    assert (choice.note.code if choice.note else "") == note
    assert [recognise(each).code for each in choice.faults] == ([fault] if fault else [])


@pytest.mark.parametrize(("account", "quiet"), [("412", True), ("420", False)])
def test_a_categorys_own_account_is_a_quiet_note_and_the_default_in_its_place_a_loud_one(
    account: str, quiet: bool
) -> None:
    choice = account_for(replace(COSTS, category_account=account), books=BOOKS, preferences=ALL_ON)
    assert choice.note is not None
    assert choice.note.quiet is quiet


@pytest.mark.parametrize(
    ("changes", "mode", "account", "tax_types", "expected"),
    [
        ({}, "EXCLUSIVE", "405", {("GST", Decimal(10)): "MAPPED"}, "MAPPED"),
        ({"tax_percent": Decimal("10.00")}, "INCLUSIVE", "405", {("GST", Decimal(10)): "MAPPED"}, "MAPPED"),
        ({}, "NO_TAX", "200", {("GST", Decimal(10)): "MAPPED"}, "NONE"),
        ({}, "EXCLUSIVE", "200", {}, "OUTPUT"),
        ({}, "EXCLUSIVE", "405", {}, None),
        ({"tax_percent": Decimal(0)}, "EXCLUSIVE", "405", {}, "NONE"),
        ({"tax_percent": Decimal(0)}, "EXCLUSIVE", "200", {}, "NONE"),
        ({"tax_percent": Decimal(7)}, "EXCLUSIVE", "200", {}, None),
        ({"tax_name": "Other"}, "EXCLUSIVE", "999", {("GST", Decimal(10)): "MAPPED"}, None),
        # A mapped type counts only while its percentage in Xero is the line's.
        ({}, "EXCLUSIVE", "405", {("GST", Decimal(10)): "OUTPUT"}, "OUTPUT"),
        ({}, "EXCLUSIVE", "200", {("GST", Decimal(10)): "NONE"}, None),
        ({}, "INCLUSIVE", "200", {("GST", Decimal(10)): "NONE"}, None),
        ({}, "NO_TAX", "200", {("GST", Decimal(10)): "OUTPUT"}, "NONE"),
        ({"tax_percent": Decimal(15)}, "EXCLUSIVE", "200", {("GST", Decimal(15)): "OUTPUT"}, None),
    ],
)
def test_a_lines_tax_type_is_the_mapped_one_or_the_accounts_own_where_its_rate_is_the_same(
    changes: dict[str, Any], mode: str, account: str, tax_types: dict[tuple[str, Decimal], str], expected: str | None
) -> None:
    found = tax_type_for(
        replace(LINE, **changes), tax_mode=mode, account_code=account, books=replace(BOOKS, tax_types=tax_types)
    )
    assert (None if isinstance(found, Fault) else found) == expected


@pytest.mark.parametrize(
    ("name", "percent", "rate"), [("GST", "7", "GST (7%)"), ("", "2.50", "No tax (2.5%)"), ("A", "100", "A (100%)")]
)
def test_a_missing_tax_type_is_named_by_its_rate(name: str, percent: str, rate: str) -> None:
    line = replace(LINE, tax_name=name, tax_percent=Decimal(percent))
    fault = tax_type_for(line, tax_mode="EXCLUSIVE", account_code="200", books=BOOKS)
    assert isinstance(fault, Fault)
    assert (fault.code, dict(fault.parts)) == ("no-tax-type", {"rate": rate, "account": "200"})


@pytest.mark.parametrize(
    ("tax_type", "status", "code"),
    [("OUTPUT", "ACTIVE", "tax-rate-changed"), ("OUTPUT", "ARCHIVED", "tax-type-unknown")],
)
def test_a_mapped_type_of_another_percentage_is_the_fault_that_is_watched(
    tax_type: str, status: str, code: str
) -> None:
    rates = [{"TaxType": tax_type, "Name": "GST", "EffectiveRate": "15.0000", "Status": status}]
    books = replace(BOOKS, chart=make_chart(tax_rates=rates))
    fault = tax_type_for(LINE, tax_mode="INCLUSIVE", account_code="200", books=books)
    assert isinstance(fault, Fault)
    [watched] = dead_mappings(chart=books.chart, accounts=[], tax_types={("GST", Decimal(10)): tax_type})
    assert (recognise(fault).code, recognise(fault).subject) == (code, watched.subject)


@pytest.mark.parametrize(
    ("state", "xero_status", "expected"),
    [
        ("DRAFT", "", "DRAFT"),
        ("AWAITING_APPROVAL", "", "SUBMITTED"),
        ("APPROVED", "", "AUTHORISED"),
        ("APPROVED", "DRAFT", "AUTHORISED"),
        ("VOID", "AUTHORISED", "VOIDED"),
        ("VOID", "PAID", "VOIDED"),
        ("VOID", "", "VOIDED"),
        ("VOID", "DRAFT", "DELETED"),
        ("VOID", "SUBMITTED", "DELETED"),
    ],
)
def test_a_bill_has_xeros_status(state: str, xero_status: str, expected: str) -> None:
    assert status_for(replace(BILL, state=state, xero_status=xero_status)) == expected


@pytest.mark.parametrize(
    ("matter", "ours", "on", "reference", "noted"),
    [
        ("M-7", False, True, "M-7", True),
        ("", False, True, "", False),
        ("m" * 256, False, True, "m" * 255, True),
        ("M-7", True, False, "", False),
        ("M-7", False, False, None, False),
    ],
)
def test_the_matters_number_is_the_reference_and_only_ours_is_taken_away(
    matter: str, ours: bool, on: bool, reference: str | None, noted: bool
) -> None:
    bill = replace(BILL, matter_number=matter, reference_is_ours=ours)
    preferences = ALL_ON if on else preferences_but("matter_as_reference")
    found, note = reference_for(bill, preferences=preferences)
    assert found == reference
    assert (note is not None) is noted


@pytest.mark.parametrize(
    ("state", "only_approved", "expected"),
    [
        ("DRAFT", False, "It went to Xero as a draft, before it was approved."),
        ("AWAITING_APPROVAL", False, "It went to Xero as a bill that awaits approval, before it was approved."),
        ("APPROVED", False, None),
        ("DRAFT", True, None),
    ],
)
def test_a_bill_in_xero_before_its_approval_says_so(state: str, only_approved: bool, expected: str | None) -> None:
    preferences = ALL_ON if only_approved else preferences_but("only_approved")
    note = draft_note(replace(BILL, state=state), preferences=preferences)
    assert (note.text if note else None) == expected


@pytest.mark.parametrize(
    ("state", "total", "noted"),
    [
        ("APPROVED", "0.00", True),
        ("APPROVED", "0.01", False),
        ("DRAFT", "0.00", False),
        ("AWAITING_APPROVAL", "0.00", False),
        ("VOID", "0.00", False),
    ],
)
def test_an_approved_bill_of_nothing_says_that_it_cannot_be_corrected_later(
    state: str, total: str, noted: bool
) -> None:
    note = paid_note(replace(BILL, state=state, total=Decimal(total)))
    assert (note is not None) == noted


@pytest.mark.parametrize(
    ("locks", "changes", "expected"),
    [
        ({}, {}, ""),
        ({"PeriodLockDate": "2026-08-02"}, {}, ""),
        ({"PeriodLockDate": "2026-08-03"}, {}, "locked-period"),
        ({"PeriodLockDate": "2026-08-31"}, {}, "locked-period"),
        ({"EndOfYearLockDate": "2026-08-03"}, {}, "locked-year"),
        ({"PeriodLockDate": "2026-08-03", "EndOfYearLockDate": "2026-08-03"}, {}, "locked-period"),
        ({"PeriodLockDate": "2026-08-03", "EndOfYearLockDate": "2026-08-10"}, {}, "locked-year"),
        ({"PeriodLockDate": "2026-08-03"}, {"state": "DRAFT"}, ""),
        ({"PeriodLockDate": "2026-08-03"}, {"state": "AWAITING_APPROVAL"}, ""),
        ({"PeriodLockDate": "2026-08-03"}, {"xero_status": "AUTHORISED"}, "edit-in-locked-period"),
        ({"PeriodLockDate": "2026-08-03"}, {"xero_status": "PAID"}, "edit-in-locked-period"),
        ({"PeriodLockDate": "2026-08-03"}, {"xero_status": "DRAFT"}, "locked-period"),
        ({"PeriodLockDate": "2026-08-03"}, {"issue_date": date(2026, 8, 4)}, ""),
    ],
)
def test_an_approved_bill_on_or_before_the_lock_date_is_a_fault(
    locks: dict[str, str], changes: dict[str, Any], expected: str
) -> None:
    fault = lock_fault(replace(BILL, **changes), chart=make_chart(**locks))
    assert (recognise(fault).code if fault else "") == expected
