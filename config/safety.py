"""What a production start refuses, each with the sentence that says what to do."""

import base64
from collections.abc import Sequence

from cryptography.fernet import Fernet
from django.core.exceptions import ImproperlyConfigured

from config.xero_urls import XeroUrls

SHORTEST_SECRET_KEY = 50
SHORTEST_METRICS_TOKEN = 16
FEWEST_KEY_BYTES = 12


def refuse_unsafe(
    *,
    development: bool,
    debug: bool,
    secret_key: str,
    token_keys: Sequence[str],
    allowed_hosts: Sequence[str],
    redirect_uri: str,
    base_url: str,
    xero: XeroUrls,
    metrics_token: str = "",
    trusted_origins: Sequence[str] = (),
) -> None:
    """Raise ImproperlyConfigured with every reason at once."""
    reasons = _token_key_faults(token_keys)
    if not development:
        reasons += _production_faults(debug, secret_key, allowed_hosts, redirect_uri, base_url, xero)
        reasons += _opening_faults(token_keys, metrics_token, trusted_origins)
    if reasons:
        raise ImproperlyConfigured("Bill Syncing does not start: " + " ".join(reasons))


def _token_key_faults(token_keys: Sequence[str]) -> list[str]:
    if not token_keys:
        return ["TOKEN_ENCRYPTION_KEYS is empty; give at least one Fernet key."]
    try:
        for key in token_keys:
            Fernet(key)
    except ValueError:
        return ["TOKEN_ENCRYPTION_KEYS holds something that is not a Fernet key (32 bytes, URL-safe base64)."]
    return []


def _production_faults(
    debug: bool, secret_key: str, allowed_hosts: Sequence[str], redirect_uri: str, base_url: str, xero: XeroUrls
) -> list[str]:
    checks = {
        "DEBUG is on; switch it off.": debug,
        f"SECRET_KEY is too weak; give at least {SHORTEST_SECRET_KEY} random characters.": (
            len(secret_key) < SHORTEST_SECRET_KEY or len(set(secret_key)) < 10 or "insecure" in secret_key
        ),
        "ALLOWED_HOSTS is empty; name the hosts that serve Bill Syncing.": not allowed_hosts,
        "ALLOWED_HOSTS allows every host; name them.": any(host.strip() in {"*", "."} for host in allowed_hosts),
        "XERO_REDIRECT_URI must start with https://.": not redirect_uri.startswith("https://"),
        "BASE_URL must start with https:// and say where people reach Bill Syncing; mails link there.": (
            not base_url.startswith("https://")
        ),
        "Xero's addresses must start with https:// (XERO_LOGIN_URL, XERO_IDENTITY_URL, XERO_API_URL).": any(
            not url.startswith("https://") for url in xero.all
        ),
    }
    return [sentence for sentence, wrong in checks.items() if wrong]


def _opening_faults(token_keys: Sequence[str], metrics_token: str, trusted_origins: Sequence[str]) -> list[str]:
    """The settings that would let in a person who guesses, or a page of another site."""
    checks = {
        "TOKEN_ENCRYPTION_KEYS holds a key that is not random; make one as .env.example says.": any(
            _is_plain(key) for key in token_keys
        ),
        f"METRICS_TOKEN is too short; give at least {SHORTEST_METRICS_TOKEN} random characters, or none.": (
            0 < len(metrics_token) < SHORTEST_METRICS_TOKEN
        ),
        "CSRF_TRUSTED_ORIGINS must name whole hosts that start with https://.": any(
            not origin.startswith("https://") or "*" in origin for origin in trusted_origins
        ),
    }
    return [sentence for sentence, wrong in checks.items() if wrong]


def _is_plain(key: str) -> bool:
    """32 random bytes hold some thirty different ones."""
    try:
        return len(set(base64.urlsafe_b64decode(key))) < FEWEST_KEY_BYTES
    except ValueError:
        # Said already, as no key at all.
        return False
