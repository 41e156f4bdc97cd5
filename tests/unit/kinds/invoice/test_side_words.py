"""Differences between the sides of a bill, in words."""

from decimal import Decimal

from xero_sync.domain.three_sides import Difference
from xero_sync.kinds.invoice.in_xero import InvoiceInXero, LineInXero
from xero_sync.kinds.invoice.side_words import describe

LINES = (
    LineInXero(line_item_id="a", description="Advice", amount=Decimal(100)),
    LineInXero(line_item_id="b", description="Courier", amount=Decimal(1045)),
)
SEEN = InvoiceInXero(xero_id="1", number="10421", contact_id="c-2", contact="Alder Hythe", lines=LINES)


def words(field: str, before: str, here: str, in_xero: str) -> tuple[str, str, str, str]:
    [found] = describe([Difference(field=field, before=before, here=here, in_xero=in_xero)], None, SEEN)
    return found.label, found.before, found.here, found.in_xero


def test_a_field_of_a_line_is_named_by_the_place_of_the_line() -> None:
    assert words("line.b.account_code", "200", "200", "260") == ("Account of line 2", "200", "200", "260")


def test_an_added_line_is_shown_by_its_text_and_amount() -> None:
    assert words("line.b", "", "", "amount") == ("Line 2", "no such line", "no such line", "Courier, 1,045.00")


def test_a_date_is_written_as_people_write_it() -> None:
    assert words("due", "2026-11-03", "2026-11-03", "") == ("Due date", "3 Nov 2026", "3 Nov 2026", "")


def test_a_contact_is_shown_by_its_name() -> None:
    assert words("contact_id", "c-1", "c-1", "c-2") == ("Client", "another contact", "another contact", "Alder Hythe")
