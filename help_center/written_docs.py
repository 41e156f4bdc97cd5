"""The pages under docs/ that are written from the tables: their text, and whether the files are up to date."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from help_center.articles import write_article
from help_center.messages import group_messages
from help_center.states_page import write_states
from xero_sync.domain.errors import BY_CODE, BY_NUMBER, TABLE, KnownError, Owner, plain_title
from xero_sync.domain.preferences import ALWAYS_ON, BY_KEY, CUTOVER, PREFERENCES, Preference

_WRITTEN: Final = "Written by `manage.py write_docs` from `{source}`. Change the table, not this file."
_OWNERS: Final = {Owner.STAFF: "billing staff", Owner.ADMIN: "firm admin", Owner.US: "us", Owner.NOBODY: "nobody"}
_ON: Final = {True: "on", False: "off"}


def write_pages() -> dict[str, str]:
    """Each page's text by the name of its file."""
    return {name: update_pages() for name, update_pages in _PAGES.items()}


def list_stale_pages(*, folder: Path) -> list[str]:
    """Names of the files that differ from the tables or are missing."""
    return [name for name, text in write_pages().items() if _read_page(folder / name) != text]


def update_pages(*, folder: Path) -> list[str]:
    """Write the files that are stale; returns their names."""
    written = list_stale_pages(folder=folder)
    for name in written:
        (folder / name).write_text(write_pages()[name], encoding="utf-8")
    return written


def write_xero_errors() -> str:
    """The table of known errors as a page."""
    lines = [
        "# Known errors",
        "",
        _WRITTEN.format(source="xero_sync/domain/errors/"),
        "",
        (
            f"{len(TABLE)} known errors, {len(BY_NUMBER)} of them rows of the list of Xero’s messages "
            "(the number in front); the others are our own. Names, numbers and dates are in general words."
        ),
    ]
    for group in group_messages():
        lines += ["", f"## {group.title}"]
        for message in group.messages:
            lines += _describe_error(BY_CODE[message.code])
    return "\n".join(lines) + "\n"


def write_preferences() -> str:
    """The preferences and the improvements every firm has, as a page."""
    lines = [
        "# Improvements",
        "",
        _WRITTEN.format(source="xero_sync/domain/preferences.py"),
        "",
        "## Preferences",
        "",
        (
            f"A firm created on {CUTOVER:%-d %B %Y} or later, by its own calendar, starts with the right-hand column; "
            "an older one with the one before it. The rows are written when the firm is created and are never worked "
            "out again."
        ),
        "",
        "| key | label | on | off | kind | messages | before July 2019 | since |",
        "| --- | --- | --- | --- | --- | --- | --- | --- |",
        *(_describe_preference(preference) for preference in PREFERENCES),
        "",
        "## Always on",
        "",
        "| improvement | does | kind | messages |",
        "| --- | --- | --- | --- |",
        *(_format_row(each.title, each.does, each.kind, _format_ranges(each.messages)) for each in ALWAYS_ON),
    ]
    return "\n".join(lines) + "\n"


_PAGES: Final[Mapping[str, Callable[[], str]]] = {
    "xero-errors.md": write_xero_errors,
    "preferences.md": write_preferences,
    "states.md": write_states,
}


def _describe_error(known: KnownError) -> list[str]:
    article = write_article(known.code)
    number = f"{known.number}. " if known.number else ""
    facts = {
        "Why": article.why,
        "Here": article.fix_here,
        "In Xero": article.fix_in_xero,
        "Who": _OWNERS[known.owner],
        "Meanwhile": article.meanwhile,
        "Looked at again": article.recheck,
        "Improvement": _describe_improvement(known),
        "Waits for": "" if known.feature == "now" else known.feature,
        "Sample": f"`{article.sample}`" if article.sample else "",
    }
    lines = [f"- {label}: {text}" for label, text in facts.items() if text]
    return ["", f"### {number}{plain_title(known)}", "", f"`{known.code}`, {known.klass}", "", *lines]


def _describe_improvement(known: KnownError) -> str:
    preference = BY_KEY.get(known.improvement)
    return f"{preference.label} (`{preference.key}`)" if preference else known.improvement


def _describe_preference(preference: Preference) -> str:
    return _format_row(
        f"`{preference.key}`",
        preference.label,
        preference.help,
        preference.off_help,
        preference.kind,
        _format_ranges(preference.messages),
        _ON[preference.default_before_july_2019],
        _ON[preference.default_after],
    )


def _format_row(*cells: str) -> str:
    return f"| {' | '.join(cell.replace('|', '&#124;') for cell in cells)} |"


def _format_ranges(numbers: tuple[int, ...]) -> str:
    """ "1-3, 5": neighbours drawn together."""
    runs: list[list[int]] = []
    for number in sorted(numbers):
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return ", ".join(str(run[0]) if len(run) == 1 else f"{run[0]}-{run[-1]}" for run in runs)


def _read_page(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.is_file() else ""
