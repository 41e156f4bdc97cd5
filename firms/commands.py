"""The common parts of all our commands: exit codes 0 done, 1 refused in words on standard error, 2 wrong usage."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from firms.models import Firm
from firms.refusals import Refused


class RefusableCommand(BaseCommand):
    """Turns a refusal into its sentences on standard error and exit code 1."""

    requires_migrations_checks = False

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            self.act(**options)
        except Refused as refusal:
            raise CommandError("\n".join(refusal.faults.values()), returncode=1) from refusal

    def act(self, **options: Any) -> None:
        """Do the work, or raise Refused."""
        raise NotImplementedError


def firm_by_slug(slug: str) -> Firm:
    """The firm of that address. Raises Refused if there is none."""
    firm = Firm.objects.filter(slug=slug).first()
    if firm is None:
        raise Refused({"firm": f"There is no firm with the address “{slug}”."})
    return firm
