"""`seed_demo`: the demo's two firms, their people, settings and sample bills, against an emulated Xero."""

from typing import Any

from firms.commands import RefusableCommand
from firms.refusals import Refused
from xero_sync.demo.seed import seed_demo_firms
from xero_sync.organisation.consents import ConnectRefused


class Command(RefusableCommand):
    help = "Create the demo's firms with their sample bills; a second run changes nothing. Needs the emulator."

    def act(self, **options: Any) -> None:
        try:
            seed_demo_firms(say=self.stdout.write)
        except ConnectRefused as refusal:
            raise Refused({"": str(refusal)}) from refusal
