"""Django's admin for platform staff: to look, not to change; changes go through services and their audit trail.

Numbers and codes only: what a firm wrote about its clients is not the operators' to read.
"""

from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse

from firms.models import AuditEvent, Firm, Membership, User
from firms.scope import all_firms

if TYPE_CHECKING:
    Admin = admin.ModelAdmin[Any]
else:
    # Generic for the type checker only.
    Admin = admin.ModelAdmin


class _Nameless:
    """A row as the page's head calls it: a row's own name may be a client's."""

    def __init__(self, row: Model) -> None:
        self.pk = row.pk
        self.title = f"{row._meta.verbose_name} {row.pk}"

    def __str__(self) -> str:
        return self.title


class LookOnly(Admin):
    """Platform staff may read; nobody may add, change or delete. `shown`: the only columns to show of a row."""

    shown: ClassVar[tuple[str, ...]] = ()
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
        if self.shown:
            return list(self.shown)
        left_out = set(self.exclude or ())
        return [_column(field) for field in self.opts.fields if field.name not in left_out]

    def lookup_allowed(self, lookup: str, value: str, request: Any = None) -> bool:
        """By the filters shown and no other column: an answer of rows or none would tell what a column holds."""
        return lookup.split("__")[0] in self.list_filter

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        """Django's page, headed by the row's number."""
        named = _Nameless(context["original"])
        return super().render_change_form(
            request, {**context, "original": named, "subtitle": str(named)}, *args, **kwargs
        )

    def history_view(self, *args: Any, **kwargs: Any) -> HttpResponse:
        """Nothing is ever changed here."""
        raise Http404

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        with all_firms():
            rows: QuerySet[Any] = super().get_queryset(request)
            return rows


def _column(field: Any) -> str:
    """A relation by its number, as a row's own name may be a client's; firms and people may be named."""
    return str(field.attname if field.related_model not in (None, Firm, User) else field.name)


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
    list_display = ("at", "firm", "actor_label", "action", "target_kind", "target_id")
    exclude = ("target_label", "before", "after")
    list_select_related = ("firm",)
    list_filter = ("action",)
