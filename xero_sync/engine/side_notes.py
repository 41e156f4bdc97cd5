"""Notes on what was changed in Xero and stays as it is there. Pure."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from xero_sync.domain.notes import KEPT_IN_XERO, Note
from xero_sync.domain.three_sides import FieldWords

CHANGED_MEANWHILE = "changed-meanwhile"


def note_kept(differences: Sequence[FieldWords]) -> Note | None:
    """A note that names each kept field with its value in Xero and here; None for none."""
    if not differences:
        return None
    return Note(KEPT_IN_XERO, f"Different in Xero, and kept as it is there: {_listed(differences)}.")


def note_changed_meanwhile(differences: Sequence[FieldWords]) -> Note | None:
    """A note on what was changed in Xero while the document was being sent; None for none."""
    if not differences:
        return None
    return Note(CHANGED_MEANWHILE, f"Changed in Xero while this was being sent: {_listed(differences)}.")


def notes_that_stay(
    stored: Sequence[Mapping[str, Any]], *, codes: Collection[str] = (KEPT_IN_XERO, CHANGED_MEANWHILE)
) -> tuple[Note, ...]:
    """Of the stored notes those on differences: they stay until the document is read in Xero again.

    What happened while an earlier write was under way stays true of the same version after that, too.
    """
    staying = (note for note in stored if note["code"] in codes)
    return tuple(Note(note["code"], note["text"]) for note in staying)


def note_undone(differences: Sequence[FieldWords]) -> Note | None:
    """A note on what was kept in Xero until a write of ours arrived there late; None for none."""
    if not differences:
        return None
    listed = "; ".join(f"{each.label} was {_quoted(each.before)}" for each in differences)
    return Note(CHANGED_MEANWHILE, f"An earlier version of this arrived late and undid a change in Xero: {listed}.")


def _listed(differences: Sequence[FieldWords]) -> str:
    return "; ".join(
        f"{each.label} is {_quoted(each.in_xero)} there and {_quoted(each.here)} here" for each in differences
    )


def _quoted(value: str) -> str:
    return f"“{value}”" if value else "empty"
