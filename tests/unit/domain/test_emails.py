"""E-mail addresses as Xero takes them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xero_sync.domain import emails


@pytest.mark.parametrize(
    "address",
    ["maya@harrow.law", "m.kerr+bills@mail.harrow-lane.co.uk", "o'brien@x.ie", "a@b.co", f"{'a' * 243}@example.com"],
)
def test_plain_addresses_are_valid(address: str) -> None:
    assert emails.is_valid_email(address)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "maya",
        "maya@",
        "@harrow.law",
        "maya@harrow",
        "maya@@harrow.law",
        "maya kerr@harrow.law",
        " maya@harrow.law",
        "maya@harrow.law ",
        "maya@harrow.law\n",
        "maya@harrow.law; tom@harrow.law",
        "maya@harrow.law,tom@harrow.law",
        "Maya <maya@harrow.law>",
        "müller@harrow.law",
        "maya@härrow.law",
        "maya..kerr@harrow.law",
        ".maya@harrow.law",
        "maya.@harrow.law",
        "maya@harrow..law",
        "maya@-harrow.law",
        f"{'a' * 244}@example.com",
    ],
)
def test_what_is_not_one_plain_address_is_not_valid(address: str) -> None:
    assert not emails.is_valid_email(address)


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ([], ""),
        (["", "none"], ""),
        (["müller@x.de", "m@x.de"], "m@x.de"),
        (["m@x.de; n@x.de"], "m@x.de"),
        (["Maya Kerr <maya@harrow.law>"], "maya@harrow.law"),
        (["bad@, tom@harrow.law"], "tom@harrow.law"),
        ([" maya@harrow.law "], "maya@harrow.law"),
    ],
)
def test_the_first_good_address_is_found(fields: list[str], expected: str) -> None:
    assert emails.first_valid(fields) == expected


@given(words=st.text(max_size=300))
def test_what_is_found_is_always_valid(words: str) -> None:
    found = emails.first_valid([words])
    assert found == "" or emails.is_valid_email(found)
