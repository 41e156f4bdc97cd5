"""The report of a file of bills, added up while it is checked slice by slice."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from billing.imports.files import FaultLog
from billing.imports.ledes import BillFile
from billing.imports.ledes_tax import TaxGuess
from billing.models import Contact
from billing.services.client_names import ClientNames
from billing.services.imports import SAMPLES, BillMoney, ImportReport, NewClient
from billing.services.ledes_check import CheckedBill, Surroundings, Verdict, currency_of
from billing.services.ledes_taxed import TaxedBill

SAMPLE_HEADS = ("Bill", "Client", "Matter", "Issued", "Client owes")


class BillTally:
    """Counts and sums; of lists it keeps what a report shows."""

    def __init__(self, *, file: BillFile, tax: TaxGuess, skipped: bool) -> None:
        self._file, self._tax, self._skipped = file, tax, skipped
        self._faults, self._notes = FaultLog(), FaultLog()
        self._notes.extend(faults=file.notes.shown, count=file.notes.count)
        self._verdicts = dict.fromkeys(Verdict, 0)
        self._lines = 0
        self._bills: list[BillMoney] = []
        self._refused: dict[str, Decimal] = {}
        self._clients: dict[str, str] = {}
        self._matters: set[str] = set()
        self._samples: list[tuple[str, ...]] = []

    def add(self, *, checked: Sequence[CheckedBill], around: Surroundings, names: ClientNames) -> None:
        """Take in what came of some bills."""
        for each in checked:
            self._verdicts[each.verdict] += 1
            self._faults.extend(faults=each.faults, count=each.fault_count)
            self._notes.extend(faults=each.notes, count=each.note_count)
            if each.taxed:
                self._add_new(each.taxed, around, names)
            elif each.verdict is Verdict.REFUSED:
                self._add_refused(each, around, names)

    def _add_new(self, taxed: TaxedBill, around: Surroundings, names: ClientNames) -> None:
        bill, currency = taxed.bill, currency_of(taxed.bill, around)
        self._bills.append(BillMoney(bill.number, currency, bill.total, taxed.totals.tax, taxed.totals.total))
        self._lines += len(taxed.lines)
        self._matters.update(number for number in bill.matter_ids if number not in around.matters)
        if bill.client_id not in around.contacts:
            self._clients.setdefault(bill.client_id, names.find(bill.client_id))
        if len(self._samples) < SAMPLES:
            self._samples.append(_sample(taxed, around.contacts, names))

    def _add_refused(self, each: CheckedBill, around: Surroundings, names: ClientNames) -> None:
        bill = each.read.bill
        currency = currency_of(bill, around) if bill else around.currency
        self._refused[currency] = self._refused.get(currency, Decimal(0)) + each.read.total
        if bill and bill.client_id not in around.contacts and not names.find(bill.client_id):
            # Somebody has to say who that is.
            self._clients.setdefault(bill.client_id, "")

    def report(self) -> ImportReport:
        """What the file would do."""
        return ImportReport(
            dry_run=True,
            created=self._verdicts[Verdict.NEW],
            unchanged=self._verdicts[Verdict.UNCHANGED],
            credits=self._verdicts[Verdict.CREDIT],
            contacts_created=sum(1 for name in self._clients.values() if name),
            matters_created=len(self._matters),
            lines=self._lines,
            layout=self._file.format,
            encoding=self._file.encoding,
            tax=self._tax,
            bills=tuple(self._bills),
            new_clients=tuple(NewClient(number, name) for number, name in self._clients.items()),
            sample_heads=SAMPLE_HEADS,
            samples=tuple(self._samples),
            faults=self._faults.shown,
            fault_count=self._faults.count,
            rows_refused=self._verdicts[Verdict.REFUSED],
            refused_sums=tuple((currency, total) for currency, total in self._refused.items()),
            skipped=self._skipped,
            notes=self._notes.shown,
            note_count=self._notes.count,
        )


def _sample(taxed: TaxedBill, contacts: Mapping[str, Contact], names: ClientNames) -> tuple[str, ...]:
    bill = taxed.bill
    known = contacts.get(bill.client_id)
    return (
        bill.number,
        known.name if known else names.find(bill.client_id),
        ", ".join(bill.matter_ids),
        f"{bill.invoice_date:%-d %b %Y}",
        f"{taxed.totals.total:,.2f}",
    )
