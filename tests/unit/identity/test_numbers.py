"""Which numbers Xero takes for one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from identity import fold_number_as_xero


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("INV-10417", "inv-10417", True),
        ("C-1042", "C-1042", True),
        ("C-1042", "C-01042", False),
        ("C-1042", "C\u20111042", False),
        ("C-1042", "C 1042", False),
        ("C-1042", " C-1042", False),
    ],
)
def test_only_case_does_not_count(one: str, other: str, same: bool) -> None:
    assert (fold_number_as_xero(one) == fold_number_as_xero(other)) is same


@given(st.text())
def test_a_key_is_its_own_key(number: str) -> None:
    assert fold_number_as_xero(fold_number_as_xero(number)) == fold_number_as_xero(number)
