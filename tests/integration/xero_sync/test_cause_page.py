"""The page of one cause: what it is, what waits, who looks after it, until when it is put off, and what happened."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from firms.clock import firm_date
from firms.models import AuditEvent, Firm, User
from firms.scope import firm_scope
from tests.factories import (
    ContactFactory,
    FirmFactory,
    InvoiceFactory,
    MembershipFactory,
    UserFactory,
    admin_of,
    time_line,
)
from tests.outcomes import ARCHIVED, NAME_TAKEN, bills_end, connect, contacts_end, settle, signed_in, words
from tests.xero import job_of
from xero_sync import outbox
from xero_sync.facts.request_context import RequestContext
from xero_sync.models import Cause, XeroConnection

pytestmark = pytest.mark.django_db


@pytest.fixture
def connection(firm: Firm) -> XeroConnection:
    return connect(firm)


@pytest.fixture
def page(admin: User) -> Client:
    return signed_in(admin)


@pytest.fixture
def cause(firm: Firm, connection: XeroConnection) -> Cause:
    """Account 420 is archived: three bills of 1,100.00 wait."""
    for _ in range(3):
        InvoiceFactory(firm=firm, approved=True, lines=[time_line(unit_price=Decimal(1000))])
    settle(firm, connection, bills_end(ARCHIVED))
    return Cause.objects.get(closed_at=None)


def address(cause: Cause, act: str = "") -> str:
    return f"/{cause.firm.slug}/needs-you/{cause.pk}/{act}"


def posted(page: Client, cause: Cause, act: str, **values: Any) -> str:
    return words(page.post(address(cause, act), values, follow=True))


def days_from_now(firm: Firm, days: int) -> str:
    return (firm_date(firm=firm, now=timezone.now()) + timedelta(days=days)).isoformat()


def test_the_page_says_what_why_how_and_who_with_every_document(firm: Firm, cause: Cause, page: Client) -> None:
    html = words(page.get(address(cause)))
    for each in ("Account 420 was archived or deleted in Xero", "3 bills, 3,300.00 AUD", "A firm admin can do this."):
        assert each in html
    jobs = list(cause.jobs.all())
    assert len(jobs) == 3
    for job in jobs:
        bill = firm.invoices.get(pk=job.object_id)
        assert f"/{firm.slug}/invoices/{bill.pk}/" in html
        assert bill.contact.name in html
    assert "1,100.00 AUD" in html
    assert "/help/xero-sync/errors/account-archived/" in html
    assert "Met for the first time" in html


def test_a_contacts_cause_names_the_contact_and_its_bills(firm: Firm, connection: XeroConnection, page: Client) -> None:
    client = ContactFactory(firm=firm, name="John Smith")
    InvoiceFactory(firm=firm, contact=client, approved=True)
    settle(firm, connection, contacts_end(NAME_TAKEN))
    html = words(page.get(address(Cause.objects.get(closed_at=None))))
    assert "Contact John Smith" in html
    assert "1 contact and 1 bill" in html


def test_fifty_documents_a_page_and_never_more_than_twelve_queries(
    firm: Firm, cause: Cause, page: Client, django_assert_max_num_queries: Any
) -> None:
    for _ in range(52):
        InvoiceFactory(firm=firm, approved=True)
    settle(firm, XeroConnection.objects.get(firm=firm), bills_end(ARCHIVED))
    page.get(address(cause))
    with django_assert_max_num_queries(12):
        html = words(page.get(address(cause)))
    assert html.count('data-label="State"') == 50
    older = html.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
    rest = words(page.get(f"{address(cause)}{older}"))
    assert rest.count('data-label="State"') == 5
    assert 'rel="prev"' in rest


def test_a_closed_cause_can_still_be_opened_and_says_how_it_ended(firm: Firm, cause: Cause, page: Client) -> None:
    posted(page, cause, "retry/")
    html = words(page.get(address(cause)))
    assert "Fixed since" in html
    assert "Retry pressed" in html
    assert f"It holds nothing any more</h3><p>By {admin_of(firm)}." in html
    assert 'id="assign"' not in html


def test_one_that_comes_back_says_how_often_and_when_it_was_put_right(firm: Firm, cause: Cause, page: Client) -> None:
    posted(page, cause, "retry/")
    Cause.objects.update(first_seen_at=timezone.now() - timedelta(days=9), closed_at=timezone.now() - timedelta(days=2))
    settle(firm, XeroConnection.objects.get(firm=firm), bills_end(ARCHIVED))
    again = Cause.objects.get(closed_at=None)
    html = words(page.get(address(again)))
    assert "Came back" in html
    assert "It was fixed once before, last on" in html
    assert "Retry pressed" in html, "what was done then"


def test_one_that_was_only_tried_again_goes_on_with_its_history(firm: Firm, cause: Cause, page: Client) -> None:
    posted(page, cause, "assign/", to=admin_of(firm).pk)
    posted(page, cause, "retry/")
    settle(firm, XeroConnection.objects.get(firm=firm), bills_end(ARCHIVED))
    html = words(page.get(address(Cause.objects.get(closed_at=None))))
    assert "Met for the first time" in html
    assert f"To {admin_of(firm)}." in html
    assert "Retry pressed" in html


def test_anyone_gives_a_cause_to_a_member_of_the_firm(firm: Firm, cause: Cause) -> None:
    ann = MembershipFactory(firm=firm, user=UserFactory(name="Ann Lee")).user
    html = posted(signed_in(ann), cause, "assign/", to=ann.pk)
    assert "Ann Lee looks after this now." in html
    assert Cause.objects.get(pk=cause.pk).assigned_to == ann
    event = AuditEvent.objects.get(action="cause.assigned")
    assert (event.actor, event.after) == (ann, {"assigned_to": "Ann Lee"})
    assert "Assigned to Ann Lee." in words(signed_in(ann).get(f"/{firm.slug}/needs-you/"))
    assert "To Ann Lee. By Ann Lee." in html


def test_a_cause_is_taken_from_everybody(firm: Firm, cause: Cause, page: Client, admin: User) -> None:
    posted(page, cause, "assign/", to=admin.pk)
    assert "Nobody in particular looks after this now." in posted(page, cause, "assign/", to="")
    assert Cause.objects.get(pk=cause.pk).assigned_to is None


@pytest.mark.parametrize("who", ["stranger", "nonsense"])
def test_only_people_of_the_firm_can_be_given_a_cause(cause: Cause, page: Client, who: str) -> None:
    to = UserFactory().pk if who == "stranger" else "9" * 18
    assert "Choose somebody of your firm." in posted(page, cause, "assign/", to=to)
    assert Cause.objects.get(pk=cause.pk).assigned_to is None


@pytest.mark.parametrize("days", [1, 3, 7])
def test_a_cause_that_is_put_off_counts_nothing_until_its_day(
    firm: Firm, cause: Cause, page: Client, days: int
) -> None:
    assert RequestContext(firm).needs_you == 1
    html = posted(page, cause, "snooze/", days=days)
    assert "It comes back by itself then." in html
    assert '<span class="nav-count nav-count-needs-you">1</span>' not in html
    row = Cause.objects.get(pk=cause.pk)
    assert row.snoozed_until is not None
    assert firm_date(firm=firm, now=row.snoozed_until).isoformat() == days_from_now(firm, days)
    assert RequestContext(firm).needs_you == 0
    assert AuditEvent.objects.filter(action="cause.snoozed").count() == 1


def test_it_comes_back_by_itself(firm: Firm, cause: Cause) -> None:
    outbox.snooze(cause=cause, until=timezone.now() - timedelta(seconds=1))
    assert RequestContext(firm).needs_you == 1


def test_it_is_taken_up_again_by_hand(firm: Firm, cause: Cause, page: Client) -> None:
    posted(page, cause, "snooze/", days=7)
    assert "It counts among what needs you again." in posted(page, cause, "snooze/", days=0)
    assert RequestContext(firm).needs_you == 1


@pytest.mark.parametrize("days", [0, -1, 31, 4000])
def test_a_day_that_is_past_or_too_far_is_refused_in_words(firm: Firm, cause: Cause, page: Client, days: int) -> None:
    html = posted(page, cause, "snooze/", until=days_from_now(firm, days))
    assert "Choose a day from tomorrow to 30 days from now." in html
    assert Cause.objects.get(pk=cause.pk).snoozed_until is None


@pytest.mark.parametrize("until", ["soon", "2026-02-31", "0000-00-00"])
def test_a_day_that_is_none_is_refused_in_words(cause: Cause, page: Client, until: str) -> None:
    assert "Choose a day from tomorrow" in posted(page, cause, "snooze/", until=until)


def test_the_last_day_is_thirty_days_from_now(firm: Firm, cause: Cause, page: Client) -> None:
    assert "Snoozed until" in posted(page, cause, "snooze/", until=days_from_now(firm, 30))


@pytest.mark.parametrize(("act", "values"), [("assign/", {"to": ""}), ("snooze/", {"days": 1})])
def test_what_was_put_right_meanwhile_is_not_marked(
    cause: Cause, page: Client, act: str, values: dict[str, Any]
) -> None:
    outbox.retry(firm=cause.firm, job_ids=[job.pk for job in cause.jobs.all()], now=timezone.now())
    assert "This was fixed meanwhile" in posted(page, cause, act, **values)
    assert not AuditEvent.objects.filter(action__in=["cause.assigned", "cause.snoozed"]).exists()


@pytest.mark.parametrize("act", ["", "assign/", "snooze/", "leave-out/", "link/"])
def test_another_firms_cause_is_a_404(cause: Cause, act: str) -> None:
    own = FirmFactory()
    stranger = signed_in(admin_of(own))
    for slug in (own.slug, cause.firm.slug):
        for send in (stranger.get, stranger.post):
            assert send(f"/{slug}/needs-you/{cause.pk}/{act}").status_code in {404, 405}
    with firm_scope(cause.firm):
        row = Cause.objects.get(pk=cause.pk)
        assert (row.assigned_to, row.snoozed_until, row.jobs.count()) == (None, None, 3)


def test_the_card_offers_the_same_and_comes_back_to_the_list(firm: Firm, cause: Cause, page: Client) -> None:
    html = words(page.get(f"/{firm.slug}/needs-you/"))
    for act in ("assign/", "snooze/", "leave-out/", ""):
        assert f'"{address(cause, act)}"' in html
    answer = page.post(address(cause, "snooze/"), {"days": 1, "back": "list"})
    assert answer["Location"] == f"/{firm.slug}/needs-you/#cause-{cause.pk}"


def test_the_state_of_each_document_stands_beside_it(firm: Firm, cause: Cause, page: Client) -> None:
    [first, *_] = cause.jobs.all()
    html = words(page.get(address(cause)))
    assert html.count("Needs you") >= 3
    assert job_of(firm.invoices.get(pk=first.object_id)).state == "NEEDS_YOU"
