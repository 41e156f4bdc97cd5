"""Names that are not the same and may still be one client's, for a person to choose from."""

import difflib
import re

from identity.names import fold_name

# Words that say what kind of company it is, not which.
COMPANY_WORDS = frozenset(
    {"and", "co", "company", "inc", "limited", "llc", "llp", "ltd", "plc", "proprietary", "pty", "the"}
)
SIMILAR_ENOUGH = 0.82


def is_similar_name(one: str, other: str) -> bool:
    """The same words in another order, one name within the other, or a letter or two apart."""
    first, second = find_telling_words(one), find_telling_words(other)
    if not first or not second:
        return False
    if first <= second or second <= first:
        return True
    ratio = difflib.SequenceMatcher(None, " ".join(sorted(first)), " ".join(sorted(second))).ratio()
    return ratio >= SIMILAR_ENOUGH


def find_telling_words(name: str) -> frozenset[str]:
    """The words of a name that tell it from others."""
    return frozenset(re.findall(r"\w+", fold_name(name))) - COMPANY_WORDS
