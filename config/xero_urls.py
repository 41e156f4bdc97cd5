"""The three hosts of Xero, or of a server that stands in for it."""

from dataclasses import dataclass

import environ


@dataclass(frozen=True)
class XeroUrls:
    """Base addresses without a trailing slash."""

    login: str
    identity: str
    api: str

    @property
    def all(self) -> tuple[str, str, str]:
        return (self.login, self.identity, self.api)


def xero_urls(env: environ.Env) -> XeroUrls:
    """Read XERO_LOGIN_URL, XERO_IDENTITY_URL and XERO_API_URL; default to Xero's own hosts."""
    return XeroUrls(
        login=env.str("XERO_LOGIN_URL", default="https://login.xero.com").rstrip("/"),
        identity=env.str("XERO_IDENTITY_URL", default="https://identity.xero.com").rstrip("/"),
        api=env.str("XERO_API_URL", default="https://api.xero.com").rstrip("/"),
    )
