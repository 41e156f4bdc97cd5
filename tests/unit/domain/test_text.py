"""Texts fitted to what Xero takes."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xero_sync.domain import text

ANY_TEXT = st.text(st.characters(), max_size=300)
# What XML 1.0 allows, which is what Xero allows.
ALLOWED = re.compile("[\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]*")


@given(words=ANY_TEXT)
def test_no_text_holds_a_character_xero_refuses(words: str) -> None:
    cleaned = text.clean(words)
    assert ALLOWED.fullmatch(cleaned)
    assert text.clean(cleaned) == cleaned
    cleaned.encode()


def test_line_ends_and_tabs_stay() -> None:
    assert text.clean("Call with client\n\tre: lease\x04\ud83d") == "Call with client\n\tre: lease"


def test_words_in_every_script_stay() -> None:
    assert text.clean("Zoë Müller 日本 🏛") == "Zoë Müller 日本 🏛"


@given(words=ANY_TEXT)
def test_a_name_is_as_xero_wants_it(words: str) -> None:
    name = text.clean_name(words)
    assert name == name.strip()
    assert not re.search(r"\s\s|[<>\n\t]", name)


@pytest.mark.parametrize(
    ("given_name", "expected"),
    [
        ("  Smith   & Sons ", "Smith & Sons"),
        ("Smith <billing>", "Smith billing"),
        ("A\x00B\tC\u00a0D", "AB C D"),
        ("<>", ""),
    ],
)
def test_names_lose_what_xero_refuses_and_nothing_else(given_name: str, expected: str) -> None:
    assert text.clean_name(given_name) == expected


def test_a_description_that_fits_is_left_alone() -> None:
    assert text.fit_description("x" * 4000) == ("x" * 4000, False)


def test_a_long_description_is_cut_and_says_so() -> None:
    fitted, was_cut = text.fit_description("word " * 1000)
    assert was_cut
    assert len(fitted) <= 4000
    assert fitted.endswith("word…")


def test_emoji_count_twice_as_they_do_at_xero() -> None:
    assert text.length("🏛a") == 3
    assert text.fit("🏛🏛", 3) == "🏛"


@given(words=ANY_TEXT, limit=st.integers(-2, 310))
def test_a_fitted_text_is_a_start_of_the_text_and_never_too_long(words: str, limit: int) -> None:
    fitted = text.fit(words, limit)
    assert text.length(fitted) <= max(limit, 0)
    assert words.startswith(fitted)


@given(words=ANY_TEXT, limit=st.integers(0, 310))
def test_a_description_is_never_longer_than_its_limit(words: str, limit: int) -> None:
    fitted, was_cut = text.fit_description(words, limit)
    assert text.length(fitted) <= limit
    assert was_cut == (text.length(words) > limit)
    assert was_cut or fitted == words


@pytest.mark.parametrize(
    ("words", "expected"),
    [([], ""), (["bills"], "bills"), (["bills", "contacts"], "bills and contacts"), (["a", "b", "c"], "a, b and c")],
)
def test_words_are_listed_as_in_a_sentence(words: list[str], expected: str) -> None:
    assert text.join_words(words) == expected
