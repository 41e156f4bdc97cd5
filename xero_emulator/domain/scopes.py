"""The scopes of an app created after 2 March 2026, and what a token with some of them opens."""

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


def allows(*, granted: tuple[str, ...], scope: str, writes: bool) -> bool:
    """Whether a token with these scopes opens what needs this one; an empty one is open to all."""
    return not scope or scope in granted or (not writes and f"{scope}.read" in granted)
