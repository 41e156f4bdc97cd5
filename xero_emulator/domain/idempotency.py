"""Idempotency keys: six minutes, for the app and not the organisation, errors remembered too."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from xero_emulator.domain.refusals import RequestRefused

KEPT_FOR = timedelta(minutes=6)
LONGEST_KEY = 128


@dataclass(frozen=True)
class Stored:
    """An answer given under a key."""

    fingerprint: str
    status: int
    body: bytes
    content_type: str
    first_seen: datetime


class IdempotencyStore:
    """Answers by app and key."""

    def __init__(self) -> None:
        self._answers: dict[tuple[str, str], Stored] = {}

    def recall(self, *, app: str, key: str, fingerprint: str, now: datetime) -> Stored | None:
        """The stored answer to this very request; raises RequestRefused if the key was used for another one."""
        if len(key) > LONGEST_KEY:
            raise _refused(f"Idempotency Key must not be more than {LONGEST_KEY} characters long.")
        stored = self._answers.get((app, key))
        if stored is None or now - stored.first_seen >= KEPT_FOR:
            return None
        if stored.fingerprint != fingerprint:
            raise _refused(f"Idempotency Key: {key} is used with a different request.")
        return stored

    def remember(self, *, app: str, key: str, answer: Stored) -> None:
        """Keep an answer for six minutes from its first call."""
        for old in [name for name, held in self._answers.items() if answer.first_seen - held.first_seen >= KEPT_FOR]:
            del self._answers[old]
        self._answers[app, key] = answer


def _refused(message: str) -> RequestRefused:
    return RequestRefused(number=10, kind="ValidationException", message=message)
