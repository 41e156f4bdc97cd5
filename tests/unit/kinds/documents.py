"""The documents and books that tests start from: a test replaces the fields that it is about."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from xero_sync.domain.books import Books
from xero_sync.domain.chart import Chart, from_stored
from xero_sync.domain.preferences import BY_KEY, Preferences
from xero_sync.kinds.contact.document import ContactDocument
from xero_sync.kinds.invoice.document import InvoiceDocument, LineDocument

ALL_ON = Preferences(dict.fromkeys(BY_KEY, True))
ALL_OFF = Preferences({})
CONTACT = ContactDocument(
    object_id=7, client_number="C-7", name="Ann O'Hara", is_person=True, emails=("ann@ohara.example",)
)
LINE = LineDocument(
    line_id=11,
    is_expense=False,
    description="Advice",
    quantity=Decimal(2),
    unit_price=Decimal(50),
    discount=Decimal(0),
    amount=Decimal("100.00"),
    tax_name="GST",
    tax_percent=Decimal(10),
)
COSTS = replace(
    LINE,
    line_id=12,
    is_expense=True,
    description="Filing fee",
    quantity=Decimal(1),
    unit_price=Decimal(100),
    category="Court fees",
    category_account="412",
)
BILL = InvoiceDocument(
    object_id=3,
    number="10421",
    description="Lease",
    issue_date=date(2026, 8, 3),
    due_date=date(2026, 8, 17),
    currency="AUD",
    tax_mode="EXCLUSIVE",
    state="APPROVED",
    subtotal=Decimal("100.00"),
    tax_total=Decimal("10.00"),
    total=Decimal("110.00"),
    lines=(LINE,),
    contact_xero_id="contact-1",
)
ACCOUNTS = [
    ("200", "REVENUE", "ACTIVE", "OUTPUT"),
    ("405", "REVENUE", "ACTIVE", "NONE"),
    ("412", "REVENUE", "ACTIVE", "OUTPUT"),
    ("420", "REVENUE", "ARCHIVED", "OUTPUT"),
]
TAX_RATES: list[dict[str, Any]] = [
    {"TaxType": "NONE", "Name": "None", "EffectiveRate": "0", "Status": "ACTIVE"},
    {"TaxType": "OUTPUT", "Name": "GST", "EffectiveRate": "10", "Status": "ACTIVE"},
]


def preferences_but(*off: str) -> Preferences:
    """All preferences on but these."""
    return Preferences({key: key not in off for key in BY_KEY})


def make_chart(*, tax_rates: list[dict[str, Any]] = TAX_RATES, **organisation: Any) -> Chart:
    """The firm's chart: 420 is archived, 405 without tax."""
    return from_stored(
        xero_tenant_id="t",
        organisation={"Name": "Hale", "BaseCurrency": "AUD", **organisation},
        accounts=[
            {"Code": code, "Name": code, "Type": kind, "Class": kind, "Status": status, "TaxType": tax}
            for code, kind, status, tax in ACCOUNTS
        ],
        tax_rates=tax_rates,
        currencies=["AUD"],
        refreshed_at=datetime(2026, 8, 3, tzinfo=UTC),
    )


BOOKS = Books(
    chart=make_chart(),
    services_account="200",
    expenses_account="405",
    tax_types={("GST", Decimal(10)): "OUTPUT", ("", Decimal(0)): "NONE"},
)
