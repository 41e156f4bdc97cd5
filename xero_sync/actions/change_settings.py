"""What a firm chooses on Settings > Bill Syncing: read and switched here, each act on the audit trail."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import BooleanField, Exists, F, Func, OuterRef, Q, QuerySet, TextField
from django.db.models.functions import Cast, Coalesce

from billing.models import Invoice, InvoiceState
from firms import audit
from firms.models import Firm, User
from firms.refusals import Refused, refuse_conflict
from xero_sync import outbox
from xero_sync.domain.holds import FIRM_HOLDS, NotSent
from xero_sync.domain.kinds import Kind
from xero_sync.domain.preferences import PREFERENCES
from xero_sync.domain.releases import MAPPING_CHANGED
from xero_sync.domain.states import State
from xero_sync.models import BillSyncSettings, FirmPreference, SyncJob, TaxMapping
from xero_sync.organisation import chart, chart_check, upkeep

READY = tuple(preference.key for preference in PREFERENCES if preference.ready)
Rate = tuple[str, Decimal]


@dataclass(frozen=True, kw_only=True)
class Choices:
    """What the settings form asks: master switch, start date, default accounts, and Xero's tax type of each rate."""

    enabled: bool
    start_date: date | None
    services_account: str
    expenses_account: str
    tax_types: Mapping[Rate, str]


@dataclass(frozen=True)
class FirstSend:
    """What would go if the first send were confirmed now."""

    bills: int
    contacts: int


def stored(*, firm: Firm) -> dict[str, bool]:
    """How each of the firm's preferences stands, by key."""
    return dict(FirmPreference.objects.filter(firm=firm).values_list("key", "on"))


def switch(*, firm: Firm, actor: User, on: Mapping[str, bool], now: datetime) -> list[str]:
    """Switch the preferences named; returns the keys that moved. Nothing that was already saved changes.

    Raises Refused for a key that cannot be switched.
    """
    unknown = [key for key in on if key not in READY]
    if unknown:
        raise Refused({"": f"There is no preference called {', '.join(unknown)}. Load the page again."})
    moved = []
    with transaction.atomic():
        rows = FirmPreference.objects.select_for_update().filter(firm=firm, key__in=on).order_by("id")
        for row in rows:
            if row.on != on[row.key]:
                _switch_one(row, actor, now)
                moved.append(row.key)
    return moved


def switch_all_on(*, firm: Firm, actor: User, now: datetime) -> list[str]:
    """Switch on every preference that is off; returns their keys."""
    return switch(firm=firm, actor=actor, on=dict.fromkeys(READY, True), now=now)


def saved_earlier() -> "QuerySet[SyncJob]":
    """Bills that are still to go, saved while a preference stood otherwise than it does today; they go as saved."""
    was = Func(OuterRef("preferences"), F("key"), function="jsonb_extract_path_text", output_field=TextField())
    # Only a stored true is on, as `domain.preferences` reads it.
    apart = FirmPreference.objects.filter(firm_id=OuterRef("firm_id"), key__in=READY).exclude(
        on=Coalesce(Cast(was, BooleanField()), False)
    )
    to_go = SyncJob.objects.filter(kind=Kind.INVOICE).exclude(state=State.IN_XERO)
    never = Q(state=State.NOT_SENT) & ~Q(hold__in=[NotSent.DRAFT.value, NotSent.BEFORE_START.value])
    return to_go.exclude(never).filter(Exists(apart))


def save_settings(
    *, firm: Firm, actor: User, expected_version: int | None, choices: Choices, now: datetime
) -> BillSyncSettings:
    """Save the settings form. Raises EditConflict if somebody saved since, Refused for an account of no use."""
    with transaction.atomic():
        settings = BillSyncSettings.objects.select_for_update().get(firm=firm)
        refuse_conflict(firm=firm, current=settings, version=settings.version, expected_version=expected_version)
        _refuse_dead_accounts(firm, settings, choices)
        before = _as_audited(settings, _mapped(firm))
        settings.enabled = choices.enabled
        settings.start_date = choices.start_date
        settings.services_account = choices.services_account
        settings.expenses_account = choices.expenses_account
        settings.version += 1
        settings.save()
        _map_taxes(firm, choices.tax_types)
        after = _as_audited(settings, _mapped(firm))
        audit.record(firm=firm, actor=actor, action="bill-syncing.saved", target=settings, before=before, after=after)
        _let_go(firm, before, after, now)
    return settings


def first_send(*, firm: Firm, start_date: date | None) -> FirstSend:
    """How many bills and contacts a confirmation would let go, with this start date."""
    jobs = SyncJob.objects.filter(firm=firm)
    held = jobs.filter(state=State.ON_HOLD, hold__in=[hold.value for hold in FIRM_HOLDS])
    early = jobs.filter(kind=Kind.INVOICE, state=State.NOT_SENT, hold=NotSent.BEFORE_START.value)
    bills = Invoice.objects.filter(firm=firm).filter(
        Q(pk__in=held.filter(kind=Kind.INVOICE).values("object_id"))
        | Q(pk__in=early.values("object_id"), state=InvoiceState.APPROVED)
    )
    if start_date is not None:
        bills = bills.filter(issue_date__gte=start_date)
    return FirstSend(bills=bills.count(), contacts=held.filter(kind=Kind.CONTACT).count())


def confirm_first_send(
    *, firm: Firm, actor: User, start_date: date | None, expected_bills: int, now: datetime
) -> FirstSend:
    """Let the first bills go, after an admin saw how many. Raises Refused if the number is another by now."""
    with transaction.atomic():
        settings = BillSyncSettings.objects.select_for_update().get(firm=firm)
        if upkeep.live(firm=firm) is None:
            raise Refused({"": "This firm is not connected to Xero. Connect it first."})
        going = first_send(firm=firm, start_date=start_date)
        if going.bills != expected_bills:
            there = "There is 1 bill" if going.bills == 1 else f"There are {going.bills} bills"
            raise Refused({"": f"{there} to send now, not {expected_bills}. Confirm again."})
        before = {"start_date": settings.start_date, "confirmed_at": settings.confirmed_at}
        settings.start_date, settings.confirmed_at = start_date, now
        settings.version += 1
        settings.save()
        audit.record(
            firm=firm,
            actor=actor,
            action="first-send.confirmed",
            target=settings,
            before=before,
            after={"start_date": start_date, "confirmed_at": now, "bills": going.bills},
        )
        outbox.rejudge(firm=firm, now=now)
    return going


def pause(*, firm: Firm, actor: User, now: datetime) -> None:
    """Hold everything until somebody resumes."""
    _set_pause(firm, actor, now, paused=True)


def resume(*, firm: Firm, actor: User, now: datetime) -> None:
    """End the pause."""
    _set_pause(firm, actor, now, paused=False)


def _set_pause(firm: Firm, actor: User, now: datetime, *, paused: bool) -> None:
    with transaction.atomic():
        settings = BillSyncSettings.objects.select_for_update().get(firm=firm)
        if (settings.paused_at is not None) == paused:
            return
        settings.paused_at, settings.paused_by = (now, str(actor)) if paused else (None, "")
        settings.save(update_fields=["paused_at", "paused_by"])
        audit.record(
            firm=firm,
            actor=actor,
            action="bill-syncing.paused" if paused else "bill-syncing.resumed",
            target=settings,
            before={"paused": not paused},
            after={"paused": paused},
        )
        outbox.rejudge(firm=firm, now=now)


def _switch_one(row: FirmPreference, actor: User, now: datetime) -> None:
    row.on, row.changed_by, row.changed_at = not row.on, actor, now
    row.save(update_fields=["on", "changed_by", "changed_at"])
    audit.record(
        firm=row.firm,
        actor=actor,
        action="preference.switched",
        target=row,
        before={row.key: not row.on},
        after={row.key: row.on},
    )


def _refuse_dead_accounts(firm: Firm, settings: BillSyncSettings, choices: Choices) -> None:
    """A newly chosen account must exist; one that died since it was chosen may stay, for the page warns of it."""
    connection = upkeep.live(firm=firm)
    known = chart.stored(firm=firm, xero_tenant_id=connection.xero_tenant_id) if connection else None
    if known is None:
        return
    chosen = {
        "services_account": (choices.services_account, settings.services_account),
        "expenses_account": (choices.expenses_account, settings.expenses_account),
    }
    faults = {
        field: f"Xero takes no bills on account {new}. Choose one of the list."
        for field, (new, old) in chosen.items()
        if new and new != old and not known.is_usable(new)
    }
    if faults:
        raise Refused(faults)


def _mapped(firm: Firm) -> dict[Rate, str]:
    return {(each.tax_name, each.tax_percent): each.tax_type for each in TaxMapping.objects.filter(firm=firm)}


def _map_taxes(firm: Firm, tax_types: Mapping[Rate, str]) -> None:
    for (name, percent), tax_type in tax_types.items():
        if tax_type:
            TaxMapping.objects.update_or_create(
                firm=firm, tax_name=name, tax_percent=percent, defaults={"tax_type": tax_type}
            )
        else:
            TaxMapping.objects.filter(firm=firm, tax_name=name, tax_percent=percent).delete()


def _as_audited(settings: BillSyncSettings, taxes: Mapping[Rate, str]) -> dict[str, object]:
    return {
        "enabled": settings.enabled,
        "start_date": settings.start_date,
        "services_account": settings.services_account,
        "expenses_account": settings.expenses_account,
        **{f"tax {name} {percent.normalize():f}%": tax_type for (name, percent), tax_type in taxes.items()},
    }


def _let_go(firm: Firm, before: Mapping[str, object], after: Mapping[str, object], now: datetime) -> None:
    if before == after:
        return
    if any(before[key] != after[key] for key in ("enabled", "start_date")):
        outbox.rejudge(firm=firm, now=now)
    outbox.release(firm=firm, codes=MAPPING_CHANGED, now=now)
    chart_check.compare_with_stored(firm=firm, now=now)
