"""An e-mail address as it is compared."""

import unicodedata
from collections.abc import Iterable

from identity.characters import is_invisible


def fold_email(email: str) -> str:
    """The key of an address: in small letters and composed (NFC), without blanks and format characters.

    Not case folded: that makes one of ß and ss, which stand for two domains (RFC 5892).

    RFC 5321, section 2.4, lets case count in the part before the @, and advises hosts not to use that.
    """
    folded = "".join(email.lower().split())
    if folded.isascii():
        return folded
    return unicodedata.normalize("NFC", "".join(each for each in folded if not is_invisible(each)))


def shares_email(*, ours: Iterable[str], theirs: str) -> bool:
    """Whether their address is one of ours; an empty one is nobody's."""
    wanted = fold_email(theirs)
    return bool(wanted) and any(fold_email(each) == wanted for each in ours)
