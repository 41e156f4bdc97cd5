"""Each entry of docs/decisions.md has its date."""

import re
from pathlib import Path

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "decisions.md").read_text()


def test_every_decision_has_its_date() -> None:
    entries = re.findall(r"^- \*\*(.+)$", PAGE, re.MULTILINE)
    assert len(entries) > 35
    assert [entry for entry in entries if not re.match(r"20\d\d-\d\d-\d\d: \S", entry)] == []
