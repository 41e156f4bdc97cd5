"""The conditions of a whole firm, and the firms that have work."""

from datetime import datetime

from django.db import connection

from firms.models import Firm
from xero_sync.domain.holds import FirmConditions
from xero_sync.domain.preferences import defaults_for
from xero_sync.kinds.registry import KINDS
from xero_sync.models import BillSyncSettings, ConnectionState, FirmPreference, XeroConnection


def start_firm(*, firm: Firm) -> None:
    """Write a new firm's preferences, from its own local date of creation, once and for all; and its settings."""
    FirmPreference.objects.bulk_create(
        [FirmPreference(firm=firm, key=key, on=on) for key, on in defaults_for(firm.created_on).items()]
    )
    BillSyncSettings.objects.create(firm=firm)


def read_preferences(*, firm: Firm) -> dict[str, bool]:
    """The value of each of the firm's preferences, by key."""
    return dict(FirmPreference.objects.filter(firm=firm).values_list("key", "on"))


def firm_conditions(*, firm: Firm) -> FirmConditions:
    """The conditions of the firm now. A firm without settings is not confirmed, so nothing goes."""
    live = (
        XeroConnection.objects.filter(firm=firm)
        .exclude(state=ConnectionState.DISCONNECTED)
        .values_list("state", flat=True)
        .first()
    )
    settings = BillSyncSettings.objects.filter(firm=firm).first() or BillSyncSettings(firm=firm)
    return conditions_from(state=live, settings=settings)


def conditions_from(*, state: str | None, settings: BillSyncSettings) -> FirmConditions:
    """The same from rows in hand; `state` is the live connection's, None without one."""
    return FirmConditions(
        connected=state is not None,
        lost=state == ConnectionState.LOST,
        enabled=settings.enabled,
        confirmed=settings.confirmed_at is not None,
        paused=settings.paused_at is not None,
        start_date=settings.start_date,
    )


# FirmConditions.hold in SQL: nothing leaves for Xero, not even a question, while it holds the firm.
GOES = """
    EXISTS (SELECT 1 FROM xero_sync_billsyncsettings s WHERE s.firm_id = {firm}
        AND s.enabled AND s.confirmed_at IS NOT NULL AND s.paused_at IS NULL)
    AND EXISTS (SELECT 1 FROM xero_sync_xeroconnection x WHERE x.firm_id = {firm} AND x.state = 'ACTIVE')
"""

# The same condition as in claim: a document of a kind that waits for another is no work before that one has a Xero id.
WORK = """
    j.state IN ('WAITING', 'TRYING_AGAIN', 'CHECKING') AND j.batch_id IS NULL AND j.due_at <= %(now)s
    AND (j.kind = ANY(%(unbound)s) OR j.state = 'CHECKING' OR EXISTS (
        SELECT 1 FROM xero_sync_syncjob c WHERE c.id = j.contact_job_id AND c.xero_id <> ''))
"""


def unbound_kinds() -> list[str]:
    """The codes of the kinds whose documents wait for no other."""
    return [kind.code for kind in KINDS if not kind.waits_for]


def firms_with_work(*, now: datetime) -> list[int]:
    """Ids of firms with a due job and a free lane, oldest first. Called outside any firm's scope, by the sweep.

    A held firm is named only for what is still to be put on hold; its Checking documents wait for it to go on.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT j.firm_id FROM xero_sync_syncjob j LEFT JOIN xero_sync_synclane lane ON lane.firm_id = j.firm_id
            WHERE {WORK} AND (j.state <> 'CHECKING' OR ({GOES.format(firm="j.firm_id")}))
              AND (lane.lease_until IS NULL OR lane.lease_until < now())
              AND (lane.not_before IS NULL OR lane.not_before <= now())
            GROUP BY j.firm_id ORDER BY min(j.priority), min(j.due_at) LIMIT 500
            """,  # noqa: S608  (constants only)
            {"now": now, "unbound": unbound_kinds()},
        )
        return [row[0] for row in cursor.fetchall()]
