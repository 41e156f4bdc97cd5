"""The upkeep of connections: the chart and the index of Xero are read again, a lost connection is noticed."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TypeVar

from django.db.models import Exists, OuterRef, Q

from firms.models import Firm
from firms.refusals import Refusal
from xero_sync import gateway, outbox
from xero_sync.domain.chart import Chart
from xero_sync.domain.errors import Recheck
from xero_sync.domain.releases import CHART_READ, codes_for
from xero_sync.models import ConnectionState, SyncJob, XeroConnection, XeroIndex
from xero_sync.organisation import (
    chart,
    index,
    limits,
    tokens,
)
from xero_sync.organisation.connection_loss import correct_holds, lose_connection, regain_connection
from xero_sync.organisation.connections import find_connection
from xero_sync.organisation.reader import NoCallLeft, read_chart, read_index

logger = logging.getLogger(__name__)
T = TypeVar("T")

CHECK_AGE = timedelta(minutes=15)
# Books can be read with too low a role, or too few permissions; so the next write is the look, and not a frequent one.
ONLY_A_WRITE_PROVES = ("role-too-low", "not-permitted")
WRITE_AGE = timedelta(days=1)
ON_EVERY_READ = codes_for([Recheck.ON_ORGANISATION])


class NotNow(Refusal):
    """Xero cannot be asked now. `words` says so to a person; `lost` is true if only reconnecting helps."""

    def __init__(self, words: str, *, lost: bool = False) -> None:
        super().__init__(words)
        self.words = words
        self.lost = lost


def refresh_chart(*, firm: Firm, connection: XeroConnection, now: datetime, person: bool) -> Chart:
    """Read the chart and the index of Xero, and release documents that waited for a change. Raises NotNow.

    A person's "Test now" releases every refusal that a reading can show to be over; a timed run only those that Xero's
    side alone decides.
    """

    def read_chart_by(access: gateway.Access) -> Chart:
        known = read_chart(firm=firm, connection=connection, token=access.access_token, person=person)
        read_index(firm=firm, connection=connection, token=access.access_token, person=person)
        return known

    known = _with_access(firm, connection, now, read_chart_by)
    row = XeroConnection.objects.filter(pk=connection.pk)
    if known.organisation_name and known.organisation_name != connection.organisation_name:
        row.update(organisation_name=known.organisation_name)
    regain_connection(firm=firm, connection=connection, now=now)
    outbox.release(firm=firm, codes=CHART_READ if person else ON_EVERY_READ, now=now)
    return known


def ask(*, firm: Firm, question: Callable[[gateway.Access], T], now: datetime) -> T:
    """Ask Xero something for a person who waits for the answer; the question counts its calls. Raises NotNow."""
    connection = find_connection(firm=firm)
    if connection is None:
        raise NotNow("This firm is not connected to Xero.", lost=True)
    if connection.state != ConnectionState.ACTIVE:
        raise NotNow("The connection to Xero was lost. A firm admin can reconnect it.", lost=True)
    return _with_access(firm, connection, now, question)


def firms_to_refresh(*, now: datetime) -> list[int]:
    """Ids of firms whose connection nobody looked at for a while, or whose index is not read to its end.

    A lost connection too: it comes back by itself once Xero lets us in. Called outside any firm's scope.
    """
    unfinished = XeroIndex.objects.filter(firm=OuterRef("firm"), xero_tenant_id=OuterRef("xero_tenant_id"))
    unseen = Q(checked_at=None) | Q(checked_at__lte=now - CHECK_AGE)
    half_read = Q(Exists(unfinished.filter(next_page__gt=1)))
    proved_by_reading = ~Q(lost_code__in=ONLY_A_WRITE_PROVES) | Q(checked_at__lte=now - WRITE_AGE)
    active, lost = Q(state=ConnectionState.ACTIVE), Q(state=ConnectionState.LOST)
    due = XeroConnection.objects.filter(active & (unseen | half_read) | lost & unseen & proved_by_reading)
    return list(due.order_by("checked_at").values_list("firm_id", flat=True))


def refresh_connection(*, firm: Firm, now: datetime) -> bool:
    """Look at one firm's connection, and read its chart if that is old; False if Xero could not be asked.

    Jobs that wait for an ended hold go first: the holds are ours, and need no answer of Xero.
    """
    correct_holds(firm=firm, now=now)
    connection = find_connection(firm=firm)
    if connection is None:
        return False
    look = _check if connection.state == ConnectionState.ACTIVE else _look_again
    try:
        look(firm, connection, now)
    except NotNow as fault:
        logger.warning("A connection was not checked", extra={"firm": firm.slug, "why": fault.words})
        return False
    return True


def _look_again(firm: Firm, connection: XeroConnection, now: datetime) -> None:
    """A lost connection is back once Xero lists the organisation and its books can be read."""
    row = XeroConnection.objects.filter(pk=connection.pk)
    row.update(checked_at=now)
    listed = _look(firm, connection, now)
    # A person who disconnected in Xero and changed their mind made a new connection.
    row.update(xero_connection_id=listed.connection_id)
    refresh_chart(firm=firm, connection=connection, now=now, person=False)


def _check(firm: Firm, connection: XeroConnection, now: datetime) -> None:
    if connection.checked_at is None or now - connection.checked_at >= CHECK_AGE:
        # First: Xero answers this call even where the organisation's own calls are refused.
        _look(firm, connection, now)
    tenant = connection.xero_tenant_id
    known, seen = chart.stored(firm=firm, xero_tenant_id=tenant), index.freshness(firm=firm, xero_tenant_id=tenant)
    if chart.is_stale(chart=known, now=now, busy=_busy(firm, known.refreshed_at if known else now)):
        refresh_chart(firm=firm, connection=connection, now=now, person=False)
        return
    if seen.is_stale(now=now, busy=_busy(firm, seen.oldest or now)):
        # A turn of the sync reads the chart for itself, so the two grow old at different times.
        _with_access(
            firm,
            connection,
            now,
            lambda access: read_index(firm=firm, connection=connection, token=access.access_token),
        )
    XeroConnection.objects.filter(pk=connection.pk).update(checked_at=now)


def _busy(firm: Firm, since: datetime) -> bool:
    return SyncJob.objects.filter(firm=firm, last_sent_at__gte=since).exists()


def _look(firm: Firm, connection: XeroConnection, now: datetime) -> gateway.OrganisationChoice:
    """Whether the organisation is still on our list: the cheapest question, which costs none of its calls."""
    listed = _with_access(firm, connection, now, lambda access: gateway.connections(access_token=access.access_token))
    found = next((each for each in listed if each.tenant_id == connection.xero_tenant_id), None)
    if found is None:
        lose_connection(firm=firm, connection=connection, code="connection-lost")
        raise NotNow("The organisation was disconnected in Xero. Reconnect it.", lost=True)
    return found


def _with_access(
    firm: Firm, connection: XeroConnection, now: datetime, ask: Callable[[gateway.Access], T], retried: str = ""
) -> T:
    """Ask with a good token; a refused one is refreshed once. Every failure becomes NotNow."""
    credential_id = connection.credential_id
    token = ""
    try:
        token = (
            tokens.force_refresh(credential_id=credential_id, refused=retried, now=now)
            if retried
            else tokens.access_token(credential_id=credential_id, now=now)
        )
        return ask(gateway.Access(access_token=token, xero_tenant_id=connection.xero_tenant_id))
    except tokens.CredentialDead:
        lose_connection(firm=firm, connection=connection, code="access-ended")
        raise NotNow("Xero no longer lets us in. Reconnect the organisation.", lost=True) from None
    except tokens.TokensUnavailable:
        raise NotNow("Xero did not renew our access just now. Try again in a few minutes.") from None
    except gateway.AccessLost as fault:
        if fault.renewable and not retried:
            return _with_access(firm, connection, now, ask, retried=token)
        if not fault.is_final:
            raise NotNow("Xero did not accept our access just now. Try again in a few minutes.") from None
        lose_connection(firm=firm, connection=connection, code=fault.code)
        raise NotNow(_lost_words(fault), lost=True) from None
    except gateway.RateLimited as fault:
        wait = limits.note_refusal(
            xero_tenant_id=connection.xero_tenant_id, kind=fault.kind, retry_after=fault.retry_after
        )
        raise NotNow(_busy_words(wait)) from None
    except NoCallLeft as fault:
        raise NotNow(_busy_words(fault.seconds)) from None
    except (gateway.XeroFault, chart.ChartUnreadable):
        raise NotNow("Xero did not answer as it should. Nothing was changed. Try again in a few minutes.") from None


def _lost_words(fault: gateway.AccessLost) -> str:
    if fault.code == "not-permitted":
        return "Xero says a permission is missing. Reconnect, and leave all permissions ticked."
    return "The organisation was disconnected in Xero, or the person who connected it lost their access. Reconnect it."


def _busy_words(seconds: float) -> str:
    return f"Xero takes no more calls for this organisation now. Try again in {_length(seconds)}."


def _length(seconds: float) -> str:
    if seconds < 90:
        return f"{max(round(seconds), 1)} seconds"
    if seconds < 5400:
        return f"{round(seconds / 60)} minutes"
    return f"{round(seconds / 3600)} hours"
