"""The world's currencies by ISO 4217."""

import pytest

from firms.currencies import DECIMALS


@pytest.mark.parametrize(("code", "decimals"), [("AUD", 2), ("JPY", 0), ("KWD", 3), ("CLF", 4), ("XYZ", None)])
def test_a_currency_has_its_decimals(code: str, decimals: int | None) -> None:
    assert DECIMALS.get(code) == decimals


def test_every_code_is_three_capital_letters_and_stands_once() -> None:
    assert [code for code in DECIMALS if not (len(code) == 3 and code.isascii() and code.isupper())] == []
    assert {decimals: len([code for code in DECIMALS if DECIMALS[code] == decimals]) for decimals in (0, 3, 4)} == {
        0: 17,
        3: 7,
        4: 2,
    }
