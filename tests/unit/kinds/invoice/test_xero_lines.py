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


def test_a_line_that_states_its_tax_says_the_same_with_that_tax_only() -> None:
    stated = {**OURS, "TaxAmount": Decimal("7.01")}
    same = LineInXero(
        line_item_id="a", description="Ours", quantity=Decimal(1), unit_amount=Decimal(70), account_code="200"
    )
    assert says_the_same(stated, replace(same, tax_amount=Decimal("7.010")))
    assert not says_the_same(stated, replace(same, tax_amount=Decimal(7)))
    # What is computed there is no difference.
    assert says_the_same(OURS, replace(same, tax_amount=Decimal(7)))


STATED = {**OURS, "Quantity": Decimal(2), "UnitAmount": Decimal(50), "TaxAmount": Decimal("9.51")}


def test_a_stated_tax_goes_along_with_what_it_was_stated_for() -> None:
    theirs = replace(LINE, discount_amount=None, tax_amount=Decimal("9.51"))
    assert merge_line(STATED, theirs, changed={"line.a.description"})["TaxAmount"] == Decimal("9.51")
    dearer = replace(theirs, unit_amount=Decimal(60))
    assert "TaxAmount" not in merge_line(STATED, dearer, changed={"line.a.description"})
    assert merge_line(STATED, dearer, changed={"line.a.unit_amount"})["TaxAmount"] == Decimal("9.51")
    cheaper = replace(theirs, discount_rate=Decimal(10))
    assert "TaxAmount" not in merge_line(STATED, cheaper, changed={"line.a.description"})


def test_the_rate_that_xero_works_out_of_our_discount_leaves_the_stated_tax() -> None:
    ours = {**STATED, "DiscountAmount": Decimal(5)}
    theirs = replace(LINE, discount_rate=Decimal(5), tax_amount=Decimal("9.51"))
    assert merge_line(ours, theirs, changed={"line.a.description"})["TaxAmount"] == Decimal("9.51")


def test_of_a_tax_that_a_person_left_as_it_is_in_xero_that_one_goes_back() -> None:
    theirs = replace(LINE, discount_amount=None, tax_amount=Decimal("9.60"))
    merged = merge_line(STATED, theirs, changed={"line.a.description"}, keeps_tax=True)
    assert merged["TaxAmount"] == Decimal("9.60")


def test_a_line_without_a_stated_tax_names_none() -> None:
    theirs = replace(LINE, tax_amount=Decimal("9.60"))
    assert "TaxAmount" not in merge_line(OURS, theirs, changed={"line.a.description"}, keeps_tax=True)


def test_a_discount_taken_off_here_is_taken_off_by_name() -> None:
    assert merge_line(OURS, LINE, changed={"line.a.discount_amount"})["DiscountAmount"] == 0
