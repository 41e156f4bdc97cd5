"""Between the two sides: which reading and writing reached Xero when, what of it was lost, and what came late."""

import json
import random
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db.models import DateTimeField, F, Model
from django.utils import timezone

from tests.histories.documents import BILL, CLIENT, Doc, fields_in, own_name, tag_of
from tests.xero import Xero
from xero_sync import gateway
from xero_sync.domain.kinds import Operation
from xero_sync.domain.states import State
from xero_sync.models import SyncAttempt, SyncBatch, SyncJob, SyncLane, XeroRecord

# Xero may work on a write so long after we stopped waiting; docs/both-sides.md.
LATEST = timedelta(minutes=9)
NEVER: dict[str, Any] = {"kind": "cut"}
ANSWERS: dict[str, tuple[float, dict[str, Any]]] = {
    "answered": (55, {}),
    "cut": (8, NEVER),
    "cut after": (10, {"kind": "cut_after"}),
    "500 after": (7, {"kind": "status", "status": 500, "after_work": True}),
    "half": (6, {"kind": "half", "at": 20, "after_work": True}),
    "late": (10, {"kind": "late", "silence": 0, "seconds": 1e7}),
    "503": (4, {"kind": "status", "status": 503}),
}
AGEING: tuple[type[Model], ...] = (SyncJob, XeroRecord, SyncBatch, SyncAttempt, SyncLane)
KINDS = {"Invoices": BILL, "Contacts": CLIENT}


@dataclass
class Write:
    """One write of some documents: when each was read before, when Xero worked on it (None: never)."""

    elements: dict[str, dict[str, str]]
    with_lines: set[str]
    creates: bool
    read_at: dict[str, int]
    ending: str
    sent: datetime
    begun_at: int
    worked_at: int | None = None

    def covers(self, key: str, name: str) -> bool:
        """Whether it says something of this field of the document; lines go as a whole."""
        if key not in self.elements:
            return False
        return (
            self.creates
            or name in self.elements[key]
            or (key in self.with_lines and name.partition(".")[0].startswith(f"{key}-"))
        )


@dataclass
class Wire:
    """Hooks the calls of one run. `meddle` runs between the reading and the work of a write."""

    xero: Xero
    dice: random.Random
    docs: dict[str, Doc] = field(default_factory=dict)
    writes: list[Write] = field(default_factory=list)
    tags: dict[str, str] = field(default_factory=dict)
    shown: dict[str, dict[str, dict[str, str]]] = field(default_factory=dict)
    meddle: Callable[[Collection[Doc]], None] = lambda _: None
    is_calm: bool = False
    now: int = 0

    def hook(self, monkeypatch: Any) -> None:
        """Take the place of the gateway's calls."""
        send, by_ids, numbered, changed = (
            getattr(gateway, name) for name in ("send", "find_by_ids", "find_numbered", "find_changed")
        )

        def sending(*, access: Any, request: Any) -> Any:
            write = self._begin(request)
            try:
                return send(access=access, request=request)
            finally:
                if write.ending not in ("cut", "503", "late"):
                    self._worked(write)

        def reading(call: Callable[..., Any]) -> Callable[..., Any]:
            def read(**given: Any) -> Any:
                at = self.tick()
                reply = call(**given)
                asked = self._asked_for(by_ids=call is by_ids)
                for doc in self._docs_of([element.document for element in reply.elements]):
                    if doc is not None and (doc.kind, doc.row.pk) in asked:
                        doc.read_at = at
                return reply

            return read

        monkeypatch.setattr(gateway, "send", sending)
        for name, call in {"find_by_ids": by_ids, "find_numbered": numbered, "find_changed": changed}.items():
            monkeypatch.setattr(gateway, name, reading(call))

    def _asked_for(self, *, by_ids: bool) -> set[tuple[str, int]]:
        """The documents that a reading is about: a look-up answers with others too."""
        state = State.SENDING if by_ids else State.CHECKING
        return set(SyncJob.objects.filter(state=state).values_list("kind", "object_id"))

    def tick(self) -> int:
        self.now += 1
        return self.now

    def _begin(self, request: Any) -> Write:
        collection = request.calls.collection
        elements = json.loads(request.body)[collection]
        found = zip(self._docs_of(elements), elements, strict=True)
        by_key = {doc.key: element for doc, element in found if doc is not None}
        read_at = {key: self.docs[key].read_at for key in by_key}
        if request.operation is Operation.CREATE:
            read_at = dict.fromkeys(by_key, self.tick())
        if not self.is_calm:
            self.meddle([self.docs[key] for key in by_key])
        names = {key: fields_in(KINDS[collection], element) for key, element in by_key.items()}
        ending = self._ending(request)
        write = Write(
            elements=names,
            with_lines={key for key, element in by_key.items() if "LineItems" in element},
            creates=request.operation is Operation.CREATE,
            read_at=read_at,
            ending=ending,
            sent=timezone.now(),
            begun_at=self.tick(),
        )
        self.writes.append(write)
        return write

    def _ending(self, request: Any) -> str:
        if self.is_calm:
            return "answered"
        [ending] = self.dice.choices(list(ANSWERS), [weight for weight, _ in ANSWERS.values()])
        fault = ANSWERS[ending][1]
        if fault:
            method = "PUT" if request.operation is Operation.CREATE else "POST"
            self.xero.fault(method=method, path=request.calls.collection, **fault)
        return str(ending)

    def _worked(self, write: Write) -> None:
        write.worked_at = self.tick()
        if write.ending == "answered":
            for key in write.elements:
                self.docs[key].read_at = write.worked_at

    def _docs_of(self, elements: Sequence[Mapping[str, Any]]) -> list[Doc | None]:
        """The documents of elements of a call, by Xero's ids as the records have them, else by any name they had."""
        by_row = {(doc.kind, doc.row.pk): doc for doc in self.docs.values()}
        rows = XeroRecord.objects.exclude(xero_id="").values_list("xero_id", "job__kind", "job__object_id")
        by_id = {xero_id: by_row[kind, pk] for xero_id, kind, pk in rows if (kind, pk) in by_row}
        by_name = {name: doc for doc in self.docs.values() for name in doc.names}
        return [
            by_id.get(str(element.get("InvoiceID") or element.get("ContactID")))
            or by_name.get(str(element.get("InvoiceNumber") or element.get("Name")))
            for element in elements
        ]

    def work_late(self) -> None:
        """Xero works on what it had put off."""
        waiting = [write for write in self.writes if write.ending == "late" and write.worked_at is None]
        if waiting:
            self.xero.work_late()
            for write in waiting:
                write.worked_at = self.tick()

    def is_on_its_way(self, doc: Doc) -> bool:
        """Whether a create of the document may arrive yet."""
        creates = [write for write in self.writes if write.creates and doc.key in write.elements]
        return any(write.ending == "late" and write.worked_at is None for write in creates)

    def is_found(self, doc: Doc) -> bool:
        """Whether we know the document's id in Xero."""
        linked = XeroRecord.objects.filter(job__kind=doc.kind, job__object_id=doc.row.pk).exclude(xero_id="")
        return linked.exists()

    def late_by(self) -> datetime | None:
        """Until when the late writes have to be worked on."""
        waiting = [write.sent for write in self.writes if write.ending == "late" and write.worked_at is None]
        return min(waiting) + LATEST if waiting else None

    def age(self, by: timedelta) -> None:
        """Let time pass: every moment that was kept lies so much further back, also those that the database noted."""
        for model in AGEING:
            times = [column.name for column in model._meta.get_fields() if isinstance(column, DateTimeField)]
            model.objects.update(**{name: F(name) - by for name in times})
        for write in self.writes:
            write.sent -= by

    def look_at_records(self) -> None:
        """Note what is shown to people now: the known differences of each document, by the history's names."""
        self.note_tags()
        rows = XeroRecord.objects.values_list("job__kind", "job__object_id", "known_differences")
        known = {(kind, pk): found for kind, pk, found in rows}
        for doc in self.docs.values():
            found = known.get((doc.kind, doc.row.pk)) or {}
            self.shown[doc.key] = {own_name(name, self.tags): dict(sides) for name, sides in found.items()}

    def note_tags(self) -> None:
        """Note which line of the histories each id is, of lines in Xero and of those that are gone there unread."""
        for document in self.documents()["invoices"]:
            self.tags |= {row["LineItemID"]: tag_of(row) for row in document["LineItems"]}
        lines = {str(line.pk): tag for doc in self.docs.values() for tag, line in doc.lines.items()}
        for ids in XeroRecord.objects.exclude(line_ids={}).values_list("line_ids", flat=True):
            self.tags = {at: lines[key] for key, at in ids.items() if key in lines} | self.tags

    def is_shown(self, doc: Doc, name: str) -> bool:
        """Whether the bookkeeper's last value of a field stands among the known differences."""
        theirs, sides = doc.last("theirs", name), self.shown.get(doc.key, {}).get(name)
        return theirs is not None and sides is not None and sides.get("xeros", theirs.value) == theirs.value

    def story_of(self, doc: Doc) -> list[str]:
        """All that happened to a document, in order, for a person who looks for a fault."""
        lines = [
            (edit.at, f"{edit.side} {edit.field}={edit.value!r}{' knowing' if edit.chosen else ''}")
            for edit in doc.edits
        ]
        for write in self.writes:
            if doc.key in write.elements:
                words = " ".join(f"{name}={value!r}" for name, value in write.elements[doc.key].items())
                when = f"read at {write.read_at[doc.key]}, worked at {write.worked_at}"
                lines.append((write.begun_at, f"{write.ending}, {when}: {words}"))
        return [f"    {at:>5} {what}" for at, what in sorted(lines)]

    def documents(self) -> dict[str, list[dict[str, Any]]]:
        found: dict[str, list[dict[str, Any]]] = self.xero.control(
            "GET", f"organisations/{self.xero.organisation_id}/documents"
        )
        return found
