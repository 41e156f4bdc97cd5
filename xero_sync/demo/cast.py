"""The demo's firms, people and traps, and the expected results, as data. All names are invented."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from firms.models import Role

# No secret: it is printed with the table.
PASSWORD = "try-bill-syncing"  # noqa: S105
TIMEZONE, CURRENCY = "Australia/Sydney", "AUD"
START_DATE = date(2026, 7, 1)
SERVICES_ACCOUNT, EXPENSES_ACCOUNT, DISBURSEMENTS_ACCOUNT = "200", "405", "412"
# Where the bookkeeper's own bill goes; no bill of the samples does.
BOOKKEEPERS_ACCOUNT = "260"
TRAVEL_UTBMS, TRAVEL_ACCOUNT = "E110", "420"
BILLS, CONTACTS = 150, 60


@dataclass(frozen=True)
class Person:
    """Somebody who signs in with PASSWORD."""

    email: str
    name: str
    role: Role | None = None


@dataclass(frozen=True, kw_only=True)
class Expected:
    """The fates of a firm's 150 bills: how many, by cause where they are not in Xero, and the accounts used."""

    with_notes: int
    needs_you: Mapping[str, int] = field(default_factory=dict)
    on_hold: Mapping[str, int] = field(default_factory=dict)
    accounts: frozenset[str]

    @property
    def in_xero(self) -> int:
        return BILLS - sum(self.needs_you.values()) - sum(self.on_hold.values())


@dataclass(frozen=True, kw_only=True)
class DemoFirm:
    """One firm, its organisation in Xero and its people; the first is the admin who connects it."""

    name: str
    slug: str
    created_on: date
    organisation: str
    people: tuple[Person, ...]
    expected: Expected

    @property
    def admin(self) -> Person:
        return self.people[0]


ADMIN = Person("maya@harrow-lane.example", "Maya Kerr", Role.ADMIN)
STAFF = Person("ines@harrow-lane.example", "Ines Novak", Role.STAFF)
OPERATOR = Person("lucia@bill-syncing.example", "Lucia Bianchi")

# What the bookkeeper does in Xero after the firm chose its accounts; samples/README.md names the bills they meet.
TRAPS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("archive-account", {"code": TRAVEL_ACCOUNT}),
    ("lock-dates", {"period": "2026-07-31"}),
    (
        "enter-invoice",
        {
            "InvoiceNumber": "10417",
            "Contact": {"Name": "Juniper St Bakery"},
            "Date": "2026-08-12",
            "DueDate": "2026-08-26",
            "Status": "AUTHORISED",
            "LineItems": [
                {
                    "Description": "Fees on account",
                    "Quantity": "1",
                    "UnitAmount": "500.00",
                    "AccountCode": BOOKKEEPERS_ACCOUNT,
                }
            ],
        },
    ),
)

FIRMS = (
    DemoFirm(
        name="Harrow & Lane LLP",
        slug="harrow-lane",
        created_on=date(2017, 5, 15),
        organisation="Harrow Lane Pty Ltd",
        people=(ADMIN, STAFF),
        expected=Expected(
            with_notes=1,
            needs_you={"invoice-number-taken": 1},
            on_hold={"locked-period": 3, "contact-name-taken": 2, "email-invalid": 2},
            accounts=frozenset({"200", "405"}),
        ),
    ),
    DemoFirm(
        name="Pike Moran Lawyers",
        slug="pike-moran",
        created_on=date(2021, 3, 1),
        organisation="Pike Moran Pty Ltd",
        people=(ADMIN, Person("patrick@pike-moran.example", "Patrick Doyle", Role.STAFF)),
        expected=Expected(
            with_notes=2,
            needs_you={"found-but-differs": 1},
            on_hold={"locked-period": 3},
            accounts=frozenset({"200", "405", "412"}),
        ),
    ),
)
