"""Where a firm names Xero accounts: in its defaults and its expense categories."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from xero_sync.domain.chart import Chart
from xero_sync.domain.errors import Recognised
from xero_sync.models import BillSyncSettings

SERVICES, EXPENSES = "services", "expenses"


class Category(NamedTuple):
    """An expense category as a place that may name an account."""

    pk: int
    name: str
    account_code: str
    version: int


@dataclass(frozen=True, kw_only=True)
class AccountPlace:
    """One choice of an account. `key` is "services", "expenses" or "category-" and the category's id."""

    key: str
    name: str
    code: str
    version: int

    @property
    def is_category(self) -> bool:
        return self.key not in (SERVICES, EXPENSES)

    @property
    def words(self) -> str:
        """The label beside the place's tick box."""
        return f"Category {self.name}" if self.is_category else f"Default for {self.name}"

    @property
    def category_id(self) -> int:
        return int(self.key.rpartition("-")[2])


def find_account_uses(
    *, known: Recognised, settings: BillSyncSettings, categories: Sequence[Category], chart: Chart
) -> list[AccountPlace]:
    """The places a fault is about: those that name the fault's account, or all whose account takes no bills."""
    every = _all(settings, categories)
    if known.code == "no-account-code":
        return _without(every, known.parts.get("what", ""))
    account = known.parts.get("account", "")
    named = [place for place in every if account and place.code == account]
    if named or account:
        return named
    return [place for place in every if place.code and not chart.is_usable(place.code)]


def find_places_of_account(
    *, account: str, settings: BillSyncSettings, categories: Sequence[Category]
) -> list[AccountPlace]:
    """The places that name this account."""
    return [place for place in _all(settings, categories) if place.code == account]


def _without(every: Sequence[AccountPlace], what: str) -> list[AccountPlace]:
    defaults = [place for place in every if not place.is_category and not place.code]
    return [place for place in defaults if place.key == what] or defaults


def _all(settings: BillSyncSettings, categories: Sequence[Category]) -> list[AccountPlace]:
    version = settings.version
    places = [
        AccountPlace(key=SERVICES, name="services", code=settings.services_account, version=version),
        AccountPlace(key=EXPENSES, name="expenses", code=settings.expenses_account, version=version),
    ]
    by_name = sorted(categories, key=lambda category: category.name.casefold())
    return places + [
        AccountPlace(key=f"category-{each.pk}", name=each.name, code=each.account_code, version=each.version)
        for each in by_name
    ]
