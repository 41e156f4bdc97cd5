"""The states of an import of a file, and the only moves between them. Pure."""

from enum import StrEnum


class ImportState(StrEnum):
    READING = "READING"  # a worker reads and judges the file
    CHECKED = "CHECKED"  # what would happen is known; a person decides
    IMPORTING = "IMPORTING"  # a worker writes
    RELEASING = "RELEASING"  # everything is written; a worker lets it go on
    HELD = "HELD"  # everything is written and kept back until a person releases it
    DONE = "DONE"
    UNDOING = "UNDOING"  # a worker takes back what was written
    UNDONE = "UNDONE"
    FAILED = "FAILED"  # our own software failed over it, several times


class ImportEvent(StrEnum):
    READ = "READ"
    CHOSEN = "CHOSEN"  # a person chose otherwise how the file is to be understood
    CONFIRMED = "CONFIRMED"
    OVERTAKEN = "OVERTAKEN"  # what was saved meanwhile speaks against the file, of which nothing is written yet
    HELD = "HELD"  # all is written, to be kept back
    WRITTEN = "WRITTEN"  # all is written, to go on
    RELEASE = "RELEASE"
    RELEASED = "RELEASED"
    UNDO = "UNDO"
    UNDONE = "UNDONE"
    FAILED = "FAILED"


S, E = ImportState, ImportEvent
MOVES: dict[tuple[ImportState, ImportEvent], ImportState] = {
    (S.READING, E.READ): S.CHECKED,
    (S.CHECKED, E.CHOSEN): S.READING,
    (S.CHECKED, E.CONFIRMED): S.IMPORTING,
    (S.IMPORTING, E.OVERTAKEN): S.CHECKED,
    (S.IMPORTING, E.HELD): S.HELD,
    (S.IMPORTING, E.WRITTEN): S.RELEASING,
    (S.IMPORTING, E.UNDO): S.UNDOING,
    (S.HELD, E.RELEASE): S.RELEASING,
    (S.HELD, E.UNDO): S.UNDOING,
    (S.RELEASING, E.RELEASED): S.DONE,
    (S.FAILED, E.UNDO): S.UNDOING,
    (S.UNDOING, E.UNDONE): S.UNDONE,
    # Nothing was stored yet: the file is put away.
    (S.CHECKED, E.UNDO): S.UNDONE,
    **{(state, E.FAILED): S.FAILED for state in (S.READING, S.IMPORTING, S.RELEASING, S.UNDOING)},
}
# A worker has something to do.
AT_WORK = (S.READING, S.IMPORTING, S.RELEASING, S.UNDOING)


class IllegalImportMove(Exception):
    """A move that is not listed: somebody else has moved the import since it was looked at."""


def state_after(state: ImportState, event: ImportEvent) -> ImportState:
    """The state that follows. Raises IllegalImportMove for a move that is not listed."""
    try:
        return MOVES[state, event]
    except KeyError:
        raise IllegalImportMove(f"An import that is {state} cannot take {event}") from None
