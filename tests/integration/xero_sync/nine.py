"""One row for each preference: what to save so that it matters, and what stands in Xero then, off and on."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from itertools import count
from typing import Any

from django.urls import reverse

from billing.models import Contact, Invoice
from expense_categories.models import ExpenseCategory
from firms.models import Firm
from firms.scope import firm_scope
from tests.factories import CategoryFactory, ContactFactory, FirmFactory, InvoiceFactory, admin_of, expense_line
from tests.processes.person import Person
from tests.xero import Xero, connect_firm, job_of, read_chart_of, sync

Saved = Any
_number = count(1)


@dataclass
class FirmAtWork:
    """A connected firm, its admin at the pages, and its organisation in Xero."""

    firm: Firm
    xero: Xero
    admin: Person

    @classmethod
    def of(cls, *, created_on: date, xero: Xero) -> "FirmAtWork":
        firm = FirmFactory(created_on=created_on)
        with firm_scope(firm):
            connect_firm(firm=firm, admin=admin_of(firm), xero=xero)
        return cls(firm=firm, xero=xero, admin=Person(user=admin_of(firm)))

    @property
    def switches(self) -> dict[str, bool]:
        return dict(self.firm.preferences.values_list("key", "on"))

    def switches_to(self, **wanted: bool) -> str:
        """Put these switches so, by the form; the others stay."""
        stand = self.switches
        self.admin.opens(reverse("xero_sync:settings", args=[self.firm.slug]))
        on = [key for key, stands in (stand | wanted).items() if stands]
        return self.admin.presses("Save switches", on=on)

    def works(self) -> None:
        """The workers' part, until nothing moves any more."""
        for _ in range(4):
            sync(self.firm)

    def opens(self, document: Saved) -> str:
        kind = document._meta.model_name
        return self.admin.opens(reverse(f"billing:{kind}", args=[self.firm.slug, document.pk]))

    def saves_again(self, document: Saved, **typed: str) -> None:
        """As the FAQ says: by the form of the bill or the contact, changing nothing but what is typed."""
        kind = document._meta.model_name
        self.admin.opens(reverse(f"billing:{kind}-edit", args=[self.firm.slug, document.pk]))
        self.admin.presses("Save", **typed)

    def approves(self, bill: Invoice) -> None:
        self.opens(bill)
        self.admin.presses("Approve")

    def client(self, **values: Any) -> Contact:
        """A client who is in Xero."""
        made: Contact = ContactFactory(firm=self.firm, **values)
        self.works()
        return made

    def bill(self, **values: Any) -> Invoice:
        made: Invoice = InvoiceFactory(firm=self.firm, **values)
        return made

    def account(self) -> str:
        """One more account of Xero's that bills may use, which our chart has read."""
        code = str(9000 + next(_number))
        self.xero.act("add-account", code=code, name=f"Costs {code}")
        read_chart_of(self.firm)
        return code

    def expense(self, code: str) -> Invoice:
        category: ExpenseCategory = CategoryFactory(firm=self.firm, account_code=code)
        return self.bill(contact=self.client(), lines=[expense_line(category)], approved=True)


@dataclass(frozen=True, kw_only=True)
class Refusal:
    """Xero's own words (a part of them), the known error we take them for, and who acts."""

    xero: str
    code: str
    who: str


@dataclass(frozen=True, kw_only=True)
class Row:
    """`meets`: save a document to which the switch matters. `sees`: what stands in Xero of it.

    `off`: that, while it is off; None where Xero refuses it. `on`: that, once it was saved again with it on.
    `fresh`: that, for one saved with it on from the start. `also`: how other switches have to stand. `quiet`: its note
    asks nobody to look.
    """

    key: str
    meets: Callable[[FirmAtWork], Saved]
    sees: Callable[[FirmAtWork, Saved], Any]
    on: Any
    off: Any = None
    refusal: Refusal | None = None
    fresh: Any = ...
    again: Callable[[FirmAtWork, Saved], None] = FirmAtWork.saves_again
    noted_on: Callable[[Saved], Saved] = lambda saved: saved
    noted_off: bool = False
    quiet: bool = False
    also: dict[str, bool] = field(default_factory=dict)


def in_xero(office: FirmAtWork, bill: Invoice) -> list[dict[str, Any]]:
    return office.xero.numbered(bill.number)


def accounts(office: FirmAtWork, bill: Invoice) -> list[str]:
    """The kind of account each line of the bill stands on."""
    codes = [code for row in in_xero(office, bill) for code in row["account_codes"]]
    return ["default" if code == "405" else "its own" for code in codes]


def statuses(office: FirmAtWork, bill: Invoice) -> list[str]:
    return [row["status"] for row in in_xero(office, bill)]


def references(office: FirmAtWork, bill: Invoice) -> list[str]:
    number = bill.matter.number if bill.matter else ""
    return ["the matter" if row["reference"] == number else row["reference"] for row in in_xero(office, bill)]


def names(office: FirmAtWork, contact: Contact) -> list[tuple[str, str]]:
    """What Xero calls everybody of this client's name, ours or not, each with a status."""
    found = [(row["name"], row["status"]) for row in office.xero.contacts if row["name"].startswith(contact.name)]
    return sorted((name.replace(contact.name, "Name").replace(contact.client_number, "C"), of) for name, of in found)


def contact_is(office: FirmAtWork, bill: Invoice) -> list[Any]:
    return [*statuses(office, bill), *(status for _, status in names(office, bill.contact))]


def emails(office: FirmAtWork, contact: Contact) -> list[str]:
    rows = office.xero.server.xero.organisation(office.xero.organisation_id).contacts
    return [row.email for row in rows if row.name == contact.name]


def entered_by_hand(office: FirmAtWork, bill: Invoice) -> list[str]:
    """The state of every bill of this number, with the first words on it."""
    rows = office.xero.server.xero.organisation(office.xero.organisation_id).invoices
    return [row.lines[0].description for row in rows if row.number == bill.number]


def default_dies(office: FirmAtWork) -> Invoice:
    office.xero.act("restore-account", code="405")
    code = office.account()
    bill = office.expense(code)
    office.xero.act("archive-account", code="405")
    return bill


def own_account_dies(office: FirmAtWork) -> Invoice:
    code = office.account()
    bill = office.expense(code)
    office.xero.act("archive-account", code=code)
    return bill


def draft(office: FirmAtWork) -> Invoice:
    return office.bill(contact=office.client())


def namesake(office: FirmAtWork, *, email: str) -> Contact:
    """A client of a name that a bookkeeper has entered in Xero, with this e-mail address."""
    name = f"John Smith the {next(_number)}th"
    office.xero.act("enter-contact", Name=name, EmailAddress="john@smith.example")
    made: Contact = ContactFactory(firm=office.firm, name=name, emails=(email,))
    return made


def billed_while_archived(office: FirmAtWork) -> Invoice:
    client = office.client()
    office.xero.act("archive-contact", contact=job_of(client).xero_id)
    return office.bill(contact=client, approved=True)


def badly_addressed(office: FirmAtWork) -> Contact:
    made: Contact = ContactFactory(firm=office.firm, emails=("not an address", "good@example.com"))
    return made


def typed_in_before(office: FirmAtWork) -> Invoice:
    client, number = office.client(), f"7{next(_number):04d}"
    line = {"Description": "Entered by hand", "Quantity": 1, "UnitAmount": 100.0, "AccountCode": "200"}
    contact = {"ContactID": job_of(client).xero_id}
    days = {"Date": "2026-07-01", "DueDate": "2026-07-15"}
    office.xero.act(
        "enter-invoice", InvoiceNumber=number, Status="AUTHORISED", Contact=contact, LineItems=[line], **days
    )
    return office.bill(contact=client, number=number, approved=True)


def of_a_matter(office: FirmAtWork) -> Invoice:
    return office.bill(contact=office.client(), approved=True, new_matter_number=f"M-{next(_number)}")


NAME_TAKEN = Refusal(
    xero="is already assigned to another contact. The contact name must be unique across all active contacts.",
    code="contact-name-taken",
    who="Anyone at your firm can do this.",
)
ROWS = (
    Row(
        key="category_account_codes",
        meets=default_dies,
        sees=accounts,
        refusal=Refusal(
            xero="Account code '405' has been archived, or has been deleted.",
            code="account-archived",
            who="A firm admin can do this.",
        ),
        quiet=True,
        on=["its own"],
    ),
    Row(
        key="default_for_dead_accounts",
        also={"category_account_codes": True},
        meets=own_account_dies,
        sees=accounts,
        refusal=Refusal(
            xero="has been archived, or has been deleted. Each line item must reference a valid account.",
            code="account-archived",
            who="A firm admin can do this.",
        ),
        on=["default"],
    ),
    Row(
        key="only_approved",
        meets=draft,
        sees=statuses,
        off=["DRAFT"],
        noted_off=True,
        again=FirmAtWork.approves,
        fresh=[],
        on=["AUTHORISED"],
    ),
    Row(
        key="match_existing_contacts",
        also={"distinct_contact_names": False},
        meets=lambda office: namesake(office, email="John@Smith.example"),
        sees=names,
        refusal=NAME_TAKEN,
        on=[("Name", "ACTIVE")],
    ),
    Row(
        key="distinct_contact_names",
        meets=lambda office: namesake(office, email="another@smith.example"),
        sees=names,
        refusal=NAME_TAKEN,
        on=[("Name", "ACTIVE"), ("Name (C)", "ACTIVE")],
    ),
    Row(
        key="restore_archived_contacts",
        meets=billed_while_archived,
        sees=contact_is,
        refusal=Refusal(
            xero="The contact with the specified contact details has been archived.",
            code="contact-archived",
            who="Anyone at your firm can do this.",
        ),
        noted_on=lambda bill: bill.contact,
        on=["AUTHORISED", "ACTIVE"],
    ),
    Row(
        key="drop_invalid_emails",
        meets=badly_addressed,
        sees=emails,
        refusal=Refusal(
            xero="Email address must be valid.",
            code="email-invalid",
            who="Anyone at your firm can do this.",
        ),
        on=["good@example.com"],
    ),
    Row(
        key="adopt_existing_invoices",
        meets=typed_in_before,
        sees=entered_by_hand,
        refusal=Refusal(
            xero="Invoice # must be unique.",
            code="invoice-number-taken",
            who="Anyone at your firm can do this.",
        ),
        on=["Entered by hand"],
    ),
    Row(key="matter_as_reference", meets=of_a_matter, sees=references, off=[""], on=["the matter"], quiet=True),
)
