"""Comparing names, e-mail addresses and numbers: the one way for matching, linking, preflight, adoption and the index.

Two comparisons of names are kept apart. `fold_name` recognises the same client; `fold_name_as_xero` forecasts which
names Xero refuses as taken. Names that Xero compares as equal are equal when folded, never the other way round.
"""

from identity.emails import fold_email, shares_email
from identity.names import fold_name, fold_name_as_xero
from identity.numbers import fold_number_as_xero
from identity.similarity import find_telling_words, is_similar_name

__all__ = [
    "find_telling_words",
    "fold_email",
    "fold_name",
    "fold_name_as_xero",
    "fold_number_as_xero",
    "is_similar_name",
    "shares_email",
]
