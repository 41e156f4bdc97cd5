"""What is wrong in Xero before any bill meets it, in the words of the refusal it would become."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from xero_sync.domain.chart import Chart, from_stored
from xero_sync.domain.chart_check import ACCESS, MAPPINGS, dead_mappings, dead_tax_type, lost_access
from xero_sync.domain.errors import recognise

CHART: Chart = from_stored(
    xero_tenant_id="t",
    organisation={"Name": "Harrow Lane", "BaseCurrency": "AUD"},
    accounts=[
        {"Code": "200", "Name": "Fees", "Type": "REVENUE", "Class": "REVENUE", "Status": "ACTIVE"},
        {"Code": "210", "Name": "Old fees", "Type": "REVENUE", "Class": "REVENUE", "Status": "ARCHIVED"},
        {"Code": "090", "Name": "Bank", "Type": "BANK", "Class": "ASSET", "Status": "ACTIVE"},
    ],
    tax_rates=[
        {"TaxType": "OUTPUT", "Name": "GST", "EffectiveRate": "10", "Status": "ACTIVE"},
        {"TaxType": "OLD", "Name": "Old GST", "EffectiveRate": "10", "Status": "ARCHIVED"},
        {"TaxType": "INPUT", "Name": "GST", "EffectiveRate": "10", "Status": "ACTIVE", "CanApplyToRevenue": False},
    ],
    currencies=["AUD"],
    refreshed_at=datetime(2026, 11, 22, tzinfo=UTC),
)


@pytest.mark.parametrize(
    ("accounts", "tax_types", "expected"),
    [
        (["200"], ["OUTPUT"], []),
        (["210"], [], [("account-archived", "210")]),
        (["999"], [], [("account-not-allowed", "999")]),
        (["090"], [], [("account-not-allowed", "090")]),
        ([], ["OLD"], [("tax-type-unknown", "OLD")]),
        ([], ["INPUT"], [("tax-type-unknown", "INPUT")]),
        ([], ["GONE"], [("tax-type-unknown", "GONE")]),
        (["", ""], ["", ""], []),
        (["210", "200", "210"], ["OLD", "OLD"], [("account-archived", "210"), ("tax-type-unknown", "OLD")]),
    ],
)
def test_each_code_and_tax_type_that_no_bill_can_use_is_named_once(
    accounts: list[str], tax_types: list[str], expected: list[tuple[str, str]]
) -> None:
    rates = {(f"Rate {place}", Decimal(10)): tax_type for place, tax_type in enumerate(tax_types)}
    found = dead_mappings(chart=CHART, accounts=accounts, tax_types=rates)
    assert [(each.code, each.subject) for each in found] == expected
    assert {each.code for each in found} <= MAPPINGS


@pytest.mark.parametrize(
    ("rate", "tax_type", "expected"),
    [
        (("GST", Decimal(10)), "OUTPUT", []),
        (("GST", Decimal("10.0000")), "OUTPUT", []),
        (("GST", Decimal(15)), "OUTPUT", [("tax-rate-changed", "GST (15%)")]),
        (("", Decimal("0.0000")), "OUTPUT", [("tax-rate-changed", "No tax (0%)")]),
        # A type that is of no use at all is named, with any percentage.
        (("GST", Decimal(15)), "OLD", [("tax-type-unknown", "OLD")]),
    ],
)
def test_a_tax_type_whose_percentage_in_xero_is_another_is_named_by_our_rate(
    rate: tuple[str, Decimal], tax_type: str, expected: list[tuple[str, str]]
) -> None:
    found = dead_mappings(chart=CHART, accounts=[], tax_types={rate: tax_type})
    assert [(each.code, each.subject) for each in found] == expected
    assert {each.code for each in found} <= MAPPINGS


def test_a_changed_rate_says_both_percentages() -> None:
    [found] = dead_mappings(chart=CHART, accounts=[], tax_types={("GST", Decimal("12.5000")): "OUTPUT"})
    assert found.title == "“GST (12.5%)” has another percentage in Xero"
    assert "Tax type OUTPUT is 10% in Xero" in found.why


def test_a_dead_tax_type_has_the_words_and_the_cause_of_xeros_own_refusal() -> None:
    fault = dead_tax_type("OLD")
    xeros = recognise(type(fault)(fault.message))
    assert (xeros.code, xeros.subject) == ("tax-type-unknown", "OLD")
    assert fault.source == "preflight"


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("connection-lost", "connection-lost"),
        ("access-revoked", "access-revoked"),
        ("role-too-low", "role-too-low"),
        ("token-expired", "connection-lost"),
        ("subscription-inactive", "subscription-inactive"),
        ("", "connection-lost"),
        ("never-heard-of", "connection-lost"),
        ("account-archived", "connection-lost"),
    ],
)
def test_a_lost_connection_keeps_its_reason_if_that_is_about_access(code: str, expected: str) -> None:
    assert lost_access(code=code).code == expected
    assert expected in ACCESS
