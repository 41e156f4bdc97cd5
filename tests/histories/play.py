"""Plays histories from a seed: both sides edit, calls go wrong, time passes, all comes to rest, and is judged."""

import random
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.utils import timezone

from firms.models import Firm
from tests.factories import ContactFactory
from tests.histories.bookkeeper import ACCOUNTS, Bookkeeper
from tests.histories.documents import BILL, CLIENT, Doc
from tests.histories.office import Office
from tests.histories.oracle import AtRest, alone_faults
from tests.histories.wire import Wire
from tests.xero import Xero, sync, sync_batches
from xero_sync import outbox
from xero_sync.domain.states import State
from xero_sync.engine import Turned
from xero_sync.models import OrganisationCalls, SyncJob, XeroRecord

DUE_STATES = [State.WAITING, State.TRYING_AGAIN, State.CHECKING]
A_MINUTE, LONGEST = 61, 300


@dataclass(frozen=True)
class Shape:
    """How much is played: `docs` side by side, each with `rests` histories one after the other."""

    docs: int = 50
    rests: int = 2
    readings: int = 10
    # Answers are lost, and the bookkeeper changes nothing.
    alone: bool = False

    @property
    def histories(self) -> int:
        return self.docs * self.rests


@dataclass
class Played:
    """What came of it; `faults` in words, with the seed."""

    seed: int
    histories: int = 0
    decisions: int = 0
    writes: int = 0
    lost: int = 0
    faults: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        return (
            f"seed {self.seed}: {self.histories} histories, {self.writes} writes, {self.lost} of them without an answer, "
            f"{self.decisions} decisions for a person, {len(self.faults)} lines of faults"
        )


class Play:
    """One run of one seed in one firm."""

    def __init__(self, seed: int, shape: Shape, firm: Firm, xero: Xero) -> None:
        self.seed, self.shape, self.firm, self.xero = seed, shape, firm, xero
        self.dice = random.Random(seed)
        self.wire = Wire(xero, self.dice)
        clients = [ContactFactory(firm=firm) for _ in range(3)]
        self.office = Office(firm, self.wire, self.dice, clients)
        self.bookkeeper = Bookkeeper(self.wire, self.dice)
        self.docs: list[Doc] = []
        self.played = Played(seed)
        xero.act("add-account", code=ACCOUNTS[1], name="Revenue by hand", type="REVENUE", tax_type="OUTPUT")
        xero.control("POST", "limits", minute=0, concurrent=0, day=0, app_minute=0)

    def run(self) -> Played:
        sync(self.firm)
        self.wire.meddle = self._meddle
        for _ in range(self.shape.rests):
            self._fill_up()
            self.wire.is_calm = False
            for _ in range(self.dice.choice((2, 3, 4))):
                self._round()
            self._rest()
            self._judge()
            if self.played.faults:
                break
        self.played.writes = len(self.wire.writes)
        self.played.lost = sum(write.ending != "answered" for write in self.wire.writes)
        return self.played

    def _fill_up(self) -> None:
        missing = range(self.shape.docs - len(self.docs))
        new = [self.office.new(BILL if self.dice.random() < 0.75 else CLIENT) for _ in missing]
        self.docs += new
        self.wire.docs |= {doc.key: doc for doc in new}
        if new:
            self.office.save(new)
            if self.dice.random() < 0.5:
                # Made in peace; the others may lose the answer to their creation too.
                self.wire.is_calm = True
                self._settle()

    def _round(self) -> None:
        self.wire.look_at_records()
        documents = self.wire.documents()
        if not self.shape.alone:
            for doc in self.docs:
                if self.dice.random() < 0.4:
                    self.bookkeeper.edit(doc, documents)
        self._edit_here([doc for doc in self.docs if not doc.is_void and self.dice.random() < 0.5])
        self._make_due(0.8)
        sync_batches(self.firm, self.dice.randint(1, 6))
        if self.dice.random() < 0.3:
            self.wire.work_late()
        if self.dice.random() < 0.5:
            self._pass(self.dice.choice((20, A_MINUTE, 150)))
            outbox.look_again(now=timezone.now())

    def _edit_here(self, docs: Collection[Doc]) -> None:
        for doc in docs:
            self.office.edit(doc)
        if docs:
            self.office.save(list(docs))

    def _meddle(self, docs: Collection[Doc]) -> None:
        """Between the reading and the work of a write."""
        if not self.shape.alone and self.dice.random() < 0.5:
            documents = self.wire.documents()
            for doc in docs:
                if self.dice.random() < 0.2:
                    self.bookkeeper.edit(doc, documents)
        if self.dice.random() < 0.3:
            self._edit_here([doc for doc in docs if not doc.is_void and self.dice.random() < 0.2])

    def _make_due(self, part: float) -> None:
        now = timezone.now()
        due = [pk for pk in self._jobs(state__in=DUE_STATES) if self.dice.random() < part]
        SyncJob.objects.filter(pk__in=due).update(due_at=now)
        OrganisationCalls.objects.all().delete()

    def _jobs(self, **wanted: Any) -> list[int]:
        return list(SyncJob.objects.filter(firm=self.firm, **wanted).order_by("pk").values_list("pk", flat=True))

    def _pass(self, seconds: float) -> None:
        """Time passes; what Xero works on late, it has worked on by the end of the watch."""
        latest = self.wire.late_by()
        if latest is not None and timezone.now() + timedelta(seconds=seconds) > latest:
            self.wire.work_late()
        self.wire.age(timedelta(seconds=seconds))

    def _settle(self) -> None:
        """Work until nothing is due."""
        for _ in range(12):
            self._make_due(1)
            if sync(self.firm) == Turned.IDLE and not self._jobs(state__in=DUE_STATES, due_at__lte=timezone.now()):
                return

    def _rest(self) -> None:
        """Nothing goes wrong any more; what was late arrives, and each watch ends."""
        self.wire.is_calm = True
        for step in range(16):
            self._settle()
            if step and self.dice.random() < 0.5:
                self.wire.work_late()
            waits = self.wire.late_by() is not None or bool(self._jobs(state=State.IN_XERO, again_at__isnull=False))
            if not waits and not self._jobs(state__in=DUE_STATES):
                return
            self._pass(self.dice.choice((A_MINUTE, 120, LONGEST)))
            outbox.look_again(now=timezone.now())

    def _judge(self) -> None:
        self.wire.look_at_records()
        documents = self.wire.documents()
        rests = [self._at_rest(doc, documents) for doc in self.docs]
        for rest in rests:
            found = [*rest.faults(), *(alone_faults(rest) if self.shape.alone else ())]
            self.played.faults += [f"seed {self.seed}: {rest.doc.key} {fault}" for fault in found]
            self.played.faults += self.wire.story_of(rest.doc) if found else []
        self._read_again(documents)
        self.played.histories += len(rests)
        self.played.decisions += sum(rest.job.state == State.NEEDS_YOU for rest in rests)
        ended = {rest.doc.key for rest in rests if rest.job.state != State.IN_XERO or rest.doc.is_void}
        self.docs = [doc for doc in self.docs if doc.key not in ended]

    def _at_rest(self, doc: Doc, documents: Mapping[str, list[Mapping[str, Any]]]) -> AtRest:
        jobs = SyncJob.objects.select_related("record")
        job = jobs.get(firm=self.firm, kind=doc.kind, object_id=doc.row.pk)
        rows, key = ("invoices", "InvoiceNumber") if doc.kind == BILL else ("contacts", "Name")
        found = [each for each in documents[rows] if each[key] in doc.names]
        return AtRest(doc, job, found, self.wire)

    def _read_again(self, documents: Any) -> None:
        """Readings move no base and write nothing."""
        before, writes = self._bases(), len(self.wire.writes)
        for _ in range(self.shape.readings):
            jobs = SyncJob.objects.filter(firm=self.firm, state=State.IN_XERO)
            # Without its hash a document is read although it is not watched.
            XeroRecord.objects.filter(job__in=jobs).update(confirmed_hash="")
            jobs.update(again_at=timezone.now())
            outbox.look_again(now=timezone.now())
            self._settle()
        moved = [job for job, base in self._bases().items() if base != before[job]]
        if moved or len(self.wire.writes) != writes or self.wire.documents() != documents:
            self.played.faults.append(f"seed {self.seed}: readings moved the bases of {moved}, or wrote")

    def _bases(self) -> dict[str, Any]:
        rows = SyncJob.objects.filter(firm=self.firm).order_by("pk")
        values = rows.values_list("pk", "record__agreed", "record__known_differences")
        return {f"job {pk}": base for pk, *base in values}


def play(*, seed: int, shape: Shape, firm: Firm, xero: Xero, monkeypatch: Any) -> Played:
    """Play the seed's histories in a connected firm."""
    with monkeypatch.context() as patch:
        run = Play(seed, shape, firm, xero)
        run.wire.hook(patch)
        return run.run()
