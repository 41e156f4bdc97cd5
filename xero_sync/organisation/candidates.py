"""The tokens of a consent, sealed on the consent until it is complete: no credential is touched before."""

import logging
from datetime import datetime, timedelta

from django.db import transaction

from firms.scope import all_firms
from xero_sync.models import XeroConsent, XeroCredential
from xero_sync.organisation import tokens
from xero_sync.organisation.sealing import SealBroken, reseal, seal, unseal

logger = logging.getLogger(__name__)

CHOICE_LIFE = timedelta(minutes=30)


class CandidateGone(Exception):
    """The consent was completed, refused or left meanwhile."""


def keep_candidate(*, consent: XeroConsent, pair: tokens.Pair, now: datetime) -> None:
    """Seal the pair on its consent."""
    expires_at = now + timedelta(seconds=pair.expires_in)
    consent.xero_user_id = pair.xero_user_id
    consent.sealed_tokens = seal(
        owner=_owner(consent),
        secrets={
            "access_token": pair.access_token,
            "refresh_token": pair.refresh_token,
            "expires_at": expires_at.isoformat(),
            "scopes": " ".join(pair.scopes),
            "auth_event_id": pair.auth_event_id,
        },
    )
    consent.save(update_fields=["xero_user_id", "sealed_tokens"])


def open_candidate(*, consent: XeroConsent, now: datetime) -> tokens.Pair:
    """The pair that waits on this consent. Raises SealBroken."""
    secrets = unseal(owner=_owner(consent), sealed=consent.sealed_tokens)
    left = datetime.fromisoformat(secrets["expires_at"]) - now
    return tokens.Pair(
        access_token=secrets["access_token"],
        refresh_token=secrets["refresh_token"],
        expires_in=int(left.total_seconds()),
        scopes=tuple(secrets["scopes"].split()),
        xero_user_id=consent.xero_user_id,
        auth_event_id=secrets["auth_event_id"],
    )


def promote_candidate(*, consent: XeroConsent, now: datetime) -> XeroCredential:
    """The consent is complete: its tokens become the Xero user's, in the caller's transaction.

    Raises CandidateGone, SealBroken and tokens.NarrowerPair.
    """
    held = _lock_candidate(consent)
    if held is None:
        raise CandidateGone
    credential = tokens.store_pair(pair=open_candidate(consent=held, now=now), now=now)
    held.credential, held.sealed_tokens, held.finished_at = credential, "", now
    held.save(update_fields=["credential", "sealed_tokens", "finished_at"])
    return credential


def drop_candidate(*, consent: XeroConsent, now: datetime) -> None:
    """Forget the tokens of a refused or abandoned consent, and revoke them at Xero if nothing of ours uses the user.

    A fault of Xero is not raised: tokens that nobody holds expire by themselves.
    """
    with all_firms(), transaction.atomic():
        held = _lock_candidate(consent)
        if held is None:
            return
        XeroConsent.objects.filter(pk=held.pk).update(sealed_tokens="")
    try:
        tokens.revoke_pair(pair=open_candidate(consent=held, now=now), now=now)
    except tokens.CredentialShared:
        return
    except (tokens.TokensUnavailable, SealBroken) as fault:
        logger.warning("The tokens of a refused consent were not revoked", extra={"why": str(fault)})


def drop_abandoned(*, now: datetime) -> int:
    """Drop the tokens of consents whose time to choose is over; returns how many. Called outside any firm's scope."""
    with all_firms():
        over = XeroConsent.objects.exclude(sealed_tokens="").filter(used_at__lte=now - CHOICE_LIFE)
        consents = list(over)
    for consent in consents:
        drop_candidate(consent=consent, now=now)
    return len(consents)


def reseal_candidates() -> tuple[int, int]:
    """Seal the tokens of every consent with the first key; returns how many were, and how many could not be opened.

    Called outside any firm's scope.
    """
    done = broken = 0
    with all_firms():
        for waiting in XeroConsent.objects.exclude(sealed_tokens=""):
            with transaction.atomic():
                held = _lock_candidate(waiting)
                if held is None:
                    continue
                try:
                    held.sealed_tokens = reseal(owner=_owner(held), sealed=held.sealed_tokens)
                except SealBroken:
                    broken += 1
                    continue
                held.save(update_fields=["sealed_tokens"])
                done += 1
    return done, broken


def _lock_candidate(consent: XeroConsent) -> XeroConsent | None:
    waiting = XeroConsent.objects.exclude(sealed_tokens="").filter(pk=consent.pk)
    return waiting.select_for_update().first()


def _owner(consent: XeroConsent) -> str:
    return f"candidate {consent.state_hash}"
