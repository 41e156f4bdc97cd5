"""The scopes of an app created after 2 March 2026, and which of them opens which endpoint."""

REPORTS = (
    "aged",
    "balancesheet",
    "banksummary",
    "budgetsummary",
    "executivesummary",
    "profitandloss",
    "trialbalance",
    "taxreports",
)
WITH_READ = (
    "accounting.invoices",
    "accounting.payments",
    "accounting.banktransactions",
    "accounting.manualjournals",
    "accounting.settings",
    "accounting.contacts",
    "accounting.attachments",
)
GRANULAR = frozenset(
    (
        *("openid", "profile", "email", "offline_access", "accounting.journals.read"),
        *WITH_READ,
        *(f"{scope}.read" for scope in WITH_READ),
        *(f"accounting.reports.{report}.read" for report in REPORTS),
    )
)
SCOPE_OF_ENDPOINT = {
    "organisation": "accounting.settings",
    "accounts": "accounting.settings",
    "taxrates": "accounting.settings",
    "currencies": "accounting.settings",
    "trackingcategories": "accounting.settings",
    "contacts": "accounting.contacts",
    "invoices": "accounting.invoices",
}


def allows(*, granted: tuple[str, ...], endpoint: str, writes: bool) -> bool:
    """Whether a token with these scopes may use an endpoint."""
    scope = SCOPE_OF_ENDPOINT.get(endpoint.lower())
    return scope is None or scope in granted or (not writes and f"{scope}.read" in granted)
