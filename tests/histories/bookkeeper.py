"""The bookkeeper's side of the histories: corrections in Xero of what the firm sent."""

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from tests.histories.documents import BILL, DAY, DUE, THEIRS, YES, Doc, Edit, day_after, tag_of
from tests.histories.wire import Wire

Document = Mapping[str, Any]
# Apart from what the firm's own edits draw.
OFFSET = 5000
# Revenue with the tax of our own account.
ACCOUNTS = ("260", "261")
AMOUNT = {"quantity": 1, "code": "200", "tax_type": "OUTPUT"}


@dataclass
class Bookkeeper:
    """Corrects one document at a time, if it stands in Xero and can be corrected there."""

    wire: Wire
    dice: random.Random

    def edit(self, doc: Doc, documents: Mapping[str, list[Document]]) -> None:
        """One random correction of the document, if it is in Xero."""
        found = self._find(doc, documents)
        if found is None or (doc.renumbered and not self.wire.is_found(doc)):
            # Renumbered and otherwise changed before it was looked for, a bill is nobody's any more.
            return
        acts = BILL_ACTS if doc.kind == BILL else CLIENT_ACTS
        [act] = self.dice.choices(list(acts), list(acts.values()))
        act(self, doc, found, next(doc.values) + OFFSET)

    def _find(self, doc: Doc, documents: Mapping[str, list[Document]]) -> Document | None:
        if doc.kind == BILL:
            bills = (each for each in documents["invoices"] if each["InvoiceNumber"] in doc.names)
            return next((each for each in bills if each["Status"] == "AUTHORISED"), None)
        return next((each for each in documents["contacts"] if each["Name"] in doc.names), None)

    def _note(self, doc: Doc, name: str, value: str) -> None:
        doc.edits.append(Edit(self.wire.tick(), THEIRS, name, value))

    def _head(self, doc: Doc, found: Document, name: str, value: str, act_name: str) -> None:
        self.wire.xero.act("change-invoice", invoice=found["InvoiceID"], **{act_name: value})
        self._note(doc, name, value)

    def due(self, doc: Doc, found: Document, n: int) -> None:
        value = day_after(DUE, n).isoformat()
        self._head(doc, found, "due", value, "due")

    def day(self, doc: Doc, found: Document, n: int) -> None:
        value = day_after(DAY, n - OFFSET + 400).isoformat()
        self._head(doc, found, "day", value, "date")

    def reference(self, doc: Doc, found: Document, n: int) -> None:
        self._head(doc, found, "reference", f"PO {n}", "reference")

    def renumber(self, doc: Doc, found: Document, n: int) -> None:
        if self.wire.is_on_its_way(doc) or not (self.wire.is_found(doc) or doc.fields_of(THEIRS) == set()):
            # The old number would be free for our create, or nothing would say any more which bill it is.
            return
        doc.renumbered = True
        doc.names.add(f"{doc.key}/{n}")
        self._head(doc, found, "number", f"{doc.key}/{n}", "number")

    def _line(self, doc: Doc, found: Document, name: str, value: str, **given: Any) -> None:
        # A line of text alone can be given other words only.
        row = self.dice.choice([each for each in found["LineItems"] if name == "text" or each.get("AccountCode")])
        tag = tag_of(row)
        if name == "text":
            given["description"] = value = f"[{tag}] {value}"
        if name == "account":
            # Xero would take that of the new account.
            given["tax_type"] = row["TaxType"]
        self.wire.xero.act("change-line", invoice=found["InvoiceID"], line=row["LineItemID"], **given)
        self._note(doc, f"{tag}.{name}", value)

    def text(self, doc: Doc, found: Document, n: int) -> None:
        self._line(doc, found, "text", f"by the bookkeeper {n}")

    def price(self, doc: Doc, found: Document, n: int) -> None:
        self._line(doc, found, "price", str(n), price=n)

    def quantity(self, doc: Doc, found: Document, n: int) -> None:
        self._line(doc, found, "quantity", str(n), quantity=n)

    def account(self, doc: Doc, found: Document, n: int) -> None:
        code = self.dice.choice(ACCOUNTS)
        self._line(doc, found, "account", code, code=code)

    def tax(self, doc: Doc, found: Document, n: int) -> None:
        self._line(doc, found, "tax", "EXEMPTOUTPUT", tax_type="EXEMPTOUTPUT")

    def tracking(self, doc: Doc, found: Document, n: int) -> None:
        row = self.dice.choice(found["LineItems"])
        option = self.dice.choice(("Perth", "Hobart", "Darwin"))
        self.wire.xero.act(
            "track-line", invoice=found["InvoiceID"], line=row["LineItemID"], category="Office", option=option
        )
        self._note(doc, f"{tag_of(row)}.tracking", option)

    def add_text(self, doc: Doc, found: Document, n: int) -> None:
        self._add(doc, found, n)

    def add_amount(self, doc: Doc, found: Document, n: int) -> None:
        self._add(doc, found, n, price=n, **AMOUNT)

    def _add(self, doc: Doc, found: Document, n: int, **amount: Any) -> None:
        tag = f"{doc.key}-x{n}"
        self.wire.xero.act("add-line", invoice=found["InvoiceID"], description=f"[{tag}] Courier", **amount)
        self._note(doc, tag, YES)
        # A late write may take the line away before anybody reads it.
        self.wire.note_tags()

    def remove_line(self, doc: Doc, found: Document, n: int) -> None:
        if len(found["LineItems"]) > 1:
            row = self.dice.choice(found["LineItems"])
            self.wire.xero.act("remove-line", invoice=found["InvoiceID"], line=row["LineItemID"])
            self._note(doc, tag_of(row), "")

    def move_line(self, doc: Doc, found: Document, n: int) -> None:
        row = self.dice.choice(found["LineItems"])
        self.wire.xero.act("move-line", invoice=found["InvoiceID"], line=row["LineItemID"], to=1)

    def void(self, doc: Doc, found: Document, n: int) -> None:
        self.wire.xero.act("void-invoice", invoice=found["InvoiceID"])
        self._note(doc, "void", YES)

    def _contact(self, doc: Doc, found: Document, name: str, value: str, **given: Any) -> None:
        self.wire.xero.act("change-contact", contact=found["ContactID"], **given)
        self._note(doc, name, value)

    def client_name(self, doc: Doc, found: Document, n: int) -> None:
        value = f"Client {doc.key} no {n}"
        doc.names.add(value)
        self._contact(doc, found, "name", value, Name=value)

    def client_email(self, doc: Doc, found: Document, n: int) -> None:
        value = f"{doc.key}.{n}@book.example".lower()
        self._contact(doc, found, "email", value, EmailAddress=value)

    def client_first_name(self, doc: Doc, found: Document, n: int) -> None:
        self._contact(doc, found, "first_name", f"First {n}", FirstName=f"First {n}")

    def client_tax_number(self, doc: Doc, found: Document, n: int) -> None:
        self._contact(doc, found, "tax_number", f"T {n}", TaxNumber=f"T {n}")

    def client_phone(self, doc: Doc, found: Document, n: int) -> None:
        row = {"PhoneType": "MOBILE", "PhoneNumber": f"0400 {n}"}
        self._contact(doc, found, "phone", f"0400 {n}", Phones=[row])

    def client_city(self, doc: Doc, found: Document, n: int) -> None:
        kind, name = self.dice.choice((("POBOX", "postal"), ("STREET", "street")))
        self._contact(doc, found, name, f"City {n}", Addresses=[{"AddressType": kind, "City": f"City {n}"}])


Act = Callable[[Bookkeeper, Doc, Document, int], None]
BILL_ACTS: dict[Act, float] = {
    Bookkeeper.due: 3,
    Bookkeeper.reference: 3,
    Bookkeeper.text: 2,
    Bookkeeper.account: 4,
    Bookkeeper.tracking: 3,
    Bookkeeper.add_text: 1,
    Bookkeeper.move_line: 1,
    Bookkeeper.renumber: 0.7,
    Bookkeeper.day: 0.7,
    Bookkeeper.price: 0.7,
    Bookkeeper.quantity: 0.5,
    Bookkeeper.tax: 0.5,
    Bookkeeper.add_amount: 0.5,
    Bookkeeper.remove_line: 0.5,
    Bookkeeper.void: 0.2,
}
CLIENT_ACTS: dict[Act, float] = {
    Bookkeeper.client_name: 1,
    Bookkeeper.client_email: 1,
    Bookkeeper.client_first_name: 1,
    Bookkeeper.client_tax_number: 1,
    Bookkeeper.client_phone: 1,
    Bookkeeper.client_city: 1,
}
