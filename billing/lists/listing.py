"""The invoice list: the filters in its address, and the sentence above it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from urllib.parse import urlencode

from django.db.models import Count, Q, QuerySet, Sum
from django.http import QueryDict

from billing.lists import filters
from billing.lists.paging import SIZES
from billing.models import Invoice, InvoiceState
from firms.models import Firm

LONGEST_SEARCH = 100


@dataclass(frozen=True)
class InvoiceFilter:
    """The filters of an address; those that make no sense are left out."""

    state: str = ""
    issued_from: date | None = None
    issued_to: date | None = None
    q: str = ""
    size: int = SIZES[0]
    added: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def from_query(cls, query: QueryDict) -> "InvoiceFilter":
        """Read the filters of an address."""
        state, size = query.get("state", ""), query.get("size", "")
        return cls(
            state=state if state in InvoiceState.values else "",
            issued_from=_day(query.get("issued_from", "")),
            issued_to=_day(query.get("issued_to", "")),
            q=query.get("q", "").replace("\0", "").strip()[:LONGEST_SEARCH],
            size=int(size) if size in map(str, SIZES) else SIZES[0],
            added={name: query.get(name, "")[:LONGEST_SEARCH] for name in filters.names() if query.get(name)},
        )

    def invoices(self, *, firm: Firm) -> QuerySet[Invoice]:
        """The firm's invoices that pass, in no order yet."""
        found = firm.invoices.all()
        if self.state:
            found = found.filter(state=self.state)
        if self.issued_from:
            found = found.filter(issue_date__gte=self.issued_from)
        if self.issued_to:
            found = found.filter(issue_date__lte=self.issued_to)
        if self.q:
            # Each table is searched once. Joined, every bill would be compared with its client's and matter's texts.
            contacts = firm.contacts.order_by().filter(Q(name__icontains=self.q) | Q(client_number__iexact=self.q))
            matters = firm.matters.order_by().filter(Q(number__icontains=self.q) | Q(name__icontains=self.q))
            found = found.filter(
                Q(number__icontains=self.q) | Q(contact__in=contacts.values("pk")) | Q(matter__in=matters.values("pk"))
            )
        return filters.apply_all(found, self.added)

    @property
    def values(self) -> dict[str, str]:
        """The filters as they stand in an address, without those that are as usual."""
        values = {
            "state": self.state,
            "issued_from": self.issued_from.isoformat() if self.issued_from else "",
            "issued_to": self.issued_to.isoformat() if self.issued_to else "",
            "q": self.q,
            "size": "" if self.size == SIZES[0] else str(self.size),
            **self.added,
        }
        return {name: value for name, value in values.items() if value}

    @property
    def narrows(self) -> bool:
        """Whether anything is filtered away."""
        return bool(set(self.values) - {"size"})

    def address(self, *, without: str = "", **others: str) -> str:
        """The query string of these filters, without one of them or with others."""
        values = {name: value for name, value in {**self.values, **others}.items() if value and name != without}
        return "?" + urlencode(values)

    @property
    def chips(self) -> list[dict[str, str]]:
        """The filters in force, each with the address that takes it away."""
        shown = {
            "state": ("Bill", InvoiceState(self.state).label if self.state else ""),
            "issued_from": ("Issued from", f"{self.issued_from:%-d %b %Y}" if self.issued_from else ""),
            "issued_to": ("Issued to", f"{self.issued_to:%-d %b %Y}" if self.issued_to else ""),
            "q": ("Found by", self.q),
        }
        return [
            {"label": label, "value": value, "url": self.address(without=name)}
            for name, (label, value) in shown.items()
            if value
        ]


@dataclass(frozen=True)
class Summary:
    """How many invoices there are and what they come to, void ones not counted in the money."""

    count: int
    void: int
    money: tuple[tuple[Decimal, str], ...]


def summary(*, invoices: QuerySet[Invoice]) -> Summary:
    """Add up in one statement, by currency."""
    rows = list(
        invoices.order_by()
        .values("currency")
        .annotate(
            count=Count("pk"),
            void=Count("pk", filter=Q(state=InvoiceState.VOID)),
            money=Sum("total", filter=~Q(state=InvoiceState.VOID), default=Decimal(0)),
        )
        .order_by("-count", "currency")
    )
    return Summary(
        count=sum(row["count"] for row in rows),
        void=sum(row["void"] for row in rows),
        money=tuple((row["money"], row["currency"]) for row in rows),
    )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
