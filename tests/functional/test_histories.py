"""Five hundred random histories: both sides edit, answers are lost, writes come late, and at rest nothing is lost."""

import pytest

from firms.models import Firm
from tests.histories.play import Shape, play
from tests.xero import Xero

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.promise("P10")]

SHAPE = Shape(docs=50, rests=2, readings=2)


@pytest.mark.parametrize("seed", range(1, 5))
def test_at_rest_no_edit_of_either_side_is_lost_stale_or_doubled(
    seed: int, connected: Firm, xero: Xero, monkeypatch: pytest.MonkeyPatch
) -> None:
    played = play(seed=seed, shape=SHAPE, firm=connected, xero=xero, monkeypatch=monkeypatch)
    assert not played.faults, "\n".join(played.faults)
    assert played.histories == SHAPE.histories


def test_lost_answers_alone_ask_nobody_anything(connected: Firm, xero: Xero, monkeypatch: pytest.MonkeyPatch) -> None:
    shape = Shape(docs=50, rests=2, readings=10, alone=True)
    played = play(seed=5, shape=shape, firm=connected, xero=xero, monkeypatch=monkeypatch)
    assert not played.faults, "\n".join(played.faults)
    assert (played.histories, played.decisions) == (shape.histories, 0)
