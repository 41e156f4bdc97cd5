"""Fix a cause from its card: save the field through its own service, then release everything the cause holds."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction

from billing import services as billing
from billing.models import Contact, Invoice
from expense_categories import services as categories
from expense_categories.models import CategoryKind
from firms.models import Firm, User
from firms.refusals import EditConflict, Refused
from xero_sync import outbox
from xero_sync.actions import change_settings
from xero_sync.actions.check_connection import check_connection
from xero_sync.actions.outcome import ActionOutcome
from xero_sync.actions.releases import describe_release, list_held_jobs, record_release
from xero_sync.domain import fixes
from xero_sync.domain.chart import Chart
from xero_sync.domain.fixes import Fix
from xero_sync.facts import account_uses
from xero_sync.facts.account_uses import (
    EXPENSES,
    SERVICES,
    AccountPlace,
    Category,
)
from xero_sync.facts.remedy import Remedy, describe_cause
from xero_sync.facts.request_context import RequestContext
from xero_sync.facts.tax_choices import find_tax_rates, name_tax_field
from xero_sync.kinds.invoice.spec import INVOICE
from xero_sync.kinds.rows import find_contact_id
from xero_sync.models import BillSyncSettings, Cause, SyncJob, XeroDocument

ANOTHER = "This cause has changed meanwhile. Look at its card again."
READ_AGAIN = "Accounts, tax rates and lock dates were read from Xero."
NO_CHART = "The accounts of your organisation are not known yet. Look again in Xero first."


@dataclass(frozen=True, kw_only=True)
class FixInput:
    """A card as posted: `kind` is the fix, `values` the texts by field, `places` the ticked places of an account."""

    kind: str
    values: Mapping[str, str]
    places: frozenset[str] = frozenset()
    todays: bool = False


@dataclass(frozen=True)
class _FixWork:
    """One fix inside its transaction."""

    firm: Firm
    actor: User
    cause: Cause
    remedy: Remedy
    input: FixInput
    context: RequestContext
    now: datetime

    def version(self, name: str = "version") -> int | None:
        text = self.input.values.get(name, "")
        return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None

    def typed(self, name: str) -> str:
        return self.input.values.get(name, "").strip()

    @property
    def chart(self) -> Chart:
        if self.context.chart is None:
            raise Refused({"": NO_CHART})
        return self.context.chart


def fix_cause(*, firm: Firm, actor: User, cause: Cause, typed: FixInput, now: datetime) -> ActionOutcome:
    """Save the field of the card and release the documents that the cause holds.

    Raises Refused with the faults by field; then nothing was changed. The view checks whether the person may do this.
    """
    remedy = describe_cause(cause)
    if cause.closed_at is not None or typed.kind not in remedy.fixes:
        raise Refused({"": ANOTHER})
    kind = Fix(typed.kind)
    # Saving a document stores today's preferences with it; for a mapping the person has to ask for them.
    todays = typed.todays and kind in fixes.FOR_ADMINS
    try:
        with transaction.atomic():
            job_ids = list_held_jobs(cause=cause)
            did = _FIXES[kind](_FixWork(firm, actor, cause, remedy, typed, RequestContext(firm), now))
            outbox.retry(firm=firm, job_ids=job_ids, now=now, todays=todays)
            if not job_ids:
                return ActionOutcome(words="It is fixed. No bill waited for it.")
            release = record_release(
                firm=firm, actor=actor, cause=cause, job_ids=job_ids, fix=did, todays=todays, now=now
            )
    except EditConflict as conflict:
        raise Refused({"": f"{conflict} Nothing was changed. Choose again."}) from conflict
    saved = kind not in fixes.FOR_ADMINS
    going = describe_release(firm=firm, count=len(job_ids), todays=todays or saved)
    return ActionOutcome(words=f"{did}. {going}", release=release)


def read_organisation_again(*, firm: Firm, actor: User, cause: Cause, now: datetime) -> ActionOutcome:
    """Read the organisation from Xero again, which releases what the reading shows as fixed. Raises upkeep.NotNow.

    Only the documents that no longer wait for this cause are put on record as released.
    """
    held = list_held_jobs(cause=cause)
    check_connection(firm=firm, actor=actor, now=now)
    still_held = set(list_held_jobs(cause=cause))
    released = [pk for pk in held if pk not in still_held]
    if not released:
        changed = " Nothing of what these documents wait for has changed." if held else ""
        return ActionOutcome(words=f"{READ_AGAIN}{changed}", changed=False)
    with transaction.atomic():
        release = record_release(
            firm=firm, actor=actor, cause=cause, job_ids=released, fix="Looked again in Xero", now=now
        )
    return ActionOutcome(words=READ_AGAIN, release=release)


def _choose_account(work: _FixWork) -> str:
    code = work.typed("account")
    if not work.chart.is_usable(code):
        refused = f"Xero takes no bills on account {code}." if code else "No account is chosen."
        raise Refused({"account": f"{refused} Choose one of the list."})
    # Lock all rows before the first save: each save takes the firm's lock, and its holder must never wait for a row.
    settings = BillSyncSettings.objects.select_for_update().get(firm=work.firm)
    rows = {row.pk: row for row in work.firm.expense_categories.select_for_update(no_key=True).order_by("pk")}
    every = [Category(row.pk, row.name, row.account_code, row.version) for row in rows.values()]
    found = account_uses.find_account_uses(
        known=work.remedy.fault, settings=settings, categories=every, chart=work.chart
    )
    chosen = [place for place in found if place.key in work.input.places]
    if not chosen:
        raise Refused(
            {"": "Nothing is ticked that this account is for. Tick at least one."} if found else {"": ANOTHER}
        )
    if any(not place.is_category for place in chosen):
        _choose_defaults(work, settings, chosen, code)
    for place in chosen:
        if place.is_category:
            row = rows[place.category_id]
            categories.save_category(
                firm=work.firm,
                actor=work.actor,
                name=row.name,
                kind=CategoryKind(row.kind),
                account_code=code,
                category=row,
                expected_version=work.version(f"version {place.key}"),
            )
    return f"Account {code} for {_join_names(chosen)}"


def _choose_defaults(work: _FixWork, settings: BillSyncSettings, chosen: list[AccountPlace], code: str) -> None:
    keys = {place.key: f"version {place.key}" for place in chosen}
    _save_settings(
        work,
        settings,
        version=work.version(keys.get(SERVICES) or keys.get(EXPENSES, "")),
        services_account=code if SERVICES in keys else settings.services_account,
        expenses_account=code if EXPENSES in keys else settings.expenses_account,
    )


def _choose_tax_types(work: _FixWork) -> str:
    rates = find_tax_rates(known=work.remedy.fault, context=work.context)
    chosen, faults = {}, {}
    for name, percent in rates:
        field = name_tax_field((name, percent))
        fitting = {rate.tax_type: rate for rate in work.chart.tax_types_for_rate(percent)}
        if work.typed(field) not in fitting:
            faults[field] = f"Choose one of Xero\u2019s rates of {percent.normalize():f}%."
        else:
            chosen[name, percent] = fitting[work.typed(field)]
    if faults or not rates:
        raise Refused(faults or {"": ANOTHER})
    settings = BillSyncSettings.objects.select_for_update().get(firm=work.firm)
    types = {rate: each.tax_type for rate, each in chosen.items()}
    _save_settings(work, settings, version=work.version(), tax_types=types)
    return ", ".join(f"{each.name} for {name or 'no tax'}" for (name, _), each in chosen.items())


def _save_settings(work: _FixWork, settings: BillSyncSettings, *, version: int | None, **changes: Any) -> None:
    usual: dict[str, Any] = {
        "enabled": settings.enabled,
        "start_date": settings.start_date,
        "services_account": settings.services_account,
        "expenses_account": settings.expenses_account,
        "tax_types": {},
    }
    change_settings.save_settings(
        firm=work.firm,
        actor=work.actor,
        expected_version=version,
        typed=change_settings.SettingsInput(**usual | changes),
        now=work.now,
    )


def _give_number(work: _FixWork) -> str:
    bill, job = _find_bill(work)
    number = work.typed("number")
    if job.xero_id and job.xero_record.number in ("", bill.number):
        refused = "The bill is in Xero under its number, which your client knows. Change the other one in Xero."
        raise Refused({"number": refused})
    if not number or number == bill.number:
        raise Refused({"number": f"Give another number than {bill.number}."})
    known_in_xero = XeroDocument.objects.filter(firm=work.firm, kind=INVOICE.code, number=number)
    tenant = work.context.connection.xero_tenant_id if work.context.connection else ""
    if known_in_xero.filter(xero_tenant_id=tenant).exclude(xero_id=job.xero_id).exists():
        raise Refused({"number": f"Xero already has a bill {number}. Give another number."})
    billing.correct_invoice(
        firm=work.firm, actor=work.actor, invoice=bill, expected_version=work.version(), number=number
    )
    return f"Number {number} instead of {bill.number}"


def _change_date(work: _FixWork) -> str:
    bill, _ = _find_bill(work)
    try:
        day = date.fromisoformat(work.typed("issue_date"))
    except ValueError:
        raise Refused({"issue_date": "Give a day, month and year."}) from None
    lock = work.context.chart.lock_date if work.context.chart else None
    if lock is not None and day <= lock:
        raise Refused({"issue_date": f"Xero is locked to {lock:%-d %b %Y}. Choose a later day."})
    billing.correct_invoice(
        firm=work.firm, actor=work.actor, invoice=bill, expected_version=work.version(), issue_date=day
    )
    return f"Dated {day:%-d %b %Y}"


def _correct_contact(work: _FixWork) -> str:
    job = work.cause.jobs.select_related("waits_for").order_by("pk").first()
    contact = _find_contact(work.firm, job) if job else None
    if contact is None:
        raise Refused({"": ANOTHER})
    name = fixes.CONTACT_FIELDS.get(work.remedy.code, "name")
    typed: Any = work.typed(name)
    if name == "emails":
        typed = tuple(each for each in re.split(r"[,;\s]+", typed) if each)
    if name in ("name", "client_number") and not typed:
        raise Refused({name: "This cannot be empty."})
    before = getattr(contact, name)
    if typed == (tuple(before) if isinstance(before, list) else before):
        raise Refused({name: "It is the same as before. Change it, or press Retry."})
    billing.correct_contact(
        firm=work.firm, actor=work.actor, contact=contact, expected_version=work.version(), changes={name: typed}
    )
    # Without the value: an address or a name does not belong on a list of actions.
    return "The contact was changed"


def _find_bill(work: _FixWork) -> tuple[Invoice, SyncJob]:
    """The one bill that the cause holds. Raises Refused where the cause holds none or several."""
    jobs = list(work.cause.jobs.filter(kind=INVOICE.code).select_related("record").order_by("pk")[:2])
    bill = work.firm.invoices.filter(pk=jobs[0].object_id).first() if len(jobs) == 1 else None
    if bill is None:
        raise Refused({"": ANOTHER})
    return bill, jobs[0]


def _find_contact(firm: Firm, job: SyncJob) -> Contact | None:
    pk = find_contact_id(job=job)
    return firm.contacts.filter(pk=pk).first() if pk else None


def _join_names(places: list[AccountPlace]) -> str:
    names = [place.name for place in places]
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


_FIXES: dict[Fix, Callable[[_FixWork], str]] = {
    Fix.ACCOUNT: _choose_account,
    Fix.TAX: _choose_tax_types,
    Fix.NUMBER: _give_number,
    Fix.CONTACT: _correct_contact,
    Fix.DATE: _change_date,
}
