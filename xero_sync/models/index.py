"""The contacts and bills of a connected organisation as last read from Xero, entered by us or by anybody else."""

from typing import ClassVar

from django.db import models

from firms.managers import FirmManager
from firms.models import Firm


class XeroDocument(models.Model):
    """One contact or sales invoice in Xero, archived and deleted ones too.

    `name` is a contact's own; its key is `fold_name`, so that names that look the same are found, and the number's is
    `fold_number_as_xero` (both in `identity`). `issued`, `total`
    and `settled` (payments and credits together) are an invoice's.
    """

    firm = models.ForeignKey(Firm, on_delete=models.CASCADE, related_name="+")
    xero_tenant_id = models.CharField(max_length=40)
    kind = models.CharField(max_length=10)
    xero_id = models.CharField(max_length=36)
    number = models.CharField(max_length=255, blank=True)
    number_key = models.CharField(max_length=500, blank=True)
    name = models.CharField(max_length=500, blank=True)
    name_key = models.CharField(max_length=500, blank=True)
    email = models.CharField(max_length=255, blank=True)
    contact_xero_id = models.CharField(max_length=36, blank=True)
    status = models.CharField(max_length=12, blank=True)
    issued = models.DateField(null=True)
    total = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    settled = models.DecimalField(max_digits=14, decimal_places=2, null=True)

    objects = FirmManager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["firm", "xero_tenant_id", "kind", "xero_id"], name="one_row_per_xero_id")
        ]
        indexes: ClassVar = [
            models.Index(fields=["firm", "xero_tenant_id", "kind", "number_key"], name="xero_by_number"),
            models.Index(fields=["firm", "xero_tenant_id", "kind", "name_key"], name="xero_by_name"),
        ]

    def __str__(self) -> str:
        return self.number or self.name


class XeroIndex(models.Model):
    """How fresh that knowledge is. Everything Xero changed before `read_to` is in it; None: not all was read yet.

    A reading that was interrupted goes on at `next_page`; it began at `began_at`. Both times are the earlier of our
    clock and Xero's.
    """

    firm = models.ForeignKey(Firm, on_delete=models.CASCADE, related_name="+")
    xero_tenant_id = models.CharField(max_length=40)
    kind = models.CharField(max_length=10)
    read_to = models.DateTimeField(null=True)
    began_at = models.DateTimeField(null=True)
    next_page = models.PositiveIntegerField(default=1)

    objects = FirmManager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["firm", "xero_tenant_id", "kind"], name="one_index_per_kind")
        ]

    def __str__(self) -> str:
        return f"{self.kind} to {self.read_to:%Y-%m-%d %H:%M}" if self.read_to else f"{self.kind}, not read yet"
