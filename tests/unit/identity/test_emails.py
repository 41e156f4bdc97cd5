"""Which e-mail addresses are the same box."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from identity import fold_email, shares_email

ANN = "ann@ohara.example"


@pytest.mark.parametrize(
    "address",
    [
        "Ann@OHara.Example",
        " ann@ohara.example\t",
        "ann@ohara.example\u00a0",
        "ann @ ohara.example",
        "\ufeffann@ohara.example",
        "ann@\u200bohara.example",
        "ann\u00ad@ohara.example",
        "\u202aann@ohara.example\u202c",
    ],
)
def test_case_blanks_and_format_characters_do_not_count(address: str) -> None:
    assert fold_email(address) == fold_email(ANN) == ANN
    assert shares_email(ours=["office@ohara.example", ANN], theirs=address)
    assert shares_email(ours=[address], theirs=ANN)


@pytest.mark.parametrize(
    "address", ["anne@ohara.example", "ann@o-hara.example", "a.nn@ohara.example", "ann+x@ohara.example"]
)
def test_every_other_character_counts(address: str) -> None:
    assert not shares_email(ours=[ANN], theirs=address)


def test_composed_and_decomposed_letters_are_one() -> None:
    assert fold_email("rene\u0301@x.example") == fold_email("René@x.example")


@pytest.mark.parametrize("nothing", ["", " ", "\u200b"])
def test_no_address_is_nobodys(nothing: str) -> None:
    assert not shares_email(ours=[nothing, ""], theirs=nothing)
    assert not shares_email(ours=[], theirs=ANN)


@given(st.text())
def test_a_key_is_its_own_key(address: str) -> None:
    assert fold_email(fold_email(address)) == fold_email(address)
