"""Faults found before a bill meets them: saved codes and tax types against the chart, and lost access. Pure.

Each fault has the words of the refusal that it would lead to, so that a bill refused for it joins the same cause.
"""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Final

from xero_sync.domain.chart import Account, Chart
from xero_sync.domain.errors import BY_CODE, TABLE, ErrorClass, Fault, Recognised, preflight, recognise

MAPPINGS: Final = frozenset({"account-archived", "account-not-allowed", "tax-type-unknown", "tax-rate-changed"})
ACCESS: Final = frozenset(known.code for known in TABLE if known.klass is ErrorClass.CONNECTION) | {
    "subscription-inactive"
}


def dead_mappings(
    *, chart: Chart, accounts: Iterable[str], tax_types: Mapping[tuple[str, Decimal], str]
) -> tuple[Recognised, ...]:
    """The known error of each code and tax type that no bill can use, each once; `tax_types` by the firm's rates."""
    codes = [dead_account(code, chart.account(code)) for code in chart.dead_codes(accounts)]
    taxes = [find_tax_fault(tax_type=tax, rate=rate, chart=chart) for rate, tax in tax_types.items() if tax]
    found = {(known.code, known.subject): known for known in map(recognise, filter(None, [*codes, *taxes]))}
    return tuple(found.values())


def find_tax_fault(*, tax_type: str, rate: tuple[str, Decimal], chart: Chart) -> Fault | None:
    """Why a tax type cannot stand for this rate of the firm: it is of no use, or its percentage in Xero is another."""
    known, (name, percent) = chart.tax_rate(tax_type), rate
    if known is None or not known.is_usable:
        return dead_tax_type(tax_type)
    if known.percent == percent:
        return None
    return preflight(
        "tax-rate-changed",
        tax=tax_type,
        rate=name_rate(name=name, percent=percent),
        percent=f"{known.percent.normalize():f}%",
    )


def name_rate(*, name: str, percent: Decimal) -> str:
    """A rate of the firm as faults name it."""
    return f"{name or 'No tax'} ({percent.normalize():f}%)"


def dead_tax_type(tax_type: str) -> Fault:
    """The same fault Xero gives for a tax type that is gone, archived or not for sales."""
    message = f"The TaxType code {tax_type} does not exist or cannot be used for this type of transaction."
    return Fault(message, source="preflight", parts={"tax": tax_type})


def lost_access(*, code: str) -> Recognised:
    """The known error of a lost connection, by the code that was stored with the connection."""
    return recognise(Fault("", code=code if code in ACCESS else BY_CODE["connection-lost"].code, source="preflight"))


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
