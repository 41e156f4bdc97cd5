"""Invoices ("bills" to users) and their lines."""

from decimal import Decimal
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone

from billing.domain.money import TaxMode
from billing.models.contact import Contact
from billing.models.imports import Import
from billing.models.matter import Matter
from expense_categories.models import ExpenseCategory
from firms.managers import FirmManager
from firms.models import Firm, User


class InvoiceState(models.TextChoices):
    DRAFT = "DRAFT", "Draft"
    AWAITING_APPROVAL = "AWAITING_APPROVAL", "Awaiting approval"
    APPROVED = "APPROVED", "Approved"
    VOID = "VOID", "Void"


class LineKind(models.TextChoices):
    TIME = "TIME", "Time"
    EXPENSE = "EXPENSE", "Expense"


class Invoice(models.Model):
    """A bill. Totals are stored as `domain.money` computed them at the save; `version` rises with every save.

    A `held` bill is kept back until the import that brought it in is released. Only a void bill whose client was
    removed with its import has no client.
    """

    firm = models.ForeignKey(Firm, on_delete=models.CASCADE, related_name="invoices")
    contact = models.ForeignKey(Contact, null=True, on_delete=models.PROTECT, related_name="invoices")
    matter = models.ForeignKey(Matter, null=True, blank=True, on_delete=models.PROTECT, related_name="invoices")
    number = models.CharField(max_length=255)
    description = models.TextField(blank=True)
    issue_date = models.DateField()
    due_date = models.DateField()
    currency = models.CharField(max_length=3)
    tax_mode = models.CharField(max_length=9, choices=[(mode.value, mode.value) for mode in TaxMode])
    state = models.CharField(max_length=17, choices=InvoiceState, default=InvoiceState.DRAFT)
    subtotal = models.DecimalField(max_digits=14, decimal_places=2, default=Decimal(0))
    tax_total = models.DecimalField(max_digits=14, decimal_places=2, default=Decimal(0))
    total = models.DecimalField(max_digits=14, decimal_places=2, default=Decimal(0))
    import_fingerprint = models.CharField(max_length=64, blank=True)
    source_import = models.ForeignKey(
        Import, null=True, blank=True, on_delete=models.PROTECT, related_name="invoices", db_index=False
    )
    held = models.BooleanField(default=False, db_default=False)
    version = models.PositiveIntegerField(default=1)
    created_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)

    objects = FirmManager()

    class Meta:
        ordering: ClassVar = ["-issue_date", "-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["firm", "number"], name="one_invoice_per_number"),
            models.CheckConstraint(condition=Q(due_date__gte=models.F("issue_date")), name="due_on_or_after_issue"),
            models.CheckConstraint(
                condition=Q(contact__isnull=False) | Q(state="VOID", held=True),
                name="only_bills_taken_back_lack_clients",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["firm", "-issue_date", "-id"], name="invoices_newest_first"),
            models.Index(fields=["firm", "state", "-issue_date", "-id"], name="invoices_by_state"),
            models.Index(
                fields=["source_import", "id"], condition=Q(source_import__isnull=False), name="invoices_of_imports"
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def client_name(self) -> str:
        """The client's name, or words for one who was removed."""
        return self.contact.name if self.contact else "Client removed with an import"


class InvoiceLine(models.Model):
    """Time or an expense. `discount` is an amount off the line (negative: a mark-up); tax is kept by name and rate.

    `tax_is_stated`: the tax amount is the imported file's own, and not computed by the rate.
    """

    firm = models.ForeignKey(Firm, on_delete=models.CASCADE, related_name="+")
    invoice = models.ForeignKey(Invoice, on_delete=models.CASCADE, related_name="lines")
    position = models.PositiveIntegerField()
    kind = models.CharField(max_length=7, choices=LineKind)
    date = models.DateField(null=True, blank=True)
    description = models.TextField(blank=True)
    category = models.ForeignKey(
        ExpenseCategory,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name="expense category",
    )
    timekeeper = models.CharField(max_length=120, blank=True)
    quantity = models.DecimalField(max_digits=18, decimal_places=6)
    unit_price = models.DecimalField(max_digits=18, decimal_places=6)
    discount = models.DecimalField(max_digits=14, decimal_places=2, default=Decimal(0))
    tax_name = models.CharField(max_length=50, blank=True)
    tax_percent = models.DecimalField(max_digits=7, decimal_places=4, default=Decimal(0))
    amount = models.DecimalField(max_digits=14, decimal_places=2)
    tax_amount = models.DecimalField(max_digits=14, decimal_places=2, default=Decimal(0))
    tax_is_stated = models.BooleanField(default=False, db_default=False)

    objects = FirmManager()

    class Meta:
        ordering: ClassVar = ["position"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["invoice", "position"], name="one_line_per_position", deferrable=models.Deferrable.DEFERRED
            ),
            models.CheckConstraint(
                condition=Q(kind="TIME", category=None) | Q(kind="EXPENSE"), name="time_has_no_category"
            ),
        ]

    def __str__(self) -> str:
        return self.description[:60]

    @property
    def quantity_shown(self) -> str:
        """The quantity with as many decimals as it has."""
        return f"{self.quantity.normalize():,f}"

    @property
    def tax_shown(self) -> str:
        """The name and percentage of its rate."""
        return f"{self.tax_name} {self.tax_percent.normalize():f}%"

    @property
    def stated_tax(self) -> Decimal | None:
        """The tax that the imported file states, None where the rate computes it."""
        return self.tax_amount if self.tax_is_stated else None

    @property
    def price_shown(self) -> str:
        """The price with its cents, and with more decimals only where it has them."""
        decimals = -int(self.unit_price.normalize().as_tuple().exponent)
        return f"{self.unit_price:,.{max(decimals, 2)}f}"


class UsedInvoiceNumber(models.Model):
    """Every number a firm ever gave out; none is given twice, because Xero keeps a void bill's number taken."""

    firm = models.ForeignKey(Firm, on_delete=models.CASCADE, related_name="+")
    number = models.CharField(max_length=255)
    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="numbers_used")
    used_at = models.DateTimeField(default=timezone.now)

    objects = FirmManager()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["firm", "number"], name="numbers_are_never_reused")]

    def __str__(self) -> str:
        return self.number
