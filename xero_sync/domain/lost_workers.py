"""The next try of the documents that a worker had in hand when it was lost or met a fault of ours. Pure."""

from dataclasses import dataclass

# A document that lost so many workers in a row while it was alone needs us.
MOST_LOST_ALONE = 3
# Documents that are put back so often in a row by no fault of theirs go by the ladder.
MOST_PUT_BACK = 3


@dataclass(frozen=True)
class NextTry:
    """How a document goes again: in a batch of at most `batch_limit`, at once or after a step of the ladder.

    `is_over`: it is not tried again by itself, since no other document can be the reason.
    """

    batch_limit: int | None
    attempts: int
    ladder_step: int = 0
    is_over: bool = False


def plan_next_try(*, batch_size: int, batch_limit: int | None, attempts: int, suspected: bool) -> NextTry:
    """Halve the batch if one of its documents is suspected of ending the worker, so that the others are parted from it.

    `batch_limit` and `attempts` are the document's, from before. Under a limit of one, `attempts` counts workers lost.
    """
    if not suspected:
        return NextTry(None, attempts + 1, ladder_step=attempts + 1 if attempts >= MOST_PUT_BACK else 0)
    if batch_size > 1:
        return NextTry(batch_size // 2, 0)
    lost = attempts + 1 if batch_limit == 1 else 1
    return NextTry(1, lost, ladder_step=lost - 1, is_over=lost >= MOST_LOST_ALONE)
