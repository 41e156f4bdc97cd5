"""`import_ledes`: a firm's bills from a LEDES file."""

import argparse
from collections.abc import Mapping
from typing import Any

from billing import importing
from billing.imports.client_name_list import read_client_names
from billing.imports.dates import DateOrder
from billing.imports.encodings import Encoding
from billing.imports.files import FileRefused
from billing.imports.ledes import LAYOUTS, ReadingOptions
from billing.imports.ledes_tax import TaxTreatment
from billing.services.import_words import fault_lines, in_words, refusal
from billing.services.imports import refused_file
from billing.services.upload import read_limited
from firms.commands import RefusableCommand, firm_by_slug
from firms.refusals import Refused


class Command(RefusableCommand):
    help = "Import bills from a LEDES file, all or none; faults are listed by line."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("file")
        parser.add_argument("--firm", required=True, metavar="SLUG")
        parser.add_argument("--create-contacts", action="store_true", help="create clients who are not here yet")
        parser.add_argument("--names", metavar="FILE", help="a CSV file client_number,name of the clients to create")
        parser.add_argument(
            "--tax",
            choices=[treatment.value for treatment in TaxTreatment],
            help="how to treat tax, instead of as the file shows it",
        )
        parser.add_argument(
            "--encoding", choices=[each.value for each in Encoding], help="instead of what the file's bytes show"
        )
        parser.add_argument("--layout", choices=LAYOUTS, help="the format, where the file's own first line is missing")
        parser.add_argument(
            "--dates", choices=[order.value for order in DateOrder], help="the order of day, month and year"
        )
        parser.add_argument("--dry-run", action="store_true", help="say what would happen, and change nothing")

    def act(self, **options: Any) -> None:
        firm = firm_by_slug(options["firm"])
        report = importing.import_ledes(
            firm=firm,
            actor=None,
            data=read_limited(path=options["file"]),
            create_contacts=options["create_contacts"],
            names=_names(options["names"]),
            tax=TaxTreatment(options["tax"]) if options["tax"] else None,
            options=ReadingOptions(
                encoding=options["encoding"] or "",
                layout=options["layout"] or "",
                dates=DateOrder(options["dates"]) if options["dates"] else None,
            ),
            dry_run=options["dry_run"],
        )
        self.stdout.write(in_words(report=report, noun="bill"))


def _names(path: str | None) -> Mapping[str, str]:
    """The names by client number. Raises Refused, with the faults by line."""
    if not path:
        return {}
    names = read_client_names(data=read_limited(path=path))
    if isinstance(names, FileRefused):
        report = refused_file(refusal=names, dry_run=True)
        raise Refused({"names": "\n".join([*fault_lines(report), refusal(report)])})
    return names
