"""Builds the lines of an invoice from what was sent and what was there."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from xero_emulator.domain import sums, values
from xero_emulator.domain.organisation import Organisation, new_id
from xero_emulator.domain.records import Line
from xero_emulator.domain.sums import ZERO
from xero_emulator.domain.values import Json

ONE = Decimal(1)


@dataclass(frozen=True)
class BuiltLine:
    """A line as it would be stored, with the facts the rules judge it by.

    ``sent_amount`` is the LineAmount that came beside a quantity and a price, ``account_id`` one sent in place of
    a code, ``tax_type_known`` whether a tax type was sent or could be taken from the account, ``computed_tax`` what
    the rate makes of the amount, and ``tax_sent`` whether a tax came in its place.
    """

    line: Line
    sent_amount: Decimal | None = None
    account_id: str | None = None
    tax_type_known: bool = True
    computed_tax: Decimal = ZERO
    tax_sent: bool = False


@dataclass(frozen=True)
class Frame:
    """What all lines of one invoice share.

    ``places`` is the decimals kept of a price (unitdp), ``new_first`` whether new lines go before those held.
    """

    organisation: Organisation
    mode: str
    places: int
    new_first: bool = False


def build(*, sent: Sequence[Json], held: Sequence[Line], frame: Frame) -> tuple[BuiltLine, ...]:
    """The lines after an update: one with a known LineItemID is updated, others are new, the missing are dropped."""
    by_id = {line.line_id: line for line in held}
    built = tuple(_build(raw, by_id.get(values.identifier(raw, "LineItemID") or ""), frame) for raw in sent)
    if not frame.new_first:
        return built
    # The new ones in the order sent, then those held in the order they had.
    places = {line_id: place for place, line_id in enumerate(by_id)}
    return tuple(sorted(built, key=lambda item: places.get(item.line.line_id, -1)))


def reread(*, held: Sequence[Line], frame: Frame) -> tuple[BuiltLine, ...]:
    """The lines when an update sent none: kept, but prices are rounded again to the call's decimals."""
    return tuple(BuiltLine(line=_rounded_again(line, frame)) for line in held)


def _rounded_again(line: Line, frame: Frame) -> Line:
    if line.unit_amount is None or line.quantity is None:
        return line
    unit = sums.to_places(line.unit_amount, frame.places)
    if unit == line.unit_amount:
        return line
    amount = sums.extended(quantity=line.quantity, unit=unit, rate=line.discount_rate, less=line.discount_amount)
    tax = _tax(frame, line.tax_type, amount)
    return replace(line, unit_amount=unit, amount=amount, tax_amount=tax)


def _build(raw: Json, held: Line | None, frame: Frame) -> BuiltLine:
    start = held or Line(
        line_id=new_id(), description="", quantity=None, unit_amount=None, amount=None, tax_type="", tax_amount=ZERO
    )
    account_id = values.identifier(raw, "AccountID")
    code, tax_type = _coding(raw, start, account_id, frame)
    figures = _figures(raw, start, frame)
    sent_tax = values.amount(raw, "TaxAmount")
    computed = _tax(frame, tax_type, figures.amount or ZERO)
    takes_tax = sent_tax is not None and frame.mode != "NoTax"
    line = replace(
        figures,
        description=_kept(raw, "Description", start.description),
        item_code=_kept(raw, "ItemCode", start.item_code),
        account_code=code,
        tax_type=frame.organisation.chart.no_tax if frame.mode == "NoTax" else tax_type,
        tax_amount=sums.to_places(sent_tax, 2) if sent_tax is not None and takes_tax else computed,
        tracking=_tracking(raw, start),
    )
    both = values.amount(raw, "UnitAmount") is not None and values.amount(raw, "LineAmount") is not None
    return BuiltLine(
        line=line,
        sent_amount=values.amount(raw, "LineAmount") if both else None,
        account_id=account_id,
        tax_type_known=frame.mode == "NoTax" or bool(tax_type) or figures.amount is None,
        computed_tax=computed,
        tax_sent=takes_tax,
    )


def _kept(raw: Json, key: str, held: str) -> str:
    value = values.text(raw, key)
    return held if value is None else value


def _tracking(raw: Json, start: Line) -> tuple[dict[str, str], ...]:
    sent = values.objects(raw, "Tracking")
    if sent is None:
        return start.tracking
    return tuple({name: str(value) for name, value in item.items() if value is not None} for item in sent)


def _coding(raw: Json, start: Line, account_id: str | None, frame: Frame) -> tuple[str, str]:
    """The account code and tax type of a line: a tax type not sent is the account's own."""
    code = _kept(raw, "AccountCode", start.account_code).strip()
    named = frame.organisation.account_by_id(account_id) if account_id else None
    if named is not None and not values.text(raw, "AccountCode"):
        code = named.code
    account = frame.organisation.account(code) if code else None
    own = account.tax_type if account is not None and account.status == "ACTIVE" else ""
    same_account = code.casefold() == start.account_code.casefold()
    return code, values.text(raw, "TaxType") or (start.tax_type if same_account else "") or own


def _figures(raw: Json, start: Line, frame: Frame) -> Line:
    """Quantity, price and amount: of the three, the one that is missing follows from the others."""
    quantity, unit, amount = (values.amount(raw, key) for key in ("Quantity", "UnitAmount", "LineAmount"))
    rate, less = values.amount(raw, "DiscountRate"), values.amount(raw, "DiscountAmount")
    keeps_discount = frame.organisation.switches.unsent_discounts_kept
    if quantity is unit is amount is None:
        quantity, unit = start.quantity, start.unit_amount
        keeps_discount = True
    if keeps_discount and rate is less is None:
        rate, less = start.discount_rate, start.discount_amount
    quantity = None if quantity is None else sums.to_places(quantity, 4)
    if unit is None and amount is not None:
        quantity = ONE if quantity is None else quantity
        unit = sums.to_places(amount / quantity, frame.places) if quantity else ZERO
        computed = sums.to_places(amount, 2)
    elif unit is None:
        # A line may carry only its description.
        return replace(start, quantity=quantity, unit_amount=None, amount=None)
    else:
        unit, quantity = (sums.to_places(unit, frame.places), ONE if quantity is None else quantity)
        computed = sums.extended(quantity=quantity, unit=unit, rate=rate, less=less)
    return replace(
        start, quantity=quantity, unit_amount=unit, amount=computed, discount_rate=rate, discount_amount=less
    )


def _tax(frame: Frame, tax_type: str, amount: Decimal) -> Decimal:
    rate = frame.organisation.usable_rate(tax_type) if tax_type else None
    if frame.mode == "NoTax" or rate is None:
        return ZERO
    return sums.tax_on(amount=amount, percent=rate.percent, inclusive=frame.mode == "Inclusive")
