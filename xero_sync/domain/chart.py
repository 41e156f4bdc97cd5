"""The chart of an organisation: its accounts, tax rates, currencies and lock dates. Pure.

Stored as plain JSON (rows of `XeroChart`), read back as a frozen `Chart`.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from functools import cached_property
from typing import Any

from xero_sync.domain.xero_json import read_date, read_text

ACTIVE = "ACTIVE"
BANK = "BANK"
LONGEST_CODE = 10
# Where the lines of a sales invoice may go. Order: what a law firm's bills usually use first.
CLASS_ORDER = ("REVENUE", "LIABILITY", "ASSET", "EXPENSE", "EQUITY")
CLASS_WORDS = {
    "REVENUE": "Revenue",
    "LIABILITY": "Liabilities",
    "ASSET": "Assets",
    "EXPENSE": "Expenses",
    "EQUITY": "Equity",
}
# Which of a tax rate's fields says whether it goes with an account of this class.
APPLIES_TO = {
    "ASSET": "CanApplyToAssets",
    "EQUITY": "CanApplyToEquity",
    "EXPENSE": "CanApplyToExpenses",
    "LIABILITY": "CanApplyToLiabilities",
    "REVENUE": "CanApplyToRevenue",
}
COUNTRIES = {
    "AU": "Australia",
    "CA": "Canada",
    "GB": "United Kingdom",
    "HK": "Hong Kong",
    "IE": "Ireland",
    "NZ": "New Zealand",
    "SG": "Singapore",
    "US": "United States",
    "ZA": "South Africa",
}
SERVICE_WORDS = ("fees", "legal", "services", "professional", "sales", "income", "revenue")
EXPENSE_WORDS = ("recover", "disbursement", "reimburs", "recharge", "expense", "other revenue", "other income")


@dataclass(frozen=True)
class Account:
    """One account. `klass` is Xero's Class, `system` its SystemAccount or empty; `account_id` stays for ever."""

    code: str
    name: str
    type: str
    klass: str
    status: str
    tax_type: str
    system: str = ""
    account_id: str = ""

    @property
    def is_active(self) -> bool:
        return self.status == ACTIVE

    @property
    def takes_sales(self) -> bool:
        """Whether Xero accepts the account on a line of a sales invoice."""
        return self.is_active and bool(self.code) and self.type != BANK and not self.system


@dataclass(frozen=True)
class TaxRate:
    """One of Xero's tax rates; `percent` is the total of its components, four decimals."""

    tax_type: str
    name: str
    percent: Decimal
    status: str
    for_revenue: bool
    # Classes of accounts that the rate cannot be used with.
    barred: frozenset[str] = frozenset()

    @property
    def is_usable(self) -> bool:
        return self.status == ACTIVE and self.for_revenue


@dataclass(frozen=True)
class Suggestion:
    """A proposed account, and the reason for people."""

    account: Account
    reason: str


@dataclass(frozen=True)
class Chart:
    """One organisation as Xero described it at `refreshed_at`."""

    xero_tenant_id: str
    organisation: Mapping[str, Any] = field(repr=False)
    accounts: tuple[Account, ...]
    tax_rates: tuple[TaxRate, ...]
    currencies: tuple[str, ...]
    refreshed_at: datetime
    # A person says that Xero has changed since.
    is_outdated: bool = False

    @cached_property
    def accounts_by_code(self) -> dict[str, Account]:
        """The account that each code stands for."""
        # Codes are unique among accounts that are not deleted; an active account wins over an archived one of its code.
        ordered = sorted(self.accounts, key=lambda account: account.is_active)
        return {account.code: account for account in ordered if account.code}

    @cached_property
    def _by_tax_type(self) -> dict[str, TaxRate]:
        return {rate.tax_type: rate for rate in self.tax_rates}

    def account(self, code: str) -> Account | None:
        """The account of this code, archived ones too."""
        return self.accounts_by_code.get(code)

    def is_usable(self, code: str) -> bool:
        """Whether a sales line may go to this code."""
        account = self.account(code)
        return account is not None and account.takes_sales

    def eligible_for_sales(self) -> list[Account]:
        """The accounts a sales line may go to: revenue first, then by code."""
        eligible = [account for account in self.accounts if account.takes_sales]
        return sorted(eligible, key=lambda account: (_class_rank(account.klass), account.code))

    def groups_for_sales(self) -> list[tuple[str, list[Account]]]:
        """The eligible accounts under the name of their class, for a picker."""
        groups: dict[str, list[Account]] = {}
        for account in self.eligible_for_sales():
            groups.setdefault(CLASS_WORDS.get(account.klass, "Others"), []).append(account)
        return list(groups.items())

    def dead_codes(self, codes: Iterable[str]) -> list[str]:
        """The codes that no sales line may go to, each once, in order."""
        return [code for code in dict.fromkeys(codes) if code and not self.is_usable(code)]

    def tax_rate(self, tax_type: str) -> TaxRate | None:
        """The tax rate of this code."""
        return self._by_tax_type.get(tax_type)

    def usable_tax_rates(self) -> list[TaxRate]:
        """The rates a sales line may carry, by rate and name."""
        return sorted((rate for rate in self.tax_rates if rate.is_usable), key=lambda rate: (-rate.percent, rate.name))

    def tax_types_for_rate(self, percent: Decimal) -> list[TaxRate]:
        """The usable rates of exactly this percentage."""
        return [rate for rate in self.usable_tax_rates() if rate.percent == percent]

    @property
    def lock_date(self) -> date | None:
        """The later of the period's and the year's lock date: documents dated on or before this day are locked."""
        return max((each for each in self.lock_dates if each is not None), default=None)

    @property
    def lock_dates(self) -> tuple[date | None, date | None]:
        """The lock dates of the period and of the year."""
        return (
            read_date(self.organisation.get("PeriodLockDate")),
            read_date(self.organisation.get("EndOfYearLockDate")),
        )

    def same_facts(self, other: "Chart") -> bool:
        """Whether the two charts agree in everything that can decide about a bill."""
        return (self.accounts, self.tax_rates, self.currencies, self.lock_dates) == (
            other.accounts,
            other.tax_rates,
            other.currencies,
            other.lock_dates,
        )

    @property
    def organisation_name(self) -> str:
        return str(self.organisation.get("Name") or "")

    @property
    def base_currency(self) -> str:
        return str(self.organisation.get("BaseCurrency") or "")

    @property
    def country(self) -> str:
        return str(self.organisation.get("CountryCode") or "")

    @property
    def country_name(self) -> str:
        """The country in words where we know them, else its code."""
        return COUNTRIES.get(self.country, self.country)

    @property
    def short_code(self) -> str:
        return str(self.organisation.get("ShortCode") or "")

    @property
    def plan(self) -> str:
        return str(self.organisation.get("Class") or "")

    @property
    def is_demo(self) -> bool:
        return self.organisation.get("IsDemoCompany") is True


def from_stored(
    *,
    xero_tenant_id: str,
    organisation: Mapping[str, Any],
    accounts: Sequence[Mapping[str, Any]],
    tax_rates: Sequence[Mapping[str, Any]],
    currencies: Sequence[str],
    refreshed_at: datetime,
    is_outdated: bool = False,
) -> Chart:
    """The chart of one stored row, or of Xero's own JSON made storable."""
    return Chart(
        xero_tenant_id=xero_tenant_id,
        organisation=dict(organisation),
        accounts=tuple(_account(row) for row in accounts),
        tax_rates=tuple(_tax_rate(row) for row in tax_rates),
        currencies=tuple(currencies),
        refreshed_at=refreshed_at,
        is_outdated=is_outdated,
    )


def find_renumbered_accounts(*, old: Chart, new: Chart) -> dict[str, str]:
    """The old and the new code of each account that has another one, known by its AccountID."""
    codes = {account.account_id: account.code for account in new.accounts if account.account_id}
    now = {account.code: codes.get(account.account_id, "") for account in old.accounts_by_code.values()}
    return {code: became for code, became in now.items() if became not in ("", code) and len(became) <= LONGEST_CODE}


def storable(value: Any) -> Any:
    """JSON that a column takes: Decimals become text, for a float would not be the same number."""
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, Mapping):
        return {key: storable(each) for key, each in value.items()}
    if isinstance(value, list):
        return [storable(each) for each in value]
    return value


def suggest(accounts: Sequence[Account], words: Sequence[str]) -> Suggestion | None:
    """The account whose name fits the words best; an earlier word counts more. Only revenue and liabilities count."""
    for word in words:
        for account in accounts:
            if account.takes_sales and account.klass in {"REVENUE", "LIABILITY"} and word in account.name.lower():
                return Suggestion(account, f"its name says “{word}”")
    return None


def suggest_services(accounts: Sequence[Account]) -> Suggestion | None:
    """The account for time: by name, else the first one of type SALES or REVENUE."""
    sales = [account for account in accounts if account.takes_sales and account.type in {"SALES", "REVENUE"}]
    by_name = suggest(sales, SERVICE_WORDS)
    if by_name is not None or not sales:
        return by_name
    return Suggestion(min(sales, key=lambda account: account.code), "it is your first revenue account")


def suggest_expenses(accounts: Sequence[Account], *, services: str) -> Suggestion | None:
    """The account for expenses passed on: by name, and never the one for services."""
    return suggest([account for account in accounts if account.code != services], EXPENSE_WORDS)


def _account(row: Mapping[str, Any]) -> Account:
    return Account(
        code=read_text(row, "Code"),
        name=read_text(row, "Name"),
        type=read_text(row, "Type"),
        klass=read_text(row, "Class"),
        status=read_text(row, "Status"),
        tax_type=read_text(row, "TaxType"),
        system=read_text(row, "SystemAccount"),
        account_id=read_text(row, "AccountID"),
    )


def _tax_rate(row: Mapping[str, Any]) -> TaxRate:
    return TaxRate(
        tax_type=read_text(row, "TaxType"),
        name=read_text(row, "Name"),
        percent=_percent(row.get("EffectiveRate")),
        status=read_text(row, "Status"),
        # Absent means yes: Xero states the field only where a rate has limits.
        for_revenue=row.get("CanApplyToRevenue") is not False,
        barred=frozenset(klass for klass, key in APPLIES_TO.items() if row.get(key) is False),
    )


def _percent(value: object) -> Decimal:
    try:
        return Decimal(str(value))
    except InvalidOperation:
        return Decimal(0)


def _class_rank(klass: str) -> int:
    return CLASS_ORDER.index(klass) if klass in CLASS_ORDER else len(CLASS_ORDER)
