"""The pages under docs/ that are written from the tables say what the tables say."""

import re
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from help_center import states_page, written_docs
from xero_sync.domain.errors import TABLE
from xero_sync.domain.preferences import ALWAYS_ON, PREFERENCES
from xero_sync.domain.states import MOVES, Event, State
from xero_sync.facts.status import LABELS

DOCS = Path(__file__).resolve().parents[2] / "docs"


@pytest.fixture
def elsewhere(tmp_path: Path, settings: Any) -> Path:
    """A checkout whose docs folder is empty."""
    settings.BASE_DIR = tmp_path
    (tmp_path / "docs").mkdir()
    return tmp_path / "docs"


def test_the_written_pages_are_fresh() -> None:
    assert written_docs.list_stale_pages(folder=DOCS) == [], "run manage.py write_docs"


def test_every_known_error_is_on_its_page_once() -> None:
    text = written_docs.write_xero_errors()
    assert [entry.code for entry in TABLE if text.count(f"\n`{entry.code}`, ") != 1] == []


def test_every_improvement_is_on_its_page() -> None:
    text = written_docs.write_preferences()
    assert [each.key for each in PREFERENCES if f"| `{each.key}` |" not in text] == []
    assert [each.title for each in ALWAYS_ON if f"| {each.title} |" not in text] == []


def test_every_move_and_every_event_is_on_the_page_of_states() -> None:
    text = states_page.write_states()
    moves = {f"| {LABELS[state]} | `{event}` | {LABELS[following]} |" for (state, event), following in MOVES.items()}
    assert set(states_page.EVENTS) == set(Event)
    assert set(re.findall(r"^\| [^|]+ \| `\w+` \| [^|]+ \|$", text, re.MULTILINE)) == moves


def test_the_diagrams_have_every_move_once() -> None:
    arrows = re.findall(r"^    (\w+) --> (\w+) : (.+)$", states_page.write_states(), re.MULTILINE)
    drawn = [(State(one), Event(event), State(other)) for one, other, why in arrows for event in why.split(", ")]
    assert sorted(drawn) == sorted((state, event, following) for (state, event), following in MOVES.items())


def test_checking_names_stale_pages_and_writes_nothing(elsewhere: Path) -> None:
    with pytest.raises(CommandError, match=r"xero-errors\.md, preferences\.md, states\.md\. Run manage\.py write_docs"):
        call_command("write_docs", "--check")
    assert list(elsewhere.iterdir()) == []


def test_writing_makes_them_fresh_and_a_second_time_does_nothing(elsewhere: Path) -> None:
    said = StringIO()
    call_command("write_docs", stdout=said)
    call_command("write_docs", "--check", stdout=said)
    call_command("write_docs", stdout=said)
    assert said.getvalue().splitlines() == [
        "Written: xero-errors.md, preferences.md, states.md",
        "All pages are fresh.",
        "Nothing to write: all pages are fresh.",
    ]
    assert (elsewhere / "preferences.md").read_text(encoding="utf-8") == written_docs.write_preferences()
