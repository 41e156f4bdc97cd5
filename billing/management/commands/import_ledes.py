"""`import_ledes`: a firm's bills from a LEDES 1998B file."""

import argparse
from typing import Any

from billing import services
from billing.imports.ledes_tax import TaxTreatment
from billing.services.import_words import in_words
from billing.services.upload import read_limited
from firms.commands import RefusableCommand, firm_by_slug


class Command(RefusableCommand):
    help = "Import bills from a LEDES 1998B, 1998BI or 1998BI V2 file, all or none; faults are listed by line."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("file")
        parser.add_argument("--firm", required=True, metavar="SLUG")
        parser.add_argument("--create-contacts", action="store_true", help="create clients who are not here yet")
        parser.add_argument(
            "--tax",
            choices=[treatment.value for treatment in TaxTreatment],
            help="how to treat tax, instead of as the file shows it",
        )
        parser.add_argument("--dry-run", action="store_true", help="say what would happen, and change nothing")

    def act(self, **options: Any) -> None:
        firm = firm_by_slug(options["firm"])
        data = read_limited(path=options["file"])
        report = services.import_ledes(
            firm=firm,
            actor=None,
            data=data,
            create_contacts=options["create_contacts"],
            tax=TaxTreatment(options["tax"]) if options["tax"] else None,
            dry_run=options["dry_run"],
        )
        self.stdout.write(in_words(report=report, noun="bill"))
