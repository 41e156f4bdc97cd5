"""The bills of a demo firm in the end: counted from our rows and from the organisation's own books."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from billing.models import Invoice
from firms.models import Firm
from firms.refusals import Refused
from xero_sync import outbox
from xero_sync.demo import cast
from xero_sync.demo.cast import DemoFirm
from xero_sync.demo.stand_in import Books
from xero_sync.domain.holds import SENTENCES
from xero_sync.domain.states import State
from xero_sync.facts.preferences import SWITCHABLE
from xero_sync.facts.remedy import describe_cause
from xero_sync.kinds.invoice.spec import INVOICE
from xero_sync.models import SyncJob
from xero_sync.organisation.connections import find_connection

UNSETTLED = (State.WAITING, State.SENDING, State.TRYING_AGAIN, State.CHECKING)
ZERO = Decimal(0)


@dataclass
class Tally:
    """The number of some bills and their total in the firm's currency."""

    count: int = 0
    money: Decimal = ZERO

    def add(self, total: Decimal) -> None:
        self.count += 1
        self.money += total


@dataclass(frozen=True, kw_only=True)
class DemoOutcome:
    """One firm's bills by what became of them; causes by (code, title). `accounts` and `total_in_xero` are Xero's."""

    firm: Firm
    switched_on: int
    switches: int
    bills: Tally
    in_xero: Tally
    with_notes: Tally
    needs_you: Mapping[tuple[str, str], Tally]
    on_hold: Mapping[tuple[str, str], Tally]
    accounts: Mapping[str, Decimal]
    total_in_xero: Decimal
    calls: int


def count_unsettled(*, firms: Sequence[Firm]) -> int:
    """How many documents of these firms are still on their way. Needs the platform's scope."""
    return SyncJob.objects.filter(firm__in=firms, state__in=UNSETTLED).count()


def find_organisation_id(*, firm: Firm) -> str:
    """The id of the firm's organisation. Needs the firm's scope; raises Refused if it is not connected."""
    connection = find_connection(firm=firm)
    if connection is None:
        raise Refused({"": f"{firm} is not connected to Xero. Run seed_demo on an empty database first."})
    return connection.xero_tenant_id


def read_outcome(*, firm: Firm, books: Books) -> DemoOutcome:
    """Count one firm. Needs the firm's scope."""
    jobs = list(SyncJob.objects.filter(firm=firm, kind=INVOICE.code).select_related("cause", "record"))
    totals = dict(Invoice.objects.filter(firm=firm).values_list("pk", "total"))
    bills, in_xero, noted = Tally(), Tally(), Tally()
    stuck: dict[str, dict[tuple[str, str], Tally]] = {
        State.NEEDS_YOU: defaultdict(Tally),
        State.ON_HOLD: defaultdict(Tally),
    }
    for job in jobs:
        total = totals[job.object_id]
        bills.add(total)
        if job.state == State.IN_XERO:
            in_xero.add(total)
            if job.xero_record.notes:
                noted.add(total)
        elif job.state in stuck:
            stuck[job.state][_name_cause(job)].add(total)
    switches = outbox.read_preferences(firm=firm)
    return DemoOutcome(
        firm=firm,
        switched_on=sum(switches[key] for key in SWITCHABLE if key in switches),
        switches=len(SWITCHABLE),
        bills=bills,
        in_xero=in_xero,
        with_notes=noted,
        needs_you=stuck[State.NEEDS_YOU],
        on_hold=stuck[State.ON_HOLD],
        accounts={code: Decimal(total) for code, total in books.accounts.items() if code != cast.BOOKKEEPERS_ACCOUNT},
        total_in_xero=_sum_in_xero(books, {job.xero_id for job in jobs if job.state == State.IN_XERO}),
        calls=books.calls,
    )


def list_differences(*, demo: DemoFirm, outcome: DemoOutcome) -> list[str]:
    """The differences from the expected end, one short phrase each."""
    expected = demo.expected
    found: dict[str, tuple[Any, Any]] = {
        "bills in Xero": (expected.in_xero, outcome.in_xero.count),
        "of these with notes": (expected.with_notes, outcome.with_notes.count),
        "bills that need someone": (dict(expected.needs_you), _count_tallies(outcome.needs_you)),
        "bills on hold": (dict(expected.on_hold), _count_tallies(outcome.on_hold)),
        "accounts used": (sorted(expected.accounts), sorted(outcome.accounts)),
        "total in Xero": (outcome.in_xero.money, outcome.total_in_xero),
    }
    return [
        f"{demo.name}: {what}: expected {_describe_value(wanted)}, found {_describe_value(have)}"
        for what, (wanted, have) in found.items()
        if wanted != have
    ]


def _name_cause(job: SyncJob) -> tuple[str, str]:
    if job.cause is None:
        words = SENTENCES.get(job.hold, "On hold.").format(by="", waited="contact", noun="bill")
        return job.hold or "unknown", words.rstrip(".")
    return job.cause.code, describe_cause(job.cause).title


def _count_tallies(tallies: Mapping[tuple[str, str], Tally]) -> dict[str, int]:
    counts: dict[str, int] = defaultdict(int)
    for (code, _), tally in tallies.items():
        counts[code] += tally.count
    return dict(counts)


def _sum_in_xero(books: Books, ours: set[str]) -> Decimal:
    return sum((Decimal(row["total"]) for row in books.invoices if row["id"] in ours), ZERO)


def _describe_value(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{count} {code}" for code, count in sorted(value.items())) or "none"
    return ", ".join(value) if isinstance(value, list) else f"{value}"
