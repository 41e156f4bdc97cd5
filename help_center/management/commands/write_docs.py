"""`write_docs [--check]`: write the pages under docs/ that come from the tables, or say which are stale."""

from typing import Any

from django.conf import settings
from django.core.management.base import CommandParser

from firms.commands import RefusableCommand
from firms.refusals import Refused
from help_center import written_docs


class Command(RefusableCommand):
    """Needs no database."""

    help = "Write the pages under docs/ that come from the tables the sync runs on."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="write nothing; exit 1 if a page is stale")

    def act(self, **options: Any) -> None:
        folder = settings.BASE_DIR / "docs"
        if not options["check"]:
            written = written_docs.update_pages(folder=folder)
            self.stdout.write(f"Written: {', '.join(written)}" if written else "Nothing to write: all pages are fresh.")
            return
        stale = written_docs.list_stale_pages(folder=folder)
        if stale:
            raise Refused({"docs": f"Not what the tables say: {', '.join(stale)}. Run manage.py write_docs."})
        self.stdout.write("All pages are fresh.")
