"""The sync's start-up: it listens to billing, categories and firms."""

from django.apps import AppConfig


class XeroSyncConfig(AppConfig):
    name = "xero_sync"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from xero_sync import filters, heartbeat, receivers  # noqa: F401  (the last two register themselves)

        filters.register()
