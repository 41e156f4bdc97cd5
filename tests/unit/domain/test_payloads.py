"""Payloads as JSON: amounts exactly, keys in their order, and a digest that tells what was said."""

from decimal import Decimal
from typing import Any

import pytest

from xero_sync.domain.payloads import content_hash, to_json


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"b": 1, "a": [True, None, "é“"]}, '{"b":1,"a":[true,null,"é“"]}'),
        (Decimal("110.00"), "110.0"),
        (Decimal("0.1"), "0.1"),
        (Decimal("12.3456"), "12.3456"),
        (Decimal("-99999999999.9999"), "-99999999999.9999"),
        (Decimal(1), "1.0"),
    ],
)
def test_amounts_become_the_very_number(value: Any, expected: str) -> None:
    assert to_json(value) == expected


@pytest.mark.parametrize("amount", ["0.1234567890123456789", "9999999999999999.9"])
def test_an_amount_that_a_number_cannot_hold_is_refused(amount: str) -> None:
    with pytest.raises(ValueError, match="does not survive"):
        to_json({"Total": Decimal(amount)})


def test_what_has_no_place_in_a_payload_is_refused() -> None:
    with pytest.raises(TypeError, match="set has no place in a payload"):
        to_json({"Emails": {"a"}})


def test_the_digest_tells_payloads_apart_and_knows_equal_ones() -> None:
    assert content_hash({"Name": "Ann"}) == content_hash({"Name": "Ann"}) != content_hash({"Name": "Anne"})
    assert len(content_hash({})) == 64
