"""docs/promises.md says which test proves which promise, as the markers on the tests have it."""

import re

from tests import promises


def test_the_page_is_fresh() -> None:
    assert promises.PAGE.read_text(encoding="utf-8") == promises.write_promises(), "run python -m tests.promises"


def test_every_marker_names_a_promise() -> None:
    proofs = promises.find_proofs()
    assert len(proofs) > 20
    assert set(proofs) - set(promises.PROMISES) == set()


def test_a_promise_without_a_test_is_unproved_whatever_is_written_about_it() -> None:
    page = promises.write_promises()
    unproved = set(promises.PROMISES) - set(promises.find_proofs())
    assert {code for code in promises.PROMISES if f"\n## {code}, unproved\n" in page} == unproved
    assert {code for code in unproved if promises.PROMISES[code].open} == set()


def test_no_marker_is_missed_by_the_reader() -> None:
    sources = [file.read_text() for file in (promises.TOP / "tests").rglob("test_*.py")]
    written = sum(len(re.findall(r"^@pytest\.mark\.promise\(", source, re.MULTILINE)) for source in sources)
    read = sum(len({name for name, _ in promises.read_markers(source=source)}) for source in sources)
    assert written == read > 70


def test_a_planted_marker_is_read_with_each_of_its_promises() -> None:
    source = (
        '@pytest.mark.parametrize("n", [1])\n@pytest.mark.promise("P01", "P99")\ndef test_a_save(n: int) -> None: ...'
    )
    assert list(promises.read_markers(source=source)) == [("test_a_save", "P01"), ("test_a_save", "P99")]
