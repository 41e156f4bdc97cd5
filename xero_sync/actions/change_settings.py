"""The choices of a firm on Settings > Bill Syncing, each change on the audit trail."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction

from firms import audit
from firms.models import Firm, User
from firms.refusals import Refused, refuse_conflict
from xero_sync import outbox
from xero_sync.actions.outcome import ActionOutcome
from xero_sync.domain.releases import MAPPING_CHANGED
from xero_sync.models import BillSyncSettings, TaxMapping
from xero_sync.organisation import chart, chart_check
from xero_sync.organisation.connections import find_connection

Rate = tuple[str, Decimal]


@dataclass(frozen=True, kw_only=True)
class SettingsInput:
    """The values of the settings form: master switch, start date, default accounts, Xero's tax type of each rate."""

    enabled: bool
    start_date: date | None
    services_account: str
    expenses_account: str
    tax_types: Mapping[Rate, str]


def save_settings(
    *, firm: Firm, actor: User, expected_version: int | None, typed: SettingsInput, now: datetime
) -> ActionOutcome:
    """Save the settings form. Raises EditConflict if somebody saved since, Refused for an account of no use."""
    with transaction.atomic():
        settings = BillSyncSettings.objects.select_for_update().get(firm=firm)
        refuse_conflict(firm=firm, current=settings, version=settings.version, expected_version=expected_version)
        _refuse_dead_accounts(firm, settings, typed)
        before = _describe_for_audit(settings, _read_tax_mapping(firm))
        settings.enabled = typed.enabled
        settings.start_date = typed.start_date
        settings.services_account = typed.services_account
        settings.expenses_account = typed.expenses_account
        settings.version += 1
        settings.save()
        _map_taxes(firm, typed.tax_types)
        after = _describe_for_audit(settings, _read_tax_mapping(firm))
        audit.record(firm=firm, actor=actor, action="bill-syncing.saved", target=settings, before=before, after=after)
        _release_waiting(firm, before, after, now)
    return ActionOutcome(words="The settings are saved. Bills that waited for them go on by themselves.")


def pause_syncing(*, firm: Firm, actor: User, now: datetime) -> ActionOutcome:
    """Hold everything until somebody resumes."""
    if not _set_pause(firm, actor, now, paused=True):
        return ActionOutcome(words="Bill syncing is paused already.", changed=False)
    return ActionOutcome(words="Paused. Bills wait here in line until somebody resumes.")


def resume_syncing(*, firm: Firm, actor: User, now: datetime) -> ActionOutcome:
    """End the pause."""
    if not _set_pause(firm, actor, now, paused=False):
        return ActionOutcome(words="Bill syncing is not paused.", changed=False)
    return ActionOutcome(words="Resumed. What waited goes now.")


def _set_pause(firm: Firm, actor: User, now: datetime, *, paused: bool) -> bool:
    """False if nothing was to be changed."""
    with transaction.atomic():
        settings = BillSyncSettings.objects.select_for_update().get(firm=firm)
        if (settings.paused_at is not None) == paused:
            return False
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
    return True


def _refuse_dead_accounts(firm: Firm, settings: BillSyncSettings, typed: SettingsInput) -> None:
    """A newly chosen account must exist; one that died since it was chosen may stay, for the page warns of it."""
    connection = find_connection(firm=firm)
    known = chart.stored(firm=firm, xero_tenant_id=connection.xero_tenant_id) if connection else None
    if known is None:
        return
    chosen = {
        "services_account": (typed.services_account, settings.services_account),
        "expenses_account": (typed.expenses_account, settings.expenses_account),
    }
    faults = {
        field: f"Xero takes no bills on account {new}. Choose one of the list."
        for field, (new, old) in chosen.items()
        if new and new != old and not known.is_usable(new)
    }
    if faults:
        raise Refused(faults)


def _read_tax_mapping(firm: Firm) -> dict[Rate, str]:
    return {(each.tax_name, each.tax_percent): each.tax_type for each in TaxMapping.objects.filter(firm=firm)}


def _map_taxes(firm: Firm, tax_types: Mapping[Rate, str]) -> None:
    for (name, percent), tax_type in tax_types.items():
        if tax_type:
            TaxMapping.objects.update_or_create(
                firm=firm, tax_name=name, tax_percent=percent, defaults={"tax_type": tax_type}
            )
        else:
            TaxMapping.objects.filter(firm=firm, tax_name=name, tax_percent=percent).delete()


def _describe_for_audit(settings: BillSyncSettings, taxes: Mapping[Rate, str]) -> dict[str, object]:
    return {
        "enabled": settings.enabled,
        "start_date": settings.start_date,
        "services_account": settings.services_account,
        "expenses_account": settings.expenses_account,
        **{f"tax {name} {percent.normalize():f}%": tax_type for (name, percent), tax_type in taxes.items()},
    }


def _release_waiting(firm: Firm, before: Mapping[str, object], after: Mapping[str, object], now: datetime) -> None:
    if before == after:
        return
    if any(before[key] != after[key] for key in ("enabled", "start_date")):
        outbox.rejudge(firm=firm, now=now)
    outbox.release(firm=firm, codes=MAPPING_CHANGED, now=now)
    chart_check.compare_with_stored(firm=firm, now=now)
