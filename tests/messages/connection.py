"""Messages about the connection itself: access, limits, outages, the organisation; and what holds the whole firm."""

from typing import Any

from django.utils import timezone

from tests.messages.row import Remedy, Row, bill_page_says, reconnected, request_refused, waited
from tests.messages.world import Document, World, captured
from xero_sync import outbox
from xero_sync.domain.states import State
from xero_sync.models import BillSyncSettings, OrganisationCalls, SyncLane, XeroConnection, XeroCredential


def _expired(world: World) -> None:
    """Our token has run out, so that it has to be renewed."""
    XeroCredential.objects.update(access_expires_at=timezone.now())


def _access_ended(world: World) -> Document:
    bill = world.bill()
    _expired(world)
    answer = captured("access-ended")
    world.answers(answer["status"], answer["body"], path="/connect/token", method="POST")
    world.syncs()
    return bill


def _door_says(code: str, *, times: int = 1) -> Any:
    """The door answers with a captured 401 or 403."""

    def arrange(world: World) -> Document:
        bill = world.bill()
        answer = captured(code)
        world.answers(answer["status"], answer["body"], times=times)
        world.syncs(1)
        return bill

    return arrange


def _read_only(world: World) -> Document:
    bill = world.bill()
    world.act("user-role", role="READONLY")
    world.syncs()
    return bill


def _raise_role(world: World, bill: Document) -> None:
    world.act("user-role", role="STANDARD")
    world.reconnects()


def _disconnected_in_xero(world: World) -> Document:
    bill = world.bill()
    world.act("disconnect")
    world.syncs()
    return bill


def _plan_ended(world: World) -> Document:
    bill = world.bill()
    world.act("subscription", active=False)
    world.syncs()
    return bill


def _renew_plan(world: World, bill: Document) -> None:
    world.act("subscription", active=True)
    world.presses_in_settings("Test now")


def _limited(world: World) -> Document:
    bill = world.bill()
    world.xero.fault(kind="status", status=429, limit="minute", retry_after=37, method="PUT", path="Invoices")
    world.syncs(1)
    return bill


def _minute_over(world: World, bill: Document) -> None:
    SyncLane.objects.filter(firm=world.firm).update(not_before=None)
    OrganisationCalls.objects.filter(firm=world.firm).update(paused_until=None)
    world.later()


def _offline_for_an_edit(world: World) -> Document:
    bill = world.bill_in_xero()
    world.describes(bill)
    world.answers(503, "The Organisation is offline", method="POST")
    world.syncs(1)
    return bill


def _answer_lost(world: World) -> Document:
    bill = world.bill()
    world.xero.fault(kind="cut_after", method="PUT", path="Invoices")
    world.syncs(1)
    return bill


def _secret_refused(world: World) -> Document:
    bill = world.bill(world.client())
    _expired(world)
    world.answers(400, {"error": "invalid_client"}, path="/connect/token", method="POST")
    world.syncs(1)
    return bill


def _never_connected(world: World) -> Document:
    bill = world.bill()
    XeroConnection.objects.filter(firm=world.firm).update(state="DISCONNECTED")
    outbox.rejudge(firm=world.firm, now=timezone.now())
    return bill


def _switched_off(world: World) -> Document:
    bill = world.bill()
    world.presses_in_settings("Save settings", enabled=[])
    return bill


def _paused(world: World) -> Document:
    bill = world.bill()
    world.presses_in_settings("Pause")
    return bill


def _unconfirmed(world: World) -> Document:
    bill = world.bill()
    BillSyncSettings.objects.filter(firm=world.firm).update(confirmed_at=None)
    outbox.rejudge(firm=world.firm, now=timezone.now())
    return bill


def _in_settings(button: str, **typed: str) -> Remedy:
    return lambda world, bill: world.presses_in_settings(button, **typed)


HELD = State.ON_HOLD
ROWS = (
    Row("access-ended", _access_ended, reconnected, HELD),
    Row("token-expired", _door_says("token-expired"), waited, State.IN_XERO, seen="story"),
    Row("access-revoked", _door_says("access-revoked", times=2), reconnected, HELD),
    Row("not-permitted", _door_says("not-permitted"), reconnected, HELD),
    Row("role-too-low", _read_only, _raise_role, HELD),
    request_refused("wrong-organisation", reconnected, state=HELD),
    Row("rate-limited", _limited, _minute_over, State.WAITING),
    bill_page_says("xero-fault", waited, state=State.TRYING_AGAIN),
    Row("subscription-inactive", _plan_ended, _renew_plan, HELD),
    Row("connection-lost", _disconnected_in_xero, reconnected, HELD),
    Row("xero-unavailable", _offline_for_an_edit, waited, State.TRYING_AGAIN),
    Row("no-answer", _answer_lost, waited, State.CHECKING),
    Row("our-credentials-refused", _secret_refused, _minute_over, State.WAITING, seen="sentence"),
    Row("not-connected", _never_connected, reconnected, HELD),
    Row("switched-off", _switched_off, _in_settings("Save settings", enabled="on"), HELD),
    Row("paused", _paused, _in_settings("Resume"), HELD),
    Row("first-send-unconfirmed", _unconfirmed, _in_settings("Send 1 bill"), HELD),
)
