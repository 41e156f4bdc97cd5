"""The list of kinds: each once, and what waits for another after it."""

import inspect

import pytest
from xero_python.accounting import AccountingApi

from xero_sync.domain.errors import BY_CODE
from xero_sync.domain.kinds import KindSpec
from xero_sync.kinds.registry import KINDS, find_kind, kinds_for_clients, kinds_waiting_for


def test_every_kind_stands_once_and_after_what_it_waits_for() -> None:
    codes = [spec.code for spec in KINDS]
    assert codes[:2] == ["CONTACT", "INVOICE"]
    assert len(set(codes)) == len(codes)
    assert [
        spec.code for spec in KINDS if spec.waits_for and spec.waits_for not in codes[: codes.index(spec.code)]
    ] == []


def test_a_kind_is_found_by_its_code_alone() -> None:
    assert [find_kind(spec.code) for spec in KINDS] == list(KINDS)
    with pytest.raises(KeyError):
        find_kind("NO_KIND")


@pytest.mark.parametrize(("code", "waiting"), [("CONTACT", {"INVOICE"}), ("INVOICE", set()), ("NO_KIND", set())])
def test_what_waits_for_a_kind_is_listed(code: str, waiting: set[str]) -> None:
    assert waiting <= {spec.code for spec in kinds_waiting_for(code)}
    assert all(spec.waits_for == code for spec in kinds_waiting_for(code))


def test_a_client_is_not_made_out_to_a_client() -> None:
    codes = [spec.code for spec in kinds_for_clients()]
    assert "INVOICE" in codes
    assert "CONTACT" not in codes


def test_every_refusal_a_kind_names_is_a_known_error() -> None:
    named = {
        code
        for spec in KINDS
        for code in (spec.gone_code, spec.waited_archived, spec.waited_gone, *spec.taken_codes)
        if code
    }
    assert len(named) >= 6
    assert named <= set(BY_CODE)


def taken_by(method: str) -> set[str]:
    """The parameters that a method of the SDK takes."""
    return set(inspect.signature(getattr(AccountingApi, method)).parameters)


@pytest.mark.parametrize("spec", KINDS, ids=lambda spec: spec.code)
def test_the_sdk_takes_what_the_calls_of_a_kind_ask_for(spec: KindSpec) -> None:
    calls = spec.calls
    write = {"summarize_errors", "idempotency_key", *calls.amount_options}
    read = {"if_modified_since", "order", "page", *calls.read_options}
    read |= {name for name in (calls.size_option, calls.summary_option, calls.numbers_option) if name}
    read |= {"where"} if calls.where else set()
    read |= {*calls.amount_options, "search_term"} if calls.numbers_option else set()

    assert [write - taken_by(calls.create), write - taken_by(calls.update), read - taken_by(calls.read)] == [set()] * 3
