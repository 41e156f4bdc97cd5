"""Faults as values, and the words of the moment at which a refused document is looked at again."""

from xero_sync.domain.errors import BY_CODE, Fault, Recheck


def test_a_fault_can_be_kept_in_a_set() -> None:
    assert len({Fault(message="a", parts={"account": "1"}), Fault(message="a", parts={"account": "1"})}) == 1


def test_every_moment_of_looking_again_has_words() -> None:
    assert [each for each in Recheck if not each.words.endswith(".")] == []
    assert len(Recheck) == 15


def test_an_entry_says_when_it_is_looked_at_again() -> None:
    assert BY_CODE["account-archived"].recheck == Recheck.ON_CHART.words
    assert BY_CODE["locked-period"].recheck == Recheck.ON_LOCK_DATES.words
