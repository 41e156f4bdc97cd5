"""What a production start refuses, each with the sentence that says what to do."""

from collections.abc import Sequence

from cryptography.fernet import Fernet
from django.core.exceptions import ImproperlyConfigured

from config.xero_urls import XeroUrls

SHORTEST_SECRET_KEY = 50


def refuse_unsafe(
    *,
    development: bool,
    debug: bool,
    secret_key: str,
    token_keys: Sequence[str],
    allowed_hosts: Sequence[str],
    redirect_uri: str,
    xero: XeroUrls,
) -> None:
    """Raise ImproperlyConfigured with every reason at once."""
    reasons = _token_key_faults(token_keys)
    if not development:
        reasons += _production_faults(debug, secret_key, allowed_hosts, redirect_uri, xero)
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
    debug: bool, secret_key: str, allowed_hosts: Sequence[str], redirect_uri: str, xero: XeroUrls
) -> list[str]:
    checks = {
        "DEBUG is on; switch it off.": debug,
        f"SECRET_KEY is too weak; give at least {SHORTEST_SECRET_KEY} random characters.": (
            len(secret_key) < SHORTEST_SECRET_KEY or len(set(secret_key)) < 10 or "insecure" in secret_key
        ),
        "ALLOWED_HOSTS is empty; name the hosts that serve Bill Syncing.": not allowed_hosts,
        "ALLOWED_HOSTS allows every host; name them.": any(host.strip() in {"*", "."} for host in allowed_hosts),
        "XERO_REDIRECT_URI must start with https://.": not redirect_uri.startswith("https://"),
        "Xero's addresses must start with https:// (XERO_LOGIN_URL, XERO_IDENTITY_URL, XERO_API_URL).": any(
            not url.startswith("https://") for url in xero.all
        ),
    }
    return [sentence for sentence, wrong in checks.items() if wrong]
