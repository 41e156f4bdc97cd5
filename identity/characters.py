"""Characters that a reader cannot tell apart, or does not see at all."""

import unicodedata
from typing import Final

SINGLE_QUOTE: Final = "'"
DOUBLE_QUOTE: Final = '"'
HYPHEN: Final = "-"
BLANK: Final = " "
# Straight, curly, low, reversed, prime, modifier letter, single guillemet, ornament, full width; also the backtick, the
# acute accent by itself, and the Hebrew and Armenian marks.
SINGLE_QUOTES: Final = "'`´ʹʻʼʽʾʿˈˊˋ՚׳‘’‚‛′‵‹›❛❜❟ꞌ＇｀"
DOUBLE_QUOTES: Final = '"«»ʺ˝ˮ״“”„‟″‶❝❞❠〝〞〟＂'
# Hyphens and dashes by nature are of category Pd; these are used as one.
DASH_LIKE: Final = "−˗⁃➖"
# What Xero refuses in a name is sent as a blank.
ANGLES: Final = "<>"
FORMAT: Final = "Cf"
DASH: Final = "Pd"
CONTROL: Final = "Cc"
SURROGATE: Final = "Cs"


class FoldedCharacters(dict[int, str]):
    """Code point -> what the character is compared as; found when it is first met, at most once for each character."""

    def __missing__(self, code: int) -> str:
        folded = self[code] = _fold_character(chr(code))
        return folded


def is_invisible(character: str) -> bool:
    """A format character (category Cf): a soft hyphen, a joiner, a mark of direction, a byte order mark."""
    return unicodedata.category(character) == FORMAT


def _fold_character(character: str) -> str:
    if character in SINGLE_QUOTES:
        return SINGLE_QUOTE
    if character in DOUBLE_QUOTES:
        return DOUBLE_QUOTE
    if character in ANGLES or character.isspace():
        return BLANK
    category = unicodedata.category(character)
    if category == DASH or character in DASH_LIKE:
        return HYPHEN
    return "" if category in {FORMAT, CONTROL, SURROGATE} else character


FOLDED: Final = FoldedCharacters()
