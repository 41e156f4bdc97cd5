"""The field that fixes a known error, on the card of its cause, and the value proposed for the field. Pure."""

import re
from collections.abc import Collection
from decimal import Decimal
from enum import StrEnum
from typing import Final

from xero_sync.domain.chart import Account, Chart, Suggestion, suggest_expenses, suggest_services
from xero_sync.domain.releases import CHART_READ, INDEX_READ

LONGEST_NUMBER: Final = 255
MOST_NUMBERS: Final = 9
_RATE: Final = re.compile(r"(.*) \((\d+(?:\.\d+)?)%\)")
_WORD: Final = re.compile(r"\w{3,}")


class Fix(StrEnum):
    """A kind of field on a card."""

    ACCOUNT = "account"
    TAX = "tax"
    NUMBER = "number"
    CONTACT = "contact"
    DATE = "date"


# The known error's code -> its field, the first that can be offered.
FIXES: Final[dict[str, tuple[Fix, ...]]] = {
    "account-not-allowed": (Fix.ACCOUNT,),
    "account-archived": (Fix.ACCOUNT,),
    "account-invalid": (Fix.ACCOUNT,),
    "account-removed": (Fix.ACCOUNT,),
    "no-account-code": (Fix.ACCOUNT,),
    "tax-type-missing": (Fix.ACCOUNT,),
    "tax-not-for-account": (Fix.TAX, Fix.ACCOUNT),
    "tax-rate-invalid": (Fix.TAX,),
    "tax-type-unknown": (Fix.TAX, Fix.ACCOUNT),
    "no-tax-type": (Fix.TAX,),
    "tax-rate-changed": (Fix.TAX,),
    "invoice-number-taken": (Fix.NUMBER,),
    "found-but-differs": (Fix.NUMBER,),
    "number-too-long": (Fix.NUMBER,),
    "contact-name-taken": (Fix.CONTACT,),
    "contact-name-exists": (Fix.CONTACT,),
    "contact-rename-refused": (Fix.CONTACT,),
    "contact-name-not-allowed": (Fix.CONTACT,),
    "contact-number-taken": (Fix.CONTACT,),
    "contact-number-in-use": (Fix.CONTACT,),
    "country-not-allowed": (Fix.CONTACT,),
    "email-invalid": (Fix.CONTACT,),
    "locked-period": (Fix.DATE,),
    "locked-year": (Fix.DATE,),
}
# The contact's field to fix; codes that are not listed are about its name.
CONTACT_FIELDS: Final = {
    "contact-number-taken": "client_number",
    "contact-number-in-use": "client_number",
    "country-not-allowed": "country",
    "email-invalid": "emails",
}
# The accounts and tax types of the firm, which only its admins may change.
FOR_ADMINS: Final = frozenset({Fix.ACCOUNT, Fix.TAX})
# The document in Xero may be the same as ours: comparing and linking the two is the other fix.
LINKED_INSTEAD: Final = frozenset(
    {
        "contact-name-taken",
        "contact-name-exists",
        "contact-rename-refused",
        "contact-number-taken",
        "contact-number-in-use",
        "contact-archived",
        "contact-gone",
        "account-number-taken",
        "found-but-differs",
        "invoice-number-taken",
    }
)
# Reading Xero again releases these: a person may have fixed them in Xero.
LOOKED_AT_AGAIN: Final = CHART_READ | INDEX_READ


def has_card(code: str) -> bool:
    """Whether the card of the cause always has the field, so that people are led to the card, not to another page."""
    return code in FIXES and Fix.DATE not in FIXES[code]


def rate_of(words: str) -> tuple[str, Decimal] | None:
    """The rate a fault names as "GST (10%)": its name, empty for no tax, and its percentage."""
    found = _RATE.fullmatch(words)
    if not found:
        return None
    return ("" if found[1] == "No tax" else found[1], Decimal(found[2]))


def suggest_account(*, chart: Chart, dead: str, names: Collection[str], for_services: bool) -> Suggestion | None:
    """The account to use instead: one named like the old one or like the categories that use it, else the usual one."""
    old = chart.account(dead)
    eligible = [account for account in chart.eligible_for_sales() if account.code != dead]
    for wanted, reason in ((old.name if old else "", "it has a name like the old one"), *((n, "") for n in names)):
        alike = _alike(eligible, wanted)
        if alike is not None:
            return Suggestion(alike, reason or f"its name fits \u201c{wanted}\u201d")
    services = suggest_services(eligible)
    if for_services:
        return services
    return suggest_expenses(eligible, services=services.account.code if services else "")


def suggest_number(*, number: str, taken: Collection[str]) -> str:
    """A number near the one the client has seen, that nobody has; empty if all of the nearest are taken."""
    return next((each for each in numbers_near(number) if each not in taken), "")


def numbers_near(number: str) -> list[str]:
    """The numbers to be tried, nearest first."""
    stem = number[: LONGEST_NUMBER - 2]
    return [f"{stem}-{place}" for place in range(2, MOST_NUMBERS + 1)]


def _alike(accounts: Collection[Account], name: str) -> Account | None:
    wanted = _words(name)
    shared = [(len(wanted & _words(account.name)), account) for account in accounts]
    most = max((count for count, _ in shared), default=0)
    return next((account for count, account in shared if count == most), None) if most else None


def _words(name: str) -> set[str]:
    return set(_WORD.findall(name.casefold()))
