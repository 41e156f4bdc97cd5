"""The outbox: the only writer of SyncJob, XeroRecord, SyncBatch, SyncAttempt, Cause and SyncLane.

A saved document has one SyncJob. Its life: enqueue, claim, freeze, send (elsewhere), settle; and by hand or by the
world's changes: retry, release, rejudge, link, settle_by_hand, send_as_new, decide_sides. `recover` gives back what a
dead worker held.
"""

from xero_sync.outbox.causes import watch
from xero_sync.outbox.claim import ClaimedBatch, Frozen, LaneLost, claim, freeze, halve
from xero_sync.outbox.conditions import firm_conditions, firms_with_work, read_preferences, start_firm
from xero_sync.outbox.decide import (
    Changed,
    Decision,
    assign,
    handled_as,
    link,
    name_of,
    settle_by_hand,
    snooze,
    waiting_ids,
)
from xero_sync.outbox.enqueue import enqueue
from xero_sync.outbox.firm_lock import lock_firm
from xero_sync.outbox.gone import GoneJobs, agree_on_end, last_id, select_gone, send_as_new, take_gone
from xero_sync.outbox.lane import Lane, end_lost_lease, leave_lane, name_holder, take_lane, wait_in_lane
from xero_sync.outbox.recover import abandon, look_again, recover
from xero_sync.outbox.release import rejudge, release, retry
from xero_sync.outbox.requeue import (
    Requeue,
    requeue_jobs,
    resend_waited,
    restore_waited,
)
from xero_sync.outbox.settle import Answer, Result, settle
from xero_sync.outbox.sides import (
    ChangedJobs,
    decide_sides,
    in_group,
    list_open,
    select_changed,
    select_groups,
    take_changed,
)

__all__ = [
    "Answer",
    "Changed",
    "ChangedJobs",
    "ClaimedBatch",
    "Decision",
    "Frozen",
    "GoneJobs",
    "Lane",
    "LaneLost",
    "Requeue",
    "Result",
    "abandon",
    "agree_on_end",
    "assign",
    "claim",
    "decide_sides",
    "end_lost_lease",
    "enqueue",
    "firm_conditions",
    "firms_with_work",
    "freeze",
    "halve",
    "handled_as",
    "in_group",
    "last_id",
    "leave_lane",
    "link",
    "list_open",
    "lock_firm",
    "look_again",
    "name_holder",
    "name_of",
    "read_preferences",
    "recover",
    "rejudge",
    "release",
    "requeue_jobs",
    "resend_waited",
    "restore_waited",
    "retry",
    "select_changed",
    "select_gone",
    "select_groups",
    "send_as_new",
    "settle",
    "settle_by_hand",
    "snooze",
    "start_firm",
    "take_changed",
    "take_gone",
    "take_lane",
    "wait_in_lane",
    "waiting_ids",
    "watch",
]
