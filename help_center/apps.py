"""The help pages, made from the sync's tables, and the readers' feedback."""

from django.apps import AppConfig


class HelpCenterConfig(AppConfig):
    name = "help_center"
    default_auto_field = "django.db.models.BigAutoField"
