"""Documents that a person releases together, kept on record to be followed."""

from collections.abc import Collection
from datetime import datetime

from firms import audit
from firms.models import Firm, User
from xero_sync import outbox
from xero_sync.domain.holds import Hold
from xero_sync.facts.remedy import describe_cause
from xero_sync.models import Cause, Release

HELD = {
    Hold.NOT_CONNECTED: "once a firm admin connects Xero",
    Hold.CONNECTION_LOST: "once a firm admin reconnects Xero",
    Hold.SWITCHED_OFF: "once bill syncing is switched on",
    Hold.UNCONFIRMED: "once a firm admin has confirmed the first send",
    Hold.PAUSED: "when bill syncing is resumed",
}


def list_held_jobs(*, cause: Cause) -> list[int]:
    """The ids of the jobs that wait for a cause to end."""
    return list(cause.jobs.order_by("pk").values_list("pk", flat=True))


def record_release(
    *,
    firm: Firm,
    actor: User,
    cause: Cause,
    job_ids: Collection[int],
    now: datetime,
    fix: str = "",
    todays: bool = False,
) -> Release:
    """Keep who released these documents, when and how, for the page that follows them and for the audit trail."""
    release = Release.objects.create(
        firm=firm,
        cause=cause,
        title=describe_cause(cause).title[:255],
        fix=fix[:255],
        by=actor,
        at=now,
        todays=todays,
        job_ids=list(job_ids),
    )
    after = {"documents": len(job_ids), "code": cause.code, "subject": cause.subject}
    more = ({"fix": fix} if fix else {}) | ({"settings": "today's"} if todays else {})
    action = "cause.fixed" if fix else "cause.retried"
    audit.record(firm=firm, actor=actor, action=action, target=cause, after=after | more)
    return release


def describe_release(*, firm: Firm, count: int, todays: bool) -> str:
    """How many documents go, when, and under which settings."""
    what = "1 document goes" if count == 1 else f"{count:,} documents go"
    under = "today\u2019s settings" if todays else "the settings of its save"
    return f"{what} {describe_moment(firm=firm)}, {'' if count == 1 else 'each '}under {under}."


def describe_moment(*, firm: Firm) -> str:
    """When released documents go: now, or once the hold of the whole firm ends."""
    hold = outbox.firm_conditions(firm=firm).hold
    return "now" if hold is None else HELD[hold]
