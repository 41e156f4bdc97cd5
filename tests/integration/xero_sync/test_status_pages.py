"""Sync state on billing's pages: tabs, both sides' figures, the story, where lines go, the account picker."""

from decimal import Decimal
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.test import Client

from billing.services import LineValues
from config.xero_urls import XeroUrls
from firms.models import Firm, User
from tests.factories import CategoryFactory, InvoiceFactory, expense_line, time_line
from tests.outcomes import ARCHIVED, arrived, bills_end, connect, settle, signed_in
from tests.xero import job_of
from xero_sync.kinds.invoice.spec import INVOICE
from xero_sync.models import ConnectionState, XeroConnection

pytestmark = pytest.mark.django_db

LOGIN_TO_XERO = "https://go.xero.com/organisationlogin/default.aspx"


@pytest.fixture
def connection(firm: Firm) -> XeroConnection:
    return connect(firm)


@pytest.fixture
def page(admin: User) -> Client:
    return signed_in(admin)


def words(page: Client, path: str) -> str:
    answer = page.get(path)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def test_the_tabs_count_each_state_and_keep_the_other_filters(
    firm: Firm, connection: XeroConnection, page: Client
) -> None:
    InvoiceFactory(firm=firm, approved=True)
    settle(firm, connection)
    InvoiceFactory(firm=firm, approved=True)
    settle(firm, connection, bills_end(ARCHIVED))
    InvoiceFactory(firm=firm)
    html = words(page, f"/{firm.slug}/invoices/?state=APPROVED")
    assert '<a class="tab" href="?state=APPROVED" aria-current="page">All <span class="count">2</span></a>' in html
    assert 'href="?state=APPROVED&amp;sync=NEEDS_YOU">Needs you <span class="count count-alert">1</span>' in html
    assert 'sync=NOT_SENT">Not sent <span class="count">0</span>' in html


def test_the_list_shows_the_bills_of_one_state_and_of_one_cause(
    firm: Firm, connection: XeroConnection, page: Client
) -> None:
    fine = InvoiceFactory(firm=firm, approved=True, number="FINE-1")
    settle(firm, connection)
    bad = InvoiceFactory(firm=firm, approved=True, number="BAD-1")
    settle(firm, connection, bills_end(ARCHIVED))
    for query in ("sync=NEEDS_YOU", f"cause={job_of(bad).cause_id}"):
        html = words(page, f"/{firm.slug}/invoices/?{query}")
        assert bad.number in html
        assert fine.number not in html
    assert "Held back by <strong>Account 420" in words(page, f"/{firm.slug}/invoices/?cause={job_of(bad).cause_id}")
    assert "BAD-1" not in words(page, f"/{firm.slug}/invoices/?sync=MOON")


def test_the_list_says_how_many_totals_agree(firm: Firm, connection: XeroConnection, page: Client) -> None:
    odd = InvoiceFactory(firm=firm, approved=True)
    InvoiceFactory(firm=firm, approved=True)
    cent = {"total": odd.total + Decimal("0.01")}
    settle(
        firm,
        connection,
        lambda job: arrived(job, **(cent if job.object_id == odd.pk and job.kind == "INVOICE" else {})),
    )
    assert "1 is in Xero with the same total, 1 with another." in words(page, f"/{firm.slug}/invoices/")


def test_a_bill_stands_on_both_sides_equal_to_the_cent(firm: Firm, connection: XeroConnection, page: Client) -> None:
    bill = InvoiceFactory(firm=firm, approved=True)
    settle(firm, connection)
    html = words(page, f"/{firm.slug}/invoices/{bill.pk}/")
    assert "Here and in Xero" in html
    assert "Equal to the cent." in html
    assert "Awaiting payment" in html


def test_a_difference_is_named_with_its_amount(firm: Firm, connection: XeroConnection, page: Client) -> None:
    bill = InvoiceFactory(firm=firm, approved=True)
    more = {"total": bill.total + Decimal("0.01")}
    settle(firm, connection, lambda job: arrived(job, **(more if job.kind == INVOICE.code else {})))
    html = words(page, f"/{firm.slug}/invoices/{bill.pk}/")
    assert "Not the same: total. Xero has 0.01 AUD more." in html


@pytest.mark.parametrize(
    ("api", "address"),
    [
        (
            "https://api.xero.com",
            f"{LOGIN_TO_XERO}?shortcode=!hL4n3&amp;redirecturl=/AccountsReceivable/View.aspx?InvoiceID={{id}}",
        ),
        ("http://127.0.0.1:9900", "http://127.0.0.1:9900/organisations/!hL4n3/invoices/{id}"),
    ],
)
def test_open_in_xero_leads_to_the_bill_in_xero(
    firm: Firm, connection: XeroConnection, page: Client, settings: Any, api: str, address: str
) -> None:
    settings.XERO = XeroUrls(login=django_settings.XERO.login, identity=django_settings.XERO.identity, api=api)
    bill = InvoiceFactory(firm=firm, approved=True)
    settle(firm, connection)
    html = words(page, f"/{firm.slug}/invoices/{bill.pk}/")
    assert address.format(id=job_of(bill).xero_id) in html


def test_a_refused_bill_says_what_why_where_and_who(firm: Firm, connection: XeroConnection, page: Client) -> None:
    CategoryFactory(firm=firm, name="Trains", account_code="420")
    bill = InvoiceFactory(firm=firm, approved=True)
    settle(firm, connection, bills_end(ARCHIVED))
    html = words(page, f"/{firm.slug}/invoices/{bill.pk}/")
    for part in (
        "Account 420 was archived or deleted in Xero",
        "Someone archived or deleted the account in Xero after it was chosen here.",
        "Fix it",
        "A firm admin can do this.",
        "Each line item must reference a valid account.",
    ):
        assert part in html


@pytest.mark.django_db(transaction=True)  # PostgreSQL's now() stands still inside one transaction.
def test_the_story_tells_saves_sends_and_answers(firm: Firm, connection: XeroConnection, page: Client) -> None:
    bill = InvoiceFactory(firm=firm, approved=True)
    settle(firm, connection)
    html = words(page, f"/{firm.slug}/invoices/{bill.pk}/")
    story = html[html.index("What happened") :]
    assert story.index("In Xero") < story.index("Sent") < story.index("Approved") < story.index("Created")
    assert "accepted in 0.42 s" in story
    assert "Reference reference-77" in story


def test_lines_say_where_they_go_and_why(firm: Firm, connection: XeroConnection, page: Client) -> None:
    court = CategoryFactory(firm=firm, name="Filing", account_code="412")
    trains = CategoryFactory(firm=firm, name="Trains", account_code="420")
    copies = CategoryFactory(firm=firm, name="Copies")
    lines: list[LineValues] = [time_line(), expense_line(court), expense_line(copies), expense_line(trains)]
    bill = InvoiceFactory(firm=firm, approved=True, lines=lines)
    html = words(page, f"/{firm.slug}/invoices/{bill.pk}/")
    assert '200 Legal fees<span class="sub">firm’s default</span>' in html
    assert '412 Disbursements<span class="sub">from the category</span>' in html
    assert '405 Expenses recovered<span class="sub">firm’s default</span>' in html
    assert '405 Expenses recovered<span class="sub">the default, in place of a closed account</span>' in html


def test_the_picker_offers_usable_accounts_and_keeps_a_dead_choice_marked(
    firm: Firm, connection: XeroConnection, page: Client
) -> None:
    trains = CategoryFactory(firm=firm, name="Trains", account_code="420")
    html = words(page, f"/{firm.slug}/expense-categories/{trains.pk}/edit/")
    assert '<option value="420" selected data-note="Archived in Xero">420 Travel (Archived in Xero)</option>' in html
    assert '<option value="412">412 Disbursements</option>' in html
    assert "Archived in Xero" in words(page, f"/{firm.slug}/expense-categories/")


def test_without_a_chart_the_account_is_typed(firm: Firm, page: Client) -> None:
    category = CategoryFactory(firm=firm, account_code="412")
    html = words(page, f"/{firm.slug}/expense-categories/{category.pk}/edit/")
    assert '<input type="text" name="account_code" value="412"' in html


@pytest.mark.parametrize(
    ("state", "words_shown"),
    [(ConnectionState.ACTIVE, "Connected to"), (ConnectionState.LOST, "Connection lost to")],
)
def test_every_page_says_how_the_connection_stands(
    firm: Firm, connection: XeroConnection, page: Client, state: str, words_shown: str
) -> None:
    XeroConnection.objects.filter(pk=connection.pk).update(state=state)
    assert f"{words_shown} <strong>Harrow Lane Pty</strong>" in words(page, f"/{firm.slug}/needs-you/")


def test_an_unconnected_firm_reads_so_on_every_page(firm: Firm, page: Client) -> None:
    assert "Not connected to Xero" in words(page, f"/{firm.slug}/needs-you/")


def test_a_list_of_bills_costs_the_same_for_any_length(
    firm: Firm, connection: XeroConnection, page: Client, django_assert_max_num_queries: Any
) -> None:
    for _ in range(12):
        InvoiceFactory(firm=firm, approved=True)
    with django_assert_max_num_queries(13):
        words(page, f"/{firm.slug}/invoices/")
