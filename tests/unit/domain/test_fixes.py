"""Which field fixes a known error on the card of its cause, and what is suggested for it."""

from collections.abc import Collection
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from xero_sync.domain.chart import Chart, from_stored
from xero_sync.domain.errors import BY_CODE, ErrorClass, Owner
from xero_sync.domain.fixes import (
    CONTACT_FIELDS,
    FIXES,
    FOR_ADMINS,
    LINKED_INSTEAD,
    LOOKED_AT_AGAIN,
    Fix,
    has_card,
    numbers_near,
    rate_of,
    suggest_account,
    suggest_number,
)


def chart(*accounts: tuple[str, str, str]) -> Chart:
    """A chart of revenue accounts, each with its code, name and status."""
    rows: list[dict[str, Any]] = [
        {"Code": code, "Name": name, "Type": "REVENUE", "Class": "REVENUE", "Status": status}
        for code, name, status in accounts
    ]
    return from_stored(
        xero_tenant_id="t",
        organisation={"Name": "Harrow Lane", "BaseCurrency": "AUD"},
        accounts=rows,
        tax_rates=[],
        currencies=["AUD"],
        refreshed_at=datetime(2026, 11, 22, tzinfo=UTC),
    )


CHART = chart(
    ("200", "Legal fees", "ACTIVE"),
    ("405", "Expense recoveries", "ACTIVE"),
    ("412", "Court filing costs", "ACTIVE"),
    ("420", "Court costs old", "ARCHIVED"),
)


@pytest.mark.parametrize(
    ("code", "shown"),
    [
        ("account-archived", True),
        ("tax-type-unknown", True),
        ("invoice-number-taken", True),
        ("email-invalid", True),
        ("locked-period", False),
        ("locked-year", False),
        ("unknown", False),
        ("connection-lost", False),
    ],
)
def test_a_card_has_the_field_where_the_way_to_it_is_shorter(code: str, shown: bool) -> None:
    assert code in BY_CODE
    assert has_card(code) is shown


def test_every_code_with_a_field_is_a_known_error() -> None:
    assert set(FIXES) | set(CONTACT_FIELDS) | LINKED_INSTEAD | LOOKED_AT_AGAIN <= set(BY_CODE)
    assert {code for code in CONTACT_FIELDS if FIXES[code] != (Fix.CONTACT,)} == set()


def test_what_a_firm_posts_to_is_fixed_by_its_admins() -> None:
    for_admins = {code for code, fields in FIXES.items() if FOR_ADMINS & set(fields)}
    assert len(for_admins) == 11
    assert {BY_CODE[code].owner for code in for_admins} == {Owner.ADMIN}
    assert {BY_CODE[code].klass for code in for_admins} <= {ErrorClass.MAPPING, ErrorClass.ORGANISATION}


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("GST (10%)", ("GST", Decimal(10))),
        ("GST on Income (12.5%)", ("GST on Income", Decimal("12.5"))),
        ("No tax (0%)", ("", Decimal(0))),
        ("GST (old) (10%)", ("GST (old)", Decimal(10))),
        ("GST", None),
        ("GST (10)", None),
        ("GST (10%) ", None),
        ("", None),
    ],
)
def test_a_rate_is_read_out_of_the_words_of_a_fault(words: str, expected: tuple[str, Decimal] | None) -> None:
    assert rate_of(words) == expected


@pytest.mark.parametrize(
    ("dead", "names", "for_services", "code", "reason"),
    [
        ("420", (), False, "412", "it has a name like the old one"),
        ("420", ("Expense claims",), False, "412", "it has a name like the old one"),
        ("999", ("Expense claims",), False, "405", "its name fits “Expense claims”"),
        ("999", ("Photocopies", "Court filings"), False, "412", "its name fits “Court filings”"),
        # Of two that share as much the first in the chart.
        ("999", ("Filing fees",), False, "200", "its name fits “Filing fees”"),
        ("999", ("Photocopies",), True, "200", None),
        ("999", ("Photocopies",), False, "405", None),
        ("412", ("Court filing costs",), True, "200", None),
    ],
)
def test_an_account_is_suggested_by_its_name_and_else_the_usual_one(
    dead: str, names: Collection[str], for_services: bool, code: str, reason: str | None
) -> None:
    found = suggest_account(chart=CHART, dead=dead, names=names, for_services=for_services)
    assert found is not None
    assert found.account.code == code
    assert reason is None or found.reason == reason


def test_the_dead_account_itself_is_never_suggested() -> None:
    only = chart(("200", "Legal fees", "ACTIVE"))
    assert suggest_account(chart=only, dead="200", names=("Legal fees",), for_services=True) is None
    assert suggest_account(chart=only, dead="200", names=("Legal fees",), for_services=False) is None


def test_xero_is_looked_at_again_for_what_its_chart_or_its_contacts_and_bills_tell() -> None:
    assert {"account-archived", "locked-period", "contact-name-taken", "invoice-number-taken"} <= LOOKED_AT_AGAIN
    assert not {"email-invalid", "unknown", "number-too-long"} & LOOKED_AT_AGAIN


@pytest.mark.parametrize(
    ("number", "taken", "expected"),
    [
        ("10481", (), "10481-2"),
        ("10481", ("10481-2", "10481-4"), "10481-3"),
        ("10481", tuple(f"10481-{place}" for place in range(2, 9)), "10481-9"),
        ("10481", tuple(f"10481-{place}" for place in range(2, 10)), ""),
        ("n" * 255, (), "n" * 253 + "-2"),
    ],
)
def test_the_nearest_number_that_nobody_has_is_suggested(number: str, taken: tuple[str, ...], expected: str) -> None:
    assert suggest_number(number=number, taken=taken) == expected


def test_eight_numbers_are_tried_and_none_is_too_long_for_xero() -> None:
    near = numbers_near("n" * 255)
    assert len(near) == len(set(near)) == 8
    assert {len(number) for number in near} == {255}
