"""The chart of accounts as the product reads it."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from xero_sync.domain.chart import (
    Chart,
    find_renumbered_accounts,
    from_stored,
    storable,
    suggest,
    suggest_expenses,
    suggest_services,
)

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


def row(code: str, name: str, **values: Any) -> dict[str, Any]:
    return {"Code": code, "Name": name, "Type": "REVENUE", "Class": "REVENUE", "Status": "ACTIVE"} | values


ACCOUNTS = [
    row("200", "Legal fees"),
    row("210", "Old fees", Status="ARCHIVED"),
    row("260", "Other revenue"),
    row("405", "Expense recoveries"),
    row("412", "Disbursements", Type="CURRLIAB", Class="LIABILITY"),
    row("420", "Entertainment", Type="EXPENSE", Class="EXPENSE"),
    row("090", "Bank", Type="BANK", Class="ASSET"),
    row("610", "Debtors", Type="CURRENT", Class="ASSET", SystemAccount="DEBTORS"),
    row("", "No code"),
]
RATES: list[dict[str, Any]] = [
    {"TaxType": "OUTPUT", "Name": "GST on Income", "EffectiveRate": "10.0000", "Status": "ACTIVE"},
    {
        "TaxType": "INPUT",
        "Name": "GST on Expenses",
        "EffectiveRate": 10,
        "Status": "ACTIVE",
        "CanApplyToRevenue": False,
    },
    {"TaxType": "OLD", "Name": "Old GST", "EffectiveRate": "10", "Status": "ARCHIVED"},
    {"TaxType": "EXEMPTOUTPUT", "Name": "GST Free", "EffectiveRate": "0", "Status": "ACTIVE"},
]


def chart(**organisation: Any) -> Chart:
    return from_stored(
        xero_tenant_id="t",
        organisation={"Name": "Harrow Lane Pty", "BaseCurrency": "AUD"} | organisation,
        accounts=ACCOUNTS,
        tax_rates=RATES,
        currencies=["AUD"],
        refreshed_at=NOW,
    )


def test_a_sales_line_goes_to_active_accounts_with_a_code_that_are_no_bank_and_no_system_account() -> None:
    assert [account.code for account in chart().eligible_for_sales()] == ["200", "260", "405", "412", "420"]


@pytest.mark.parametrize("code", ["210", "090", "610", "999", ""])
def test_what_xero_refuses_on_a_sales_line_is_not_usable(code: str) -> None:
    assert not chart().is_usable(code)


def test_an_archived_account_is_still_known_by_name() -> None:
    account = chart().account("210")
    assert account is not None
    assert (account.name, account.status) == ("Old fees", "ARCHIVED")


def test_an_active_account_wins_over_an_archived_one_of_its_code() -> None:
    doubled = from_stored(
        xero_tenant_id="t",
        organisation={},
        accounts=[row("200", "New"), row("200", "Old", Status="ARCHIVED")],
        tax_rates=[],
        currencies=[],
        refreshed_at=NOW,
    )
    assert doubled.is_usable("200")


def test_dead_codes_are_named_once_and_in_order() -> None:
    assert chart().dead_codes(["200", "999", "210", "999", ""]) == ["999", "210"]


def test_only_active_rates_for_revenue_of_the_same_percentage_fit() -> None:
    assert [rate.tax_type for rate in chart().tax_types_for_rate(Decimal(10))] == ["OUTPUT"]
    assert chart().tax_types_for_rate(Decimal("12.5")) == []


def test_the_later_lock_date_counts() -> None:
    locked = chart(PeriodLockDate="/Date(1543536000000+0000)/", EndOfYearLockDate="/Date(1530316800000+0000)/")
    assert locked.lock_date == date(2018, 11, 30)
    assert chart().lock_date is None


def test_the_services_account_is_suggested_by_its_name_with_the_reason() -> None:
    suggestion = suggest_services(chart().accounts)
    assert suggestion is not None
    assert (suggestion.account.code, suggestion.reason) == ("200", "its name says “fees”")


def test_without_a_telling_name_the_first_revenue_account_is_suggested() -> None:
    plain = from_stored(
        xero_tenant_id="t",
        organisation={},
        accounts=[row("300", "B"), row("250", "A")],
        tax_rates=[],
        currencies=[],
        refreshed_at=NOW,
    )
    suggestion = suggest_services(plain.accounts)
    assert suggestion is not None
    assert suggestion.account.code == "250"


def test_the_expenses_account_is_never_the_one_for_services() -> None:
    suggestion = suggest_expenses(chart().accounts, services="200")
    assert suggestion is not None
    assert suggestion.account.code == "405"
    assert suggest_expenses([account for account in chart().accounts if account.code == "200"], services="200") is None


def test_an_archived_account_is_never_suggested() -> None:
    assert suggest([account for account in chart().accounts if account.code == "210"], ["fees"]) is None


def test_amounts_become_text_before_they_are_stored() -> None:
    assert storable({"a": [Decimal("10.50")], "b": {"c": None}}) == {"a": ["10.50"], "b": {"c": None}}


def with_accounts(*accounts: tuple[str, str, str]) -> Chart:
    """A chart of accounts, each with its AccountID, code and status."""
    return from_stored(
        xero_tenant_id="t",
        organisation={},
        accounts=[row(code, code, AccountID=account_id, Status=status) for account_id, code, status in accounts],
        tax_rates=[],
        currencies=[],
        refreshed_at=NOW,
    )


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ([("a", "412", "ACTIVE")], [("a", "412", "ACTIVE")], {}),
        ([("a", "412", "ACTIVE")], [("a", "413", "ACTIVE")], {"412": "413"}),
        ([("a", "412", "ACTIVE")], [("a", "413", "ARCHIVED")], {"412": "413"}),
        ([("a", "412", "ACTIVE")], [("a", "413", "ACTIVE"), ("b", "412", "ACTIVE")], {"412": "413"}),
        (
            [("a", "412", "ACTIVE"), ("b", "413", "ACTIVE")],
            [("a", "413", "ACTIVE"), ("b", "412", "ACTIVE")],
            {"412": "413", "413": "412"},
        ),
        # A code stands for its active account.
        ([("a", "412", "ACTIVE"), ("b", "412", "ARCHIVED")], [("a", "412", "ACTIVE"), ("b", "413", "ARCHIVED")], {}),
        ([("a", "412", "ACTIVE")], [("b", "413", "ACTIVE")], {}),
        ([("a", "412", "ACTIVE")], [("a", "", "ACTIVE")], {}),
        ([("a", "412", "ACTIVE")], [("a", "41234567890", "ACTIVE")], {}),
        ([("", "412", "ACTIVE")], [("", "413", "ACTIVE")], {}),
    ],
)
def test_an_account_is_known_by_its_id_whatever_its_code(
    old: list[tuple[str, str, str]], new: list[tuple[str, str, str]], expected: dict[str, str]
) -> None:
    assert find_renumbered_accounts(old=with_accounts(*old), new=with_accounts(*new)) == expected
