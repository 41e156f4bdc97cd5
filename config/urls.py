"""Every address: the product's own first, a firm's slug last."""

from django.contrib import admin
from django.urls import include, path

from config import health

urlpatterns = [
    path("healthz", health.alive),
    path("readyz", health.ready),
    path("metrics", health.metrics),
    path("admin/", admin.site.urls),
    path("ops/", include("ops.urls")),
    path("xero/", include("xero_sync.callback_urls")),
    path("help/", include("help_center.urls")),
    path("", include("firms.urls")),
    path("<slug:firm>/", include("billing.urls")),
    path("<slug:firm>/expense-categories/", include("expense_categories.urls")),
    path("<slug:firm>/", include("xero_sync.urls")),
    path("<slug:firm>/", include("notifications.urls")),
]

handler400 = "firms.error_views.bad_request"
handler403 = "firms.error_views.forbidden"
handler404 = "firms.error_views.not_found"
handler500 = "firms.error_views.server_error"
