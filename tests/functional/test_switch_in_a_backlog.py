"""A switch flipped while a thousand bills are on their way: each goes as it was last saved, by Xero's own count."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from billing import importing, services
from billing.models import Invoice, InvoiceLine, LineKind
from expense_categories.models import ExpenseCategory
from tests.factories import admin_of
from tests.functional.faq import Office, office_of, workers_at_work
from tests.processes.eventually import eventually
from tests.unit.ledes_text import EXPENSE, START, record
from xero_emulator import EmulatorServer
from xero_sync.domain.states import State

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.workers]

BILLS, CLIENTS, EDITED, EDITED_TWICE = 1000, 40, 25, 10
SWITCHES = ("category_account_codes", "matter_as_reference")
FEES, EXPENSES, COURT_COSTS = "200", "405", "412"
FEE, COSTS = Decimal("630.00"), Decimal("24.95")
# Of each call with bills until both switches are done, so that they fall into the middle however slow the machine is.
DELAY_SECONDS = 1.5
Books = Counter[tuple[str, tuple[str, ...]]]


@pytest.fixture
def office(transactional_db: None, tmp_path: Path, emulator: EmulatorServer, settings: Any) -> Iterator[Office]:
    """A firm of 2017 with a category of its own account, and workers."""
    older = office_of(created_on=date(2017, 5, 2), emulator=emulator, settings=settings)
    with workers_at_work(folder=tmp_path, emulator=emulator), older as office:
        ExpenseCategory.objects.filter(firm=office.firm).update(account_code=COURT_COSTS)
        yield office


def a_thousand_bills(office: Office) -> None:
    """One import: each with an hour's work and one expense, of one of forty clients, on a matter."""
    records = []
    for number in range(BILLS):
        client = f"C-{number % CLIENTS}"
        bill = {
            "INVOICE_NUMBER": str(20000 + number),
            "CLIENT_ID": client,
            "LAW_FIRM_MATTER_ID": f"{client}/7",
            "INVOICE_TOTAL": str(FEE + COSTS),
        }
        records += [record(**bill), record(**(EXPENSE | bill))]
    report = importing.import_ledes(
        firm=office.firm,
        actor=admin_of(office.firm),
        data=(START + "".join(records)).encode(),
        create_contacts=True,
        names={f"C-{number}": f"Client {number}" for number in range(CLIENTS)},
    )
    assert report.created == BILLS, report


def books(office: Office) -> Books:
    """How many bills stand in Xero with which reference (the matter's, or none) and which accounts."""
    rows = office.xero.invoices
    assert len({row["number"] for row in rows}) == len(rows), "a bill stands there twice"
    matters = {bill.number: bill.matter.number for bill in Invoice.objects.select_related("matter")}
    return Counter(
        ("matter" if row["reference"] == matters[row["number"]] else row["reference"], tuple(row["account_codes"]))
        for row in rows
    )


def in_state(office: Office, state: State) -> Any:
    return office.firm.sync_jobs.filter(kind="INVOICE", state=state)


def some(office: Office, state: State) -> list[Invoice]:
    """A few bills that are in this state right now."""
    return list(
        Invoice.objects.filter(pk__in=list(in_state(office, state).values_list("object_id", flat=True)[:EDITED]))
    )


def edit(office: Office, bills: Sequence[Invoice], words: str) -> set[str]:
    """Save these bills again, with other words on their first line; their numbers."""
    for bill in bills:
        bill.refresh_from_db()
        first, costs = (as_typed(line) for line in bill.lines.order_by("position"))
        services.save_invoice(
            firm=office.firm,
            actor=admin_of(office.firm),
            invoice=bill,
            expected_version=bill.version,
            values=services.InvoiceValues(
                contact_id=bill.contact_id,
                matter_id=bill.matter_id,
                number=bill.number,
                issue_date=bill.issue_date,
                due_date=bill.due_date,
            ),
            lines=[replace(first, description=words), costs],
        )
    return {bill.number for bill in bills}


def as_typed(line: InvoiceLine) -> services.LineValues:
    return services.LineValues(
        pk=line.pk,
        kind=LineKind(line.kind),
        description=line.description,
        quantity=line.quantity,
        unit_price=line.unit_price,
        discount=line.discount,
        category_id=line.category_id,
        timekeeper=line.timekeeper,
        tax_name=line.tax_name,
        date=line.date,
    )


@pytest.mark.promise("P32")
def test_a_switch_in_a_running_backlog_of_a_thousand_sends_each_bill_with_the_settings_of_its_last_save(
    office: Office,
) -> None:
    office.xero.fault(kind="delay", method="PUT", path="/Invoices", seconds=DELAY_SECONDS, times=BILLS)
    a_thousand_bills(office)
    arrived_bills = in_state(office, State.IN_XERO)
    eventually(lambda: arrived_bills.count() >= BILLS // 10, within=120, what="a tenth has arrived")

    settings_page = office.switches_on(*SWITCHES)
    assert "saved earlier still go under the old settings" in settings_page
    arrived, in_line = some(office, State.IN_XERO), some(office, State.WAITING)
    saved_on = edit(office, [*arrived, *in_line], "Costs of the first motion")
    assert arrived_bills.count() < BILLS, "the backlog ended before the switch"

    office.opens_settings()
    office.admin.presses("Save switches", on=[])
    saved_off = edit(office, [*arrived[:EDITED_TWICE], *in_line[:EDITED_TWICE]], "Costs of the second motion")
    assert arrived_bills.count() < BILLS, "the backlog ended before the second switch"
    office.xero.control("DELETE", "faults")

    eventually(lambda: rested(office), within=240, what="all bills are in Xero as they were last saved")
    on = len(saved_on - saved_off)
    assert on == 2 * (EDITED - EDITED_TWICE)
    assert books(office) == {("matter", (FEES, COURT_COSTS)): on, ("", (FEES, EXPENSES)): BILLS - on}
    posted = {code: Decimal(total) for code, total in office.xero.summary["accounts"].items()}
    assert posted == {FEES: FEE * BILLS, COURT_COSTS: COSTS * on, EXPENSES: COSTS * (BILLS - on)}


def rested(office: Office) -> bool:
    return not office.firm.sync_jobs.exclude(state=State.IN_XERO).exists()
