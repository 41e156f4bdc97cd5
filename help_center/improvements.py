"""The published list of improvements: those with a switch, and those that every firm has."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

from django.utils.text import slugify

from help_center.messages import MessageLink, link_messages
from xero_sync.domain.errors import BY_NUMBER
from xero_sync.domain.preferences import ALWAYS_ON, PREFERENCES, Helps, Improvement, Preference

KINDS: Final[dict[Helps, str]] = {
    "prevents": "Prevents an error",
    "repairs": "Fixes an error",
    "explains": "Explains an error",
}


@dataclass(frozen=True, kw_only=True)
class ListedImprovement:
    """One improvement of the published list; `off` is empty for an improvement that every firm has."""

    anchor: str
    title: str
    does: str
    off: str
    prevents: str
    kind: str
    messages: tuple[MessageLink, ...]
    about_all: bool = False

    @property
    def has_switch(self) -> bool:
        return bool(self.off)


@cache
def list_switches() -> tuple[ListedImprovement, ...]:
    """The improvements a firm switches on and off, in the table's order."""
    return tuple(_list_switch(preference) for preference in PREFERENCES if preference.ready)


@cache
def list_always_on() -> tuple[ListedImprovement, ...]:
    """The improvements every firm has."""
    return tuple(_list_improvement(each) for each in ALWAYS_ON)


def _list_switch(preference: Preference) -> ListedImprovement:
    return ListedImprovement(
        anchor=preference.key,
        title=preference.label,
        does=preference.help,
        off=preference.off_help,
        prevents=preference.prevents,
        kind=KINDS[preference.kind] if preference.messages else "Saves work",
        messages=_link_numbered(preference.messages),
    )


def _list_improvement(each: Improvement) -> ListedImprovement:
    about_all = len(each.messages) == len(BY_NUMBER)
    return ListedImprovement(
        anchor=slugify(each.title),
        title=each.title,
        does=each.does,
        off="",
        prevents="",
        kind=KINDS[each.kind],
        messages=() if about_all else _link_numbered(each.messages),
        about_all=about_all,
    )


def _link_numbered(numbers: Sequence[int]) -> tuple[MessageLink, ...]:
    return link_messages([BY_NUMBER[number] for number in numbers])
