"""Text as Xero takes it: no forbidden characters, and lengths counted the way Xero counts them."""

import re
from collections.abc import Sequence
from typing import Final

# XML 1.0 allows no control characters but tab and line ends, no lone surrogates and no non-characters.
_FORBIDDEN: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")
_ANGLES: Final = re.compile("[<>]")
_ELLIPSIS: Final = "…"
_DESCRIPTION_LIMIT: Final = 4000
_WIDEST_PLAIN: Final = 0xFFFF


def clean(text: str) -> str:
    """The text without the characters Xero refuses; line ends and tabs stay."""
    return _FORBIDDEN.sub("", text)


def clean_name(text: str) -> str:
    """A contact's name as Xero takes it: on one line, single blanks inside, none around, no < and >."""
    return " ".join(_ANGLES.sub(" ", clean(text)).split())


def fit(text: str, limit: int) -> str:
    """The text cut to at most `limit` characters, without a blank at the cut."""
    return text if length(text) <= limit else _start(text, limit).rstrip()


def fit_description(text: str, limit: int = _DESCRIPTION_LIMIT) -> tuple[str, bool]:
    """The text in at most `limit` characters, ending in … if it was cut, and whether it was."""
    if length(text) <= limit:
        return text, False
    if limit < 1:
        return "", True
    return _start(text, limit - 1).rstrip() + _ELLIPSIS, True


def length(text: str) -> int:
    """How many characters Xero counts: those beyond the basic plane, such as emoji, count twice."""
    if text.isascii():
        return len(text)
    return len(text) + sum(ord(character) > _WIDEST_PLAIN for character in text)


def join_words(words: Sequence[str]) -> str:
    """ "bills", "bills and contacts", "memos, bills and contacts"."""
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def _start(text: str, limit: int) -> str:
    """The longest start of the text that Xero counts as at most `limit` characters."""
    # A pair cut in two at the end is dropped by the decoder.
    return text.encode("utf-16-le", "surrogatepass")[: 2 * max(limit, 0)].decode("utf-16-le", "ignore")
