"""Who may work now: a lane per firm, an organisation's calls, the workers alive. Times by the database's clock."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models

from firms.managers import FirmManager
from firms.models import Firm


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


class OrganisationCalls(models.Model):
    """What one organisation still allows, shared by all workers. `recent` holds the calls of the last 60 seconds."""

    firm = models.ForeignKey(Firm, on_delete=models.CASCADE, related_name="+")
    xero_tenant_id = models.CharField(max_length=40, unique=True)
    recent = ArrayField(models.DateTimeField(), default=list)
    day = models.DateField()
    day_used = models.PositiveIntegerField(default=0)
    day_remaining = models.IntegerField(null=True, blank=True)
    paused_until = models.DateTimeField(null=True, blank=True)
    paused_for = models.CharField(max_length=20, blank=True)

    objects = FirmManager()

    def __str__(self) -> str:
        return f"calls to {self.xero_tenant_id}"


class WorkerHeartbeat(models.Model):
    """A worker process that said it is alive."""

    name = models.CharField(max_length=200, unique=True)
    started_at = models.DateTimeField()
    seen_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["name"]

    def __str__(self) -> str:
        return self.name
