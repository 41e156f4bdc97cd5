"""Django's admin for platform staff: read-only rows of the sync, without tokens and bodies."""

from django.contrib import admin

from firms.admin import LookOnly
from xero_sync.models import Cause, SyncAttempt, SyncJob, WorkerHeartbeat, XeroConnection


@admin.register(XeroConnection)
class XeroConnectionAdmin(LookOnly):
    list_display = ("organisation_name", "firm", "state", "connected_at", "checked_at")
    list_select_related = ("firm",)
    list_filter = ("state",)


@admin.register(Cause)
class CauseAdmin(LookOnly):
    list_display = ("code", "firm", "first_seen_at", "last_seen_at", "closed_at")
    list_select_related = ("firm",)
    # Xero's words may hold a client's name.
    exclude = ("subject", "parts", "message")
    search_fields = ("code",)


@admin.register(SyncJob)
class SyncJobAdmin(LookOnly):
    list_display = ("kind", "object_id", "firm", "state", "hold", "attempts", "due_at")
    list_select_related = ("firm",)
    list_filter = ("kind", "state")
    exclude = ("faults",)
    raw_id_fields = ("waits_for", "batch", "cause")


@admin.register(SyncAttempt)
class SyncAttemptAdmin(LookOnly):
    list_display = ("pk", "firm", "outcome", "http_status", "duration_ms", "task_id", "worker", "opened_at")
    list_select_related = ("firm",)
    list_filter = ("outcome",)
    exclude = ("faults", "notes")
    search_fields = ("task_id", "correlation_id")
    raw_id_fields = ("batch", "job")


@admin.register(WorkerHeartbeat)
class WorkerHeartbeatAdmin(LookOnly):
    list_display = ("name", "started_at", "seen_at")
