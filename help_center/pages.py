"""The help pages by key; the key is also a page's address."""

from typing import Final

from xero_sync.domain.errors import BY_CODE, plain_title

ARTICLE: Final = "errors/"
# Page key -> its name in the row of help pages.
PAGES: Final = {
    "": "Questions",
    "improvements": "Improvements",
    "configure": "Set it up",
    "account-codes": "Account codes",
    "errors": "Messages",
    "glossary": "Glossary",
}


def is_help_page(key: str) -> bool:
    """Whether there is a help page of this key."""
    return key in PAGES or (key.startswith(ARTICLE) and key.removeprefix(ARTICLE) in BY_CODE)


def find_page_title(key: str) -> str:
    """A help page's name, for operators; the key itself for a page that no longer exists."""
    if key in PAGES:
        return PAGES[key]
    known = BY_CODE.get(key.removeprefix(ARTICLE))
    return plain_title(known) if known else key
