"""Two people saved one bill: the stored values beside what the second person typed."""

from collections.abc import Sequence
from datetime import date
from itertools import zip_longest

from billing.forms.choices import Choosable
from billing.forms.clients import Clients
from billing.forms.invoice import TAX_MODES
from billing.models import Invoice, InvoiceLine
from billing.services import InvoiceValues, LineValues


def compare(
    *,
    current: Invoice,
    lines: Sequence[InvoiceLine],
    values: InvoiceValues,
    typed: Sequence[LineValues],
    names: Choosable,
) -> list[tuple[str, str, str]]:
    """Rows of label, as saved by the other, as typed here; only where they differ."""
    clients, modes = names.contacts, dict(TAX_MODES)
    rows = [
        ("Client", clients.label(current.contact_id), clients.label(values.contact_id)),
        ("Matter", clients.matter_label(current.matter_id), _matter(values, clients)),
        ("Number", current.number, values.number or current.number),
        ("Issued", _day(current.issue_date), _day(values.issue_date)),
        ("Due", _day(current.due_date), _day(values.due_date or current.due_date)),
        ("Currency", current.currency, values.currency or current.currency),
        ("Tax", modes[current.tax_mode], modes[values.tax_mode]),
        ("Description", current.description, values.description),
    ]
    rows += [
        (f"Line {at}", _saved(theirs) if theirs else "no such line", _typed(ours, names) if ours else "no such line")
        for at, (theirs, ours) in enumerate(zip_longest(lines, typed), start=1)
    ]
    return [row for row in rows if row[1] != row[2]]


def _day(day: date | None) -> str:
    return f"{day:%-d %b %Y}" if day else ""


def _matter(values: InvoiceValues, clients: Clients) -> str:
    return f"{values.new_matter_number} {values.new_matter_name}".strip() or clients.matter_label(values.matter_id)


def _saved(line: InvoiceLine) -> str:
    category = str(line.category) if line.category else ""
    return _line(
        line.get_kind_display(),
        line.description,
        category,
        f"{line.quantity.normalize():f} x {line.unit_price.normalize():f}",
        f"less {line.discount:.2f}" if line.discount else "",
        line.tax_name,
        line.timekeeper,
        _day(line.date),
    )


def _typed(line: LineValues, names: Choosable) -> str:
    return _line(
        line.kind.label,
        line.description,
        dict(names.categories).get(line.category_id or 0, ""),
        f"{line.quantity.normalize():f} x {line.unit_price.normalize():f}",
        f"less {line.discount:.2f}" if line.discount else "",
        line.tax_name,
        line.timekeeper,
        _day(line.date),
    )


def _line(*parts: str) -> str:
    return ", ".join(part for part in parts if part)
