"""Compute the index's keys of contacts' names anew, for those that an older release has written."""

from typing import Any

from django.core.management.base import BaseCommand

from firms.scope import all_firms
from xero_sync.models import XeroDocument
from xero_sync.organisation.index_keys import fold_names


class Command(BaseCommand):
    help = "Compute the index's keys of contacts' names anew. Safe to run twice and while work goes on."

    def handle(self, *args: Any, **options: Any) -> None:
        with all_firms():
            folded = fold_names(rows=XeroDocument.objects.all())
        self.stdout.write(f"{folded} keys of the index were corrected.")
