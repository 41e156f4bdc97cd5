"""How the parts of a sentence read when they are known, when they are not, and when they are too long."""

import pytest

from xero_sync.domain.errors.words import TITLE_LIMIT, parts_of, render, render_title, shorten


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ({"account": "420"}, "Account 420 is closed"),
        ({}, "This account is closed"),
        ({"account": ""}, "This account is closed"),
        ({"account": "4" * 81}, f"Account {'4' * 79}… is closed"),
    ],
)
def test_a_part_reads_by_its_value_or_by_its_general_name(parts: dict[str, str], expected: str) -> None:
    assert render("{account} is closed", parts) == expected


def test_a_sentence_begins_with_a_capital_and_keeps_the_others() -> None:
    assert render("{what} names {name}", {"what": "line 2", "name": "O’Brien & Co"}) == "Line 2 names “O’Brien & Co”"


def test_a_part_that_no_sentence_may_use_is_a_mistake() -> None:
    with pytest.raises(KeyError):
        render("{colour} is odd", {"colour": "red"})


def test_parts_are_named_in_order() -> None:
    assert parts_of("{tax} for {account}, not {tax}") == ("tax", "account", "tax")
    assert parts_of("nothing") == ()


@pytest.mark.parametrize(
    ("text", "limit", "expected"),
    [
        ("four", 4, "four"),
        ("fives", 4, "fiv…"),
        ("one two", 5, "one…"),
        ("any", 1, "…"),
        ("any", 0, "…"),
        ("", 0, ""),
    ],
)
def test_a_text_is_shortened_without_a_blank_before_its_dots(text: str, limit: int, expected: str) -> None:
    assert shorten(text, limit) == expected


@pytest.mark.parametrize("length", [1, 40, 41, 42, 300])
def test_a_title_has_at_most_60_characters_and_keeps_its_own_words(length: int) -> None:
    title = render_title("{name} is taken in Xero", {"name": "n" * length})
    assert len(title) <= TITLE_LIMIT == 60
    assert title.startswith("“n")
    assert title.endswith("” is taken in Xero")
    assert ("…" in title) == (length > 41)


def test_of_two_parts_of_a_title_the_longer_is_cut() -> None:
    title = render_title("{name} is not {new_name}", {"name": "n" * 60, "new_name": "short"})
    assert len(title) == TITLE_LIMIT
    assert title.endswith("is not “short”")


def test_a_part_is_cut_to_nothing_but_dots_before_a_title_is_too_long() -> None:
    assert render_title("W" * 59 + "{what}", {"what": "abcdef"}) == "W" * 59 + "…"
    assert render_title("W" * 70 + "{what}", {"what": "abcdef"}) == "W" * 70 + "…"
