"""`import_contacts`: a firm's clients from a CSV file."""

import argparse
from typing import Any

from billing import importing
from billing.services.import_words import in_words
from billing.services.upload import read_limited
from firms.commands import RefusableCommand, firm_by_slug


class Command(RefusableCommand):
    help = "Import contacts from a CSV file, all or none; faults are listed by line."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("file")
        parser.add_argument("--firm", required=True, metavar="SLUG")
        parser.add_argument("--dry-run", action="store_true", help="say what would happen, and change nothing")

    def act(self, **options: Any) -> None:
        firm = firm_by_slug(options["firm"])
        data = read_limited(path=options["file"])
        report = importing.import_contacts(firm=firm, actor=None, data=data, dry_run=options["dry_run"])
        words = in_words(report=report, noun="contact")
        self.stdout.write(f"Read as {report.layout}.\n{words}")
