"""Lines that Xero has under new ids, and otherwise as they were agreed on. Pure.

Whoever saves a bill without the ids of its lines, as other programs do, makes Xero delete them and create them anew.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from xero_sync.domain.three_sides import KnownDifferences, Sent
from xero_sync.kinds.invoice.in_xero import InvoiceInXero
from xero_sync.kinds.invoice.side_fields import line_fields

NewIds = Mapping[str, str]


def follow_lines(
    payload: Mapping[str, Any], agreed: InvoiceInXero | None, known: KnownDifferences, seen: InvoiceInXero
) -> tuple[NewIds, Sequence[Mapping[str, Any]], InvoiceInXero | None, KnownDifferences]:
    """The new ids by the agreed ones, and under them the payload's lines, the agreed bill and the known differences."""
    new_ids = _find_new_ids(agreed, seen)
    rows = _rename_rows(payload["LineItems"], new_ids)
    return new_ids, rows, _rename_agreed(agreed, new_ids), _rename_known(known, new_ids)


def _find_new_ids(agreed: InvoiceInXero | None, seen: InvoiceInXero) -> dict[str, str]:
    """The id in Xero by the agreed one, of lines that are the same in each field but have another id now."""
    before = {line.line_item_id: line for line in agreed.lines} if agreed else {}
    now = {line.line_item_id: line_fields("", line) for line in seen.lines}
    gone = {at: line_fields("", line) for at, line in before.items() if at not in now}
    new = {at: fields for at, fields in now.items() if at not in before}
    found: dict[str, str] = {}
    for old, fields in gone.items():
        same = next((at for at, others in new.items() if others == fields), "")
        if same:
            del new[same]
            found[old] = same
    return found


def _rename_agreed(agreed: InvoiceInXero | None, new_ids: NewIds) -> InvoiceInXero | None:
    """The agreed bill with the ids that its lines have now."""
    if agreed is None or not new_ids:
        return agreed
    lines = (replace(line, line_item_id=new_ids.get(line.line_item_id, line.line_item_id)) for line in agreed.lines)
    return replace(agreed, lines=tuple(lines))


def _rename_known(known: KnownDifferences, new_ids: NewIds) -> KnownDifferences:
    """The known differences under the ids that their lines have now."""
    return {_rename_field(field, new_ids): values for field, values in known.items()} if new_ids else known


def rename_sent(sent: Sent, new_ids: NewIds) -> Sent:
    """A write as it was frozen, with the ids that its lines have now."""
    if not new_ids or "LineItems" not in sent.element:
        return sent
    element = {**sent.element, "LineItems": _rename_rows(sent.element["LineItems"], new_ids)}
    return Sent(element=element, kept=frozenset(_rename_field(name, new_ids) for name in sent.kept))


def _rename_rows(rows: Sequence[Mapping[str, Any]], new_ids: NewIds) -> Sequence[Mapping[str, Any]]:
    return [_rename_row(row, new_ids) for row in rows] if new_ids else rows


def _rename_row(row: Mapping[str, Any], new_ids: NewIds) -> Mapping[str, Any]:
    new = new_ids.get(str(row.get("LineItemID", "")))
    return {**row, "LineItemID": new} if new else row


def _rename_field(field: str, new_ids: NewIds) -> str:
    names = field.split(".")
    return ".".join([names[0], new_ids.get(names[1], names[1]), *names[2:]]) if len(names) > 1 else field
