"""E-mail addresses as Xero takes them: one plain address without accents, of at most 255 characters."""

import re
from collections.abc import Iterable
from typing import Final

_LONGEST: Final = 255
_ATOM: Final = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL: Final = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_ADDRESS: Final = re.compile(rf"{_ATOM}(?:\.{_ATOM})*@(?:{_LABEL}\.)+{_LABEL}")
_BETWEEN: Final = re.compile(r"[\s,;<>]+")


def is_valid_email(text: str) -> bool:
    """Whether Xero takes this text as one e-mail address (an empty text is none)."""
    return len(text) <= _LONGEST and _ADDRESS.fullmatch(text) is not None


def first_valid(emails: Iterable[str]) -> str:
    """The first address Xero takes, also out of a field that holds several; empty if there is none."""
    words = (word for field in emails for word in _BETWEEN.split(field))
    return next((word for word in words if is_valid_email(word)), "")
