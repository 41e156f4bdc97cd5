"""What preflight says of random bills beside what really becomes of them against the emulated Xero, over HTTP."""

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils import timezone

from billing.models import Invoice
from firms.models import Firm
from firms.scope import firm_scope
from tests.factories import FirmFactory, admin_of
from tests.random_books import Books
from tests.xero import Xero, connect_firm, read_chart_of, read_index_of, sync_batches
from xero_sync.domain.states import State
from xero_sync.engine import Turned
from xero_sync.engine.preflight import Judged, Verdict, check
from xero_sync.facts.remedy import describe_leading_fault
from xero_sync.facts.request_context import RequestContext
from xero_sync.models import SyncJob, SyncLane
from xero_sync.pages.forecast import build_ground

MOST_TURNS = 100
# A short turn: calls are paced beyond a few, and the limits are another test's business.
CALLS = 5
GOES = "goes"


@dataclass(frozen=True)
class Comparison:
    """One bill: its forecast and what became of the bill, each as a verdict and a code."""

    seed: int
    bill: int
    forecast: tuple[str, str]
    became: tuple[str, str]

    @property
    def agrees(self) -> bool:
        return self.forecast == self.became


def compare(*, seed: int, bills: int, xero: Xero) -> list[Comparison]:
    """One random firm: books that are partly in Xero, a bookkeeper's changes, bills saved again and new ones."""
    firm: Firm = FirmFactory()
    with firm_scope(firm):
        xero.control("POST", "limits", minute=0, day=0)
        xero.organisation_id = xero.control("POST", "organisations", template="AU", name=firm.name)["id"]
        connect_firm(firm=firm, admin=admin_of(firm), xero=xero)
        books = Books(firm, xero, random.Random(seed))
        saved = _live(books, bills)
        read_chart_of(firm)
        read_index_of(firm)
        forecast = _foretell(firm, saved)
        _sync_to_the_end(books)
        became = _became(firm, saved)
    return [Comparison(seed, bill.pk, forecast[bill.pk], became[bill.pk]) for bill in saved]


def _live(books: Books, bills: int) -> list[Invoice]:
    """The bills saved since the last sync, the rest stands in Xero or waits for somebody."""
    books.categories_of_all_kinds()
    books.settings()
    books.people(max(bills // 8, 4))
    books.strangers_contacts(max(bills // 16, 3))
    books.write_bills(bills // 3)
    books.strangers_bills(bills // 20)
    _sync_to_the_end(books)
    books.bookkeeping()
    books.strangers_contacts(max(bills // 20, 3))
    if books.chance(50):
        books.settings()
    books.people(max(bills // 8, 4))
    books.rename_some(20)
    edited = books.edit(60)
    before = len(books.bills)
    books.strangers_bills(bills // 16)
    books.write_bills(bills - len(edited))
    return [*edited, *books.bills[before:]]


def _foretell(firm: Firm, saved: Sequence[Invoice]) -> dict[int, tuple[str, str]]:
    rows = firm.invoices.filter(pk__in=[bill.pk for bill in saved]).select_related("contact", "matter")
    checked = check.check(
        firm=firm,
        ground=build_ground(RequestContext(firm)),
        asked=check.PreflightQuestion(bills=list(rows), stored=True),
    )
    return {pk: _in_short(judged) for pk, judged in checked.bills.items()}


def _in_short(judged: Judged) -> tuple[str, str]:
    if judged.arrives:
        return GOES, ",".join(sorted({note.code for note in judged.notes if not note.quiet}))
    if judged.verdict is Verdict.NOT_SENT:
        return judged.verdict, str(judged.reason)
    return judged.verdict, judged.cause[0]


def _sync_to_the_end(books: Books) -> None:
    for _ in range(MOST_TURNS):
        turned = sync_batches(books.firm, CALLS)
        waiting = SyncJob.objects.filter(firm=books.firm, state__in=["WAITING", "TRYING_AGAIN", "CHECKING"])
        if turned is Turned.IDLE and not waiting.exists():
            return
        # Time goes by: what waits for a limit or for its next try is due; what was due keeps its place in line.
        books.forget_limits()
        SyncLane.objects.filter(firm=books.firm).update(not_before=None)
        now = timezone.now()
        waiting.filter(due_at__gt=now).update(due_at=now)
    raise AssertionError(f"Bills are still in line: {list(waiting.values('state', 'kind', 'faults')[:3])}")


def _became(firm: Firm, saved: Sequence[Invoice]) -> dict[int, tuple[str, str]]:
    jobs = SyncJob.objects.filter(firm=firm, kind="INVOICE", object_id__in=[bill.pk for bill in saved])
    return {job.object_id: _of_job(job) for job in jobs.select_related("cause")}


def _of_job(job: SyncJob) -> tuple[str, str]:
    if job.state == State.IN_XERO:
        return GOES, ",".join(sorted({note["code"] for note in job.xero_record.notes}))
    if job.state == State.NOT_SENT:
        return Verdict.NOT_SENT, job.hold
    remedy = describe_leading_fault(job.faults)
    code = job.cause.code if job.cause else remedy.code if remedy else job.hold
    return (Verdict.REFUSED if job.state == State.NEEDS_YOU else Verdict.HELD), code


def report_misses(compared: Sequence[Comparison]) -> list[str]:
    """The figures, and the misses by message, as lines."""
    missed = [each for each in compared if not each.agrees]
    share = 100 * (len(compared) - len(missed)) / len(compared)
    kinds = Counter(each.became for each in compared)
    lines = [f"Preflight agrees with what became of {len(compared) - len(missed):,} of {len(compared):,} random bills"]
    lines[0] += f" ({share:.2f}%); {len(kinds)} ways to end."
    for (said, did), count in Counter((each.forecast, each.became) for each in missed).most_common():
        first = next(each for each in missed if (each.forecast, each.became) == (said, did))
        lines.append(f"  {count} forecast {' '.join(said)}, became {' '.join(did)} (seed {first.seed})")
    return lines


def agreement(compared: Sequence[Comparison]) -> float:
    """The share that agrees, 0 to 1."""
    return sum(each.agrees for each in compared) / len(compared)
