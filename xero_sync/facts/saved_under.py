"""The preferences a document was saved under, where they are not today's."""

from dataclasses import dataclass

from firms.models import Firm
from xero_sync.domain.preferences import BY_KEY, Difference, differences
from xero_sync.facts.request_context import RequestContext
from xero_sync.facts.status import format_moment
from xero_sync.models import SyncJob


@dataclass(frozen=True, kw_only=True)
class SavedUnder:
    """The preferences a document was saved under, where they are not today's."""

    day: str
    off: int
    differences: tuple[Difference, ...]

    @property
    def sentence(self) -> str:
        """Under which settings the document was saved, and how many improvements were off then."""
        off = f"{self.off} improvement{'' if self.off == 1 else 's'} off" if self.off else "all improvements on"
        return f"Saved under the settings of {self.day}, {off}."


def compare_with_today(*, job: SyncJob, firm: Firm, context: RequestContext) -> SavedUnder | None:
    """How a document's stored preferences differ from today's; None where they do not."""
    apart = differences(job.preferences, context.preferences)
    if not apart:
        return None
    off = sum(1 for key in BY_KEY if job.preferences.get(key) is not True)
    return SavedUnder(day=_day(job, firm), off=off, differences=apart)


def describe_settings_of_retry(*, job: SyncJob, firm: Firm, context: RequestContext) -> str:
    """Under which settings a retry of this document goes, as a sentence."""
    under = compare_with_today(job=job, firm=firm, context=context)
    return under.sentence if under else "It was saved under today\u2019s settings."


def _day(job: SyncJob, firm: Firm) -> str:
    moment = format_moment(job.saved_at, firm=firm)
    return moment if "," in moment else f"today, {moment}"
