"""The index of Xero: contacts and bills of a connected organisation, read by their changes and kept with its chart.

The index may be old: the sync never waits for a reading, and a document is read in Xero before it is linked.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q

from firms.models import Firm
from identity import fold_name, fold_number_as_xero
from xero_sync.domain.in_xero import Entry
from xero_sync.domain.kinds import KindSpec
from xero_sync.kinds.registry import KINDS
from xero_sync.models import XeroConnection, XeroDocument, XeroIndex, XeroRecord

# Clocks differ, and Xero counts seconds only: changes around the last reading are read once more.
OVERLAP = timedelta(minutes=2)
# Hourly if work was due, else daily, as the chart.
BUSY_AGE = timedelta(hours=1)
IDLE_AGE = timedelta(hours=24)
MOST_PAGES = 20
# Pages that a person waits for; the rest of a large organisation is read by the workers.
MOST_PAGES_WAITED_FOR = 2
WRITTEN = (
    "number",
    "number_key",
    "name",
    "name_key",
    "email",
    "contact_xero_id",
    "status",
    "issued",
    "total",
    "settled",
)
STEP = 1000


@dataclass(frozen=True)
class IndexPage:
    """One page as Xero gave it, how many there are, and when that was by Xero's clock, if it said."""

    documents: Sequence[Mapping[str, Any]]
    page_count: int
    answered_at: datetime | None


@dataclass(frozen=True)
class Freshness:
    """Up to when each kind is known; a kind that was never read whole is absent. `half_read`: pages are missing."""

    read_to: Mapping[str, datetime]
    half_read: bool = False

    @property
    def oldest(self) -> datetime | None:
        """The time up to which all kinds are known; None while something was never read whole."""
        return self.known_to(KINDS)

    def known_to(self, kinds: Iterable[KindSpec]) -> datetime | None:
        """The time up to which these kinds are known; None while one of them was never read whole."""
        moments = [self.read_to.get(kind.code) for kind in kinds]
        return min((each for each in moments if each), default=None) if all(moments) else None

    def is_stale(self, *, now: datetime, busy: bool) -> bool:
        """Whether it is time to read the index again."""
        return self.half_read or self.oldest is None or now - self.oldest >= (BUSY_AGE if busy else IDLE_AGE)


# Reads one page of documents changed since then. The caller counts the call and holds the key.
Read = Callable[[KindSpec, datetime | None, int], IndexPage]


def refresh(*, firm: Firm, connection: XeroConnection, read: Read, now: datetime, most_pages: int = MOST_PAGES) -> bool:
    """Read documents changed since the last reading, at most `most_pages` a kind; False if there is more to read.

    Each page is kept as it comes, so an exception of `read` loses nothing: the next reading goes on from that page.
    """
    # Each kind has its pages, also when the other has more to read.
    whole = [_refresh(firm, connection, kind, read, now, most_pages) for kind in KINDS]
    return all(whole)


def _refresh(
    firm: Firm, connection: XeroConnection, kind: KindSpec, read: Read, now: datetime, most_pages: int
) -> bool:
    tenant = connection.xero_tenant_id
    row, _ = XeroIndex.objects.get_or_create(firm=firm, xero_tenant_id=tenant, kind=kind.code)
    for _ in range(most_pages):
        page = read(kind, row.read_to - OVERLAP if row.read_to else None, row.next_page)
        keep_documents(firm=firm, xero_tenant_id=tenant, kind=kind, documents=page.documents)
        row.began_at = row.began_at or min(now, page.answered_at or now)
        if row.next_page >= page.page_count:
            row.read_to, row.began_at, row.next_page = row.began_at, None, 1
            row.save()
            return True
        row.next_page += 1
        row.save()
    return False


def freshness(*, firm: Firm, xero_tenant_id: str) -> Freshness:
    """How fresh the index of this organisation is. One query."""
    codes = [kind.code for kind in KINDS]
    rows = list(XeroIndex.objects.filter(firm=firm, xero_tenant_id=xero_tenant_id, kind__in=codes))
    return Freshness(
        read_to={row.kind: row.read_to for row in rows if row.read_to is not None},
        half_read=any(row.next_page > 1 for row in rows),
    )


def alike(
    *,
    firm: Firm,
    xero_tenant_id: str,
    ids: Mapping[str, Collection[str]],
    numbers: Mapping[str, Collection[str]],
    names: Collection[str],
) -> dict[str, list[Entry]]:
    """The entries with these ids or numbers, by their kinds' codes, and contacts with look-alike names. One query."""
    codes = [kind.code for kind in KINDS]
    wanted = Q(name_key__in={fold_name(name) for name in names} - {""}, kind__in=codes)
    for kind in codes:
        keys = {fold_number_as_xero(number) for number in numbers.get(kind, ())} - {""}
        wanted |= Q(kind=kind, number_key__in=keys) | Q(kind=kind, xero_id__in=set(ids.get(kind, ())) - {""})
    found: dict[str, list[Entry]] = {kind: [] for kind in codes}
    for row in XeroDocument.objects.filter(wanted, firm=firm, xero_tenant_id=xero_tenant_id).order_by("pk"):
        found[row.kind].append(_entry(row))
    return found


def read_owners(*, firm: Firm, kind: KindSpec, xero_tenant_id: str, xero_ids: Collection[str]) -> dict[str, int]:
    """Which of these documents in Xero stand for which row of the firm. One query, or none for no document."""
    if not xero_ids:
        return {}
    of_kind = XeroRecord.objects.filter(firm=firm, job__kind=kind.code)
    linked = of_kind.filter(xero_tenant_id=xero_tenant_id, xero_id__in=xero_ids)
    return dict(linked.values_list("xero_id", "job__object_id"))


def drop_missing_documents(*, firm: Firm, kind: KindSpec, xero_tenant_id: str, xero_ids: Collection[str]) -> None:
    """Drop documents that Xero no longer has: a reading of changes never lists a document that is gone."""
    if xero_ids:
        rows = XeroDocument.objects.filter(firm=firm, xero_tenant_id=xero_tenant_id, kind=kind.code)
        rows.filter(xero_id__in=xero_ids).delete()


def _entry(row: XeroDocument) -> Entry:
    return Entry(
        xero_id=row.xero_id,
        number=row.number,
        name=row.name,
        email=row.email,
        contact_xero_id=row.contact_xero_id,
        status=row.status,
        issued=row.issued,
        total=row.total,
        settled=row.settled,
    )


def keep_documents(*, firm: Firm, xero_tenant_id: str, kind: KindSpec, documents: Sequence[Mapping[str, Any]]) -> None:
    """Store these documents as Xero gave them just now."""
    found = {row["xero_id"]: row for row in map(kind.index_columns, documents) if row["xero_id"]}
    XeroDocument.objects.bulk_create(
        # In one order, so that two readings at once never wait for each other in a ring.
        [
            XeroDocument(firm=firm, xero_tenant_id=xero_tenant_id, kind=kind.code, **found[each])
            for each in sorted(found)
        ],
        update_conflicts=True,
        unique_fields=["firm", "xero_tenant_id", "kind", "xero_id"],
        update_fields=list(WRITTEN),
        batch_size=STEP,
    )
