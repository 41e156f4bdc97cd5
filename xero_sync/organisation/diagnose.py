"""A read-only check of one firm's connection: what is right, what is wrong, and how to fix that."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime

from django.conf import settings

from expense_categories.models import ExpenseCategory
from firms.models import Firm
from xero_sync import gateway
from xero_sync.domain import scopes
from xero_sync.domain.chart import Chart, from_stored, storable
from xero_sync.models import BillSyncSettings, ConnectionState, TaxMapping, XeroConnection
from xero_sync.organisation import limits, tokens
from xero_sync.organisation.connections import find_connection
from xero_sync.organisation.defaults import firm_rates
from xero_sync.organisation.reader import NoCallLeft, take_call

MOST_SKEW_SECONDS = 30
LOW_SHARE = 10


@dataclass(frozen=True)
class Finding:
    """The result of one check; `fix` says what to do and is empty where all is well."""

    subject: str
    words: str
    fix: str = ""

    @property
    def is_well(self) -> bool:
        return not self.fix


def examine(*, firm: Firm, now: datetime) -> list[Finding]:
    """Check everything that the earlier findings leave possible. Five calls of the organisation's at most."""
    findings = [_app()]
    connection = find_connection(firm=firm)
    if connection is None:
        fix = "A firm admin connects it under Settings > Bill Syncing."
        return [*findings, Finding("connection", "The firm is not connected to Xero.", fix)]
    findings.append(_connection(connection))
    try:
        token = tokens.access_token(credential_id=connection.credential_id, now=now)
        findings += [Finding("tokens", "Xero renews our access."), _scopes(token)]
        access = gateway.Access(access_token=token, xero_tenant_id=connection.xero_tenant_id)
        findings += _organisation(firm, connection, access, now)
    except (tokens.CredentialDead, tokens.TokensUnavailable, gateway.XeroFault, NoCallLeft) as fault:
        findings.append(_stopped(fault))
    return [*findings, _limits(connection), _sending(firm)]


def _app() -> Finding:
    if not settings.XERO_CLIENT_ID or not settings.XERO_CLIENT_SECRET:
        fix = "Set XERO_CLIENT_ID and XERO_CLIENT_SECRET to those of your app at Xero."
        return Finding("app", "This installation has no app at Xero.", fix)
    try:
        scopes.read_scopes(settings.XERO_SCOPES)
    except scopes.ScopeNotAllowed as fault:
        return Finding("app", str(fault), "Take it out of XERO_SCOPES.")
    return Finding("app", "The app's id, secret and scopes are set.")


def _connection(connection: XeroConnection) -> Finding:
    words = f"Linked to {connection.organisation_name} since {connection.connected_at:%d %B %Y}."
    if connection.state == ConnectionState.LOST:
        fix = "A firm admin reconnects the same organisation under Settings > Bill Syncing."
        return Finding("connection", f"{words} Xero no longer lets us in ({connection.lost_code}).", fix)
    return Finding("connection", words)


def _scopes(token: str) -> Finding:
    granted = tokens.granted_scopes(token)
    missing = scopes.missing_scopes(asked=settings.XERO_SCOPES.split(), granted=granted) if granted else ()
    if missing:
        return Finding("scopes", f"Not granted: {', '.join(missing)}.", "A firm admin renews the connection.")
    return Finding("scopes", "Every permission asked for was granted.")


def _organisation(firm: Firm, connection: XeroConnection, access: gateway.Access, now: datetime) -> Iterator[Finding]:
    take_call(firm=firm, connection=connection, person=True)
    organisation = gateway.read_organisation(access=access)
    yield _clock(organisation.headers.date, now)
    collections = []
    for read in (gateway.read_accounts, gateway.read_tax_rates, gateway.read_currencies):
        take_call(firm=firm, connection=connection, person=True)
        reply = read(access=access)
        limits.note_remaining_calls(xero_tenant_id=connection.xero_tenant_id, headers=reply.headers)
        collections.append([storable(element.document) for element in reply.elements])
    known = from_stored(
        xero_tenant_id=connection.xero_tenant_id,
        organisation=organisation.elements[0].document if organisation.elements else {},
        accounts=collections[0],
        tax_rates=collections[1],
        currencies=[str(each.get("Code")) for each in collections[2]],
        refreshed_at=now,
    )
    yield from _books(firm, known)


def _books(firm: Firm, known: Chart) -> Iterator[Finding]:
    locked = f", locked up to {known.lock_date:%d %B %Y}" if known.lock_date else ""
    yield Finding("organisation", f"{known.organisation_name}, {known.country}, {known.base_currency}{locked}.")
    if firm.currency not in known.currencies:
        fix = f"Add {firm.currency} in Xero, under Settings, Currencies."
        yield Finding("currency", f"The organisation does not use {firm.currency}.", fix)
    stand = BillSyncSettings.objects.get(firm=firm)
    codes = ExpenseCategory.objects.filter(firm=firm).values_list("account_code", flat=True)
    if not stand.services_account or not stand.expenses_account:
        fix = "A firm admin chooses both under Settings > Bill Syncing."
        yield Finding("accounts", "A default account is not chosen.", fix)
    dead = known.dead_codes([stand.services_account, stand.expenses_account, *codes])
    if dead:
        fix = "Choose others under Settings > Bill Syncing and Expense categories, or restore them in Xero."
        yield Finding("accounts", f"Accounts that take no bills: {', '.join(dead)}.", fix)
    else:
        yield Finding(
            "accounts", f"{len(known.eligible_for_sales())} accounts take bills; all those chosen are among them."
        )
    yield _taxes(firm, known)


def _taxes(firm: Firm, known: Chart) -> Finding:
    mapped = {(each.tax_name, each.tax_percent): each.tax_type for each in TaxMapping.objects.filter(firm=firm)}
    wrong = [
        f"{name} ({percent.normalize():f}%)"
        for name, percent in firm_rates(firm=firm)
        if mapped.get((name, percent)) not in {rate.tax_type for rate in known.tax_types_for_rate(percent)}
    ]
    if wrong:
        fix = "A firm admin chooses Xero's rate for each under Settings > Bill Syncing."
        return Finding("tax rates", f"Without a rate in Xero: {', '.join(wrong)}.", fix)
    return Finding("tax rates", "Each of the firm's rates has one in Xero.")


def _clock(date_header: str, now: datetime) -> Finding:
    try:
        skew = abs((parsedate_to_datetime(date_header) - now).total_seconds())
    except (TypeError, ValueError):
        return Finding("clock", "Xero's answer named no time to compare with.")
    if skew > MOST_SKEW_SECONDS:
        fix = "Set this machine's clock by the network's time (NTP)."
        return Finding("clock", f"This machine's clock is {skew:.0f} seconds off Xero's.", fix)
    return Finding("clock", "This machine's clock agrees with Xero's.")


def _stopped(fault: Exception) -> Finding:
    if isinstance(fault, tokens.CredentialDead):
        return Finding("tokens", "Xero no longer accepts our tokens.", "A firm admin reconnects the organisation.")
    if isinstance(fault, tokens.TokensUnavailable):
        fix = "Check XERO_CLIENT_SECRET and TOKEN_ENCRYPTION_KEYS; if they are right, try again in a few minutes."
        return Finding("tokens", f"No tokens this time: {fault.reason}.", fix)
    if isinstance(fault, gateway.AccessLost):
        return Finding("organisation", f"Xero does not let us in: {fault.code}.", "A firm admin reconnects it.")
    if isinstance(fault, NoCallLeft):
        return Finding("limits", f"No call is left for {fault.seconds:.0f} seconds.", "Try again then.")
    return Finding("organisation", f"Xero did not answer: {fault}.", "Try again in a few minutes.")


def _limits(connection: XeroConnection) -> Finding:
    day = limits.remaining_today(xero_tenant_id=connection.xero_tenant_id)
    words = f"{day.left} of {day.allowance} calls are left today."
    if day.left <= day.allowance // LOW_SHARE:
        return Finding("limits", words, "Bulk runs wait for tomorrow; people's saves go on while any are left.")
    return Finding("limits", words)


def _sending(firm: Firm) -> Finding:
    stand = BillSyncSettings.objects.get(firm=firm)
    reasons = {
        "Sending is switched off.": not stand.enabled,
        "The first send is not confirmed.": stand.confirmed_at is None,
        f"Paused by {stand.paused_by}.": stand.paused_at is not None,
    }
    held = [words for words, applies in reasons.items() if applies]
    if held:
        return Finding("sending", " ".join(held), "A firm admin changes it under Settings > Bill Syncing.")
    return Finding("sending", "Bills are sent as they are saved.")
