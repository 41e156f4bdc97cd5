"""Which names are near enough to be offered to a person."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from identity import find_telling_words, is_similar_name


@pytest.mark.parametrize(
    ("one", "other", "similar"),
    [
        ("Smith, John", "John Smith", True),
        ("Jon Smith", "John Smith", True),
        ("Acme", "Acme Shipping", True),
        ("Acme Shipping Pty Ltd", "ACME Shipping Limited", True),
        ("O’Hara–Smith", "Smith O'Hara", True),
        ("Smith\u00adson", "Smithson Ltd", True),
        ("Acme Pty Ltd", "Bolt Pty Ltd", False),
        ("Pty Ltd", "Pty Ltd", False),
        ("", "John Smith", False),
    ],
)
def test_words_count_and_what_a_company_is_does_not(one: str, other: str, similar: bool) -> None:
    assert is_similar_name(one, other) is is_similar_name(other, one) is similar


def test_the_telling_words_are_folded_and_without_marks() -> None:
    assert find_telling_words("The O’Hara\u00a0& Söhne Company Ltd") == {"o", "hara", "söhne"}


@given(st.text(), st.text())
def test_similar_is_said_of_both(one: str, other: str) -> None:
    if find_telling_words(one) <= find_telling_words(other):
        assert is_similar_name(one, other) == is_similar_name(other, one)
