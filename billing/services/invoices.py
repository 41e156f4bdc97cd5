"""Saving a bill with its lines, in one transaction and a fixed number of statements."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from django.db import transaction
from django.utils.timezone import now

from billing.domain.money import TaxMode, add_up
from billing.models import Contact, Invoice, InvoiceLine, InvoiceState, Matter, signals
from billing.services import lines as line_rows
from billing.services import numbers
from billing.services.contacts import matter_faults, save_matter
from billing.services.facts import invoice_facts
from billing.services.limits import amount_fault, date_fault, decimals_fault, text_fault
from billing.services.values import InvoiceValues, LineValues
from firms import audit
from firms.currencies import currency_fault
from firms.models import Firm, User
from firms.refusals import Refused, refuse_conflict
from firms.scope import firm_scope

VOID_STAYS = "This bill is void. A void bill stays as it is."


def save_invoice(
    *,
    firm: Firm,
    actor: User | None,
    values: InvoiceValues,
    lines: Sequence[LineValues],
    invoice: Invoice | None = None,
    expected_version: int | None = None,
) -> Invoice:
    """Create or change a bill and tell who listens, also if nothing changed. Raises Refused, EditConflict."""

    def save() -> Invoice:
        with transaction.atomic(), firm_scope(firm):
            row = locked(firm=firm, invoice=invoice, expected_version=expected_version)
            return _Save(firm, actor, row, values, lines).run()

    return numbers.saved_under_a_number(
        save=save,
        given=values.number,
        constraint="one_invoice_per_number",
        field="number",
        sentence=_taken(values.number),
    )


def locked(*, firm: Firm, invoice: Invoice | None, expected_version: int | None) -> Invoice:
    """The bill's row, locked and at the expected version, or a new draft. Raises EditConflict."""
    if invoice is None:
        return Invoice(firm=firm, state=InvoiceState.DRAFT)
    row = firm.invoices.select_for_update(no_key=True).get(pk=invoice.pk)
    refuse_conflict(firm=firm, current=row, version=row.version, expected_version=expected_version)
    return row


class _Save:
    """One save, inside its transaction and the firm's scope."""

    def __init__(
        self, firm: Firm, actor: User | None, row: Invoice, values: InvoiceValues, lines: Sequence[LineValues]
    ) -> None:
        self.firm, self.actor, self.row, self.values, self.typed = (firm, actor, row, values, lines)

    def run(self) -> Invoice:
        around = line_rows.surroundings(firm=self.firm, invoice=self.row)
        before = invoice_facts(self.row, around.saved.values()) if self.row.pk else {}
        contact, matter = self._contact(), self._matter()
        self._refuse(contact, matter, around)
        # Refused above; for the type checker.
        assert contact is not None
        assert self.values.issue_date is not None
        self._fill(contact, matter or self._open_matter(contact), self.values.issue_date)
        lines = line_rows.arrange(firm=self.firm, invoice=self.row, lines=self.typed, around=around)
        self._add_up(lines)
        self._write(lines, around)
        action = "invoice.edited" if before else "invoice.created"
        after = invoice_facts(self.row, lines)
        audit.record(firm=self.firm, actor=self.actor, action=action, target=self.row, before=before, after=after)
        signals.invoices_saved.send(sender=Invoice, firm=self.firm, invoices=[self.row], actor=self.actor, bulk=False)
        return self.row

    def _contact(self) -> Contact | None:
        return self.firm.contacts.filter(pk=self.values.contact_id or 0).first()

    def _matter(self) -> Matter | None:
        if self.values.matter_id is None or self.values.new_matter_number.strip():
            return None
        return self.firm.matters.filter(pk=self.values.matter_id, contact_id=self.values.contact_id or 0).first()

    def _open_matter(self, contact: Contact) -> Matter | None:
        number, name = (self.values.new_matter_number.strip(), self.values.new_matter_name)
        if not number:
            return None
        try:
            return save_matter(firm=self.firm, actor=self.actor, contact=contact, number=number, name=name)
        except Refused as refusal:
            raise Refused(_of_new_matter(refusal.faults)) from refusal

    def _refuse(self, contact: Contact | None, matter: Matter | None, around: line_rows.Surroundings) -> None:
        if self.row.state == InvoiceState.VOID:
            raise Refused({"": VOID_STAYS})
        faults = self._head_faults() | self._number_faults() | line_rows.line_faults(lines=self.typed, around=around)
        if contact is None:
            faults["contact_id"] = "Choose the client this bill is for."
        else:
            faults |= self._matter_faults(contact, matter)
        if self.row.state == InvoiceState.APPROVED and not self.typed:
            faults[""] = "An approved bill needs at least one line."
        if faults:
            raise Refused(faults)

    def _head_faults(self) -> dict[str, str]:
        values, faults = self.values, {}
        if fault := text_fault(model=Invoice, field="description", value=values.description):
            faults["description"] = fault
        if fault := currency_fault(values.currency or self.firm.currency):
            faults["currency"] = fault
        if values.issue_date is None:
            faults["issue_date"] = "Give the date of issue."
        elif fault := date_fault(values.issue_date):
            faults["issue_date"] = fault
        elif values.due_date and values.due_date < values.issue_date:
            faults["due_date"] = "A bill cannot be due before it is issued. Choose a later date."
        elif values.due_date and (fault := date_fault(values.due_date)):
            faults["due_date"] = fault
        return faults

    def _number_faults(self) -> dict[str, str]:
        number = self.values.number.strip()
        if fault := text_fault(model=Invoice, field="number", value=number):
            return {"number": fault}
        if (
            number
            and number != self.row.number
            and numbers.taken_by_another(firm=self.firm, number=number, invoice=self.row)
        ):
            return {"number": _taken(number)}
        return {}

    def _matter_faults(self, contact: Contact, matter: Matter | None) -> dict[str, str]:
        new = self.values.new_matter_number.strip()
        if new:
            faults = matter_faults(
                firm=self.firm, contact=contact, number=new, name=self.values.new_matter_name, matter=Matter()
            )
            return _of_new_matter(faults)
        if self.values.matter_id is not None and matter is None:
            return {"matter_id": f"{contact} has no such matter. Choose one of theirs, or none."}
        return {}

    def _fill(self, contact: Contact, matter: Matter | None, issued: date) -> None:
        row, values = self.row, self.values
        row.contact, row.matter = contact, matter
        row.description = values.description.strip()
        row.issue_date = issued
        row.due_date = values.due_date or issued + timedelta(days=self.firm.payment_terms_days)
        row.currency = values.currency or self.firm.currency
        row.tax_mode = values.tax_mode.value
        if values.number.strip():
            row.number = values.number.strip()
        elif not row.number:
            numbers.wait_for_turn(firm=self.firm)
            row.number = numbers.next_invoice_number(firm=self.firm)

    def _add_up(self, lines: Sequence[InvoiceLine]) -> None:
        row = self.row
        if faults := line_rows.decimals_faults(lines=lines, currency=row.currency):
            raise Refused(faults)
        added = add_up(((line.amount, line.tax_amount) for line in lines), TaxMode(row.tax_mode))
        row.subtotal, row.tax_total, row.total = added
        # Lines of both signs may cancel out in the total and not in what it is made of.
        for part in added:
            if fault := amount_fault(part):
                raise Refused({"": fault})
        # The tax inside a total may have decimals; what the client owes may not.
        if fault := decimals_fault(amount=row.total, currency=row.currency):
            raise Refused({"": f"{fault} Change a line so that its tax has none."})
        if row.state == InvoiceState.APPROVED and row.total < 0:
            raise Refused({"": below_zero(row)})

    def _write(self, lines: Sequence[InvoiceLine], around: line_rows.Surroundings) -> None:
        row = self.row
        row.updated_at = now()
        row.created_by_id = row.created_by_id if row.pk else (self.actor.pk if self.actor else None)
        row.version = row.version + 1 if row.pk else 1
        row.save()
        numbers.keep_number(invoice=row)
        line_rows.write(invoice=row, lines=lines, around=around)


def below_zero(invoice: Invoice) -> str:
    """Why a bill below zero cannot be approved."""
    return f"The lines come to {invoice.total:,.2f}. An approved bill cannot be below zero: change its lines first."


def _of_new_matter(faults: Mapping[str, str]) -> dict[str, str]:
    return {f"new_matter_{field}": fault for field, fault in faults.items()}


def _taken(number: str) -> str:
    return (
        f"The number {number.strip()} is, or once was, another bill's. Numbers are never used twice: give another, "
        "or leave it empty for the next one."
    )
