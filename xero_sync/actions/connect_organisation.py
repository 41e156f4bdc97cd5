"""Connecting a firm to an organisation: to Xero's consent page and back, the choice, and the way out."""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from django.conf import settings
from django.db import IntegrityError, transaction

from firms import audit
from firms.models import Firm, User
from firms.scope import firm_scope
from xero_sync import gateway, outbox
from xero_sync.actions.outcome import ActionOutcome
from xero_sync.domain import scopes
from xero_sync.models import ConnectionState, XeroConnection, XeroConsent
from xero_sync.organisation import (
    chart_check,
    defaults,
    tokens,
    upkeep,
)
from xero_sync.organisation.candidates import CandidateGone, drop_candidate, promote_candidate
from xero_sync.organisation.connections import find_connection
from xero_sync.organisation.consents import (
    CHOICE_OVER,
    START_AGAIN,
    TOO_NARROW,
    ConnectRefused,
    exchange_code,
    find_consent,
    find_open_consent,
    hash_secret,
    refuse_error,
    refuse_organisation,
    use_up_consent,
)
from xero_sync.organisation.sealing import SealBroken, seal

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Landing:
    """The page a person lands on after Xero, and the message shown on it."""

    page: Literal["settings", "organisations", "home"]
    firm_slug: str = ""
    consent_id: int | None = None
    message: str = ""
    success: bool = False


def begin_connection(*, firm: Firm, actor: User, session_key: str, now: datetime) -> str:
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
        user=actor,
        session_hash=hash_secret(session_key),
        state_hash=hash_secret(state),
        sealed_verifier=seal(owner=f"consent {hash_secret(state)}", secrets={"verifier": verifier}),
        created_at=now,
    )
    return url


def finish_connection(
    *, state: str, code: str, error: str, session_key: str, actor: User, now: datetime, issuer: str = ""
) -> Landing:
    """Use the answer of Xero's consent page. Never raises: the message says what was wrong with the answer."""
    consent = find_consent(state=state, session_key=session_key, user=actor)
    if consent is None:
        return Landing("home", message=f"That answer from Xero does not belong to this session. {START_AGAIN}")
    firm = consent.firm
    with firm_scope(firm):
        try:
            use_up_consent(consent=consent, now=now)
            refuse_error(error=error, code=code, issuer=issuer)
            return _take_up(consent, state, code, now)
        except ConnectRefused as refusal:
            return Landing("settings", firm.slug, message=str(refusal))


def _take_up(consent: XeroConsent, state: str, code: str, now: datetime) -> Landing:
    """Connect the one organisation, or let the person choose; a refused consent keeps no tokens."""
    firm = consent.firm
    try:
        organisations = exchange_code(consent=consent, state=state, code=code, now=now)
        if len(organisations) > 1:
            return Landing("organisations", firm.slug, consent.pk)
        tenant_id = organisations[0]["tenant_id"]
        outcome = choose_organisation(
            firm=firm, actor=consent.user, consent_id=consent.pk, tenant_id=tenant_id, now=now
        )
    except ConnectRefused:
        drop_candidate(consent=consent, now=now)
        raise
    return Landing("settings", firm.slug, message=outcome.words, success=True)


def choose_organisation(*, firm: Firm, actor: User, consent_id: int, tenant_id: str, now: datetime) -> ActionOutcome:
    """Link the firm to one of the consent's organisations, or renew the link, and read its chart.

    Raises ConnectRefused.
    """
    consent = find_open_consent(firm=firm, user=actor, consent_id=consent_id, now=now)
    chosen = next((each for each in consent.organisations if each["tenant_id"] == tenant_id), None)
    if chosen is None:
        raise ConnectRefused(f"That organisation was not part of this consent. {START_AGAIN}")
    refusal = refuse_organisation(firm=firm, tenant_id=tenant_id)
    if refusal:
        raise ConnectRefused(refusal)
    try:
        with transaction.atomic():
            connection = _link_organisation(firm, actor, consent, chosen, now)
            # In the same transaction: a process that dies while Xero is read must leave nothing on hold.
            outbox.rejudge(firm=firm, now=now)
            chart_check.look_at_access(firm=firm, now=now)
    except IntegrityError:
        # Somebody connected this organisation, or this firm, in the same moment.
        raise ConnectRefused(
            refuse_organisation(firm=firm, tenant_id=tenant_id) or f"Somebody connected just now. {START_AGAIN}"
        ) from None
    except CandidateGone:
        raise ConnectRefused(CHOICE_OVER) from None
    except (tokens.NarrowerPair, SealBroken):
        drop_candidate(consent=consent, now=now)
        raise ConnectRefused(TOO_NARROW) from None
    _read_first_chart(firm, actor, connection, now)
    connection.refresh_from_db()
    return ActionOutcome(words=f"Connected to {connection.organisation_name}.")


def disconnect_organisation(*, firm: Firm, actor: User, now: datetime) -> ActionOutcome:
    """End the connection here, then in Xero; links to Xero's documents stay. Raises ConnectRefused."""
    with transaction.atomic():
        connection = (
            # Without the key: a worker that opens a batch refers to this row while it holds the jobs we lock next.
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
            actor=actor,
            action="xero.disconnected",
            target=connection,
            before={"state": was},
            after={"state": connection.state},
        )
        outbox.rejudge(firm=firm, now=now)
        # A cause that was found in the chart, before any bill met it, concerns nobody any more.
        chart_check.compare_with_stored(firm=firm, now=now)
        chart_check.look_at_access(firm=firm, now=now)
    name = connection.organisation_name
    if _disconnect_in_xero(connection, now):
        words = f"{name} is disconnected. Everything that was sent stays in Xero, and the links to it stay here."
    else:
        words = (
            f"{name} is disconnected here. The disconnection did not reach Xero: in Xero, under Settings, "
            "Connected apps, disconnect Bill Syncing too."
        )
    return ActionOutcome(words=words)


def _link_organisation(
    firm: Firm, actor: User, consent: XeroConsent, chosen: dict[str, str], now: datetime
) -> XeroConnection:
    # The credential stays locked, so that nobody revokes it while a new connection starts to use it.
    credential = promote_candidate(consent=consent, now=now)
    current = find_connection(firm=firm)
    connection = current or XeroConnection(firm=firm, xero_tenant_id=chosen["tenant_id"])
    before = {"state": current.state} if current else {}
    connection.credential = credential
    connection.xero_connection_id = chosen["connection_id"]
    connection.organisation_name = chosen["name"]
    connection.state, connection.lost_code = ConnectionState.ACTIVE, ""
    connection.connected_by, connection.connected_at = actor, now
    connection.save()
    audit.record(
        firm=firm,
        actor=actor,
        action="xero.connected",
        target=connection,
        before=before,
        after={"state": connection.state, "organisation": chosen["name"]},
    )
    return connection


def _read_first_chart(firm: Firm, actor: User, connection: XeroConnection, now: datetime) -> None:
    try:
        chart = upkeep.refresh_chart(firm=firm, connection=connection, now=now, person=True)
    except upkeep.NotNow as fault:
        # The connection stands; the page says that the chart was not read yet and offers to read it.
        logger.warning("a first chart was not read", extra={"firm": firm.slug, "why": fault.words})
        return
    with transaction.atomic():
        defaults.fill_gaps(firm=firm, actor=actor, chart=chart, now=now)


def _disconnect_in_xero(connection: XeroConnection, now: datetime) -> bool:
    try:
        token = tokens.access_token(credential_id=connection.credential_id, now=now)
        gateway.delete_connection(access_token=token, connection_id=connection.xero_connection_id)
        tokens.revoke(credential_id=connection.credential_id, now=now)
    except tokens.CredentialShared:
        return True
    except (tokens.CredentialDead, tokens.TokensUnavailable, gateway.XeroFault) as fault:
        logger.warning("A disconnection did not reach Xero", extra={"why": str(fault)})
        return False
    return True
