"""What is wrong before any bill meets it: saved codes and tax types against the live chart, and lost access. Pure.

Each is named by the very words of the refusal it would become, so that a bill that is refused for it joins it.
"""

from collections.abc import Iterable
from typing import Final

from xero_sync.domain.chart import Account, Chart
from xero_sync.domain.errors import BY_CODE, TABLE, ErrorClass, Fault, Recognised, recognise

MAPPINGS: Final = frozenset({"account-archived", "account-not-allowed", "tax-type-unknown"})
ACCESS: Final = frozenset(known.code for known in TABLE if known.klass is ErrorClass.CONNECTION) | {
    "subscription-inactive"
}


def dead_mappings(*, chart: Chart, accounts: Iterable[str], tax_types: Iterable[str]) -> tuple[Recognised, ...]:
    """The known error of each code and tax type that no bill can use, each once."""
    codes = [recognise(dead_account(code, chart.account(code))) for code in chart.dead_codes(accounts)]
    taxes = [recognise(dead_tax_type(tax)) for tax in dict.fromkeys(tax_types) if tax and not _is_usable(tax, chart)]
    return (*codes, *taxes)


def dead_tax_type(tax_type: str) -> Fault:
    """The same fault Xero gives for a tax type that is gone, archived or not for sales."""
    message = f"The TaxType code {tax_type} does not exist or cannot be used for this type of transaction."
    return Fault(message, source="preflight", parts={"tax": tax_type})


def lost_access(*, code: str) -> Recognised:
    """What is known of a lost connection, by the code that was stored with it."""
    return recognise(Fault("", code=code if code in ACCESS else BY_CODE["connection-lost"].code, source="preflight"))


def _is_usable(tax_type: str, chart: Chart) -> bool:
    rate = chart.tax_rate(tax_type)
    return rate is not None and rate.is_usable


def dead_account(code: str, account: Account | None) -> Fault:
    """The same fault Xero would give for an account that is gone, archived or of the wrong kind."""
    if (account is not None and account.status == "ACTIVE") or account is None:
        message = f"Account code '{code}' is not a valid code for this document."
    else:
        message = (
            f"Account code '{code}' has been archived, or has been deleted. "
            "Each line item must reference a valid account."
        )
    return Fault(message, source="preflight", parts={"account": code})
