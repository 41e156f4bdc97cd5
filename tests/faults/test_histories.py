"""Ten thousand random histories of both sides, and a thousand of lost answers alone."""

from collections.abc import Callable

import pytest

from firms.models import Firm
from tests.histories.play import Shape, play
from tests.xero import Xero

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.long]

SHAPE = Shape(docs=50, rests=4)
ALONE = Shape(docs=50, rests=4, alone=True)


@pytest.mark.parametrize("seed", range(1001, 1051))
def test_at_rest_no_edit_of_either_side_is_lost_stale_or_doubled(
    seed: int, connected: Firm, xero: Xero, monkeypatch: pytest.MonkeyPatch, measured: Callable[[str], None]
) -> None:
    played = play(seed=seed, shape=SHAPE, firm=connected, xero=xero, monkeypatch=monkeypatch)
    measured(str(played))
    assert not played.faults, "\n".join(played.faults)
    assert played.histories == SHAPE.histories


@pytest.mark.parametrize("seed", range(2001, 2006))
def test_lost_answers_alone_ask_nobody_anything(
    seed: int, connected: Firm, xero: Xero, monkeypatch: pytest.MonkeyPatch, measured: Callable[[str], None]
) -> None:
    played = play(seed=seed, shape=ALONE, firm=connected, xero=xero, monkeypatch=monkeypatch)
    measured(str(played))
    assert not played.faults, "\n".join(played.faults)
    assert (played.histories, played.decisions) == (ALONE.histories, 0)
