"""A bill's lines: judged, matched with the saved ones, worked out and written in a fixed number of statements."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from billing.domain.money import TaxMode, line_amount, line_tax
from billing.models import Invoice, InvoiceLine, LineKind, TaxRate
from billing.services.limits import amount_fault, date_fault, decimals_fault, number_fault, text_fault
from billing.services.values import LineValues
from firms.models import Firm

_TYPED = (
    "position",
    "kind",
    "date",
    "description",
    "category_id",
    "timekeeper",
    "quantity",
    "unit_price",
    "discount",
    "tax_name",
    "tax_percent",
    "amount",
    "tax_amount",
    "tax_is_stated",
)
_WRITTEN = [name.removesuffix("_id") for name in _TYPED]


@dataclass(frozen=True)
class Surroundings:
    """The names that a firm's lines may use: its rates by name, its categories; and the lines saved so far, by pk.

    `saved_mode` is how the saved bill's amounts relate to tax, None for a new bill.
    """

    rates: Mapping[str, TaxRate]
    category_ids: frozenset[int]
    saved: Mapping[int, InvoiceLine]
    saved_mode: TaxMode | None


def surroundings(*, firm: Firm, invoice: Invoice) -> Surroundings:
    """Read them in three statements."""
    saved = invoice.lines.select_for_update().order_by("position") if invoice.pk else ()
    return Surroundings(
        rates={rate.name: rate for rate in firm.tax_rates.all()},
        category_ids=frozenset(firm.expense_categories.values_list("pk", flat=True)),
        saved={line.pk: line for line in saved},
        saved_mode=TaxMode(invoice.tax_mode) if invoice.pk else None,
    )


def line_faults(*, lines: Sequence[LineValues], around: Surroundings) -> dict[str, str]:
    """The faults of the lines as typed, by `lines-<index>-<field>`."""
    faults = {}
    for index, line in enumerate(lines):
        for field, fault in _faults(line, around).items():
            faults[f"lines-{index}-{field}"] = fault
    known = [line.pk for line in lines if line.pk is not None]
    if len(known) != len(set(known)) or not set(known) <= set(around.saved):
        faults[""] = "A line of this form belongs to no line of this bill. Reload the page and try again."
    return faults


def _faults(line: LineValues, around: Surroundings) -> dict[str, str]:
    checks = {
        "quantity": number_fault(value=line.quantity, places=6),
        "unit_price": number_fault(value=line.unit_price, places=6),
        "discount": number_fault(value=line.discount, places=2, whole_digits=10),
        "description": text_fault(model=InvoiceLine, field="description", value=line.description),
        "timekeeper": text_fault(model=InvoiceLine, field="timekeeper", value=line.timekeeper),
        "date": date_fault(line.date) if line.date else None,
        "category_id": _category_fault(line, around),
        "tax_name": _tax_fault(line, around),
    }
    faults = {field: fault for field, fault in checks.items() if fault}
    if not faults:
        amount = line_amount(quantity=line.quantity, unit_price=line.unit_price, discount=line.discount)
        if fault := amount_fault(amount):
            faults["unit_price"] = fault
    return faults


def _category_fault(line: LineValues, around: Surroundings) -> str | None:
    if line.category_id is None:
        return None
    if line.kind is LineKind.TIME:
        return "Time has no expense category. Leave it empty, or make this an expense."
    return None if line.category_id in around.category_ids else "There is no such expense category. Choose another."


def _tax_fault(line: LineValues, around: Surroundings) -> str | None:
    before = around.saved.get(line.pk or 0)
    if not line.tax_name or line.tax_name in around.rates or (before and before.tax_name == line.tax_name):
        return None
    return f"The firm has no tax rate “{line.tax_name}”. Choose one of its rates."


def arrange(*, firm: Firm, invoice: Invoice, lines: Sequence[LineValues], around: Surroundings) -> list[InvoiceLine]:
    """The bill's lines as they will stand: saved lines keep their pk, matched by pk, or by position if none is named.

    Line ids stay because what Xero gave each line hangs on them.
    """
    worked_out = work_out(lines=lines, around=around, mode=TaxMode(invoice.tax_mode))
    return [
        _line(firm, invoice, position, typed, figures)
        for position, (typed, figures) in enumerate(zip(lines, worked_out, strict=True), start=1)
    ]


@dataclass(frozen=True)
class LineFigures:
    """A typed line worked out: the saved line it changes, its rate in per cent, its amount and its tax, 2 places.

    `tax_is_stated`: the tax is the imported file's own, and not computed by the rate.
    """

    before: InvoiceLine | None
    percent: Decimal
    amount: Decimal
    tax: Decimal
    tax_is_stated: bool


def work_out(*, lines: Sequence[LineValues], around: Surroundings, mode: TaxMode) -> list[LineFigures]:
    """The figures of each typed line, in their order."""
    matched = _matched(lines, around)
    return [_figures(typed, before, around, mode) for typed, before in zip(lines, matched, strict=True)]


def _matched(lines: Sequence[LineValues], around: Surroundings) -> list[InvoiceLine | None]:
    if any(line.pk is not None for line in lines):
        return [around.saved.get(line.pk or 0) for line in lines]
    saved: list[InvoiceLine | None] = list(around.saved.values())
    return (saved + [None] * len(lines))[: len(lines)]


def _figures(typed: LineValues, before: InvoiceLine | None, around: Surroundings, mode: TaxMode) -> LineFigures:
    percent = _percent(typed, before, around)
    amount = line_amount(quantity=typed.quantity, unit_price=typed.unit_price, discount=typed.discount)
    stated = _stated_tax(typed, before, percent) if mode is around.saved_mode else None
    tax = line_tax(amount=amount, percent=percent, mode=mode) if stated is None else stated
    return LineFigures(before, percent, amount, tax, stated is not None)


def _percent(typed: LineValues, before: InvoiceLine | None, around: Surroundings) -> Decimal:
    # A bill keeps the percentage it was saved with until somebody chooses another rate.
    if before and before.tax_name == typed.tax_name:
        return before.tax_percent
    rate = around.rates.get(typed.tax_name)
    return rate.percent if rate else Decimal(0)


def _stated_tax(typed: LineValues, before: InvoiceLine | None, percent: Decimal) -> Decimal | None:
    """The tax that the file states for the line, while all that a tax follows from is as it was imported."""
    if before is None or before.tax_percent != percent:
        return None
    is_same = all(getattr(typed, name) == getattr(before, name) for name in ("quantity", "unit_price", "discount"))
    return before.stated_tax if is_same else None


def _line(firm: Firm, invoice: Invoice, position: int, typed: LineValues, figures: LineFigures) -> InvoiceLine:
    return InvoiceLine(
        pk=figures.before.pk if figures.before else None,
        firm=firm,
        invoice=invoice,
        position=position,
        kind=typed.kind.value,
        date=typed.date,
        description=typed.description.strip(),
        category_id=typed.category_id,
        timekeeper=typed.timekeeper.strip(),
        quantity=typed.quantity,
        unit_price=typed.unit_price,
        discount=typed.discount,
        tax_name=typed.tax_name,
        tax_percent=figures.percent,
        amount=figures.amount,
        tax_amount=figures.tax,
        tax_is_stated=figures.tax_is_stated,
    )


def decimals_faults(*, lines: Sequence[InvoiceLine], currency: str) -> dict[str, str]:
    """Which lines come to more decimals than the currency has, by `lines-<index>-unit_price`."""
    faults = {index: decimals_fault(amount=line.amount, currency=currency) for index, line in enumerate(lines)}
    return {f"lines-{index}-unit_price": fault for index, fault in faults.items() if fault}


def write(*, invoice: Invoice, lines: Sequence[InvoiceLine], around: Surroundings) -> None:
    """Delete, change and add lines, at most one statement each; untouched lines are not written."""
    gone = set(around.saved) - {line.pk for line in lines}
    if gone:
        invoice.lines.filter(pk__in=gone).delete()
    changed = [line for line in lines if line.pk and _differs(line, around.saved[line.pk])]
    if changed:
        # An upsert on the primary key: one statement however many lines and fields.
        InvoiceLine.objects.bulk_create(
            changed, update_conflicts=True, update_fields=_WRITTEN, unique_fields=["id"], batch_size=2000
        )
    InvoiceLine.objects.bulk_create([line for line in lines if not line.pk], batch_size=2000)


def _differs(line: InvoiceLine, saved: InvoiceLine) -> bool:
    return any(getattr(line, name) != getattr(saved, name) for name in _TYPED)
