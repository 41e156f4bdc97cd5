"""docs/states.md: the states of a sync job and the moves between them, drawn from the table of moves."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Final

from help_center.glossary import list_state_meanings
from xero_sync.domain.states import MOVES, Event, State
from xero_sync.facts.status import LABELS

# What happened, in words, to the one document that the job stands for.
SAVES_AND_DECISIONS: Final[Mapping[Event, str]] = {
    Event.SAVED: "Somebody saved the document, and nothing keeps it back.",
    Event.SAVED_HELD: "Somebody saved the document, and something keeps it back.",
    Event.SAVED_NOT_SENT: "Somebody saved the document, and it is not to be sent: a draft, for example.",
    Event.SAVED_IN_FLIGHT: "Somebody saved the document while an earlier version is on its way.",
    Event.RETRIED: (
        "A person pressed Retry or linked the document by hand; or the sync sends it once more: a contact that "
        "its bills need, or a document whose old version may have arrived late."
    ),
    Event.SKIPPED: "The document is not to be sent: judged anew, or a person left it out.",
}
SYNC: Final[Mapping[Event, str]] = {
    Event.CLAIMED: "A worker took the job into a batch.",
    Event.ACCEPTED: "Xero took the document.",
    Event.UNCHANGED: "Xero holds exactly this version already.",
    Event.REFUSED: "Xero, or the mapping before it, refused the document; or its refusal is known better by now.",
    Event.HELD: "Something keeps the document back: no connection, a pause, a contact that was refused.",
    Event.DEFERRED: (
        "Nothing was sent for the document, and it goes again: a limit of Xero is waited out, a token was refused, the "
        "request was too large for all of its documents, the document was linked to a look-alike first, a look-up "
        "failed, or its worker died before it sent."
    ),
    Event.FAILED: "The call failed and nothing was done in Xero.",
    Event.UNKNOWN: "The document was sent and no answer came back.",
    Event.ABSENT: "Xero was asked and does not have the document.",
    Event.STALE: "A newer version was saved meanwhile.",
    Event.RELEASED: "What kept the document back is over.",
}
EVENTS: Final[Mapping[Event, str]] = {**SAVES_AND_DECISIONS, **SYNC}
_STATES: Final = [State(each.state) for each in list_state_meanings() if not each.with_notes]


def write_states() -> str:
    """The page's text."""
    return "\n".join(_write_lines()) + "\n"


def _write_lines() -> Iterator[str]:
    yield from (
        "# States of a sync job",
        "",
        "Written by `manage.py write_docs` from `xero_sync/domain/states.py`. Change the table, not this file.",
        "",
        f"A sync job is one document's place in line. It has {len(_STATES)} states and {len(MOVES)} moves between",
        "them; any other move is refused as a fault in the program. Only `xero_sync/outbox/` moves a job.",
    )
    yield from ("", "## States", "", "| state | code | what it means for a bill | who acts next |")
    yield "| --- | --- | --- | --- |"
    yield from (
        f"| {each.label} | `{each.state}` | {each.words} | {each.who} |"
        for each in list_state_meanings()
        if not each.with_notes
    )
    yield from _draw_diagram("What saves and decisions move", SAVES_AND_DECISIONS)
    yield from _draw_diagram("What the sync moves", SYNC)
    yield from ("", "## Events", "", "| event | what happened |", "| --- | --- |")
    yield from (f"| `{event}` | {words} |" for event, words in EVENTS.items())
    yield from ("", "## Moves", "", "| state | event | next state |", "| --- | --- | --- |")
    yield from (
        f"| {LABELS[state]} | `{event}` | {LABELS[MOVES[state, event]]} |"
        for state in _STATES
        for event in EVENTS
        if (state, event) in MOVES
    )


def _draw_diagram(title: str, events: Mapping[Event, str]) -> Iterator[str]:
    """One arrow for each pair of states, with every event that leads from the one to the other."""
    arrows: defaultdict[tuple[State, State], list[Event]] = defaultdict(list)
    for (state, event), following in MOVES.items():
        if event in events:
            arrows[state, following].append(event)
    drawn = {state for pair in arrows for state in pair}
    yield from ("", f"## {title}", "", "```mermaid", "stateDiagram-v2", "    direction LR")
    yield from (f"    {state} : {LABELS[state]}" for state in _STATES if state in drawn)
    yield from (f"    {state} --> {following} : {', '.join(why)}" for (state, following), why in arrows.items())
    yield "```"
