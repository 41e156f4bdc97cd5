"""Every message on the published list, in the wordings Xero and its integrators are known to print."""

import json
from pathlib import Path

import pytest

from xero_sync.domain import errors
from xero_sync.domain.errors import Fault

FIXTURES = Path(__file__).parents[3] / "fixtures"
# By row of the list: other names, dates, quotes, case and blanks, and sentences before or after.
WORDINGS: dict[int, list[str]] = {
    int(number): wordings
    for number, wordings in json.loads((FIXTURES / "xero_wordings.json").read_text(encoding="utf-8")).items()
}


def _cases() -> list[tuple[int, str]]:
    return [(number, wording) for number, wordings in WORDINGS.items() for wording in wordings]


@pytest.mark.parametrize(("number", "wording"), _cases())
def test_every_wording_is_recognised_as_its_own_row(number: int, wording: str) -> None:
    assert errors.recognise(Fault(message=wording)).known.number == number


@pytest.mark.parametrize(("number", "wording"), _cases())
def test_sentences_around_a_message_do_not_hide_it(number: int, wording: str) -> None:
    surrounded = f"A validation exception occurred.  {wording}  Please contact support, quoting 4f2c-11."
    assert errors.recognise(Fault(message=surrounded)).known.number == number


@pytest.mark.parametrize(("number", "wording"), _cases())
def test_case_and_blanks_do_not_matter(number: int, wording: str) -> None:
    for varied in (wording.upper(), wording.lower(), wording.replace(" ", "  "), f"\n {wording} \n"):
        assert errors.recognise(Fault(message=varied)).known.number == number


def test_all_76_rows_have_at_least_three_wordings() -> None:
    assert sorted(WORDINGS) == list(range(1, 77))
    assert all(len({*wordings, errors.BY_NUMBER[number].sample}) >= 3 for number, wordings in WORDINGS.items())
