"""The name of a client or contact as it is compared."""

import unicodedata

from identity.characters import FOLDED


def fold_name(name: str) -> str:
    """The key under which we recognise the same client: two names with one key look the same to a reader.

    Case folded and composed (NFC), without format characters, with quotes, dashes and blanks of all kinds folded.
    Not NFKC: that would also make one of what a reader sees as different, as in "A² Ltd" and "A2 Ltd". Source: Unicode
    Standard Annex 15 (normalisation) and chapter 3.13 (caseless matching).

    Used by matching, linking by hand, preflight and the index of Xero. It never says what Xero refuses.
    """
    # Case first: names that Xero compares as equal then have one key, by construction.
    folded = name.casefold()
    if folded.isascii():
        return " ".join(folded.translate(FOLDED).split())
    # Composed before, for characters that are another one's canonical twin; and after, for accents that a format
    # character kept apart from their letter.
    folded = unicodedata.normalize("NFC", folded).translate(FOLDED)
    return " ".join(unicodedata.normalize("NFC", folded).split())


def fold_name_as_xero(name: str) -> str:
    """The key under which Xero refuses a name as taken, given the name as it is in Xero or is sent.

    Xero takes each name once among the active contacts (developer.xero.com, Accounting API, Contacts). Whether its
    comparison regards more than case is not documented and not tried: to be the same for Xero, every character is.

    Used to forecast a refusal and to know our own contact again after a lost answer, not to recognise a client.
    """
    return name.casefold()
