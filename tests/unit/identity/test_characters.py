"""Which characters are compared as one, and which are not seen at all."""

import sys
import unicodedata

import pytest

from identity.characters import (
    DASH_LIKE,
    DOUBLE_QUOTES,
    FOLDED,
    SINGLE_QUOTES,
    FoldedCharacters,
    is_invisible,
)

EVERY = [chr(code) for code in range(sys.maxunicode + 1)]


@pytest.mark.parametrize("character", SINGLE_QUOTES)
def test_a_single_quote_of_any_kind_is_a_straight_one(character: str) -> None:
    assert FOLDED[ord(character)] == "'"


@pytest.mark.parametrize("character", DOUBLE_QUOTES)
def test_a_double_quote_of_any_kind_is_a_straight_one(character: str) -> None:
    assert FOLDED[ord(character)] == '"'


def test_unicodes_own_opening_and_closing_quotes_are_all_among_them() -> None:
    ornaments = set("⸂⸃⸄⸅⸉⸊⸌⸍⸜⸝⸠⸡")  # marks of editors of old texts; nobody is named with them
    quotes = {each for each in EVERY if unicodedata.category(each) in {"Pi", "Pf"}}
    assert quotes - ornaments <= set(SINGLE_QUOTES + DOUBLE_QUOTES)


def test_every_dash_is_a_hyphen() -> None:
    dashes = [each for each in EVERY if unicodedata.category(each) == "Pd"]
    assert len(dashes) > 20
    assert {FOLDED[ord(each)] for each in [*dashes, *DASH_LIKE]} == {"-"}


def test_every_blank_is_a_space() -> None:
    blanks = [each for each in EVERY if unicodedata.category(each) in {"Zs", "Zl", "Zp"}]
    assert len(blanks) > 15
    assert {FOLDED[ord(each)] for each in [*blanks, "\t", "\n", "\r"]} == {" "}


def test_every_format_character_is_invisible_and_dropped() -> None:
    unseen = [each for each in EVERY if unicodedata.category(each) == "Cf"]
    assert {"\xad", "\u200b", "\u200d", "\u200e", "\u202e", "\ufeff"} <= set(unseen)
    assert {FOLDED[ord(each)] for each in unseen} == {""}
    assert all(map(is_invisible, unseen))
    assert not is_invisible("a")


@pytest.mark.parametrize("character", ["\0", "\x07", "\x7f", "\ud800"])
def test_what_xero_takes_from_nobody_is_dropped(character: str) -> None:
    assert FOLDED[ord(character)] == ""


def test_letters_digits_and_other_marks_stay() -> None:
    assert "Smith & Söhne, No. 5 (α)".translate(FoldedCharacters()) == "Smith & Söhne, No. 5 (α)"
