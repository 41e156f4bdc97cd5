"""Xero's values of a bill that a person accepts, as billing keeps them. Pure.

Written here are the due date and the texts of lines. Amounts never are, and billing has no reference and no account of
its own for a line: those stay as they are in Xero.
"""

from collections.abc import Collection
from dataclasses import replace

from xero_sync.domain.preferences import Preferences
from xero_sync.domain.record import RecordChanges
from xero_sync.domain.side_decisions import Accepted
from xero_sync.domain.three_sides import OURS, XEROS
from xero_sync.kinds.invoice.document import InvoiceDocument
from xero_sync.kinds.invoice.in_xero import InvoiceInXero
from xero_sync.kinds.invoice.lines import write_text
from xero_sync.kinds.invoice.side_fields import fields_in_xero, line_field, shorten


def accept(
    bill: InvoiceDocument, _: Preferences, seen: InvoiceInXero, fields: Collection[str], __: Collection[str]
) -> Accepted:
    """The due date and the texts to write here, where the bill then says in Xero what is there."""
    due = seen.due if "due" in fields and seen.due and seen.due >= bill.issue_date else None
    texts = _texts(bill, seen, fields)
    in_xero = fields_in_xero(seen)
    written = [*(["due"] if due else []), *(_text_field(at) for _, at in texts)]
    values = ({"due_date": due} if due else {}) | ({"texts": {pk: texts[pk, at] for pk, at in texts}} if texts else {})
    # A reference that somebody else wrote is not ours to clear any more.
    changes = RecordChanges(reference_is_ours=False) if "reference" in fields else RecordChanges()
    bases = {name: {OURS: in_xero[name], XEROS: in_xero[name]} for name in written}
    return Accepted(values=values, bases=bases, record=changes)


def _texts(bill: InvoiceDocument, seen: InvoiceInXero, fields: Collection[str]) -> dict[tuple[int, str], str]:
    """The texts by the line's ids here and in Xero. A text that says more in Xero than here, such as a sum, stays."""
    in_xero = {line.line_item_id: line.description for line in seen.lines}
    found = {}
    for line in bill.lines:
        text = in_xero.get(line.line_item_id, "").strip()
        is_same = text and shorten(write_text(replace(line, description=text))) == shorten(text)
        if is_same and _text_field(line.line_item_id) in fields:
            found[line.line_id, line.line_item_id] = text
    return found


def _text_field(line_item_id: str) -> str:
    return f"{line_field(line_item_id)}.description"
