"""However a file of bills is damaged, it is read or refused in words, within bounds."""

from collections import Counter

import pytest

from tests.ledes_writer import WRITERS
from tests.mutated_files import mutated_files, read_through


@pytest.mark.parametrize("form", WRITERS)
def test_three_hundred_damaged_files_are_read_or_refused_in_words(form: str) -> None:
    outcomes = Counter(read_through(data) for data in mutated_files(form=form, seeds=range(300)))
    assert outcomes.total() == 300
    # Damage that nobody can tell from a bill is rare; most is refused.
    assert outcomes["refused"] + outcomes["in part"] > 150
