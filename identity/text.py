"""A text as it is kept: the one helper for all ways in, the forms, the files and the programs."""

import unicodedata
from typing import Final

from identity.characters import is_invisible


class _Visible(dict[int, int | None]):
    """Code point -> itself, or None for a format character; found when it is first met."""

    def __missing__(self, code: int) -> int | None:
        kept = self[code] = None if is_invisible(chr(code)) else code
        return kept


_VISIBLE: Final = _Visible()


def clean_text(value: str) -> str:
    """The value composed (NFC) and without format characters, which nobody sees: joiners, marks of direction."""
    if value.isascii():
        return value
    seen = value.translate(_VISIBLE)
    if seen != value:
        # A blank that only a format character kept from the edge.
        seen = seen.strip()
    return seen if unicodedata.is_normalized("NFC", seen) else unicodedata.normalize("NFC", seen)


def has_invisible(value: str) -> bool:
    """Whether a format character stands in the value."""
    return not value.isascii() and any(map(is_invisible, value))
