"""Every page that exists, found in the addresses themselves: quiet in the console, and as wide as the window."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from django.urls import URLPattern, URLResolver, get_resolver
from playwright.sync_api import ViewportSize

from billing.importing import acts
from billing.models import Contact, ImportKind
from firms.models import Firm, User
from firms.scope import firm_scope
from tests.browser.conftest import MakePerson
from tests.browser.person import NARROWEST, WIDE, Person, Theme
from tests.factories import ContactFactory, FirmFactory, InvoiceFactory, OperatorFactory, admin_of
from tests.integration.billing.importing import work
from tests.integration.billing.test_import import ledes, record
from tests.nested_forms import find_nested_forms
from tests.outcomes import ARCHIVED, GONE, bills_end, connect, settle
from tests.xero import job_of
from xero_sync.domain.errors import Fault
from xero_sync.kinds.invoice.in_xero import InvoiceInXero
from xero_sync.models import Cause, Release, XeroConnection, XeroRecord

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]

# Not pages of ours: answers for machines, Django's own pages, and what only sends people on. The choice among
# organisations needs a consent at Xero; the test of the first connection opens it.
NOT_PAGES = re.compile(
    r"^(healthz|readyz|metrics|admin/|xero/|sign-out/)|/connect/(<int:consent>/)?$|/states/$|/fix/$|/choices/$|/matters/$"
    r"|/live/$|refused.csv$"
)
PART = re.compile(r"<(?:\w+:)?(\w+)>")
# Which row of an address's number is meant, by a part of the address.
ROWS = ("imports/", "/void/", "contacts/", "invoices/", "expense-categories/")


def patterns(resolver: URLResolver | None = None, prefix: str = "") -> Iterator[str]:
    for pattern in (resolver or get_resolver()).url_patterns:
        path = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from patterns(pattern, path)
        elif isinstance(pattern, URLPattern):
            yield path


PATHS = sorted({path for path in patterns() if not NOT_PAGES.search(path)})


@pytest.fixture
def firm(db: None) -> Firm:
    return FirmFactory(name="Harrow & Lane LLP", slug="harrow-lane")


@pytest.fixture
def addresses(firm: Firm) -> dict[str, str]:
    """Every address, filled in for a firm that has something to show, by its pattern."""
    with firm_scope(firm):
        client = ContactFactory(firm=firm, name="Rechtsanwaltskammergesellschaft Oberösterreich")
        bill = InvoiceFactory(firm=firm, contact=client, approved=True, number="2026-0000000000000000417")
        settle(firm, connect(firm), bills_end(ARCHIVED))
        values = {
            "firm": firm.slug,
            "slug": firm.slug,
            "code": "account-archived",
            "cause": Cause.objects.get(firm=firm).pk,
            "release": Release.objects.create(firm=firm, title="Released before", job_ids=[]).pk,
            "imports/": read_import(firm),
            "/void/": InvoiceFactory(firm=firm, contact=client).pk,
            "contacts/": client.pk,
            "invoices/": bill.pk,
            "expense-categories/": firm.expense_categories.earliest("pk").pk,
        }
        gone = InvoiceFactory(firm=firm, contact=client, approved=True)
        settle(firm, XeroConnection.objects.get(firm=firm), bills_end(GONE))
        job = job_of(gone)
        changed = changed_in_xero(firm, client)
    decided = values | {"cause": job.cause_id, "job": job.pk, "decision": "send-as-new"}
    given = {"/decide/": decided, "invoices/<int:pk>/both-sides/": values | {"invoices/": changed}}
    return {path: filled(path, next((given[part] for part in given if part in path), values)) for path in PATHS}


def read_import(firm: Firm) -> int:
    """A file of bills that waits for a person, with a long word in it."""
    data = ledes(record(), record(INVOICE_NUMBER="10402" * 9, INVOICE_TOTAL="341.00"))
    source = acts.receive_file(
        firm=firm, actor=admin_of(firm), kind=ImportKind.BILLS, file_name="Rechtsanwalt" * 9, chunks=[data]
    )
    work()
    return source.pk


def changed_in_xero(firm: Firm, client: Contact) -> int:
    """A bill whose due date was changed on both sides."""
    bill = InvoiceFactory(firm=firm, contact=client, approved=True)
    fault = Fault("", code="bill-changed-in-xero", source="preflight")
    settle(firm, XeroConnection.objects.get(firm=firm), bills_end(fault))
    seen = InvoiceInXero(xero_id="1", number=bill.number, contact_id="2", total=bill.total, currency="AUD")
    due = {
        "field": "due",
        "label": "Due date",
        "before": "15 Oct 2026",
        "here": "11 Nov 2026",
        "in_xero": "30 Nov 2026",
    }
    due |= {"both": True, "bases": {"due": {"ours": "2026-11-11", "xeros": "2026-11-30"}}}
    text = {"field": "line.1.description", "label": "Text of line 1", "before": "x", "here": "x" * 200, "in_xero": "y"}
    changes = {"firm": firm, "seen": seen.as_stored(), "open_differences": [due, text | {"kept": True}]}
    XeroRecord.objects.update_or_create(job=job_of(bill), defaults=changes)
    return int(bill.pk)


def filled(path: str, values: Mapping[str, Any]) -> str:
    row = next((name for name in ROWS if name in path), "")
    return "/" + PART.sub(lambda part: str(values.get(part[1], values.get(row, "1"))), path)


def walk(person: Person, addresses: list[str]) -> list[str]:
    """Look at each in both themes and widths; those that can be scrolled sideways."""
    wide = []
    looks: list[tuple[ViewportSize, Theme]] = [(NARROWEST, "dark"), (WIDE, "light")]
    for address in addresses:
        person.opens(address)
        # The look of the page before is the first of this one: changing it is what takes time.
        looks.reverse()
        for size, theme in looks:
            person.looks(size=size, theme=theme)
            if over := person.overflow:
                wide.append(f"{address}, {size['width']} pixels wide: {over} too many")
    return wide


def shown(person: Person, addresses: list[str]) -> list[str]:
    """Those that are pages for this person, none with a form inside a form."""
    answers = {each: person.page.request.get(person.base + each) for each in addresses}
    pages = [each for each, answer in answers.items() if answer.status == 200]
    assert {each: nested for each in pages if (nested := find_nested_forms(answers[each].text()))} == {}
    return pages


def test_every_page_is_quiet_in_the_console_and_never_wider_than_the_window(
    firm: Firm, addresses: dict[str, str], person: MakePerson
) -> None:
    people: dict[str, User | None] = {"nobody": None, "operator": OperatorFactory(), "admin": admin_of(firm)}
    opened: set[str] = set()
    for name, user in people.items():
        one = person()
        if user:
            one.signs_in(user)
        pages = shown(one, [address for address in addresses.values() if address not in opened])
        assert walk(one, [*pages, f"/{name}/is-nowhere/"]) == []
        opened |= set(pages)
        # On a page left open for seconds Chromium now and then calls the preloaded font unused, though the page shows it.
        one.page.goto("about:blank")
    posted = {address for address in addresses.values() if one.page.request.get(one.base + address).status == 405}
    for_operators = {address for address in addresses.values() if address.startswith("/ops/")}
    assert set(addresses.values()) - opened - posted - for_operators == set(), "nobody has looked at these"
    assert len(opened & for_operators) > 4
