"""A warning in a test is a failure; each exception in pyproject.toml names one message and says why."""

import re
import tomllib
from pathlib import Path

import pytest

PYPROJECT = (Path(__file__).resolve().parents[2] / "pyproject.toml").read_text()
ENTRY = re.compile(r'^    "(?P<entry>.+)",$')


def exceptions_without_a_reason(text: str) -> list[str]:
    """Entries of `filterwarnings` that ignore more than one message of one category, or have no comment above them."""
    lines = text.partition("filterwarnings = [\n")[2].partition("\n]")[0].splitlines()
    faults = []
    for above, line in zip(["", *lines], lines, strict=False):
        entry = ENTRY.match(line)
        if entry and entry["entry"] != "error":
            action, message, category = [*entry["entry"].split(":"), "", ""][:3]
            named = action == "ignore" and len(message.split()) > 2 and bool(category)
            if not named or not above.strip().startswith("# "):
                faults.append(entry["entry"])
    return faults


def test_every_warning_is_an_error_but_for_those_named_and_explained() -> None:
    entries = tomllib.loads(PYPROJECT)["tool"]["pytest"]["ini_options"]["filterwarnings"]
    assert entries[0] == "error"
    assert exceptions_without_a_reason(PYPROJECT) == []
    assert len(entries) >= 2


@pytest.mark.parametrize(
    "planted",
    [
        '    "ignore::DeprecationWarning",',
        '    # A whole category.\n    "ignore::ResourceWarning",',
        '    "ignore:no reason is given here:UserWarning",',
        '    # Any category.\n    "ignore:no category is given",',
        '    # Not an error any more.\n    "default",',
        '    # For one.\n    "ignore:one message of two:UserWarning",\n    "ignore:the other of the two:UserWarning",',
    ],
)
def test_a_planted_exception_is_found(planted: str) -> None:
    assert exceptions_without_a_reason(f'filterwarnings = [\n    "error",\n{planted}\n]') != []


def test_an_exception_with_its_message_and_reason_is_none() -> None:
    text = 'filterwarnings = [\n    "error",\n    # For this reason.\n    "ignore:that one message:UserWarning",\n]'
    assert exceptions_without_a_reason(text) == []
