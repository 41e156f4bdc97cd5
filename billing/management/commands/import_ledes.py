"""`import_ledes`: a firm's bills from a LEDES file."""

import argparse
from dataclasses import replace
from typing import Any

from billing.domain.import_choices import ImportChoices
from billing.imports.ledes import LAYOUTS
from billing.imports.ledes_tax import TaxTreatment
from billing.management.import_command import ImportCommand, read_names
from billing.models import ImportKind


class Command(ImportCommand):
    help = "Import bills from a LEDES file, all or none; faults are listed by line."
    kind, noun, layouts = ImportKind.BILLS, "bill", tuple(LAYOUTS)

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--create-contacts", action="store_true", help="create clients who are not here yet")
        parser.add_argument("--names", metavar="FILE", help="a CSV file client_number,name of the clients to create")
        parser.add_argument(
            "--tax",
            choices=[treatment.value for treatment in TaxTreatment],
            help="how to treat tax, instead of as the file shows it",
        )

    def choices(self, **options: Any) -> ImportChoices:
        names, create = read_names(options["names"]), options["create_contacts"]
        return replace(super().choices(**options), names=names, create_contacts=create, tax=options["tax"] or "")
