"""Bills from a file of a practice system: judged whole first, then read again and written in slices.

Neither pass holds more of the file than a slice; what is kept of the whole is a report.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import IO

from billing.domain.import_choices import ImportChoices
from billing.imports.dates import DateOrder
from billing.imports.files import FileRefused
from billing.imports.ledes import BillFile, BillRead, ReadingOptions, open_bills
from billing.imports.ledes_tax import TaxGuess, TaxTreatment, guess_tax
from billing.models import Import
from billing.services.bill_tally import BillTally
from billing.services.client_names import ClientNames
from billing.services.imports import LINES_A_SLICE, ROWS_A_SLICE, ImportReport, Overtaken, refused_file
from billing.services.ledes_check import (
    BillsCheck,
    CheckedBill,
    Surroundings,
    Verdict,
    firm_rates,
    read_books,
    surroundings,
)
from billing.services.unsaved_bills import UnsavedBills
from billing.services.write_bills import BillsWriter
from firms.models import Firm, User

# Lines of bills that are compared with what the firm has at once, where nothing is written.
_LINES_AT_ONCE = 10_000


@dataclass(frozen=True)
class BillSlice:
    """Some new bills of a file, as they were checked a moment ago."""

    checked: Sequence[CheckedBill]
    around: Surroundings
    names: ClientNames
    choices: ImportChoices

    @property
    def count(self) -> int:
        return sum(each.taxed is not None for each in self.checked)

    def write(self, *, firm: Firm, actor: User | None, source: Import) -> None:
        """Write the bills, held, with the clients and matters they lack, in the caller's transaction and scope."""
        writer = BillsWriter(firm=firm, actor=actor, source=source, then=self.choices.then)
        new = [each.taxed for each in self.checked if each.taxed]
        writer.write(new=new, around=self.around, names=self.names)


@dataclass(frozen=True)
class JudgedBills:
    """What a file of bills would do; `close` it. `refused` are the places in the file of the bills that are refused."""

    report: ImportReport
    _pass: "_Pass | None" = None
    _refused: frozenset[int] = field(default_factory=frozenset)

    def close(self) -> None:
        if self._pass:
            self._pass.file.close()

    def slices(self) -> Iterator[BillSlice]:
        """The new bills, at most ROWS_A_SLICE at a time, with LINES_A_SLICE lines.

        Each slice is compared anew with what is here, so that what another slice or worker wrote counts as here.
        Raises Overtaken for a bill that is refused by now and was not when the file was judged.
        """
        if self._pass is None:
            return
        for place, checked, around in self._pass.check(lines=LINES_A_SLICE):
            refused = (place + at for at, each in enumerate(checked) if each.verdict is Verdict.REFUSED)
            if not self._refused.issuperset(refused):
                raise Overtaken
            if any(each.taxed for each in checked):
                yield BillSlice(checked, around, self._pass.names, self._pass.choices)

    def unsaved(self, *, most: int) -> UnsavedBills:
        """The first bills that would be created, as rows that are not there."""
        if self._pass is None:
            return UnsavedBills(Firm())
        found = UnsavedBills(self._pass.firm)
        for _place, checked, around in self._pass.check(lines=LINES_A_SLICE):
            found.add(checked=checked, around=around, names=self._pass.names, most=most)
            if len(found.bills) >= most:
                break
        return found

    def refused_rows(self) -> Iterator[list[str]]:
        """The refused bills for a spreadsheet: why, and their lines as the file has them."""
        for place, checked, _around in self._pass.check(lines=_LINES_AT_ONCE) if self._pass else ():
            for at, each in enumerate(checked):
                if each.verdict is Verdict.REFUSED and self._pass:
                    yield from _refused_lines(each, self._pass.file, place + at)


def judge_bills(*, firm: Firm, file: IO[bytes], choices: ImportChoices) -> JudgedBills:
    """Read a file of bills and compare it with what the firm has, in the firm's scope; nothing is written.

    A bill that is here with the same content is left alone; one that differs is refused, by line. Tax is treated as the
    file shows it unless a person chose.
    """
    dates = DateOrder(choices.dates) if choices.dates else None
    options = ReadingOptions(encoding=choices.encoding, layout=choices.layout, dates=dates)
    opened = open_bills(source=file, options=options)
    if isinstance(opened, FileRefused):
        return JudgedBills(refused_file(refusal=opened, dry_run=True))
    run = _Pass(firm, opened, choices)
    tally, refused = BillTally(file=opened, tax=run.tax, skipped=choices.skip_refused), set[int]()
    for place, checked, around in run.check(lines=_LINES_AT_ONCE):
        tally.add(checked=checked, around=around, names=run.names)
        refused.update(place + at for at, each in enumerate(checked) if each.verdict is Verdict.REFUSED)
    return JudgedBills(tally.report(), run, frozenset(refused))


class _Pass:
    """One file with what was chosen for it, to be checked slice by slice as often as wanted."""

    def __init__(self, firm: Firm, file: BillFile, choices: ImportChoices) -> None:
        self.firm, self.file, self.choices = firm, file, choices
        self.names = ClientNames(firm, choices.names)
        self.tax = _tax(firm, file, choices)

    def check(self, *, lines: int) -> Iterator[tuple[int, list[CheckedBill], Surroundings]]:
        """The place of a slice's first bill in the file, its bills with what comes of each, and what the firm has.

        A slice has at most ROWS_A_SLICE bills with so many lines, unless one bill has more.
        """
        check = BillsCheck(self.tax.treatment, self.choices.create_contacts, self.names)
        books = read_books(firm=self.firm)
        for place, reads in _slices(self.file, lines):
            around = surroundings(firm=self.firm, books=books, bills=[read.bill for read in reads if read.bill])
            yield place, check.check_bills(reads=reads, around=around), around


def _slices(file: BillFile, most_lines: int) -> Iterator[tuple[int, list[BillRead]]]:
    reads: list[BillRead] = []
    place = lines = 0
    for read in file.read_bills():
        own = len(read.bill.lines) if read.bill else 0
        if reads and (lines + own > most_lines or len(reads) == ROWS_A_SLICE):
            yield place, reads
            place, lines, reads = place + len(reads), 0, []
        reads.append(read)
        lines += own
    if reads:
        yield place, reads


def _tax(firm: Firm, file: BillFile, choices: ImportChoices) -> TaxGuess:
    if choices.tax:
        return TaxGuess(TaxTreatment(choices.tax), "Tax is treated as you chose.")
    usual = firm_rates(firm=firm).usual
    return guess_tax(sign=file.tax_sign, usual_rate=str(usual) if usual.percent else "")


def _refused_lines(checked: CheckedBill, file: BillFile, place: int) -> Iterator[list[str]]:
    """The reasons stand beside the line they are about, or beside the bill's first."""
    lines = list(file.read_raw(place))
    numbers = {int(line[0]) for line in lines}
    reasons: dict[int, list[str]] = {}
    for fault in checked.faults:
        at = fault.line_number if fault.line_number in numbers else checked.read.line_number
        reasons.setdefault(at, []).append(fault.message)
    for number, *values in lines or [[str(checked.read.line_number)]]:
        yield [checked.read.file, number, checked.read.number, " ".join(reasons.get(int(number), ())), *values]
