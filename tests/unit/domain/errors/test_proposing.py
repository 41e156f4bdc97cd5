"""Words that Xero said for the first time become an entry to copy, without anything that is a client's."""

import json
from pathlib import Path

import pytest

from xero_sync.domain import errors
from xero_sync.domain.errors import (
    ErrorClass,
    Fault,
    KnownError,
    Owner,
    Place,
    Recheck,
    Where,
)
from xero_sync.domain.errors.matching import _compile
from xero_sync.domain.errors.proposing import Proposal, propose, without_names
from xero_sync.domain.errors.words import KEPT, PART_NAMES

LEARNT: dict[str, list[str]] = json.loads(
    (Path(__file__).parents[3] / "fixtures" / "learnt_wordings.json").read_text(encoding="utf-8")
)
SAID = [
    "The moon must be full.",
    "The branding theme 'Harrow & Lane' could not be found",
    "The contact Adaeze Okafor may not be billed before 15-Nov-2026. Please try again later.",
    "Invoice 10481 for Meridian Shipping Ltd has a deposit of 1,204.50 that does not fit.",
    "Account code '420' refuses tax type 'INPUT' on 15 November 2026",
    "Write to adaeze@example.com about bill HL-2031",
    "Value {0} in [LineItems] is (not) “right”?",
    "This thing 1 clashes with thing 2",
    "Okafor is not a customer",
]
NAMES = ("Adaeze", "Okafor", "Meridian", "Harrow", "Lane", "adaeze@", "10481", "2031", "1,204")


def entry_of(proposal: Proposal) -> KnownError:
    """The entry as Python reads it."""
    names = {
        "ErrorClass": ErrorClass,
        "KEPT": KEPT,
        "KnownError": KnownError,
        "Owner": Owner,
        "Place": Place,
        "Recheck": Recheck,
        "Where": Where,
    }
    made: KnownError = eval(proposal.entry.rstrip(","), names)
    return made


@pytest.mark.parametrize("said", SAID)
def test_the_entry_is_python_and_recognises_both_its_sample_and_what_xero_said(said: str) -> None:
    proposal = propose(said)
    entry = entry_of(proposal)
    [pattern] = entry.patterns
    assert entry.code == proposal.code
    assert entry.code not in errors.BY_CODE
    compiled = _compile(pattern)
    assert set(compiled.groupindex) <= PART_NAMES
    plain = str.maketrans(dict.fromkeys("“”", "'"))
    assert compiled.search(entry.sample.translate(plain))
    assert compiled.search(" ".join(said.translate(plain).split()))
    assert propose(entry.sample).shape == proposal.shape


@pytest.mark.parametrize("said", SAID)
def test_nothing_of_a_clients_stands_in_a_proposal(said: str) -> None:
    proposal = propose(said)
    for text in (proposal.entry, proposal.fixture, proposal.shape):
        assert not [name for name in NAMES if name in text]


@pytest.mark.parametrize(
    ("said", "code", "pattern", "sample"),
    [
        ("The moon must be full.", "moon-full", "the moon must be full", "The moon must be full."),
        (
            "Account code '999' refuses tax type 'OUTPUT' on 3 May 2026.",
            "account-code-refuses-tax",
            "account code {account} refuses tax type {tax} on {date}",
            "Account code '420' refuses tax type 'INPUT' on 15-Nov-2026.",
        ),
        (
            "The contact Adaeze Okafor may not be billed. Please try again.",
            "contact-may-billed-please",
            "the contact {name} may not be billed",
            "The contact Example Ltd may not be billed. Please try again.",
        ),
    ],
)
def test_an_entry_in_full(said: str, code: str, pattern: str, sample: str) -> None:
    found = propose(said)
    assert (found.code, found.pattern, found.sample) == (code, pattern, sample)


@pytest.mark.parametrize("said", ["Okafor", "HL-2031", "'Harrow & Lane' Okafor 3", ""])
def test_what_is_nothing_but_names_proposes_no_pattern(said: str) -> None:
    assert entry_of(propose(said)).patterns == ()


def test_equal_refusals_have_one_shape() -> None:
    said = ["The thing 'A b' of Adaeze Okafor is odd, see HL-1", "The thing 'C' of Bill Lane is odd, see HL-22"]
    assert {without_names(each) for each in said} == {"The thing … of … is odd, see …"}


def test_the_fixtures_line_is_json() -> None:
    assert json.loads(f"{{{propose('The moon must be full.').fixture}}}") == {"moon-full": ["The moon must be full."]}


@pytest.mark.parametrize(("code", "wording"), [(code, each) for code, found in LEARNT.items() for each in found])
def test_every_wording_that_was_learnt_is_recognised(code: str, wording: str) -> None:
    assert errors.recognise(Fault(message=wording)).code == code
