"""Lines of a document that was found in Xero after its answer was lost, which Xero does not have any more. Pure.

Somebody removed them there before we looked. Xero's ids of them are known to nobody, so that they get one of ours, by
which they compare like any line that was agreed on and is gone. It never goes to Xero: a line that Xero does not have
is sent without an id.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from xero_sync.domain.kinds import KindSpec
from xero_sync.domain.three_sides import part_of
from xero_sync.engine.unconfirmed import Unconfirmed

ABSENT = "absent-"
LineIds = Mapping[str, str]


def keys_of_lines(sent: Unconfirmed) -> Sequence[int]:
    """The keys here of the lines sent; their places, where a write noted no keys."""
    return sent.line_keys or range(len(sent.element.get("LineItems", ())))


def find_line_ids(kind: KindSpec, sent: Unconfirmed, document: Mapping[str, Any]) -> dict[str, str]:
    """The id of each line by its key, with an id of ours for one that Xero does not have.

    Where Xero has none of them, the lines are compared as a whole, and none has an id.
    """
    found = kind.match_lines(keys_of_lines(sent), sent.element, document)
    absent = {str(key): f"{ABSENT}{key}" for key in sent.line_keys} if found else {}
    return {**absent, **found}


def keep_absent(line_ids: LineIds, by_somebody_else: Collection[str]) -> dict[str, str]:
    """The ids without those of lines whose absence another version of ours explains."""
    removed = {part_of(field).rpartition(".")[2] for field in by_somebody_else}
    return {key: at for key, at in line_ids.items() if not at.startswith(ABSENT) or at in removed}


def add_absent(sent: Unconfirmed, document: Mapping[str, Any], line_ids: LineIds) -> Mapping[str, Any]:
    """The document in Xero with the lines that were removed there since it was sent."""
    rows = zip(keys_of_lines(sent), sent.element.get("LineItems", ()), strict=False)
    ids = ((line_ids.get(str(key), ""), row) for key, row in rows)
    absent = [{**row, "LineItemID": at} for at, row in ids if at.startswith(ABSENT)]
    return {**document, "LineItems": [*(document.get("LineItems") or ()), *absent]} if absent else document
