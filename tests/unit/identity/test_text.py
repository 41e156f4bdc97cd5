"""A text as it is kept."""

import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from identity.text import clean_text, has_invisible


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Auk Ltd", "Auk Ltd"),
        (" Auk ", " Auk "),
        ("Zoe\u0301", "Zoé"),
        ("\u200b Auk\u00adLtd \ufeff", "AukLtd"),
        ("e\u200b\u0301", "é"),
        ("\u202a+61 2\u202c", "+61 2"),
        ("\u200b", ""),
        ("Ünä ½ ﬁ", "Ünä ½ ﬁ"),
    ],
)
def test_unseen_characters_go_and_letters_are_composed(typed: str, kept: str) -> None:
    assert clean_text(typed) == kept


def test_every_format_character_is_dropped() -> None:
    unseen = [chr(code) for code in range(sys.maxunicode + 1) if unicodedata.category(chr(code)) == "Cf"]
    assert len(unseen) > 100
    assert {clean_text(f"a{each}b") for each in unseen} == {"ab"}
    assert all(map(has_invisible, unseen))
    assert not has_invisible("Zoé")


@given(st.text(st.characters(codec="utf-8")))
def test_a_clean_text_stays_as_it_is(text: str) -> None:
    once = clean_text(text)
    assert clean_text(once) == once
    assert unicodedata.is_normalized("NFC", once)
