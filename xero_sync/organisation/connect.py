"""Connecting a firm to an organisation: to Xero's consent page and back, the choice, and the way out."""

import hashlib
import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from django.conf import settings
from django.db import IntegrityError, transaction

from firms import audit
from firms.models import Firm, Membership, Role, User
from firms.scope import all_firms, firm_scope
from xero_sync import gateway, outbox
from xero_sync.domain import scopes
from xero_sync.domain.states import Outcome, State
from xero_sync.models import ConnectionState, SyncAttempt, SyncJob, XeroConnection, XeroConsent, XeroCredential
from xero_sync.organisation import (
    chart_check,
    defaults,
    tokens,
    upkeep,
)
from xero_sync.organisation.sealing import SealBroken, seal, unseal

logger = logging.getLogger(__name__)

CONSENT_LIFE = timedelta(minutes=10)
CHOICE_LIFE = timedelta(minutes=30)
ORGANISATION = "ORGANISATION"

START_AGAIN = "Start again with Connect to Xero."
DENIED = {
    "access_denied": "Xero was not connected, because the request was cancelled there. Nothing was changed.",
    "invalid_scope": "Xero did not accept the permissions we ask for. Ask your operator to mend it.",
    "unauthorized_client": "Xero does not know this installation. Ask your operator to mend it.",
}


class ConnectRefused(Exception):
    """Nothing was connected; the text says why and what to do."""


@dataclass(frozen=True)
class Landing:
    """Where a person goes after Xero, and what they are told there."""

    page: Literal["settings", "organisations", "home"]
    firm_slug: str = ""
    consent_id: int | None = None
    message: str = ""
    success: bool = False


@dataclass(frozen=True)
class Option:
    """One organisation to choose from; `refusal` says why it cannot be chosen."""

    tenant_id: str
    name: str
    refusal: str = ""


def begin(*, firm: Firm, user: User, session_key: str, now: datetime) -> str:
    """The address of Xero's consent page, good once, for ten minutes, in this session. Raises ConnectRefused."""
    if not settings.XERO_CLIENT_ID:
        raise ConnectRefused("This installation has no XERO_CLIENT_ID yet. Ask your operator to set it.")
    state, verifier = tokens.new_state(), tokens.new_verifier()
    try:
        url = tokens.authorise_url(state=state, verifier=verifier)
    except scopes.ScopeNotAllowed as fault:
        raise ConnectRefused(f"{fault} Ask your operator to change it.") from None
    XeroConsent.objects.filter(firm=firm, created_at__lt=now - timedelta(days=1)).delete()
    XeroConsent.objects.create(
        firm=firm,
        user=user,
        session_hash=_hash(session_key),
        state_hash=_hash(state),
        sealed_verifier=seal(owner=f"consent {_hash(state)}", secrets={"verifier": verifier}),
        created_at=now,
    )
    return url


def finish(
    *, state: str, code: str, error: str, session_key: str, user: User, now: datetime, issuer: str = ""
) -> Landing:
    """Take up the answer of Xero's consent page. Never raises: whatever is wrong with it is said on our page."""
    consent = _consent_of(state, session_key, user)
    if consent is None:
        return Landing("home", message=f"That answer from Xero does not belong to this session. {START_AGAIN}")
    firm = consent.firm
    with firm_scope(firm):
        try:
            _use_up(consent, now)
            _refuse_error(error=error, code=code, issuer=issuer)
            organisations = _exchange(consent, state, code, now)
            if len(organisations) > 1:
                return Landing("organisations", firm.slug, consent.pk)
            connection = choose(
                firm=firm, user=user, consent_id=consent.pk, tenant_id=organisations[0]["tenant_id"], now=now
            )
        except ConnectRefused as refusal:
            return Landing("settings", firm.slug, message=str(refusal))
    return Landing("settings", firm.slug, message=f"Connected to {connection.organisation_name}.", success=True)


def options(*, firm: Firm, user: User, consent_id: int, now: datetime) -> list[Option]:
    """What this consent may choose from. Raises ConnectRefused if it is not open."""
    consent = _open_consent(firm, user, consent_id, now)
    return [
        Option(each["tenant_id"], each["name"], _refusal(firm, each["tenant_id"])) for each in consent.organisations
    ]


def choose(*, firm: Firm, user: User, consent_id: int, tenant_id: str, now: datetime) -> XeroConnection:
    """Link the firm to one of the consent's organisations, or renew the link, and read its chart.

    Raises ConnectRefused.
    """
    consent = _open_consent(firm, user, consent_id, now)
    chosen = next((each for each in consent.organisations if each["tenant_id"] == tenant_id), None)
    if chosen is None:
        raise ConnectRefused(f"That organisation was not part of this consent. {START_AGAIN}")
    refusal = _refusal(firm, tenant_id)
    if refusal:
        raise ConnectRefused(refusal)
    try:
        with transaction.atomic():
            connection = _link(firm, user, consent, chosen, now)
    except IntegrityError:
        # Somebody linked this organisation, or this firm, in the same moment.
        raise ConnectRefused(_refusal(firm, tenant_id) or f"Somebody connected just now. {START_AGAIN}") from None
    _read_first_chart(firm, user, connection, now)
    outbox.rejudge(firm=firm, now=now)
    chart_check.look_at_access(firm=firm, now=now)
    connection.refresh_from_db()
    return connection


def disconnect(*, firm: Firm, user: User, now: datetime) -> str:
    """End the link here, then in Xero; what was linked stays linked. Returns what to tell. Raises ConnectRefused."""
    with transaction.atomic():
        connection = (
            # Without its key: a worker that opens a batch refers to this row while it holds the jobs we hold next.
            XeroConnection.objects.select_for_update(no_key=True)
            .filter(firm=firm)
            .exclude(state=ConnectionState.DISCONNECTED)
            .first()
        )
        if connection is None:
            raise ConnectRefused("This firm is not connected to Xero.")
        was = connection.state
        connection.state, connection.ended_at = ConnectionState.DISCONNECTED, now
        connection.save(update_fields=["state", "ended_at"])
        audit.record(
            firm=firm,
            actor=user,
            action="xero.disconnected",
            target=connection,
            before={"state": was},
            after={"state": connection.state},
        )
        outbox.rejudge(firm=firm, now=now)
        # What was seen in Xero before any bill met it concerns nobody any more.
        chart_check.compare_with_stored(firm=firm, now=now)
        chart_check.look_at_access(firm=firm, now=now)
    told = _tell_xero(connection, now)
    name = connection.organisation_name
    if told:
        return f"{name} is disconnected. Everything that was sent stays in Xero, and the links to it stay here."
    return (
        f"{name} is disconnected here. Xero could not be told: in Xero, under Settings, Connected apps, disconnect "
        "Bill Syncing there too."
    )


def _consent_of(state: str, session_key: str, user: User) -> XeroConsent | None:
    """The consent of this state, if it was begun in this session by this person, who is still an admin there."""
    with all_firms():
        consent = (
            XeroConsent.objects.select_related("firm")
            .filter(state_hash=_hash(state), session_hash=_hash(session_key), user_id=user.pk)
            .first()
        )
    if consent is None:
        return None
    admin = Membership.objects.filter(firm=consent.firm, user=user, role=Role.ADMIN)
    return consent if admin.exists() else None


def _use_up(consent: XeroConsent, now: datetime) -> None:
    first = XeroConsent.objects.filter(pk=consent.pk, used_at=None).update(used_at=now)
    if not first:
        raise ConnectRefused(f"That answer from Xero was used already. {START_AGAIN}")
    if now - consent.created_at > CONSENT_LIFE:
        raise ConnectRefused(f"Xero's answer came after more than ten minutes. {START_AGAIN}")
    consent.used_at = now


def _refuse_error(*, error: str, code: str, issuer: str) -> None:
    if issuer and issuer.rstrip("/") not in {settings.XERO.identity, settings.XERO.login}:
        raise ConnectRefused(f"That answer did not come from Xero. {START_AGAIN}")
    if error:
        if error != "access_denied":
            logger.error("Xero refused a consent", extra={"error": error if error in DENIED else "other"})
        raise ConnectRefused(DENIED.get(error, f"Xero did not connect. Nothing was changed. {START_AGAIN}"))
    if not code:
        raise ConnectRefused(f"Xero's answer was incomplete. {START_AGAIN}")


def _exchange(consent: XeroConsent, state: str, code: str, now: datetime) -> list[dict[str, str]]:
    """Trade the code for tokens and note the organisations this consent may choose from."""
    try:
        verifier = unseal(owner=f"consent {_hash(state)}", sealed=consent.sealed_verifier)["verifier"]
        grant = tokens.exchange(code=code, verifier=verifier, now=now)
        missing = scopes.missing_scopes(asked=scopes.read_scopes(settings.XERO_SCOPES), granted=grant.scopes)
        if missing:
            raise ConnectRefused(f"Xero did not give every permission that is needed. {START_AGAIN}")
        token = tokens.access_token(credential_id=grant.credential_id, now=now)
        listed = [each for each in gateway.connections(access_token=token) if each.tenant_type == ORGANISATION]
    except tokens.GrantRefused:
        raise ConnectRefused(f"Xero did not accept its own answer a second time. {START_AGAIN}") from None
    except (tokens.TokensUnavailable, tokens.CredentialDead, gateway.XeroFault, SealBroken) as fault:
        logger.warning("a consent could not be finished", extra={"why": str(fault)})
        raise ConnectRefused(f"Xero did not answer, so nothing was connected. Wait a minute. {START_AGAIN}") from None
    of_this_consent = [each for each in listed if each.auth_event_id == grant.auth_event_id]
    consent.credential_id = grant.credential_id
    consent.organisations = [
        {"connection_id": each.connection_id, "tenant_id": each.tenant_id, "name": each.name}
        # A repeated consent may add nothing new; then whatever this person may reach is offered.
        for each in of_this_consent or listed
    ]
    consent.save(update_fields=["credential", "organisations"])
    if not consent.organisations:
        raise ConnectRefused(f"No organisation was chosen in Xero. {START_AGAIN}")
    organisations: list[dict[str, str]] = consent.organisations
    return organisations


def _open_consent(firm: Firm, user: User, consent_id: int, now: datetime) -> XeroConsent:
    consent = XeroConsent.objects.filter(
        firm=firm, user=user, pk=consent_id, finished_at=None, credential__isnull=False, used_at__gt=now - CHOICE_LIFE
    ).first()
    if consent is None:
        raise ConnectRefused(f"The choice of an organisation is over. {START_AGAIN}")
    return consent


def _refusal(firm: Firm, tenant_id: str) -> str:
    """Why this organisation cannot be linked to this firm; empty if it can."""
    with all_firms():
        others = XeroConnection.objects.filter(xero_tenant_id=tenant_id).exclude(state=ConnectionState.DISCONNECTED)
        if others.exclude(firm=firm).exists():
            return (
                "This organisation is linked to another firm on Bill Syncing. It has to be disconnected there first; "
                "if you do not know where, ask your operator."
            )
    current = upkeep.live(firm=firm)
    if current is not None and current.xero_tenant_id != tenant_id:
        return f"Your firm is connected to {current.organisation_name}. Disconnect it before you connect another."
    sent_elsewhere = SyncJob.objects.filter(firm=firm).exclude(xero_id="").exclude(xero_tenant_id__in=["", tenant_id])
    # Sent and never answered: it may stand there, and only there can be asked.
    unanswered = SyncAttempt.objects.filter(
        firm=firm, job__state__in=[State.SENDING, State.CHECKING], outcome__in=["", Outcome.UNKNOWN]
    ).exclude(batch__connection__xero_tenant_id=tenant_id)
    if sent_elsewhere.exists() or unanswered.exists():
        earlier = XeroConnection.objects.filter(firm=firm).exclude(xero_tenant_id=tenant_id).order_by("-connected_at")
        name = earlier.values_list("organisation_name", flat=True).first() or "another organisation"
        return f"Bills of your firm are in {name} already, or may be. Choose that organisation, or nothing would match."
    return ""


def _link(firm: Firm, user: User, consent: XeroConsent, chosen: dict[str, str], now: datetime) -> XeroConnection:
    # Locked, so that nobody revokes this credential while it gets a new connection.
    credential = XeroCredential.objects.select_for_update().get(pk=consent.credential_id or 0)
    current = upkeep.live(firm=firm)
    connection = current or XeroConnection(firm=firm, xero_tenant_id=chosen["tenant_id"])
    before = {"state": current.state} if current else {}
    connection.credential = credential
    connection.xero_connection_id = chosen["connection_id"]
    connection.organisation_name = chosen["name"]
    connection.state, connection.lost_code = ConnectionState.ACTIVE, ""
    connection.connected_by, connection.connected_at = user, now
    connection.save()
    XeroConsent.objects.filter(pk=consent.pk).update(finished_at=now)
    audit.record(
        firm=firm,
        actor=user,
        action="xero.connected",
        target=connection,
        before=before,
        after={"state": connection.state, "organisation": chosen["name"]},
    )
    return connection


def _read_first_chart(firm: Firm, user: User, connection: XeroConnection, now: datetime) -> None:
    try:
        chart = upkeep.refresh_chart(firm=firm, connection=connection, now=now, person=True)
    except upkeep.NotNow as fault:
        # The link stands; the page says that the chart was not read yet and offers to.
        logger.warning("a first chart was not read", extra={"firm": firm.slug, "why": fault.words})
        return
    with transaction.atomic():
        defaults.fill_gaps(firm=firm, actor=user, chart=chart, now=now)


def _tell_xero(connection: XeroConnection, now: datetime) -> bool:
    try:
        token = tokens.access_token(credential_id=connection.credential_id, now=now)
        gateway.delete_connection(access_token=token, connection_id=connection.xero_connection_id)
        tokens.revoke(credential_id=connection.credential_id, now=now)
    except tokens.CredentialShared:
        return True
    except (tokens.CredentialDead, tokens.TokensUnavailable, gateway.XeroFault) as fault:
        logger.warning("Xero was not told of a disconnection", extra={"why": str(fault)})
        return False
    return True


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
