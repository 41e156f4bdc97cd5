"""The queue: each document's place in line, what is on its way, every attempt, and who may work now.

Only `xero_sync.outbox` writes these rows; a worker writes its own heartbeat (`heartbeat.py`). Lease times are by the
database's clock.
"""

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone

from firms.managers import FirmManager
from firms.models import Firm
from xero_sync.domain.kinds import Operation
from xero_sync.domain.states import Outcome, State
from xero_sync.models.causes import Cause
from xero_sync.models.connection import XeroConnection
from xero_sync.models.record import XeroRecord

OPERATIONS = [(operation.value, operation.value) for operation in Operation]
STATES = [(state.value, state.value) for state in State]
OUTCOMES = [(outcome.value, outcome.value) for outcome in Outcome]
QUEUED = [State.WAITING.value, State.TRYING_AGAIN.value, State.CHECKING.value]


class SyncBatch(models.Model):
    """One HTTP request, frozen before it is sent, with its idempotency key. It never changes; a re-send is another."""

    firm = models.ForeignKey(Firm, on_delete=models.CASCADE, related_name="sync_batches")
    connection = models.ForeignKey(XeroConnection, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10)
    operation = models.CharField(max_length=10, choices=OPERATIONS)
    generation = models.BigIntegerField()
    idempotency_key = models.CharField(max_length=128, blank=True)
    # The exact bytes, as text: adopting compares Xero's document with them.
    body = models.TextField(blank=True)
    opened_at = models.DateTimeField(default=timezone.now)
    frozen_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    objects = FirmManager()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["firm"], condition=Q(closed_at=None), name="open_batches")]

    def __str__(self) -> str:
        return f"batch {self.pk}"


class SyncJob(models.Model):
    """The one place in line of one document.

    `preferences` are those in force at the document's last save. `hold` says why a job is ON_HOLD or NOT_SENT
    (domain/holds.py). `faults` are a list of {"code", "parts", "message", "source"}. What is known of the
    document in Xero stands in its `xero_record`.
    """

    firm = models.ForeignKey(Firm, on_delete=models.CASCADE, related_name="sync_jobs")
    kind = models.CharField(max_length=10)
    object_id = models.BigIntegerField()
    # The document that needs a Xero id first, as a bill needs its contact's. The column keeps its first name.
    waits_for = models.ForeignKey(
        "self", null=True, on_delete=models.CASCADE, related_name="waiting_jobs", db_column="contact_job_id"
    )
    state = models.CharField(max_length=12, choices=STATES)
    hold = models.CharField(max_length=40, blank=True)
    desired_version = models.PositiveIntegerField(default=0)
    sent_version = models.PositiveIntegerField(default=0)
    preferences: "models.JSONField[Any, Any]" = models.JSONField(default=dict)
    saved_at = models.DateTimeField()
    due_at = models.DateTimeField()
    # 0: a person waits for it. 1: a bulk run.
    priority = models.PositiveSmallIntegerField(default=0)
    attempts = models.PositiveIntegerField(default=0)
    batch = models.ForeignKey(SyncBatch, null=True, on_delete=models.SET_NULL, related_name="jobs")
    # A worker was lost with this document in its batch: the most documents of its next batch, until an answer comes.
    batch_limit = models.SmallIntegerField(null=True)
    last_sent_at = models.DateTimeField(null=True)
    # A copy of the record's, for the check below, the claim, and what waits for the document.
    xero_id = models.CharField(max_length=36, blank=True)
    # A write was not answered, so that its old words may still arrive: until then the document in Xero is looked at
    # again, next at `again_at` (domain/watch.py).
    watch_until = models.DateTimeField(null=True)
    again_at = models.DateTimeField(null=True)
    cause = models.ForeignKey(Cause, null=True, on_delete=models.SET_NULL, related_name="jobs")
    faults: "models.JSONField[Any, Any]" = models.JSONField(default=list)
    changed_at = models.DateTimeField(default=timezone.now)

    objects = FirmManager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["firm", "kind", "object_id"], name="one_sync_job_per_object"),
            models.CheckConstraint(condition=Q(state__in=[state.value for state in State]), name="known_sync_state"),
            models.CheckConstraint(
                condition=~Q(state=State.SENDING.value) | Q(batch__isnull=False), name="sending_has_a_batch"
            ),
            models.CheckConstraint(condition=~Q(state=State.IN_XERO.value) | ~Q(xero_id=""), name="in_xero_has_an_id"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["firm", "priority", "due_at"], condition=Q(state__in=QUEUED), name="jobs_in_line"),
            models.Index(fields=["firm", "kind", "state"], name="jobs_by_state"),
            models.Index(fields=["waits_for", "state"], name="jobs_by_contact"),
            models.Index(fields=["again_at"], condition=Q(again_at__isnull=False), name="jobs_to_say_again"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.object_id}"

    @property
    def xero_record(self) -> XeroRecord:
        """The record of the document in Xero; an empty one, not saved, where the document has none.

        One query, unless the job was read with `select_related("record")`.
        """
        try:
            return self.record
        except XeroRecord.DoesNotExist:
            return XeroRecord(job=self, firm_id=self.firm_id)


class SyncAttempt(models.Model):
    """One document's part in one batch: on record before it is sent, closed when the answer is known."""

    firm = models.ForeignKey(Firm, on_delete=models.CASCADE, related_name="sync_attempts")
    batch = models.ForeignKey(SyncBatch, on_delete=models.CASCADE, related_name="attempts")
    job = models.ForeignKey(SyncJob, on_delete=models.CASCADE, related_name="sync_attempts")
    position = models.PositiveSmallIntegerField()
    version = models.PositiveIntegerField()
    # The fields that went along as somebody else had set them in Xero; the others are ours.
    kept: "models.JSONField[Any, Any]" = models.JSONField(default=list, db_default=[])
    # The keys here of its lines, in the order of the frozen body.
    line_keys: "models.JSONField[Any, Any]" = models.JSONField(default=list, db_default=[])
    opened_at = models.DateTimeField(default=timezone.now)
    closed_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=12, choices=OUTCOMES, blank=True)
    http_status = models.PositiveSmallIntegerField(null=True, blank=True)
    duration_ms = models.PositiveIntegerField(null=True, blank=True)
    correlation_id = models.CharField(max_length=60, blank=True)
    faults: "models.JSONField[Any, Any]" = models.JSONField(default=list)
    notes: "models.JSONField[Any, Any]" = models.JSONField(default=list)
    task_id = models.CharField(max_length=60, blank=True)
    worker = models.CharField(max_length=200, blank=True)
    # The class of what was raised, never its text: that may hold personal data.
    exception = models.CharField(max_length=120, blank=True)

    objects = FirmManager()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["job", "-opened_at"], name="attempts_by_job"),
            models.Index(fields=["firm", "-opened_at"], name="attempts_by_firm"),
        ]

    def __str__(self) -> str:
        return f"attempt {self.pk}"


class SyncLane(models.Model):
    """A firm is synced by one worker at a time. A lease that ran out may be taken; `generation` tells takers apart."""

    firm = models.OneToOneField(Firm, on_delete=models.CASCADE, related_name="sync_lane")
    holder = models.CharField(max_length=120, blank=True)
    generation = models.BigIntegerField(default=0)
    lease_until = models.DateTimeField(null=True, blank=True)
    # Limits are waited out here, not in a worker.
    not_before = models.DateTimeField(null=True, blank=True)
    waits_for = models.CharField(max_length=20, blank=True)

    objects = FirmManager()

    def __str__(self) -> str:
        return f"lane of firm {self.firm_id}"


# Those that sync: a worker of files does nothing for a saved bill.
SYNC_WORKERS = ~Q(name__startswith="imports@")


class WorkerHeartbeat(models.Model):
    """A worker process that said it is alive."""

    name = models.CharField(max_length=200, unique=True)
    started_at = models.DateTimeField()
    seen_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["name"]

    def __str__(self) -> str:
        return self.name
