"""A firm and its books in Xero, made at random from a seed, with everything that may go wrong between the two."""

import random
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from billing import services
from billing.domain.money import StatedTaxRefused, TaxMode
from billing.models import Contact, Invoice, InvoiceState, LineKind, TaxRate
from billing.services import ContactValues, InvoiceValues, LineValues
from expense_categories.models import ExpenseCategory
from firms.models import Firm
from firms.refusals import Refused
from tests.factories import CategoryFactory, ContactFactory, InvoiceFactory, expense_line, state_taxes, time_line
from tests.xero import Xero, job_of
from xero_sync.models import BillSyncSettings, FirmPreference, OrganisationCalls, TaxMapping

FIRST_DAY = date(2026, 5, 1)
# Revenue, costs with a tax type of their own, none of their own, a bank account, a system account, rounding, none.
ACCOUNTS = ("200", "260", "405", "412", "415", "420", "425", "429", "825", "090", "610", "860", "999", "")
GOOD_ACCOUNTS = ("200", "260", "405", "412", "420", "825")
EMAILS = ("", "", "ann@example.com", "bo@example.com", "cy@example.com", "not an address", "a@b", "two@x.org, y@x.org")
COUNTRIES = ("", "", "", "Australia", "Côte d'Ivoire", "AU 2000")
NAMES = ("Smith", "Jones & Co", "Ōkubo K.K.", "Meridian Shipping Ltd", "straße GmbH", "O'Neill")
TAX_TYPES = ("OUTPUT", "OUTPUT", "OUTPUT", "INPUT", "TAX001", "OUTPUT9", "EXEMPTOUTPUT", "")
QUANTITIES = ("1", "1", "2", "0.5", "0", "-1", "0.333333", "12.25")
PRICES = ("100", "250", "0", "19.99", "0.123456", "-40", "1000000")
LONG = "Advice on the charterparty. " * 200


@dataclass
class Books:
    """One run: the firm, its Xero, and the dice."""

    firm: Firm
    xero: Xero
    dice: random.Random
    contacts: list[Contact] = field(default_factory=list)
    categories: list[ExpenseCategory] = field(default_factory=list)
    bills: list[Invoice] = field(default_factory=list)
    strangers: list[str] = field(default_factory=list)

    def chance(self, percent: float) -> bool:
        return self.dice.random() * 100 < percent

    def settings(self) -> None:
        """Preferences, default accounts, tax types and the start date."""
        for row in FirmPreference.objects.filter(firm=self.firm):
            FirmPreference.objects.filter(pk=row.pk).update(on=self.chance(65))
        BillSyncSettings.objects.filter(firm=self.firm).update(
            services_account=self._account(10),
            expenses_account=self._account(15),
            start_date=FIRST_DAY + timedelta(days=20) if self.chance(40) else None,
        )
        TaxMapping.objects.filter(firm=self.firm).delete()
        for rate in TaxRate.objects.filter(firm=self.firm):
            chosen = self.dice.choice(TAX_TYPES) if self.chance(60) else ""
            if chosen:
                TaxMapping.objects.create(firm=self.firm, tax_name=rate.name, tax_percent=rate.percent, tax_type=chosen)

    def _account(self, bad: float) -> str:
        return self.dice.choice(ACCOUNTS if self.chance(bad) else GOOD_ACCOUNTS)

    def people(self, count: int) -> None:
        """Clients, some of one name, some with a name, number or address Xero does not take."""
        for n in range(count):
            name = self._name()
            shared = self.chance(25)
            self.contacts.append(
                ContactFactory(
                    firm=self.firm,
                    name=name if shared else f"{name} {self.dice.randrange(10_000)}",
                    client_number=f"C-{self.dice.randrange(10_000)}-{len(self.contacts)}-{n}",
                    emails=tuple(filter(None, [self.dice.choice(EMAILS)])),
                    city="Sydney" if self.chance(50) else "",
                    country=self.dice.choice(COUNTRIES),
                )
            )

    def _name(self) -> str:
        name = self.dice.choice(NAMES)
        return f"{name} <{self.dice.randrange(99)}>" if self.chance(5) else name

    def strangers_contacts(self, count: int) -> None:
        """Contacts a bookkeeper entered: some with a client's name, number or address, some archived."""
        for n in range(count):
            model = self.dice.choice(self.contacts) if self.contacts and self.chance(50) else None
            name = model.name.replace("<", "").replace(">", "") if model else self.dice.choice(NAMES)
            values: dict[str, Any] = {"Name": " ".join(name.split())}
            if self.chance(50):
                email = model.emails[0] if model and model.emails else self.dice.choice(EMAILS[2:5])
                values["EmailAddress"] = email
            if model and self.chance(20):
                values["ContactNumber"] = model.client_number
                values["Name"] += f" of the books {n}"
            made = self._tried("enter-contact", **values)
            if made:
                self.strangers.append(made["id"])
                if self.chance(35):
                    self.xero.act("archive-contact", contact=made["id"])

    def strangers_bills(self, count: int) -> None:
        """Bills a bookkeeper entered under the firm's next numbers: drafts, approved, paid and void ones."""
        known = [job_of(contact).xero_id for contact in self.contacts]
        for _ in range(count):
            owner = self.dice.choice([each for each in known if each] + self.strangers or [""])
            number = str(10000 + len(self.bills) + self.dice.randrange(1, 60))
            line = {
                "Description": "By hand",
                "Quantity": 1,
                "UnitAmount": self.dice.choice([100.0, 250.0]),
                "AccountCode": "200",
            }
            made = self._tried(
                "enter-invoice",
                InvoiceNumber=number,
                Status=self.dice.choice(["DRAFT", "AUTHORISED", "AUTHORISED"]),
                Date="2026-07-01",
                DueDate="2026-08-01",
                Contact={"ContactID": owner},
                LineItems=[line],
            )
            if made and self.chance(30):
                self._tried("void-invoice", invoice=number)
            elif made and self.chance(30):
                self._tried("payment", invoice=number)

    def write_bills(self, count: int) -> None:
        """Bills in every state, with lines of every kind."""
        for _ in range(count):
            self._write(self.dice.choice(self.contacts))

    def _write(self, contact: Contact) -> None:
        issued = FIRST_DAY + timedelta(days=self.dice.randrange(120))
        values: dict[str, Any] = {
            "issue_date": issued,
            "due_date": issued + timedelta(days=14),
            "currency": self.dice.choice(["AUD"] * 14 + ["USD", "EUR", "KWD"]),
            "tax_mode": self.dice.choice([TaxMode.EXCLUSIVE] * 4 + [TaxMode.INCLUSIVE, TaxMode.NO_TAX]),
            "new_matter_number": f"M-{len(self.bills)}" if self.chance(30) else "",
        }
        lines = [] if self.chance(2) else [self._line() for _ in range(self.dice.randrange(1, 5))]
        bill: Invoice = InvoiceFactory(firm=self.firm, contact=contact, lines=lines, **values)
        if self.chance(15):
            self._state_taxes(bill)
        self.bills.append(bill)
        self._move(bill, approve=88)

    def _state_taxes(self, bill: Invoice) -> None:
        """A file that states its taxes, a cent off the computed ones at most."""
        taxes = [line.tax_amount + Decimal(self.dice.choice(["-0.01", "0", "0.01"])) for line in bill.lines.all()]
        try:
            state_taxes(bill, *map(str, taxes))
        except StatedTaxRefused:
            return

    def _line(self) -> LineValues:
        amounts: dict[str, Any] = {"quantity": Decimal(1), "unit_price": Decimal(self.dice.choice(["100", "250"]))}
        if self.chance(35):
            amounts = {
                "quantity": Decimal(self.dice.choice(QUANTITIES)),
                "unit_price": Decimal(self.dice.choice(PRICES)),
                "discount": Decimal(self.dice.choice(["0", "0", "5", "-5", "200"])),
            }
        amounts["description"] = self.dice.choice(["Advice", "Advice", "Filing fee", "", LONG, "Tea \U0001f375" * 9])
        rates = list(self.firm.tax_rates.values_list("name", flat=True))
        amounts["tax_name"] = self.dice.choice([*rates, "GST", "GST", ""])
        if self.chance(40):
            return expense_line(self.dice.choice(self.categories) if self.chance(80) else None, **amounts)
        return time_line(**amounts)

    def _move(self, bill: Invoice, *, approve: float) -> None:
        acts = [services.approve] if self.chance(approve) else [services.submit] if self.chance(50) else []
        if self.chance(4):
            acts.append(services.void)
        for act in acts:
            bill.refresh_from_db()
            try:
                act(firm=self.firm, actor=None, invoice=bill, expected_version=bill.version)
            except Refused:
                return

    def edit(self, share: float) -> list[Invoice]:
        """Some bills are saved again: other words, another day, voided, or just as they are."""
        edited = []
        for bill in self.bills:
            bill.refresh_from_db()
            if bill.state == InvoiceState.VOID or not self.chance(share):
                continue
            edited.append(bill)
            if self.chance(15):
                services.void(firm=self.firm, actor=None, invoice=bill, expected_version=bill.version)
            else:
                self._resave(bill)
        return edited

    def _resave(self, bill: Invoice) -> None:
        as_it_is = self.chance(25)
        lines = [
            LineValues(
                pk=line.pk,
                kind=LineKind(line.kind),
                quantity=line.quantity,
                unit_price=line.unit_price,
                discount=line.discount,
                description=line.description + ("" if as_it_is else " Again."),
                category_id=line.category_id,
                tax_name=line.tax_name,
            )
            for line in bill.lines.all()
        ]
        day = bill.issue_date + timedelta(days=0 if as_it_is else self.dice.choice([0, 0, 0, 30]))
        values = InvoiceValues(
            contact_id=bill.contact_id,
            issue_date=day,
            due_date=day + timedelta(days=14),
            number=bill.number,
            matter_id=bill.matter_id,
            description="Saved again",
            currency=bill.currency,
            tax_mode=TaxMode(bill.tax_mode),
        )
        services.save_invoice(
            firm=self.firm, actor=None, invoice=bill, expected_version=bill.version, values=values, lines=lines
        )

    def rename_some(self, share: float) -> None:
        """Some clients change their name or address here."""
        for contact in self.contacts:
            if not self.chance(share):
                continue
            contact.refresh_from_db()
            values = ContactValues(
                name=self._name() if self.chance(50) else contact.name,
                client_number=contact.client_number,
                emails=tuple(filter(None, [self.dice.choice(EMAILS)])),
                country=contact.country,
            )
            services.save_contact(
                firm=self.firm, actor=None, contact=contact, expected_version=contact.version, values=values
            )

    def categories_of_all_kinds(self) -> None:
        self.categories += [CategoryFactory(firm=self.firm, account_code=self._account(45)) for _ in range(8)]

    def bookkeeping(self) -> None:
        """What changes in Xero between two savings: accounts, lock dates, contacts, payments."""
        for code in ("415", "420", "425", "429", "260"):
            if self.chance(25):
                self.xero.act(self.dice.choice(["archive-account", "delete-account"]), code=code)
        if self.chance(50):
            key = self.dice.choice(["period", "year_end"])
            day = FIRST_DAY + timedelta(days=self.dice.randrange(10, 60))
            self.xero.act("lock-dates", **{key: day.isoformat()})
        for row in self.xero.contacts:
            if row["status"] == "ACTIVE" and self.chance(15):
                self._tried("archive-contact", contact=row["id"])
            elif row["status"] == "ACTIVE" and self.chance(8):
                self._tried("rename-contact", contact=row["id"], name=self.dice.choice(NAMES))
        for row in self.xero.invoices:
            if row["status"] == "AUTHORISED" and self.chance(20):
                self._tried("payment", invoice=row["number"], **({"amount": 1} if self.chance(40) else {}))
            elif self.chance(6):
                self._tried("void-invoice", invoice=row["number"])

    def _tried(self, act: str, **given: Any) -> Any:
        """An act of a bookkeeper's, or nothing where Xero refuses it."""
        try:
            return self.xero.act(act, **given)
        except AssertionError:
            return None

    def forget_limits(self) -> None:
        """As if a day had gone by."""
        OrganisationCalls.objects.filter(firm=self.firm).delete()
