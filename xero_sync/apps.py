"""The sync's start-up: it listens to billing, categories and firms."""

from django.apps import AppConfig


class XeroSyncConfig(AppConfig):
    name = "xero_sync"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from billing.services import afterwards
        from xero_sync import heartbeat, receivers  # noqa: F401  (they register themselves)
        from xero_sync.pages import filters, forecast

        filters.register_filters()
        afterwards.register(forecast.describe_approved_bill)
