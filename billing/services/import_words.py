"""An import's report as sentences, the same in the terminal and on the page."""

from collections.abc import Iterable

from billing.imports.files import LineFault
from billing.services import ImportReport
from billing.services.imports import BillMoney
from firms.refusals import Refused


def in_words(*, report: ImportReport, noun: str) -> str:
    """What was, or would be, done. Raises Refused with every fault, by line, if the file was refused."""
    if report.refused:
        raise Refused({"file": "\n".join([*fault_lines(report), refusal(report)])})
    left_out = fault_lines(report) if report.skips else []
    return "\n".join([*_listed(report.notes), *left_out, sentence(report=report, noun=noun)])


def sentence(*, report: ImportReport, noun: str) -> str:
    """One line of what was, or would be, done."""
    if report.changed_nothing:
        return f"Nothing to do: all {_count(report.unchanged, noun)} are here already, with the same content."
    verb = "would be created" if report.dry_run else "created"
    lines = f", with {_count(report.lines, 'line')}" if report.lines else ""
    more = (
        (report.contacts_created, f"{_count(report.contacts_created, 'contact')} {verb}"),
        (report.matters_created, f"{_count(report.matters_created, 'matter')} {verb}"),
        (report.unchanged, f"{report.unchanged:,} left as they are"),
        (report.ignored_columns, f"columns not used: {', '.join(report.ignored_columns)}"),
        (report.assigned, report.assigned),
        (report.credits, f"{_count(report.credits, noun)} below zero left out until there are credit notes"),
        (report.skips, f"{_count(report.rows_refused, noun)} refused and left out"),
        (report.note_count, _count(report.note_count, "note")),
    )
    parts = [f"{_count(report.created, noun)} {verb}{lines}", *(words for applies, words in more if applies)]
    return "; ".join(parts) + "." + _sums(report)


def _sums(report: ImportReport) -> str:
    if not report.bills or not report.tax:
        return ""
    sums = report.sums
    said = [f"{each.currency} {money_words(each)}" if len(sums) > 1 else money_words(each) for each in sums]
    return f" In sum: {'; '.join(said)}. {report.tax.why}"


def money_words(bill: BillMoney) -> str:
    """What the client owes and how it comes about: `file 1,684.45 + tax 168.45 = 1,852.90`."""
    in_file, tax = f"file {bill.total_in_file:,.2f}", f"tax {bill.tax:,.2f}"
    if bill.total_here == bill.total_in_file:
        return f"{in_file}, {tax} in it" if bill.tax else f"{in_file}, no tax"
    return f"{in_file} + {tax} = {bill.total_here:,.2f}"


def refusal(report: ImportReport) -> str:
    """Why nothing was imported, in one line."""
    more = report.fault_count - len(report.faults)
    listed = f" The first {len(report.faults)} are listed." if more else ""
    faults = _count(report.fault_count, "fault")
    return f"Nothing was imported: {faults} in the file.{listed} Correct the file and try again."


def fault_lines(report: ImportReport) -> list[str]:
    """Each fault as `line 12, FIELD: sentence`."""
    return _listed(report.faults)


def _listed(faults: Iterable[LineFault]) -> list[str]:
    return [f"{fault.place}{f', {fault.field}' if fault.field else ''}: {fault.message}" for fault in faults]


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
