"""`demo_table`: wait until the demo's bills are settled, then print the closing table."""

import argparse
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management.base import CommandError

from firms.commands import RefusableCommand, firm_by_slug
from firms.scope import firm_scope
from xero_sync.demo import cast, outcome, table
from xero_sync.demo.stand_in import StandIn
from xero_sync.demo.waiting import wait_until_settled


class Command(RefusableCommand):
    help = "Wait until the demo's bills are settled and show the table; exit 1 if it is not as expected."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--wait", type=float, default=300, metavar="SECONDS", help="how long at most")

    def act(self, **options: Any) -> None:
        stand_in = StandIn.configured()
        firms = [firm_by_slug(demo.slug) for demo in cast.FIRMS]
        left = wait_until_settled(firms=firms, seconds=options["wait"], say=self.stderr.write)
        differences = [f"{left} documents are still on their way after {options['wait']:.0f} s"] if left else []
        outcomes = []
        for demo, firm in zip(cast.FIRMS, firms, strict=True):
            with firm_scope(firm):
                books = stand_in.books(organisation_id=outcome.find_organisation_id(firm=firm))
                outcomes.append(outcome.read_outcome(firm=firm, books=books))
            differences += outcome.list_differences(demo=demo, outcome=outcomes[-1])
        home = urlsplit(settings.XERO_REDIRECT_URI)
        for line in table.write_demo_table(
            outcomes=outcomes, web=f"{home.scheme}://{home.netloc}/", emulator=stand_in.url
        ):
            self.stdout.write(line)
        if differences:
            raise CommandError(f"The table is not as expected. {'; '.join(differences)}.", returncode=1)
        self.stdout.write("Every bill is settled as expected.")
