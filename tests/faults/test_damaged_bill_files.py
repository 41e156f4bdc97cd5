"""Twenty thousand damaged files for each reader of bills: time and memory stay within bounds."""

import resource
import time
from collections import Counter
from collections.abc import Callable

import pytest

from tests.ledes_writer import WRITERS
from tests.mutated_files import mutated_files, read_through

pytestmark = [pytest.mark.long]

FILES, AT_ONCE = 20_000, 500
MOST_MEGABYTES_MORE = 50


@pytest.mark.parametrize("form", WRITERS)
def test_twenty_thousand_damaged_files_are_read_or_refused_in_words(form: str, measured: Callable[[str], None]) -> None:
    began, outcomes = time.perf_counter(), Counter[str]()
    outcomes.update(read_through(data) for data in mutated_files(form=form, seeds=range(AT_ONCE)))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for first in range(AT_ONCE, FILES, AT_ONCE):
        outcomes.update(read_through(data) for data in mutated_files(form=form, seeds=range(first, first + AT_ONCE)))
    more = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    measured(
        f"{form}: {FILES:,} damaged files in {time.perf_counter() - began:.0f} s, {dict(outcomes)}, {more:.0f} MB more"
    )
    assert outcomes.total() == FILES
    assert more < MOST_MEGABYTES_MORE
