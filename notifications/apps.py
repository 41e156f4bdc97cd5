"""Mails to the firms' people about what needs them: read from the sync's causes, which know nothing of mails."""

from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    name = "notifications"
    default_auto_field = "django.db.models.BigAutoField"
