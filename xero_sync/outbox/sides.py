"""Documents that were changed in Xero: which wait for a person, and the decisions that move the bases of their fields.

What a decision is of a field, and what it moves, stands in domain/side_decisions.py.
"""

import hashlib
import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from firms.models import Firm
from xero_sync.domain.kinds import KindSpec
from xero_sync.domain.record import RecordChanges
from xero_sync.domain.side_decisions import ShownDifference, read_differences
from xero_sync.domain.states import State
from xero_sync.kinds.registry import KINDS, find_kind
from xero_sync.models import SyncJob, XeroRecord
from xero_sync.outbox.decide import Changed
from xero_sync.outbox.firm_lock import lock_firm
from xero_sync.outbox.release import retry

# The largest columns of a record: a cause may hold thousands of documents, which are listed without them.
LARGE = [f"{record}__{side}" for record in ("record", "waits_for__record") for side in ("agreed", "seen")]
# So many documents are decided about at once: each of them may be a save here.
MOST = 200


@dataclass(frozen=True)
class ChangedJobs:
    """The jobs a person decides about, each with its record and cause; `count` may be more than these."""

    jobs: tuple[SyncJob, ...]
    count: int

    @property
    def name(self) -> str:
        """A short name that differs once one of these was saved, read or decided about, or others are among them."""
        said = [[job.pk, job.desired_version, job.xero_record.open_differences] for job in self.jobs]
        return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()[:20]


def select_changed(*, firm: Firm, chosen: Q, group: str = "") -> ChangedJobs:
    """The chosen jobs that wait for such a decision; of a group of fields, those with a field of the group. One query.

    At most MOST jobs, in the order of their ids, without the two sides themselves.
    """
    return _limit(_select(firm, chosen), group)


def select_groups(*, firm: Firm, chosen: Q) -> dict[str, ChangedJobs]:
    """The same by each group of fields that waits for a decision. One query for any number of groups."""
    groups: dict[str, list[SyncJob]] = defaultdict(list)
    for job in _select(firm, chosen):
        kind = find_kind(job.kind)
        for group in dict.fromkeys(_name_group(kind, each) for each in list_open(job)):
            groups[group].append(job)
    return {group: ChangedJobs(tuple(jobs[:MOST]), len(jobs)) for group, jobs in groups.items()}


def take_changed(*, firm: Firm, chosen: Q, group: str = "", seen: str) -> list[SyncJob]:
    """Lock the chosen jobs for a decision, inside the caller's transaction, which locked their rows before.

    `seen` names the jobs the person was shown. Raises Changed if by now there are others or none, or one of them was
    saved, read or decided about.
    """
    lock_firm(firm_id=firm.pk)
    found = _limit(_select(firm, chosen).select_for_update(of=("self",)), group)
    if not found.jobs or found.name != seen:
        raise Changed
    return list(_select(firm, Q(pk__in=[job.pk for job in found.jobs])).defer(None))


def decide_sides(*, firm: Firm, changes: Mapping[SyncJob, RecordChanges], now: datetime) -> None:
    """Write what was decided about these jobs, which the caller has taken, to their records; they go again.

    Each is read in Xero once more before it goes.
    """
    records = []
    for job, values in changes.items():
        record = job.xero_record
        for column, value in values.items():
            setattr(record, column, value)
        record.open_differences, record.seen_at = [], None
        records.append(record)
    columns = ["known_differences", "open_differences", "seen_at", "reference_is_ours"]
    XeroRecord.objects.bulk_update(records, columns)
    retry(firm=firm, job_ids=[job.pk for job in changes], now=now)


def list_open(job: SyncJob) -> list[ShownDifference]:
    """The fields of this job's document that wait for a decision."""
    return [each for each in read_differences(job.xero_record.open_differences) if each.is_open]


def in_group(job: SyncJob, group: str) -> list[ShownDifference]:
    """The same, of the fields of one group."""
    return [each for each in list_open(job) if _name_group(find_kind(job.kind), each) == group]


def _name_group(kind: KindSpec, difference: ShownDifference) -> str:
    return kind.sides.group(difference.field) if kind.sides else ""


def _limit(rows: QuerySet[SyncJob], group: str) -> ChangedJobs:
    jobs: Sequence[SyncJob] = [job for job in rows if (in_group(job, group) if group else list_open(job))]
    return ChangedJobs(tuple(jobs[:MOST]), len(jobs))


def _select(firm: Firm, chosen: Q) -> QuerySet[SyncJob]:
    codes = [kind.changed_code for kind in KINDS if kind.changed_code]
    jobs = SyncJob.objects.filter(chosen, firm=firm, state=State.NEEDS_YOU, cause__code__in=codes)
    return jobs.select_related("record", "cause", "waits_for__record").defer(*LARGE).order_by("pk")
