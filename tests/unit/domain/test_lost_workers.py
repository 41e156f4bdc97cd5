"""How documents go again after a worker was lost with them."""

import pytest

from xero_sync.domain.lost_workers import MOST_LOST_ALONE, NextTry, plan_next_try


@pytest.mark.parametrize(("size", "half"), [(50, 25), (22, 11), (11, 5), (3, 1), (2, 1)])
def test_a_batch_goes_again_in_halves(size: int, half: int) -> None:
    assert plan_next_try(batch_size=size, batch_limit=size, attempts=2, suspected=True) == NextTry(half, 0)


def test_a_document_alone_is_tried_at_once_then_after_a_step_and_then_no_more() -> None:
    plan = plan_next_try(batch_size=1, batch_limit=None, attempts=7, suspected=True)
    plans = [plan]
    while not plan.is_over:
        plan = plan_next_try(batch_size=1, batch_limit=plan.batch_limit, attempts=plan.attempts, suspected=True)
        plans.append(plan)
    assert [(each.attempts, each.ladder_step) for each in plans] == [(1, 0), (2, 1), (3, 2)]
    assert len(plans) == MOST_LOST_ALONE


def test_a_document_parted_from_others_counts_its_lost_workers_from_then_on() -> None:
    parted = plan_next_try(batch_size=2, batch_limit=None, attempts=9, suspected=True)
    assert plan_next_try(batch_size=1, batch_limit=1, attempts=parted.attempts, suspected=True) == NextTry(1, 1)


def test_what_no_document_is_the_reason_of_parts_nobody_and_goes_by_the_ladder_from_the_fourth_time_on() -> None:
    first = plan_next_try(batch_size=5, batch_limit=None, attempts=0, suspected=False)
    fourth = plan_next_try(batch_size=5, batch_limit=1, attempts=3, suspected=False)
    assert (first, fourth) == (NextTry(None, 1), NextTry(None, 4, ladder_step=4))
