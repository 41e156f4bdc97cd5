"""`sync_firm SLUG`: one lane's work in the foreground, without a worker."""

import socket
from typing import Any

from django.core.management.base import CommandParser

from firms.commands import RefusableCommand, firm_by_slug
from firms.models import Firm
from firms.refusals import Refused
from firms.scope import firm_scope
from xero_sync import outbox
from xero_sync.domain.holds import SENTENCES, Hold
from xero_sync.engine import Turned, sync_firm
from xero_sync.engine.turn_context import Timing
from xero_sync.models import BillSyncSettings

WORDS = {
    Turned.IDLE: "Nothing is due any more.",
    Turned.BUSY: "A worker has this firm's lane, or a limit is being waited out. Try again in a minute.",
    Turned.WAITING: "Xero asked us to wait; what is left goes later, by a worker or by this command.",
}


class Command(RefusableCommand):
    """Work until nothing is due. Exit code 1 if something keeps this firm from being synced now."""

    help = "Send what is due of one firm to Xero, here and now."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slug")

    def act(self, **options: Any) -> None:
        firm = firm_by_slug(options["slug"])
        with firm_scope(firm):
            turned = _until_done(firm)
            if turned is Turned.HELD:
                raise Refused({"": f"Nothing was sent. {_why_held(firm)}"})
        if turned is not Turned.IDLE:
            raise Refused({"": WORDS[turned]})
        self.stdout.write(WORDS[turned])


def _until_done(firm: Firm) -> Turned:
    worker = f"sync_firm@{socket.gethostname()}"
    turned = Turned.MORE
    while turned is Turned.MORE:
        turned = sync_firm(firm=firm, task_id="", worker=worker, timing=Timing.from_settings())
    return turned


def _why_held(firm: Firm) -> str:
    hold = outbox.firm_conditions(firm=firm).hold or Hold.CAUSE
    by = BillSyncSettings.objects.filter(firm=firm).values_list("paused_by", flat=True).first()
    return SENTENCES[hold].format(by=f" by {by}" if by else "", waited="")
