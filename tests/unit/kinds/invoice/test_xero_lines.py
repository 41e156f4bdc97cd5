"""A line as Xero has it, sent back as it is or with our changes."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

from xero_sync.kinds.invoice.in_xero import LineInXero
from xero_sync.kinds.invoice.xero_lines import merge_line, says_the_same, write_line

LINE = LineInXero(
    line_item_id="a",
    description="Advice",
    quantity=Decimal(2),
    unit_amount=Decimal(50),
    discount_amount=Decimal(5),
    account_code="260",
    item_code="ADV",
)
OURS: dict[str, Any] = {"Description": "Ours", "Quantity": Decimal(1), "UnitAmount": Decimal(70), "AccountCode": "200"}


def test_a_line_goes_back_with_all_that_it_has() -> None:
    assert write_line(LINE) == {
        "LineItemID": "a",
        "Description": "Advice",
        "Quantity": Decimal(2),
        "UnitAmount": Decimal(50),
        "DiscountAmount": Decimal(5),
        "AccountCode": "260",
        "ItemCode": "ADV",
    }


def test_a_line_says_the_same_if_xero_has_it_to_the_letter_and_nothing_more() -> None:
    same = LineInXero(
        line_item_id="a", description="Ours", quantity=Decimal("1.00"), unit_amount=Decimal(70), account_code="200"
    )
    assert says_the_same(OURS, same)
    assert not says_the_same(OURS, replace(same, description="ours"))
    assert not says_the_same(OURS, replace(same, discount_amount=Decimal(5)))
    assert not says_the_same(OURS, replace(same, item_code="ADV"))


def test_only_the_changed_fields_are_ours() -> None:
    merged = merge_line(OURS, LINE, changed={"line.a.description"})
    assert merged == {**write_line(LINE), "Description": "Ours"}


def test_a_discount_taken_off_here_is_taken_off_by_name() -> None:
    assert merge_line(OURS, LINE, changed={"line.a.discount_amount"})["DiscountAmount"] == 0
