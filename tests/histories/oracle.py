"""What must hold of one document at rest, judged by who wrote which value when. Knows nothing of how sides are compared.

The rules are those of docs/both-sides.md.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from tests.histories.documents import OURS, THEIRS, Doc, Edit, fields_in, own_name, tag_of
from tests.histories.wire import Wire
from xero_sync.domain.states import State
from xero_sync.models import SyncJob

DECISIONS = frozenset({"bill-changed-in-xero", "contact-changed-in-xero", "voided-in-xero"})
# Xero has a bill under the number that is not as any of ours was sent.
FOUND = frozenset({"found-but-differs", "invoice-number-taken"})
# Xero computes it from the line's other fields.
DERIVED = "tax_amount"


@dataclass(frozen=True)
class AtRest:
    """A document, its job, and what Xero has under any of its names."""

    doc: Doc
    job: SyncJob
    in_xero: Sequence[Mapping[str, Any]]
    wire: Wire

    def faults(self) -> Iterator[str]:
        """Whatever does not hold, in words."""
        state, doc = State(self.job.state), self.doc
        waits = state == State.IN_XERO and self.job.again_at
        if waits or state not in (State.IN_XERO, State.NEEDS_YOU, State.NOT_SENT):
            yield f"is not at rest: {state}"
            return
        if len(self.in_xero) > 1:
            yield f"is in Xero {len(self.in_xero)} times"
        if doc.is_void:
            yield from self._void(state)
            return
        if state == State.NOT_SENT or not self.in_xero:
            yield f"is not in Xero: {state} {self.job.faults}"
            return
        fields = fields_in(doc.kind, self.in_xero[0])
        yield from (f"has a line twice: {name}" for name in fields if name.endswith("+"))
        yield from self._lost(fields)
        if state == State.IN_XERO:
            yield from self._stale(fields)
            yield from self._other_tax(fields)
        else:
            yield from self._needless()

    def _void(self, state: State) -> Iterator[str]:
        if state != State.NEEDS_YOU and any(each["Status"] not in ("VOIDED", "DELETED") for each in self.in_xero):
            yield "is void here and lives in Xero"

    def _lost(self, fields: Mapping[str, str]) -> Iterator[str]:
        """Values of the bookkeeper's that are gone although nobody chose so."""
        for name in sorted(self.doc.fields_of(THEIRS) - {"void"}):
            edit = self.doc.last(THEIRS, name)
            assert edit is not None
            if fields.get(name, "") == edit.value or self._is_overtaken(edit) or self._is_in_a_window(edit):
                continue
            yield f"lost {name}={edit.value!r} of the bookkeeper's: {fields.get(name, '')!r}"

    def _is_overtaken(self, edit: Edit) -> bool:
        """A person chose otherwise later: here, knowing the bookkeeper's value, or the bookkeeper."""
        tag, _, part = edit.field.partition(".")
        if any(ours.at > edit.at and ours.chosen for ours in self.doc.edits if ours.field == edit.field):
            return True
        if not part:
            return False
        by_us, by_them = self.doc.last(OURS, tag), self.doc.last(THEIRS, tag)
        if by_them is not None and by_them.value == "" and by_them.at > edit.at:
            return True
        removed = by_us is not None and by_us.value == ""
        # Tracking is the bookkeeper's alone, and goes with its line.
        return removed and (part == "tracking" or edit.field in self._shown() or self._was_shown(edit))

    def _was_shown(self, edit: Edit) -> bool:
        removed = self.doc.last(OURS, edit.field)
        return removed is not None and removed.value == "" and removed.chosen

    def _is_in_a_window(self, edit: Edit) -> bool:
        """It fell between our reading and Xero's work on a write that says something of the field."""
        return any(
            write.worked_at is not None
            and write.read_at.get(self.doc.key, write.worked_at) < edit.at < write.worked_at
            and write.covers(self.doc.key, edit.field)
            for write in self.wire.writes
        )

    def _stale(self, fields: Mapping[str, str]) -> Iterator[str]:
        """Fields of ours that Xero has otherwise, under "In Xero"."""
        ours = self.doc.ours()
        lines = {name for name in {**fields, **ours} if "-" in name and "." not in name}
        for name in sorted({*ours, *lines}):
            tag, _, part = name.partition(".")
            if part and (tag not in fields or tag not in ours):
                continue
            here, in_xero = ours.get(name, ""), fields.get(name, "")
            if here != in_xero:
                yield from self._unexplained(name, here, in_xero)

    def _unexplained(self, name: str, here: str, in_xero: str) -> Iterator[str]:
        edit = self._last_standing(name, in_xero)
        if self.job.xero_record.link.evidence and self._is_noted(in_xero):
            # Its words were changed before it was looked for: it was linked like somebody else's bill.
            return
        if edit is None or edit.value != in_xero:
            yield f"is stale: {name} is {here!r} here and {in_xero!r} in Xero"
        elif edit.at > self.doc.read_at:
            return
        elif name not in self._shown() and not self._is_noted(in_xero if "-" not in name or "." in name else name):
            yield f"does not show that {name} is {in_xero!r} in Xero"
        elif not self.job.xero_record.link.evidence and not self._was_in_xero(name, here):
            yield f"never brought {name}={here!r} to Xero, where it is {in_xero!r}"

    def _last_standing(self, name: str, in_xero: str) -> Edit | None:
        """The bookkeeper's last edit of the field, but for newer ones that a window took: those left the one before."""
        edits = [each for each in self.doc.edits if (each.side, each.field) == (THEIRS, name)]
        while edits and edits[-1].value != in_xero and self._is_in_a_window(edits[-1]):
            edits.pop()
        return edits[-1] if edits else None

    def _was_in_xero(self, name: str, here: str) -> bool:
        if self.doc.last(OURS, name) is None:
            return True
        return any(
            write.worked_at is not None and write.elements.get(self.doc.key, {}).get(name, "") == here
            for write in self.wire.writes
            if write.covers(self.doc.key, name)
        )

    def _other_tax(self, fields: Mapping[str, str]) -> Iterator[str]:
        """Taxes that are not ours of lines that come to the same on both sides, computed or stated."""
        ours = self.doc.ours()
        for row in self.in_xero[0].get("LineItems", ()):
            tag = tag_of(row)
            line = self.doc.lines.get(tag)
            names = [f"{tag}.{part}" for part in ("quantity", "price", "discount", "tax")]
            if line is None or any(fields.get(name, "") != ours[name] for name in names):
                continue
            # Xero works out the tax again where the bookkeeper gives a line another account.
            if any(edit.side == THEIRS and edit.at > self.doc.read_at for edit in self.doc.edits):
                continue
            if Decimal(str(row["TaxAmount"])) != line.tax_amount and not self._is_noted(f"{row['TaxAmount']:.2f}"):
                yield f"has a tax of {row['TaxAmount']} on {tag}, where it is {line.tax_amount} here"

    def _is_noted(self, value: str) -> bool:
        """Whether a note names the value; in it dates are written for people."""
        if re.fullmatch(r"\d{4}-\d\d-\d\d", value):
            day = date.fromisoformat(value)
            value = f"{day.day} {day:%b %Y}"
        return any(value in note["text"] for note in self.job.xero_record.notes)

    def _shown(self) -> set[str]:
        return {own_name(name, self.wire.tags) for name in self.job.xero_record.known_differences}

    def _needless(self) -> Iterator[str]:
        """A decision asked of a person without a change of the bookkeeper's."""
        codes = {fault["code"] for fault in self.job.faults}
        if codes <= FOUND and self._is_corrected_unfound():
            return
        if not codes <= DECISIONS:
            yield f"needs a person for {codes}: {self.job.faults}"
        opened = self.job.xero_record.open_differences
        if codes == {"voided-in-xero"}:
            if self.doc.last(THEIRS, "void") is None:
                yield "is voided in Xero by nobody"
            return
        if not opened:
            yield f"needs a person and shows nothing: {self.job.faults}"
        for each in opened:
            # Beside it stand what stays as it is in Xero, and what goes once it was decided.
            is_asked = not each.get("kept") and not each.get("goes")
            if is_asked and not self._is_theirs(each["field"]):
                yield f"asks a person about {each}"

    def _is_corrected_unfound(self) -> bool:
        """The answer to a create was lost, and the bookkeeper corrected a line before we looked for it."""
        creates = [write for write in self.wire.writes if write.creates and self.doc.key in write.elements]
        lost = any(write.ending != "answered" for write in creates)
        return lost and any(edit.side == THEIRS and "-" in edit.field for edit in self.doc.edits)

    def _is_theirs(self, product_name: str) -> bool:
        name = own_name(product_name, self.wire.tags)
        if name == "lines" or name.endswith(DERIVED):
            return any(edit.side == THEIRS and "-" in edit.field for edit in self.doc.edits)
        # A line that was removed here is asked about as a whole, whatever of it was changed in Xero.
        return any(edit.side == THEIRS and f"{edit.field}.".startswith(f"{name}.") for edit in self.doc.edits)


def alone_faults(rest: AtRest) -> Iterator[str]:
    """What must hold besides where the bookkeeper changed nothing: no decision, no difference."""
    record = rest.job.xero_record
    if rest.job.state == State.NEEDS_YOU or record.open_differences or record.known_differences:
        yield f"{rest.job.state}: {rest.job.faults} {record.open_differences} {record.known_differences}"
