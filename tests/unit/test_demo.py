"""The demo's verdict, and its table on 100 columns."""

from dataclasses import replace
from decimal import Decimal

import pytest

from firms.models import Firm
from xero_sync.demo import cast, table
from xero_sync.demo.cast import DemoFirm
from xero_sync.demo.outcome import DemoOutcome, Tally, list_differences


def tallies(counts: dict[str, int]) -> dict[tuple[str, str], Tally]:
    return {
        (code, f"What the table of errors says of {code}"): Tally(count, Decimal(100)) for code, count in counts.items()
    }


def as_expected(demo: DemoFirm) -> DemoOutcome:
    expected = demo.expected
    return DemoOutcome(
        firm=Firm(name=demo.name, slug=demo.slug, created_on=demo.created_on),
        switched_on=0,
        switches=9,
        bills=Tally(cast.BILLS, Decimal("697400.56")),
        in_xero=Tally(expected.in_xero, Decimal("642626.08")),
        with_notes=Tally(expected.with_notes, Decimal("4469.32")),
        needs_you=tallies(dict(expected.needs_you)),
        on_hold=tallies(dict(expected.on_hold)),
        accounts=dict.fromkeys(expected.accounts, Decimal("1.00")),
        total_in_xero=Decimal("642626.08"),
        calls=10,
    )


@pytest.mark.parametrize("demo", cast.FIRMS, ids=lambda demo: demo.slug)
def test_what_was_expected_has_no_differences(demo: DemoFirm) -> None:
    assert list_differences(demo=demo, outcome=as_expected(demo)) == []


def test_each_difference_is_named_with_what_was_expected_and_found() -> None:
    demo = cast.FIRMS[0]
    outcome = replace(as_expected(demo), total_in_xero=Decimal("642626.07"), needs_you=tallies({"unknown": 2}))
    assert list_differences(demo=demo, outcome=outcome) == [
        f"{demo.name}: bills that need someone: expected 1 invoice-number-taken, found 2 unknown",
        f"{demo.name}: total in Xero: expected 642626.08, found 642626.07",
    ]


def test_the_table_fits_100_columns_and_shows_both_firms_side_by_side() -> None:
    outcomes = [as_expected(demo) for demo in cast.FIRMS]
    lines = list(
        table.write_demo_table(outcomes=outcomes, web="http://localhost:8000/", emulator="http://localhost:8100")
    )
    assert max(len(line) for line in lines) <= table.WIDTH
    assert any(line.split()[:3] == ["Harrow", "&", "Lane"] and line.endswith("Pike Moran Lawyers") for line in lines)
