"""What the tests of both sides arrange: a bill and a client in Xero, a person's save here, a bookkeeper's there."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import time_machine
from django.utils import timezone

from billing import services
from billing.models import Contact, Invoice
from billing.models.contact import ContactKind, PhoneType
from firms.models import Firm
from tests.factories import ContactFactory, InvoiceFactory, time_line
from tests.xero import Xero, job_of, sync
from xero_sync import outbox
from xero_sync.domain.states import State
from xero_sync.domain.watch import WATCHED
from xero_sync.models import SyncJob

POST = {"method": "POST", "path": "Invoices"}
PUT = {"method": "PUT", "path": "Invoices"}


NUMBER = "10417"


def client_in_xero(firm: Firm, **values: Any) -> Contact:
    """A client who is in Xero."""
    made: Contact = ContactFactory(firm=firm, **values)
    works(firm)
    assert job_of(made).state == State.IN_XERO
    return made


def new_bill(client: Contact, *texts: str, **values: Any) -> Invoice:
    """An approved bill that was not sent yet, with a line for each text, A and B for none."""
    lines = [time_line(description=each) for each in texts or ("A", "B")]
    head = {"firm": client.firm, "contact": client, "number": NUMBER, "approved": True, "lines": lines, **values}
    made: Invoice = InvoiceFactory(**head)
    return made


def bill_in_xero(client: Contact, *texts: str, **values: Any) -> Invoice:
    """The same, in Xero."""
    made = new_bill(client, *texts, **values)
    works(client.firm)
    assert job_of(made).state == State.IN_XERO
    return made


def fate(document: Any) -> tuple[str, list[str]]:
    """The state of a document, and the known errors that stop it."""
    job = job_of(document)
    return job.state, [fault["code"] for fault in job.faults]


def note_of(document: Any) -> str:
    return " ".join(note["text"] for note in job_of(document).xero_record.notes)


def line_in_xero(xero: Xero, description: str) -> dict[str, Any]:
    """The line of the bill that says this."""
    [found] = [row for row in xero.document(NUMBER)["LineItems"] if row["Description"] == description]
    return found


def tracking_in_xero(xero: Xero) -> dict[str, list[Any]]:
    """The options set on each line of the bill, by the line's text."""
    lines = xero.document(NUMBER)["LineItems"]
    return {line["Description"]: [each["Option"] for each in line.get("Tracking") or []] for line in lines}


def enter_contact(xero: Xero, **fields: Any) -> str:
    """A contact that a bookkeeper enters; its id."""
    before = {row["id"] for row in xero.contacts}
    xero.act("enter-contact", **fields)
    [new] = [row["id"] for row in xero.contacts if row["id"] not in before]
    return str(new)


def works(firm: Firm) -> None:
    """The firm's lane, until nothing is due."""
    for _ in range(4):
        SyncJob.objects.filter(state__in=[State.WAITING, State.TRYING_AGAIN, State.CHECKING]).update(
            due_at=timezone.now()
        )
        sync(firm)


def save_bill(bill: Invoice, *, lines: Any = None, **head: Any) -> None:
    """A person's save: the head's fields, and the lines by their description now (a dict), or as given."""
    bill.refresh_from_db()
    values = services.InvoiceValues(
        contact_id=bill.contact_id, issue_date=bill.issue_date, due_date=bill.due_date, number=bill.number
    )
    changes = lines or {}
    typed = [
        replace(
            time_line(pk=line.pk, description=line.description),
            **{"quantity": line.quantity, "unit_price": line.unit_price, **changes.get(line.description, {})},
        )
        for line in bill.lines.all()
        if changes.get(line.description) is not REMOVED
    ]
    services.save_invoice(
        firm=bill.firm,
        actor=None,
        invoice=bill,
        expected_version=bill.version,
        values=replace(values, **head),
        lines=[*typed, *(time_line(**new) for new in changes.get(NEW, ()))],
    )


REMOVED: dict[str, Any] = {"removed": True}
NEW = "new lines"


def price(bill: Invoice, amount: str, description: str = "A") -> None:
    """A person's save of another price of a line."""
    save_bill(bill, lines={description: {"unit_price": Decimal(amount)}})


def save_contact(contact: Contact, **values: Any) -> None:
    """A person's save of a client's details."""
    row = Contact.objects.get(pk=contact.pk)
    names = [name for name in services.ContactValues.__dataclass_fields__ if name not in ("phones", "emails")]
    kept = {**{name: getattr(row, name) for name in names}, "kind": ContactKind(row.kind)}
    phones = tuple(services.Phone(PhoneType(each["type"]), each["number"]) for each in row.phones)
    typed = services.ContactValues(**{**kept, "phones": phones, "emails": tuple(row.emails), **values})
    services.save_contact(firm=row.firm, actor=None, contact=row, expected_version=row.version, values=typed)


@contextmanager
def after_the_watch() -> Iterator[None]:
    """Later than any write of now can arrive."""
    with time_machine.travel(timezone.now() + WATCHED + timedelta(seconds=1)):
        yield


def looks_again(firm: Firm, *, seconds: float) -> None:
    """So many seconds later, what is watched is looked at again."""
    with time_machine.travel(timezone.now() + timedelta(seconds=seconds)):
        outbox.look_again(now=timezone.now())
        works(firm)


def today() -> date:
    return timezone.now().date()
