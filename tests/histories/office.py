"""The firm's side of the histories: documents written as an import writes them, many in one transaction."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from django.db import transaction

from billing.domain.money import TaxMode, add_up, line_amount, line_tax
from billing.models import Contact, Invoice, InvoiceLine, InvoiceState, LineKind, signals
from firms.models import Firm
from tests.histories.documents import BILL, CLIENT, DAY, DUE, OURS, Doc, Edit, day_after
from tests.histories.wire import Wire

TEN, A_CENT = Decimal(10), Decimal("0.01")
HEAD = ["number", "issue_date", "due_date", "state", "subtotal", "tax_total", "total", "version"]
LINE = ["description", "quantity", "unit_price", "discount", "amount", "tax_amount", "tax_is_stated"]
CLIENT_COLUMNS = ["name", "first_name", "emails", "phones", "city", "tax_number", "version"]


@dataclass
class Office:
    """People here: they make documents and edit them."""

    firm: Firm
    wire: Wire
    dice: random.Random
    clients: Sequence[Contact]
    made: int = 0
    removed: list[int] = field(default_factory=list)

    def new(self, kind: str) -> Doc:
        """A document that is not saved yet."""
        self.made += 1
        key = f"{'B' if kind == BILL else 'C'}{self.made}"
        if kind == CLIENT:
            row = Contact(firm=self.firm, client_number=f"N-{key}", name=f"Client {key}", emails=[f"{key}@law.example"])
            row.first_name, row.tax_number, row.city = f"First {key}", f"T {key}", f"City {key}"
            row.phones = [{"type": "MOBILE", "number": "0400 000"}]
            return Doc(key, kind, row, names={row.name})
        bill = Invoice(firm=self.firm, contact=self.dice.choice(self.clients), number=key, currency="AUD")
        bill.issue_date, bill.due_date, bill.tax_mode, bill.state = DAY, DUE, "EXCLUSIVE", InvoiceState.APPROVED
        doc = Doc(key, kind, bill, names={key})
        for place in range(self.dice.choice((1, 2, 2, 3))):
            self._add_line(doc, tax_is_stated=(self.made + place) % 3 == 0)
        return doc

    def save(self, docs: Sequence[Doc]) -> None:
        """Write the documents and announce them, all at once."""
        bills = [doc for doc in docs if doc.kind == BILL]
        clients = [doc.row for doc in docs if doc.kind == CLIENT]
        for doc in bills:
            _add_up(doc)
        with transaction.atomic():
            _write(Invoice, [doc.row for doc in bills], HEAD)
            InvoiceLine.objects.filter(pk__in=self.removed).delete()
            self.removed.clear()
            for doc in bills:
                for place, line in enumerate(doc.lines.values()):
                    line.invoice, line.position = doc.row, place
            _write(InvoiceLine, [line for doc in bills for line in doc.lines.values()], [*LINE, "position"])
            _write(Contact, clients, CLIENT_COLUMNS)
            bulk = self.dice.random() < 0.5
            if bills:
                rows = [doc.row for doc in bills]
                signals.invoices_saved.send(sender=Invoice, firm=self.firm, invoices=rows, actor=None, bulk=bulk)
            if clients:
                signals.contacts_saved.send(sender=Contact, firm=self.firm, contacts=clients, actor=None, bulk=bulk)

    def edit(self, doc: Doc) -> None:
        """One random edit, not saved yet."""
        acts: Sequence[Callable[[Doc, int], None]] = CLIENT_ACTS
        weights = [1] * len(CLIENT_ACTS)
        if doc.kind == BILL:
            acts, weights = list(BILL_ACTS), list(BILL_ACTS.values())
        before = doc.ours()
        for _ in range(self.dice.choice((1, 1, 2))):
            [act] = self.dice.choices(acts, weights)
            getattr(self, act.__name__)(doc, next(doc.values))
        doc.row.version += 1
        self._note(doc, before)

    def _note(self, doc: Doc, before: dict[str, str]) -> None:
        after, at = doc.ours(), self.wire.tick()
        for name in {**before, **after}:
            if before.get(name, "") != after.get(name, ""):
                chosen = self.wire.is_shown(doc, name)
                doc.edits.append(Edit(at, OURS, name, after.get(name, ""), chosen))

    def _add_line(self, doc: Doc, *, tax_is_stated: bool = False) -> None:
        tag = f"{doc.key}-{next(doc.values)}"
        doc.lines[tag] = InvoiceLine(
            firm=self.firm,
            kind=LineKind.TIME,
            description=f"[{tag}] Advice",
            quantity=Decimal(1),
            unit_price=Decimal(100),
            tax_name="GST",
            tax_percent=TEN,
            tax_is_stated=tax_is_stated,
        )

    def _line(self, doc: Doc) -> InvoiceLine:
        return doc.lines[self.dice.choice(list(doc.lines))]

    def due(self, doc: Doc, n: int) -> None:
        doc.row.due_date = day_after(DUE, n)

    def day(self, doc: Doc, n: int) -> None:
        doc.row.issue_date = day_after(DAY, n)

    def renumber(self, doc: Doc, n: int) -> None:
        doc.row.number = f"{doc.key}/{n}"
        doc.names.add(doc.row.number)

    def text(self, doc: Doc, n: int) -> None:
        line = self._line(doc)
        line.description = f"{line.description.partition(']')[0]}] Advice {n}"

    def quantity(self, doc: Doc, n: int) -> None:
        line = self._line(doc)
        line.quantity, line.tax_is_stated = Decimal(n + 1), False

    def price(self, doc: Doc, n: int) -> None:
        line = self._line(doc)
        line.unit_price, line.tax_is_stated = Decimal(100 + n), False

    def discount(self, doc: Doc, n: int) -> None:
        line = self._line(doc)
        line.discount, line.tax_is_stated = Decimal(0) if line.discount else Decimal(n) / 10, False

    def add_line(self, doc: Doc, n: int) -> None:
        self._add_line(doc)

    def remove_line(self, doc: Doc, n: int) -> None:
        if len(doc.lines) > 1:
            gone = doc.lines.pop(self.dice.choice(list(doc.lines)))
            if gone.pk:
                self.removed.append(gone.pk)

    def void(self, doc: Doc, n: int) -> None:
        doc.row.state, doc.is_void = InvoiceState.VOID, True

    def client_name(self, doc: Doc, n: int) -> None:
        doc.row.name = f"Client {doc.key} no {n}"
        doc.names.add(doc.row.name)

    def client_email(self, doc: Doc, n: int) -> None:
        doc.row.emails = [f"{doc.key}.{n}@law.example".lower()]

    def client_first_name(self, doc: Doc, n: int) -> None:
        doc.row.first_name = f"First {n}"

    def client_tax_number(self, doc: Doc, n: int) -> None:
        doc.row.tax_number = "" if doc.row.tax_number else f"T {n}"

    def client_phone(self, doc: Doc, n: int) -> None:
        doc.row.phones = [] if doc.row.phones and n % 3 == 0 else [{"type": "MOBILE", "number": f"0400 {n}"}]

    def client_city(self, doc: Doc, n: int) -> None:
        doc.row.city = f"City {n}"


BILL_ACTS: dict[Callable[..., None], float] = {
    Office.text: 3,
    Office.price: 3,
    Office.quantity: 1,
    Office.discount: 2,
    Office.due: 2,
    Office.day: 1,
    Office.renumber: 1,
    Office.add_line: 1,
    Office.remove_line: 1,
    Office.void: 0.3,
}
CLIENT_ACTS: list[Callable[..., None]] = [
    Office.client_name,
    Office.client_email,
    Office.client_first_name,
    Office.client_tax_number,
    Office.client_phone,
    Office.client_city,
]


def _write(model: type, rows: Sequence[object], columns: Sequence[str]) -> None:
    new = [row for row in rows if not row.pk]  # type: ignore[attr-defined]
    old = [row for row in rows if row.pk]  # type: ignore[attr-defined]
    model.objects.bulk_update(old, columns) if old else None  # type: ignore[attr-defined]
    model.objects.bulk_create(new)  # type: ignore[attr-defined]


def _add_up(doc: Doc) -> None:
    for line in doc.lines.values():
        line.amount = line_amount(quantity=line.quantity, unit_price=line.unit_price, discount=line.discount)
        computed = line_tax(amount=line.amount, percent=TEN, mode=TaxMode.EXCLUSIVE)
        # What a file states is a cent off.
        line.tax_amount = computed + (A_CENT if line.tax_is_stated else 0)
    sums = add_up(((line.amount, line.tax_amount) for line in doc.lines.values()), TaxMode.EXCLUSIVE)
    doc.row.subtotal, doc.row.tax_total, doc.row.total = sums
