"""The first bills of a file as rows that are not there, to be asked about."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from billing.models import Contact, Invoice, InvoiceLine, Matter
from billing.services.client_names import ClientNames
from billing.services.ledes_check import CheckedBill, Surroundings
from billing.services.ledes_rows import invoice_row, line_rows
from firms.models import Firm


@dataclass
class UnsavedBills:
    """Bills with their clients, matters and lines; each bill and each new client has a key below zero."""

    firm: Firm
    bills: list[Invoice] = field(default_factory=list)
    lines: dict[int, list[InvoiceLine]] = field(default_factory=dict)
    _contacts: dict[str, Contact] = field(default_factory=dict)
    _matters: dict[str, Matter] = field(default_factory=dict)

    def add(self, *, checked: Sequence[CheckedBill], around: Surroundings, names: ClientNames, most: int) -> None:
        """Take in the new ones of these bills, until there are `most`."""
        for taxed in (each.taxed for each in checked if each.taxed):
            if len(self.bills) >= most:
                return
            number = taxed.bill.client_id
            contact = around.contacts.get(number) or self._contacts.get(number)
            if contact is None:
                contact = Contact(firm=self.firm, client_number=number, name=names.find(number))
                contact.pk = -1 - len(self._contacts)
                self._contacts[number] = contact
            for matter in taxed.bill.matter_ids:
                if matter not in around.matters:
                    self._matters.setdefault(matter, Matter(firm=self.firm, contact=contact, number=matter))
            complete = around.with_created(contacts=[contact], matters=self._matters)
            bill = invoice_row(firm=self.firm, actor=None, taxed=taxed, around=complete)
            bill.pk = -1 - len(self.bills)
            self.bills.append(bill)
            self.lines[bill.pk] = line_rows(taxed=taxed, invoice=bill, around=complete)
