"""A person asks whether the connection to Xero works: everything is read again."""

from datetime import datetime

from firms import audit
from firms.models import Firm, User
from xero_sync.actions.outcome import ActionOutcome
from xero_sync.engine.preflight.recheck import recheck_refusals
from xero_sync.organisation import upkeep
from xero_sync.organisation.connections import find_connection


def check_connection(*, firm: Firm, actor: User, now: datetime) -> ActionOutcome:
    """Read the organisation again from Xero, and release what the reading shows to be over. Raises upkeep.NotNow."""
    connection = find_connection(firm=firm)
    if connection is None:
        raise upkeep.NotNow("This firm is not connected to Xero.")
    audit.record(firm=firm, actor=actor, action="xero.tested", target=connection)
    known = upkeep.refresh_chart(firm=firm, connection=connection, now=now, person=True)
    recheck_refusals(firm=firm, now=now)
    return ActionOutcome(words=f"{known.organisation_name} answers. Accounts, tax rates and lock dates are up to date.")
