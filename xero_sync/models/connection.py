"""A firm's tie to an organisation in Xero, and what is known of that organisation."""

from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone

from firms.managers import FirmManager
from firms.models import Firm, User


class XeroCredential(models.Model):
    """One Xero user's tokens for this app, sealed. Tokens belong to (Xero user, app), never to a connection."""

    xero_user_id = models.CharField(max_length=60, unique=True)
    sealed_tokens = models.TextField()
    access_expires_at = models.DateTimeField()
    refreshed_at = models.DateTimeField(default=timezone.now)
    # Set when Xero says invalid_grant: only a new consent brings it back.
    dead_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"credential {self.pk}"


class ConnectionState(models.TextChoices):
    ACTIVE = "ACTIVE", "Connected"
    LOST = "LOST", "Connection lost"
    DISCONNECTED = "DISCONNECTED", "Disconnected"


class XeroConnection(models.Model):
    """One firm linked to one organisation. Disconnected rows stay: reconnecting must meet the same organisation."""

    firm = models.ForeignKey(Firm, on_delete=models.CASCADE, related_name="xero_connections")
    credential = models.ForeignKey(XeroCredential, on_delete=models.PROTECT, related_name="connections")
    xero_connection_id = models.CharField(max_length=40)
    xero_tenant_id = models.CharField(max_length=40)
    organisation_name = models.CharField(max_length=255)
    state = models.CharField(max_length=12, choices=ConnectionState, default=ConnectionState.ACTIVE)
    # Why it was lost, a known error's code.
    lost_code = models.CharField(max_length=60, blank=True)
    connected_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    connected_at = models.DateTimeField(default=timezone.now)
    checked_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = FirmManager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["firm"], condition=~Q(state="DISCONNECTED"), name="one_live_connection_per_firm"
            ),
            models.UniqueConstraint(
                fields=["xero_tenant_id"], condition=~Q(state="DISCONNECTED"), name="one_firm_per_organisation"
            ),
        ]

    def __str__(self) -> str:
        return self.organisation_name


class XeroConsent(models.Model):
    """One trip to Xero's consent page: bound to a session, a user and a firm, used once within ten minutes."""

    firm = models.ForeignKey(Firm, on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    session_hash = models.CharField(max_length=64)
    state_hash = models.CharField(max_length=64, unique=True)
    sealed_verifier = models.TextField()
    created_at = models.DateTimeField(default=timezone.now)
    used_at = models.DateTimeField(null=True, blank=True)
    # The candidate: whose tokens this consent brought, and the tokens, until it is complete or refused.
    xero_user_id = models.CharField(max_length=60, blank=True, db_default="", default="")
    sealed_tokens = models.TextField(blank=True, db_default="", default="")
    # Whose tokens the candidate became.
    credential = models.ForeignKey(XeroCredential, null=True, on_delete=models.CASCADE, related_name="+")
    # What this consent may choose from: [{"connection_id", "tenant_id", "name"}].
    organisations: "models.JSONField[Any, Any]" = models.JSONField(default=list)
    finished_at = models.DateTimeField(null=True, blank=True)

    objects = FirmManager()

    def __str__(self) -> str:
        return f"consent {self.pk}"


class XeroChart(models.Model):
    """One organisation as last read from Xero: accounts, tax rates, currencies, lock dates. Shapes: domain/chart.py."""

    firm = models.ForeignKey(Firm, on_delete=models.CASCADE, related_name="+")
    xero_tenant_id = models.CharField(max_length=40)
    organisation: "models.JSONField[Any, Any]" = models.JSONField(default=dict)
    accounts: "models.JSONField[Any, Any]" = models.JSONField(default=list)
    tax_rates: "models.JSONField[Any, Any]" = models.JSONField(default=list)
    currencies = ArrayField(models.CharField(max_length=3), default=list)
    refreshed_at = models.DateTimeField()
    # A person pressed Retry on a fault that this chart explains: the chart is read again before its next use.
    is_outdated = models.BooleanField(default=False, db_column="doubted")

    objects = FirmManager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["firm", "xero_tenant_id"], name="one_chart_per_organisation")
        ]

    def __str__(self) -> str:
        return f"chart of {self.xero_tenant_id}"


class OrganisationCalls(models.Model):
    """The calls that one organisation still allows, for all workers. `recent` holds those of the last 60 seconds."""

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
