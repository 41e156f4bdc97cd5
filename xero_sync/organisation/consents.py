"""A person's consent at Xero: its owner, its permissions, and the organisations to choose from."""

import hashlib
import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings

from firms.models import Firm, Membership, Role, User
from firms.refusals import Refusal
from firms.scope import all_firms
from xero_sync import gateway
from xero_sync.domain import scopes
from xero_sync.domain.states import Outcome, State
from xero_sync.models import ConnectionState, SyncAttempt, XeroConnection, XeroConsent, XeroRecord
from xero_sync.organisation import tokens
from xero_sync.organisation.candidates import CHOICE_LIFE, keep_candidate
from xero_sync.organisation.connections import find_connection
from xero_sync.organisation.sealing import SealBroken, unseal

logger = logging.getLogger(__name__)

CONSENT_LIFE = timedelta(minutes=10)
ORGANISATION = "ORGANISATION"

START_AGAIN = "Start again with Connect to Xero."
CHOICE_OVER = f"The choice of an organisation is over. {START_AGAIN}"
TOO_NARROW = f"Xero did not give every permission that is needed. {START_AGAIN}"
DENIED = {
    "access_denied": "Xero was not connected, because the request was cancelled there. Nothing was changed.",
    "invalid_scope": "Xero did not accept the permissions we ask for. Ask your operator to fix it.",
    "unauthorized_client": "Xero does not know this installation. Ask your operator to fix it.",
}


class ConnectRefused(Refusal):
    """Nothing was connected; the text says why and what to do."""


@dataclass(frozen=True)
class OrganisationOption:
    """One organisation to choose from; `refusal` says why it cannot be chosen."""

    tenant_id: str
    name: str
    refusal: str = ""


def find_consent(*, state: str, session_key: str, user: User) -> XeroConsent | None:
    """The consent of this state, if it was begun in this session by this person, who is still an admin of the firm."""
    with all_firms():
        consent = (
            XeroConsent.objects.select_related("firm")
            .filter(state_hash=hash_secret(state), session_hash=hash_secret(session_key), user_id=user.pk)
            .first()
        )
    if consent is None:
        return None
    admin = Membership.objects.filter(firm=consent.firm, user=user, role=Role.ADMIN)
    return consent if admin.exists() else None


def use_up_consent(*, consent: XeroConsent, now: datetime) -> None:
    """Mark the consent as answered. Raises ConnectRefused for a second answer, and for a late one."""
    first = XeroConsent.objects.filter(pk=consent.pk, used_at=None).update(used_at=now)
    if not first:
        raise ConnectRefused(f"That answer from Xero was used already. {START_AGAIN}")
    if now - consent.created_at > CONSENT_LIFE:
        raise ConnectRefused(f"Xero's answer came after more than ten minutes. {START_AGAIN}")
    consent.used_at = now


def refuse_error(*, error: str, code: str, issuer: str) -> None:
    """Raise ConnectRefused, in words, for an answer that is an error, incomplete, or not Xero's."""
    if issuer and issuer.rstrip("/") not in {settings.XERO.identity, settings.XERO.login}:
        raise ConnectRefused(f"That answer did not come from Xero. {START_AGAIN}")
    if error:
        if error != "access_denied":
            logger.error("Xero refused a consent", extra={"error": error if error in DENIED else "other"})
        raise ConnectRefused(DENIED.get(error, f"Xero did not connect. Nothing was changed. {START_AGAIN}"))
    if not code:
        raise ConnectRefused(f"Xero's answer was incomplete. {START_AGAIN}")


def exchange_code(*, consent: XeroConsent, state: str, code: str, now: datetime) -> list[dict[str, str]]:
    """Trade the code for tokens, kept on the consent, and note which organisations it may choose from.

    Raises ConnectRefused.
    """
    try:
        verifier = unseal(owner=f"consent {hash_secret(state)}", sealed=consent.sealed_verifier)["verifier"]
        pair = tokens.exchange(code=code, verifier=verifier)
        keep_candidate(consent=consent, pair=pair, now=now)
        if scopes.missing_scopes(asked=scopes.read_scopes(settings.XERO_SCOPES), granted=pair.scopes):
            raise ConnectRefused(TOO_NARROW)
        connections = gateway.connections(access_token=pair.access_token)
    except tokens.GrantRefused:
        raise ConnectRefused(f"Xero did not accept its own answer a second time. {START_AGAIN}") from None
    except (tokens.TokensUnavailable, gateway.XeroFault, SealBroken) as fault:
        logger.warning("a consent could not be finished", extra={"why": str(fault)})
        raise ConnectRefused(f"Xero did not answer, so nothing was connected. Wait a minute. {START_AGAIN}") from None
    listed = [each for each in connections if each.tenant_type == ORGANISATION]
    of_this_consent = [each for each in listed if each.auth_event_id == pair.auth_event_id]
    consent.organisations = [
        {"connection_id": each.connection_id, "tenant_id": each.tenant_id, "name": each.name}
        # A repeated consent may add no organisation; then all that this person can reach are offered.
        for each in of_this_consent or listed
    ]
    consent.save(update_fields=["organisations"])
    if not consent.organisations:
        raise ConnectRefused(f"No organisation was chosen in Xero. {START_AGAIN}")
    organisations: list[dict[str, str]] = consent.organisations
    return organisations


def find_open_consent(*, firm: Firm, user: User, consent_id: int, now: datetime) -> XeroConsent:
    """The consent a person may still choose from. Raises ConnectRefused if it is not open."""
    candidates = XeroConsent.objects.filter(firm=firm, user=user, pk=consent_id).exclude(sealed_tokens="")
    consent = candidates.filter(finished_at=None, used_at__gt=now - CHOICE_LIFE).first()
    if consent is None:
        raise ConnectRefused(CHOICE_OVER)
    return consent


def refuse_organisation(*, firm: Firm, tenant_id: str) -> str:
    """Why this organisation cannot be linked to this firm; empty if it can."""
    with all_firms():
        others = XeroConnection.objects.filter(xero_tenant_id=tenant_id).exclude(state=ConnectionState.DISCONNECTED)
        if others.exclude(firm=firm).exists():
            return (
                "This organisation is linked to another firm on Bill Syncing. It has to be disconnected there first; "
                "if you do not know where, ask your operator."
            )
    current = find_connection(firm=firm)
    if current is not None and current.xero_tenant_id != tenant_id:
        return f"Your firm is connected to {current.organisation_name}. Disconnect it before you connect another."
    sent_elsewhere = (
        XeroRecord.objects.filter(firm=firm).exclude(xero_id="").exclude(xero_tenant_id__in=["", tenant_id])
    )
    # An unconfirmed document may be in the earlier organisation, and only that one can be asked.
    unanswered = SyncAttempt.objects.filter(
        firm=firm, job__state__in=[State.SENDING, State.CHECKING], outcome__in=["", Outcome.UNKNOWN]
    ).exclude(batch__connection__xero_tenant_id=tenant_id)
    if sent_elsewhere.exists() or unanswered.exists():
        earlier = XeroConnection.objects.filter(firm=firm).exclude(xero_tenant_id=tenant_id).order_by("-connected_at")
        name = earlier.values_list("organisation_name", flat=True).first() or "another organisation"
        return f"Bills of your firm are in {name} already, or may be. Choose that organisation, or nothing would match."
    return ""


def list_options(*, firm: Firm, user: User, consent_id: int, now: datetime) -> list[OrganisationOption]:
    """The organisations to choose from under this consent. Raises ConnectRefused if it is not open."""
    consent = find_open_consent(firm=firm, user=user, consent_id=consent_id, now=now)
    return [
        OrganisationOption(each["tenant_id"], each["name"], refuse_organisation(firm=firm, tenant_id=each["tenant_id"]))
        for each in consent.organisations
    ]


def hash_secret(text: str) -> str:
    """The hash that is stored of a secret, to recognise the secret later."""
    return hashlib.sha256(text.encode()).hexdigest()
