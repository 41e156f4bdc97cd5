"""What both import commands have in common: their options, the words and the line of JSON they end with."""

import argparse
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

from billing.domain.import_choices import ImportChoices, Then
from billing.importing.foreground import import_file
from billing.imports.client_name_list import read_client_names
from billing.imports.dates import DateOrder
from billing.imports.encodings import Encoding
from billing.imports.files import FileRefused
from billing.models import ImportKind
from billing.services.import_words import fault_lines, in_words, refusal
from billing.services.imports import BillMoney, ImportReport, refused_file
from billing.services.upload import read_limited
from firms.commands import RefusableCommand, firm_by_slug
from firms.refusals import Refused


class ImportCommand(RefusableCommand):
    """Runs the pipeline of the import pages in the foreground; `kind`, `noun` and `layouts` are the command's own."""

    kind: ClassVar[ImportKind]
    noun: ClassVar[str]
    layouts: ClassVar[tuple[str, ...]] = ()

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("file")
        parser.add_argument("--firm", required=True, metavar="SLUG")
        parser.add_argument(
            "--encoding", choices=[each.value for each in Encoding], help="instead of what the file's bytes show"
        )
        parser.add_argument("--layout", choices=self.layouts, help="instead of what the file shows")
        parser.add_argument(
            "--dates", choices=[order.value for order in DateOrder], help="the order of day, month and year"
        )
        parser.add_argument(
            "--skip-refused", action="store_true", help="leave out what is refused, and import the rest"
        )
        then = parser.add_mutually_exclusive_group()
        then.add_argument("--hold", action="store_true", help="keep everything back until a person releases it")
        then.add_argument("--draft", action="store_true", help="bills stand here as drafts")
        parser.add_argument("--dry-run", action="store_true", help="say what would happen, and change nothing")
        parser.add_argument("--json", action="store_true", help="end with one line of JSON")

    def act(self, **options: Any) -> None:
        firm = firm_by_slug(options["firm"])
        report = import_file(
            firm=firm,
            actor=None,
            kind=self.kind,
            data=read_limited(path=options["file"]),
            file_name=Path(options["file"]).name,
            choices=self.choices(**options),
            dry_run=options["dry_run"],
        )
        try:
            words = in_words(report=report, noun=self.noun)
            self.stdout.write(f"Read as {report.layout}.\n{words}")
        finally:
            if options["json"]:
                self.stdout.write(json.dumps(report_line(report, of_bills=self.kind is ImportKind.BILLS)))

    def choices(self, **options: Any) -> ImportChoices:
        """What was asked for on the command line. Raises Refused."""
        return ImportChoices(
            encoding=options["encoding"] or "",
            layout=options["layout"] or "",
            dates=options["dates"] or "",
            skip_refused=options["skip_refused"],
            then=Then.HOLD if options["hold"] else Then.DRAFT if options["draft"] else Then.SEND,
        )


def read_names(path: str | None) -> Mapping[str, str]:
    """The names by client number of a CSV file. Raises Refused, with the faults by line."""
    if not path:
        return {}
    names = read_client_names(data=read_limited(path=path))
    if isinstance(names, FileRefused):
        report = refused_file(refusal=names, dry_run=True)
        raise Refused({"names": "\n".join([*fault_lines(report), refusal(report)])})
    return names


def report_line(report: ImportReport, *, of_bills: bool) -> dict[str, Any]:
    """The report for a program; of a file that is refused nothing was or would be created."""
    done = not report.refused
    counts = {"contacts": report.contacts_created if of_bills else report.created}
    if of_bills:
        counts |= {"bills": report.created, "lines": report.lines}
    line: dict[str, Any] = {
        "format": report.layout,
        "encoding": report.encoding,
        "would_create" if report.dry_run else "created": {name: done * number for name, number in counts.items()},
        "unchanged": report.unchanged,
        "refused": [_fault(fault) for fault in report.faults],
        "refused_count": report.fault_count,
        "notes": [f"{note.place}: {note.message}" for note in report.notes],
    }
    return line | _money(report) if of_bills else line


def _fault(fault: Any) -> dict[str, Any]:
    found = {"line": fault.line_number, "field": fault.field, "message": fault.message}
    return found | {"file": fault.file} if fault.file else found


def _money(report: ImportReport) -> dict[str, Any]:
    """With several currencies there is no one total: `totals` has each."""
    sums = [_bill(each) for each in report.sums]
    nothing = {"total_in_file": "0.00", "total_here": "0.00"}
    one = (sums[0] if sums else nothing) if len(sums) < 2 else dict.fromkeys(nothing)
    return {
        "tax": {"treatment": report.tax.treatment.value, "why": report.tax.why} if report.tax else None,
        "total_in_file": one["total_in_file"],
        "total_here": one["total_here"],
        "totals": [{name: value for name, value in each.items() if name != "number"} for each in sums],
        "bills": [_bill(each) for each in report.bills],
    }


def _bill(bill: BillMoney) -> dict[str, str]:
    return {
        "number": bill.number,
        "currency": bill.currency,
        "total_in_file": f"{bill.total_in_file:.2f}",
        "tax": f"{bill.tax:.2f}",
        "total_here": f"{bill.total_here:.2f}",
    }
