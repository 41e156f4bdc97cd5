"""The sides of a bill before an update, field by field, and what of it is sent. Pure."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from xero_sync.domain.three_sides import (
    OURS,
    XEROS,
    Compared,
    Comparison,
    Difference,
    KnownDifferences,
    Policy,
    Sent,
    Sides,
    compare_sides,
    differences_known,
    part_of,
)
from xero_sync.kinds.invoice.in_xero import ENDED, InvoiceInXero
from xero_sync.kinds.invoice.recreated_lines import follow_lines, rename_sent
from xero_sync.kinds.invoice.side_fields import (
    ALL_LINES,
    DERIVED,
    KEYS,
    fields_in_xero,
    fields_of,
    has_amount,
    line_field,
    line_taxes,
    needs_admin,
    place_lines,
    same_but_tax,
    tax_field,
)
from xero_sync.kinds.invoice.side_words import describe, name_group
from xero_sync.kinds.invoice.xero_lines import TAX, merge_line, says_the_same, write_line

# What a change in Xero alone leads to; a change of any field that is not listed stops the bill.
KEPT = frozenset({"number", "due", "contact_id", "reference"})
KEPT_OF_LINES = frozenset({"description", "account_code", "item_code"})


def policy(field: str, agreed: Mapping[str, str], seen: Mapping[str, str]) -> Policy:
    """The consequence of a change of this field in Xero alone."""
    part = part_of(field)
    if part != field:
        return Policy.KEPT if field.rpartition(".")[2] in KEPT_OF_LINES else Policy.STOPS
    if field.startswith("line."):
        # A line without an amount, added or removed, is a text.
        return Policy.STOPS if has_amount(agreed.get(field, "")) or has_amount(seen.get(field, "")) else Policy.KEPT
    return Policy.KEPT if field in KEPT else Policy.STOPS


def compare(
    payload: Mapping[str, Any],
    agreed: InvoiceInXero | None,
    known: KnownDifferences,
    seen: InvoiceInXero,
    unconfirmed: Sequence[Sent],
    ours_made: bool,
    lines_again: bool,
) -> Compared:
    """The comparison of a bill, and what of it is sent: what was changed here alone; lines as a whole or not at all."""
    if "LineItems" not in payload:
        # A void bill is voided in Xero as it stands.
        return Compared(payload=dict(payload), stated=dict(payload), ours={}, seen={}, comparison=Comparison())
    new_ids, rows, agreed, known = follow_lines(payload, agreed, known, seen)
    sides = _Lines.match_rows(rows, agreed, seen, has_unconfirmed=bool(unconfirmed), one_field=ALL_LINES in known)
    stated_taxes = _stated_taxes(rows, sides.ids, agreed, seen)
    in_xero = fields_in_xero(seen, whole=sides.apart, beside=agreed, stated=stated_taxes)
    ours = _our_taxes(fields_of(payload, sides.ids, others=sides.in_xero | sides.agreed, whole=sides.apart), in_xero)
    comparison = compare_sides(
        agreed=None if agreed is None else fields_in_xero(agreed, whole=sides.apart, stated=stated_taxes),
        known=known,
        ours=ours,
        seen=in_xero,
        unconfirmed=[sides.fields_of_sent(rename_sent(each, new_ids), seen) for each in unconfirmed],
        policy=policy,
        ours_made=ours_made,
    )
    comparison = _ask_about_lines(comparison, known, ours, in_xero)
    stated = {**payload, "LineItems": list(map(_with_id, rows, sides.ids))}
    sent = _part(stated, sides, comparison, seen, again=lines_again and not _keeps_amounts(comparison))
    return Compared(
        payload=sent,
        stated=stated,
        ours=ours,
        seen=in_xero,
        comparison=comparison,
        ids=sides.ids,
        is_apart=sides.apart,
        stays_apart=sides.apart and "LineItems" not in (sent or {}),
    )


def _ask_about_lines(
    comparison: Comparison, known: KnownDifferences, ours: Mapping[str, str], in_xero: Mapping[str, str]
) -> Comparison:
    """Lines that were kept in Xero as a whole, such as those of an adopted bill, are not replaced without a question.

    Ours would take the place of all of them, with their accounts and their tracking.
    """
    noted = known.get(ALL_LINES, {})
    if ALL_LINES not in comparison.changed or noted.get(XEROS, noted.get(OURS)) == noted.get(OURS):
        return comparison
    lines = Difference(
        field=ALL_LINES, before=noted[XEROS], here=ours[ALL_LINES], in_xero=in_xero.get(ALL_LINES, ""), both=True
    )
    return replace(comparison, changed=comparison.changed - {ALL_LINES}, stopped=(*comparison.stopped, lines))


def _keeps_amounts(comparison: Comparison) -> bool:
    """Whether amounts of Xero's side are kept: then other amounts than ours are no reason to send the lines again."""
    return any(needs_admin(each.field) for each in comparison.kept)


def _stated_taxes(
    rows: Sequence[Mapping[str, Any]], ids: Sequence[str], agreed: InvoiceInXero | None, seen: InvoiceInXero
) -> frozenset[str]:
    """The lines in Xero whose tax is compared with the one stated here.

    Not one of which somebody changed what its tax follows from: that change is the difference.
    """
    before, now = ({line.line_item_id: line for line in side.lines} if side else {} for side in (agreed, seen))
    stated = {at for row, at in zip(rows, ids, strict=True) if TAX in row and at in now}
    return frozenset(at for at in stated if at not in before or same_but_tax(before[at], now[at]))


def _our_taxes(ours: Mapping[str, str], in_xero: Mapping[str, str]) -> dict[str, str]:
    """Our side with the taxes that are compared: those stated here, and those that were set by hand in Xero.

    Of the latter we name none, and mean the one that Xero computes.
    """
    fields = {field: value for field, value in ours.items() if not field.endswith(DERIVED) or field in in_xero}
    return {field: "" for field in in_xero if field.endswith(DERIVED) and part_of(field) in ours} | fields


@dataclass(frozen=True, kw_only=True)
class _Lines:
    """Which lines here are which in Xero: `ids` of ours, empty for a new one; `apart` if none is known to be one."""

    ids: tuple[str, ...]
    agreed: frozenset[str]
    in_xero: frozenset[str]
    loose: frozenset[str]
    apart: bool

    @classmethod
    def match_rows(
        cls,
        rows: Sequence[Mapping[str, Any]],
        agreed: InvoiceInXero | None,
        seen: InvoiceInXero,
        *,
        has_unconfirmed: bool,
        one_field: bool,
    ) -> "_Lines":
        """The correspondence, by the ids that our lines carry, and by content where they cannot carry one."""
        agreed_ids = frozenset(line.line_item_id for line in agreed.lines) if agreed else frozenset()
        in_xero = frozenset(line.line_item_id for line in seen.lines)
        carried = any(row.get("LineItemID") for row in rows)
        # Lines that may be ours although we do not know their ids: of a write without an answer, or of a new link.
        unknown = in_xero - agreed_ids if has_unconfirmed else frozenset()
        loose = unknown if carried else in_xero
        ids = place_lines(rows, seen, loose=loose)
        # Lines that correspond in part only would double the rest: they are one field, the same or not. Those that
        # were agreed on one by one and are not among ours any more were removed here.
        removed = frozenset[str]() if one_field else agreed_ids
        left = in_xero - set(ids)
        apart = bool(in_xero) and not carried and (not left <= removed or not (all(ids) or removed))
        found = ("",) * len(rows) if apart else tuple(ids)
        return cls(ids=found, agreed=agreed_ids, in_xero=in_xero, loose=loose, apart=apart)

    def fields_of_sent(self, sent: Sent, seen: InvoiceInXero) -> dict[str, str]:
        """The fields of ours in an unconfirmed write, and not those that went along as they were in Xero."""
        # A create removes no line, and those that it made have got their ids since.
        is_create = "InvoiceID" not in sent.element
        ids = place_lines(sent.element.get("LineItems", ()), seen, loose=self.in_xero if is_create else self.loose)
        others = frozenset() if is_create else self.in_xero | self.agreed
        fields = fields_of(sent.element, ids, others=others, whole=self.apart)
        return sent.keep_ours(fields)


def _with_id(row: Mapping[str, Any], line_item_id: str) -> dict[str, Any]:
    plain = {key: value for key, value in row.items() if key != "LineItemID"}
    return {"LineItemID": line_item_id, **plain} if line_item_id else plain


def _part(
    stated: Mapping[str, Any], sides: _Lines, comparison: Comparison, seen: InvoiceInXero, *, again: bool
) -> dict[str, Any] | None:
    changed = comparison.changed
    part = {key: stated[key] for name, key in KEYS.items() if name in changed and key in stated}
    part |= {"Status": stated["Status"]} if "Status" in stated else {}
    has_new_line = not sides.apart and not all(sides.ids)
    if again or has_new_line or "amount_types" in changed or any(field.startswith("line") for field in changed):
        part["LineAmountTypes"] = stated["LineAmountTypes"]
        part["LineItems"] = stated["LineItems"] if sides.apart else _lines(stated, sides.ids, comparison, seen)
    return {"InvoiceID": stated["InvoiceID"], **part} if part else None


def _lines(
    stated: Mapping[str, Any], ids: Sequence[str], comparison: Comparison, seen: InvoiceInXero
) -> list[dict[str, Any]]:
    changed, kept = comparison.changed, {each.field for each in comparison.kept}
    theirs = {line.line_item_id: line for line in seen.lines}
    lines = []
    for row, line_item_id in zip(stated["LineItems"], ids, strict=True):
        field, line = line_field(line_item_id), theirs.pop(line_item_id, None)
        if line is not None:
            own = {name for name in changed if part_of(name) == field}
            lines.append(merge_line(row, line, changed=own, keeps_tax=tax_field(line_item_id) in kept))
        elif not line_item_id or field in changed:
            lines.append(_with_id(row, ""))
    return lines + [write_line(line) for at, line in theirs.items() if line_field(at) not in changed]


def note_known(
    payload: Mapping[str, Any], ids: Sequence[str], in_xero: InvoiceInXero, kept: Collection[str]
) -> dict[str, dict[str, str]]:
    """The fields in which the bill and the bill in Xero differ after a write."""
    if "LineItems" not in payload:
        return {}
    whole = bool(in_xero.lines) and not any(ids)
    if not whole:
        # Most lines are in Xero as they were sent, and thousands come at once: only the others are looked at closely.
        payload, ids, in_xero = _without_equal_lines(payload, ids, in_xero)
        left = {line_field(line.line_item_id) for line in in_xero.lines} | {line_field(at) for at in ids}
        kept = [field for field in kept if not part_of(field).startswith("line.") or part_of(field) in left]
    others = {line.line_item_id for line in in_xero.lines}
    # What a create leaves out is empty in Xero: an update may name it, and must not take it for emptied here.
    unnamed = {} if "InvoiceID" in payload else {"reference": ""}
    ours = unnamed | fields_of(payload, ids, others=others, whole=whole)
    return differences_known(ours=ours, in_xero=_with_taxes(in_xero, whole), kept=kept)


def _with_taxes(invoice: InvoiceInXero, whole: bool) -> dict[str, str]:
    """The fields of a bill in Xero, the tax of each of its lines among them."""
    return fields_in_xero(invoice, whole=whole) | ({} if whole else line_taxes(invoice))


def _without_equal_lines(
    payload: Mapping[str, Any], ids: Sequence[str], in_xero: InvoiceInXero
) -> tuple[dict[str, Any], list[str], InvoiceInXero]:
    theirs = {line.line_item_id: line for line in in_xero.lines}
    pairs = list(zip(payload["LineItems"], ids, strict=True))
    differing = [(row, at) for row, at in pairs if at not in theirs or not says_the_same(row, theirs[at])]
    apart = {at for _, at in differing} | (theirs.keys() - set(ids))
    rows = [row for row, _ in differing]
    lines = tuple(line for line in in_xero.lines if line.line_item_id in apart)
    return {**payload, "LineItems": rows}, [at for _, at in differing], replace(in_xero, lines=lines)


SIDES = Sides(
    from_stored=InvoiceInXero.from_stored,
    compare=compare,
    fields=_with_taxes,
    note_known=note_known,
    describe=describe,
    has_ended=lambda invoice: invoice.status in ENDED,
    waited_field="contact_id",
    needs_admin=needs_admin,
    group=name_group,
)
