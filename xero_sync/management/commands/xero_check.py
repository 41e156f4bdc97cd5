"""`xero_check SLUG`: examine one firm's connection to Xero without changing anything, and print how to fix it."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from firms.models import Firm
from firms.scope import firm_scope
from xero_sync.organisation import diagnose


class Command(BaseCommand):
    help = (
        "Check a firm's connection to Xero: scopes, organisation, accounts, limits, clock. Exit 1 if anything is wrong."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slug", help="the firm's address, such as harrow-lane")

    def handle(self, *args: Any, **options: Any) -> None:
        firm = Firm.objects.filter(slug=options["slug"]).first()
        if firm is None:
            raise CommandError(f"There is no firm with the address “{options['slug']}”.")
        with firm_scope(firm):
            findings = diagnose.examine(firm=firm, now=timezone.now())
        for finding in findings:
            self.stdout.write(f"{'well ' if finding.is_well else 'WRONG'}  {finding.subject:<12}  {finding.words}")
            if finding.fix:
                self.stdout.write(f"{'':<21}{finding.fix}")
        wrong = sum(1 for finding in findings if not finding.is_well)
        if wrong:
            raise CommandError(f"{wrong} of {len(findings)} findings are wrong.")
