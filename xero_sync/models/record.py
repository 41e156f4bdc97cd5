"""Our knowledge of a document in Xero, apart from its place in line (queue.py).

`SyncJob.xero_id` is a copy of `XeroRecord.xero_id`: the job's state and its claim are checked against it in one row.
The organisation an id belongs to stands here only.
"""

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q

from firms.managers import FirmManager
from firms.models import Firm
from xero_sync.domain.link import Link
from xero_sync.models.link_field import LinkField


class XeroRecord(models.Model):
    """One document in Xero as we know it. A record is made once something is known, and stays from then on.

    `agreed` is Xero's answer to our last write: only a write of ours or a person's decision moves it. `seen` is the
    document as last read, `seen_at` when that was (none: to be read again), `seen_stamp` Xero's own time of its last
    change. `notes` and `applied` are lists of {"code", "text"}: what to look at, and what preferences did as they were
    meant to. `known_differences` are {field: {"ours", "xeros"}}: our value where the two sides differ although both
    are agreed on, with Xero's where it was kept on purpose (domain/three_sides.py), and "by" whom it was decided, with
    the "reason" for which both were left. `open_differences` is a list of what a person has to decide, what is kept in
    Xero and what goes there anyway, in words (domain/side_decisions.py).
    """

    job = models.OneToOneField("xero_sync.SyncJob", on_delete=models.CASCADE, primary_key=True, related_name="record")
    firm = models.ForeignKey(Firm, on_delete=models.CASCADE, related_name="xero_records")
    xero_tenant_id = models.CharField(max_length=40, blank=True)
    xero_id = models.CharField(max_length=36, blank=True)
    # The number of a bill or a contact, as Xero last confirmed it.
    number = models.CharField(max_length=255, blank=True)
    status = models.CharField(max_length=12, blank=True)
    # Our line's id -> Xero's LineItemID: lines sent without theirs are deleted and made anew, with their tracking.
    line_ids: "models.JSONField[Any, Any]" = models.JSONField(default=dict)
    link: "models.JSONField[Link, Link]" = LinkField()
    confirmed_hash = models.CharField(max_length=64, blank=True)
    confirmed_version = models.PositiveIntegerField(default=0)
    confirmed_at = models.DateTimeField(null=True)
    subtotal = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    tax = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    total = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    notes: "models.JSONField[Any, Any]" = models.JSONField(default=list)
    applied: "models.JSONField[Any, Any]" = models.JSONField(default=list)
    # The reference of the bill in Xero was written by us, so we may clear it.
    reference_is_ours = models.BooleanField(default=False)
    agreed: "models.JSONField[Any, Any]" = models.JSONField(null=True)
    seen: "models.JSONField[Any, Any]" = models.JSONField(null=True)
    seen_at = models.DateTimeField(null=True)
    seen_stamp = models.DateTimeField(null=True)
    known_differences: "models.JSONField[Any, Any]" = models.JSONField(default=dict, db_default={})
    open_differences: "models.JSONField[Any, Any]" = models.JSONField(default=list, db_default=[])

    objects = FirmManager()

    class Meta:
        # No index on what each send changes: such an update then touches no index at all.
        indexes: ClassVar = [
            models.Index(
                fields=["firm", "xero_tenant_id", "xero_id"], condition=~Q(xero_id=""), name="records_by_xero_id"
            )
        ]

    def __str__(self) -> str:
        return self.number or self.xero_id

    def id_in(self, xero_tenant_id: str) -> str:
        """The document's id in this organisation; empty if it stands in another, or in none."""
        return self.xero_id if self.xero_tenant_id == xero_tenant_id else ""
