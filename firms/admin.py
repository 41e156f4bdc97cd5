"""Django's admin for platform staff: to look, not to change; changes go through services and their audit trail."""

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest

from firms.models import AuditEvent, Firm, Membership, User
from firms.scope import all_firms

if TYPE_CHECKING:
    Admin = admin.ModelAdmin[Any]
else:
    # Generic for the type checker only.
    Admin = admin.ModelAdmin


class LookOnly(Admin):
    """Platform staff may read; nobody may add, change or delete."""

    list_per_page = 50
    show_full_result_count = False

    def has_module_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.is_active and request.user.is_staff)

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return self.has_module_permission(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def get_fields(self, request: HttpRequest, obj: Model | None = None) -> Any:
        """From the model: a form would read the choices of each relation, outside any firm."""
        left_out = set(self.exclude or ())
        return [field.name for field in self.opts.fields if field.name not in left_out]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        with all_firms():
            rows: QuerySet[Any] = super().get_queryset(request)
            return rows


@admin.register(User)
class UserAdmin(LookOnly):
    list_display = ("email", "name", "is_active", "is_staff", "last_login")
    search_fields = ("email", "name")
    exclude = ("password", "groups", "user_permissions")


@admin.register(Firm)
class FirmAdmin(LookOnly):
    list_display = ("name", "slug", "timezone", "currency", "created_on")
    search_fields = ("name", "slug")


@admin.register(Membership)
class MembershipAdmin(LookOnly):
    list_display = ("firm", "user", "role")
    list_select_related = ("firm", "user")


@admin.register(AuditEvent)
class AuditEventAdmin(LookOnly):
    list_display = ("at", "firm", "actor_label", "action", "target_label")
    list_select_related = ("firm",)
    list_filter = ("action",)
