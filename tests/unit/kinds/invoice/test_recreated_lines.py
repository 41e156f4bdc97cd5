"""Lines that Xero has under new ids."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

from xero_sync.domain.three_sides import Sent
from xero_sync.kinds.invoice.in_xero import InvoiceInXero, LineInXero
from xero_sync.kinds.invoice.recreated_lines import follow_lines, rename_sent

LINE = LineInXero(line_item_id="a", description="Advice", quantity=Decimal(1), unit_amount=Decimal(100))
AGREED = InvoiceInXero(xero_id="1", number="7", contact_id="c", lines=(LINE, replace(LINE, line_item_id="b")))
PAYLOAD: dict[str, Any] = {"LineItems": [{"LineItemID": "a"}, {"LineItemID": "b"}, {}]}


def seen(*lines: LineInXero) -> InvoiceInXero:
    return replace(AGREED, lines=lines)


def test_lines_that_are_the_same_in_each_field_are_followed_to_their_new_ids() -> None:
    known = {"due": {"ours": "x"}, "line.a": {"ours": "y"}, "line.a.description": {"ours": "z"}}
    new = (replace(LINE, line_item_id="x", description="Advice "), replace(LINE, line_item_id="y"))
    new_ids, rows, agreed, renamed = follow_lines(PAYLOAD, AGREED, known, seen(*new))
    assert new_ids == {"a": "x", "b": "y"}
    assert [row.get("LineItemID") for row in rows] == ["x", "y", None]
    assert agreed is not None
    assert [line.line_item_id for line in agreed.lines] == ["x", "y"]
    assert list(renamed) == ["due", "line.x", "line.x.description"]


def test_a_line_that_differs_or_was_known_before_is_none_of_them() -> None:
    dearer = replace(LINE, line_item_id="x", unit_amount=Decimal(101))
    assert follow_lines(PAYLOAD, AGREED, {}, seen(*AGREED.lines, replace(LINE, line_item_id="y")))[0] == {}
    assert follow_lines(PAYLOAD, AGREED, {}, seen(LINE, dearer))[0] == {}
    assert follow_lines(PAYLOAD, None, {}, seen(dearer))[0] == {}


def test_a_write_is_followed_too_with_the_fields_that_went_along() -> None:
    sent = rename_sent(Sent(element=PAYLOAD, kept=frozenset({"due", "line.a.account_code"})), {"a": "x"})
    assert [row.get("LineItemID") for row in sent.element["LineItems"]] == ["x", "b", None]
    assert sent.kept == {"due", "line.x.account_code"}
    without_lines = Sent(element={"DueDate": "2026-11-28"})
    assert rename_sent(without_lines, {"a": "x"}) == without_lines
