"""The act behind each automatic fix: read the documents in Xero that the fix needs, and requeue the fixed ones."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from django.utils import timezone

from firms.models import Firm
from xero_sync import gateway, outbox
from xero_sync.domain.automatic_fixes import AutomaticFix, Fixed, FoundInXero, Reads, Refusal
from xero_sync.domain.documents import Document
from xero_sync.domain.errors import Fault, recognise
from xero_sync.domain.kinds import KindSpec
from xero_sync.domain.payloads import Payload
from xero_sync.domain.preferences import Preferences
from xero_sync.domain.record import RecordChanges
from xero_sync.models import SyncJob, XeroRecord

SINCE_EVER = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class RefusedJob:
    """One job that Xero refused just now, and the refusal in the terms of its kind's fixes."""

    job: SyncJob
    refusal: Refusal


def read_refusal(
    *, job: SyncJob, document: Document, stated: Payload, content_hash: str, faults: Sequence[Fault]
) -> RefusedJob:
    """The refusal of this job, with the whole document as it should be in Xero."""
    return RefusedJob(
        job,
        Refusal(
            document=document,
            stated=stated,
            codes=frozenset(recognise(fault).code for fault in faults),
            preferences=Preferences.from_stored(job.preferences),
            link=job.xero_record.link,
            content_hash=content_hash,
            number_sent=job.xero_record.number,
        ),
    )


def apply_fixes(
    *,
    firm: Firm,
    kind: KindSpec,
    access: gateway.Access,
    refused: Sequence[RefusedJob],
    take_call: Callable[[], None],
) -> int:
    """Apply the fixes that the documents' stored preferences allow; returns how many documents were requeued.

    Reads once for any number of refusals that need all of Xero's documents, and by number in groups. Raises what
    `take_call` raises when no call is left, and the gateway's faults; then nothing has changed.
    """
    now = timezone.now()
    reading = _Reading(kind, access, take_call)
    requeues = [requeue for fix in kind.fixes for requeue in _decide_fix(fix, refused, reading)]
    archived = [each for each in refused if kind.waited_archived in each.refusal.codes]
    restored = [each.job for each in archived if each.refusal.preferences.on("restore_archived_contacts")]
    # One that stays archived is read all the same: it may have been merged into another one, which is followed.
    read = [each.job for each in refused if kind.waited_gone in each.refusal.codes]
    read += [each.job for each in archived if each.job not in restored]
    return (
        outbox.requeue_jobs(firm=firm, requeues=requeues, now=now)
        + outbox.restore_waited(jobs=restored, now=now)
        + outbox.resend_waited(jobs=read, now=now)
    )


def needs_reading(*, kind: KindSpec, faults: Sequence[Fault]) -> bool:
    """Whether the fix has to read Xero first, so that the document waits where Xero cannot be read."""
    codes = {recognise(fault).code for fault in faults}
    return any(fix.waits and fix.codes & codes for fix in kind.fixes)


def _decide_fix(fix: AutomaticFix, refused: Sequence[RefusedJob], reading: "_Reading") -> list[outbox.Requeue]:
    chosen = [each for each in refused if fix.is_for(each.refusal)]
    if not chosen:
        return []
    found = reading.read_for_fix(fix, chosen)
    owners = dict(found.owners)
    requeues = []
    for each in chosen:
        fixed = fix.decide(each.refusal, replace(found, owners=owners))
        if fixed is None:
            continue
        if fixed.record.get("xero_id"):
            owners[fixed.record["xero_id"]] = each.refusal.document.object_id
        requeues.append(outbox.Requeue(each.job.pk, record=_changes(fixed, reading.access), fault=fixed.fault))
    return requeues


def _changes(fixed: Fixed, access: gateway.Access) -> RecordChanges:
    if not fixed.record.get("xero_id"):
        return fixed.record
    return {**fixed.record, "xero_tenant_id": access.xero_tenant_id}


@dataclass(frozen=True)
class _Reading:
    """The readings in Xero for the fixes of one kind, each call taken from the organisation's allowance."""

    kind: KindSpec
    access: gateway.Access
    take_call: Callable[[], None]

    def read_for_fix(self, fix: AutomaticFix, chosen: Sequence[RefusedJob]) -> FoundInXero:
        if fix.reads is Reads.NOTHING:
            return FoundInXero()
        if fix.reads is Reads.ALL:
            return FoundInXero(self._read_all(), self._read_owners(), timezone.now())
        numbers = dict.fromkeys(number for each in chosen if (number := fix.number(each.refusal)))
        return FoundInXero(self._read_numbered(list(numbers)), read_at=timezone.now())

    def _read_all(self) -> list[dict[str, Any]]:
        self.take_call()
        replies = [self._read_page(1)]
        # An answer without a number of pages leaves the number of an earlier answer as it was.
        while len(replies) < max(reply.page_count for reply in replies):
            self.take_call()
            replies.append(self._read_page(len(replies) + 1))
        return [element.document for reply in replies for element in reply.elements]

    def _read_page(self, page: int) -> gateway.Reply:
        return gateway.find_changed(access=self.access, calls=self.kind.calls, modified_since=SINCE_EVER, page=page)

    def _read_numbered(self, numbers: Sequence[str]) -> list[dict[str, Any]]:
        found = []
        for group in gateway.split_numbers(numbers):
            self.take_call()
            reply = gateway.find_numbered(access=self.access, calls=self.kind.calls, numbers=group)
            found += [element.document for element in reply.elements]
        return found

    def _read_owners(self) -> dict[str, int]:
        """Which document in this organisation stands for which row of the firm in scope."""
        linked = XeroRecord.objects.filter(job__kind=self.kind.code, xero_tenant_id=self.access.xero_tenant_id)
        return dict(linked.exclude(xero_id="").values_list("xero_id", "job__object_id"))
