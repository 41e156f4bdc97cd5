"""`sync_status SLUG [--json]`: one firm's sync in figures."""

import json
from typing import Any

from django.core.management.base import CommandParser
from django.utils import timezone

from firms.commands import RefusableCommand, firm_by_slug
from firms.scope import firm_scope
from xero_sync.pages.summary import SHOWN, SyncSummary, read_sync_summary


class Command(RefusableCommand):
    """Print the figures, for people or as JSON."""

    help = "Say how one firm's bills and contacts stand in Xero."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slug")
        parser.add_argument("--json", action="store_true", help="one JSON object")

    def act(self, **options: Any) -> None:
        firm = firm_by_slug(options["slug"])
        with firm_scope(firm):
            found = read_sync_summary(firm=firm, now=timezone.now())
        self.stdout.write(json.dumps(found.as_json) if options["json"] else _plain(found))


def _plain(found: SyncSummary) -> str:
    lines = [f"{found.firm} ({found.firm.slug}): {'connected' if found.connected else 'not connected'}"]
    for kind in SHOWN:
        noun, counts = kind.labels.plural.capitalize(), found.counts[kind.code]
        parts = [f"{count:,} {name.replace('_', ' ')}" for name, count in counts.items() if count and name != "total"]
        lines.append(f"{noun}: {counts['total']:,}{' (' + ', '.join(parts) + ')' if parts else ''}")
    lines.append(f"Total here {found.total_here:,.2f}, in Xero {found.total_in_xero:,.2f} {found.firm.currency}")
    lines.append(f"Oldest waiting: {found.oldest_waiting_s} s")
    lines.append(f"Calls today: {found.calls_today:,}, left {found.calls_left_today:,}")
    if found.causes:
        lines.append("Held back by:")
    for each in found.causes:
        held = ", ".join(f"{each.counts[kind.code]} {kind.labels.plural}" for kind in SHOWN)
        lines.append(f"  {each.title}: {held}")
    return "\n".join(lines)
