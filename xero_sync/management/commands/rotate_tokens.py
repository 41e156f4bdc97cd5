"""Seal all tokens with the first of TOKEN_ENCRYPTION_KEYS, so that the old keys can be taken away."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from xero_sync.organisation import candidates, tokens


class Command(BaseCommand):
    help = "Seal all Xero tokens with the first key of TOKEN_ENCRYPTION_KEYS. Safe to run twice and while work goes on."

    def handle(self, *args: Any, **options: Any) -> None:
        done, broken = tokens.reseal_all()
        waiting, lost = candidates.reseal_candidates()
        self.stdout.write(f"{done} credentials and {waiting} open consents are sealed with the first key.")
        if broken or lost:
            raise CommandError(
                f"{broken} credentials and {lost} open consents cannot be opened with any key of "
                "TOKEN_ENCRYPTION_KEYS. Add the key they were sealed with, or have those firms connect again."
            )
