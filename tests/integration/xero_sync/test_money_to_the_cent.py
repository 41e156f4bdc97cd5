"""Our total is Xero's total: random bills through the mapping and one PUT, added up there by Xero's own rule."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from billing.domain.money import StatedTaxRefused, TaxMode, add_up, line_amount, line_tax, take_stated_tax
from firms.models import Firm
from tests.integration.xero_sync.access import access
from tests.unit.kinds.documents import ALL_OFF, BILL, LINE
from tests.xero import Xero
from xero_sync import gateway
from xero_sync.domain.books import Books
from xero_sync.domain.kinds import Operation
from xero_sync.domain.payloads import to_json
from xero_sync.kinds.invoice.document import InvoiceDocument, LineDocument
from xero_sync.kinds.invoice.mapping import map_invoice
from xero_sync.kinds.invoice.spec import INVOICE
from xero_sync.organisation import chart

pytestmark = pytest.mark.django_db(transaction=True)

BILLS_A_PUT = 50
TRIES = 8
RATES = {Decimal(10): "GST", Decimal(0): "No tax"}
TAX_TYPES = {("GST", Decimal(10).normalize()): "OUTPUT", ("No tax", Decimal(0)): "EXEMPTOUTPUT"}


def places(most: int, low: str, high: str) -> st.SearchStrategy[Decimal]:
    """Amounts with any number of decimals up to `most`."""
    return st.integers(0, most).flatmap(
        lambda count: st.decimals(Decimal(low), Decimal(high), places=count, allow_nan=False)
    )


@st.composite
def lines(draw: st.DrawFn) -> LineDocument:
    """A line as firms write them: hours or copies, reductions, mark-ups, write-offs, six decimals of a price."""
    quantity = draw(places(6, "-40", "500"))
    price = draw(places(6, "-90", "900"))
    gross = line_amount(quantity=quantity, unit_price=price)
    discount = draw(st.one_of(st.just(Decimal("0.00")), places(2, "-50", "50"))).quantize(Decimal("0.01"))
    percent = draw(st.sampled_from(list(RATES)))
    return replace(
        LINE,
        line_id=draw(st.integers(1, 10**9)),
        is_expense=draw(st.booleans()),
        description=draw(st.sampled_from(["Advice", "", "Copying\nand binding", "Ж" * 4100])),
        quantity=quantity,
        unit_price=price,
        discount=discount,
        amount=gross - discount,
        tax_name=RATES[percent],
        tax_percent=percent,
        date=date(2026, 7, 1),
    )


def state_tax(line: LineDocument, mode: TaxMode, cents: int | None) -> LineDocument:
    """The line with a tax so many cents off the computed one, as a file may state it; as it is where none may be."""
    if cents is None or mode is TaxMode.NO_TAX:
        return line
    stated = line_tax(amount=line.amount, percent=line.tax_percent, mode=mode) + Decimal(cents).scaleb(-2)
    try:
        tax = take_stated_tax(stated=stated, amount=line.amount, percent=line.tax_percent, mode=mode)
    except StatedTaxRefused:
        return line
    return replace(line, stated_tax=tax)


def taxed(line: LineDocument, mode: TaxMode) -> tuple[Decimal, Decimal]:
    computed = line_tax(amount=line.amount, percent=line.tax_percent, mode=mode)
    return line.amount, computed if line.stated_tax is None else line.stated_tax


def bill(number: int, mode: TaxMode, drawn: list[tuple[LineDocument, int | None]], contact_id: str) -> InvoiceDocument:
    its_lines = [state_tax(line, mode, cents) for line, cents in drawn]
    sums = add_up([taxed(line, mode) for line in its_lines], mode)
    return replace(
        BILL,
        object_id=number,
        number=f"H-{number}",
        tax_mode=mode.value,
        subtotal=sums.subtotal,
        tax_total=sums.tax,
        total=sums.total,
        lines=tuple(its_lines),
        contact_xero_id=contact_id,
    )


@pytest.fixture
def books(connected: Firm, xero: Xero) -> Books:
    known = chart.stored(firm=connected, xero_tenant_id=xero.organisation_id)
    assert known is not None
    return Books(chart=known, services_account="200", expenses_account="405", tax_types=TAX_TYPES)


@pytest.mark.promise("P30")
def test_our_total_is_xeros_total_whatever_the_lines(books: Books, xero: Xero) -> None:
    contact_id = xero.act("enter-contact", Name="Harbour Freight")["id"]
    key = access(xero)
    xero.control("POST", "limits", minute=0, concurrent=0, day=0, app_minute=0)
    numbers = iter(range(1, 10**6))
    sent: list[InvoiceDocument] = []
    stopped: list[InvoiceDocument] = []
    bills = st.lists(
        st.tuples(
            st.sampled_from(TaxMode),
            st.lists(st.tuples(lines(), st.sampled_from([None, None, -1, 0, 1])), min_size=1, max_size=6),
        ),
        min_size=BILLS_A_PUT,
        max_size=BILLS_A_PUT,
    )

    # Without shrinking, which takes minutes for fifty bills a try; the bill that differs is named.
    @settings(
        max_examples=TRIES,
        deadline=None,
        database=None,
        suppress_health_check=[*HealthCheck],
        derandomize=True,
        phases=[Phase.generate],
    )
    @given(bills)
    def compare(drawn: list[tuple[TaxMode, list[tuple[LineDocument, int | None]]]]) -> None:
        documents = [bill(next(numbers), mode, its_lines, contact_id) for mode, its_lines in drawn]
        mapped = {each.number: map_invoice(each, preferences=ALL_OFF, books=books) for each in documents}
        going = [each for each in documents if not mapped[each.number].faults]
        negative = [each for each in documents if mapped[each.number].faults]
        assert [mapped[each.number].faults for each in negative if each.total >= 0] == []
        stopped.extend(negative)
        if not going:
            return
        body = to_json({"Invoices": [mapped[each.number].payload for each in going]})
        request = gateway.Request(
            calls=INVOICE.calls, operation=Operation.CREATE, body=body, idempotency_key=f"key-{next(numbers)}"
        )
        reply = gateway.send(access=key, request=request)
        assert len(reply.elements) == len(going)
        for document, element in zip(going, reply.elements, strict=True):
            assert element.accepted, (document, element.faults)
            assert _amounts(element.document) == (document.subtotal, document.tax_total, document.total), document
        sent.extend(going)

    compare()
    assert len(sent) + len(stopped) == TRIES * BILLS_A_PUT
    assert len(sent) > 100
    assert sum(line.stated_tax is not None for document in sent for line in document.lines) > 100
    assert stopped


def _amounts(element: dict[str, Any]) -> tuple[Decimal, Decimal, Decimal]:
    return (Decimal(element["SubTotal"]), Decimal(element["TotalTax"]), Decimal(element["Total"]))
