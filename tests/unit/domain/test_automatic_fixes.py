"""Which refusals an automatic fix is for."""

from dataclasses import replace

import pytest

from xero_sync.domain.automatic_fixes import AutomaticFix, Fixed, Reads, Refusal
from xero_sync.domain.link import NO_LINK
from xero_sync.domain.preferences import Preferences

REFUSAL = Refusal(
    document=None,
    codes=frozenset({"a", "b"}),
    preferences=Preferences({}),
    link=NO_LINK,
    content_hash="",
    number_sent="7",
)


def fix(*codes: str, applies: bool = True) -> AutomaticFix:
    return AutomaticFix(codes=frozenset(codes), decide=lambda _, __: Fixed(), applies=lambda _: applies)


@pytest.mark.parametrize(
    ("codes", "applies", "expected"),
    [(("a",), True, True), (("b", "c"), True, True), (("c",), True, False), ((), True, False), (("a",), False, False)],
)
def test_a_fix_is_for_refusals_with_its_code_to_which_it_applies(
    codes: tuple[str, ...], applies: bool, expected: bool
) -> None:
    assert fix(*codes, applies=applies).is_for(REFUSAL) is expected


def test_a_refusal_without_a_code_has_no_fix() -> None:
    assert not fix("a").is_for(replace(REFUSAL, codes=frozenset()))


def test_unless_it_says_otherwise_a_fix_always_applies_reads_nothing_and_does_not_wait() -> None:
    plain = AutomaticFix(codes=frozenset({"a"}), decide=lambda _, __: None)
    assert plain.is_for(REFUSAL)
    assert (plain.reads, plain.waits, plain.number(REFUSAL)) == (Reads.NOTHING, False, "7")
