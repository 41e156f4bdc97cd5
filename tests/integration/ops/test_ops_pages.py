"""The operators' pages: all firms in view, no client's name, and only three things to do."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from firms.models import AuditEvent, Firm, User
from firms.scope import all_firms, firm_scope
from tests.factories import ContactFactory, FirmFactory, InvoiceFactory, MembershipFactory, OperatorFactory, admin_of
from tests.outcomes import ARCHIVED, NAME_TAKEN, bills_end, connect, contacts_end, settle, signed_in
from tests.xero import job_of
from xero_sync.domain.errors import Fault
from xero_sync.domain.states import State
from xero_sync.models import BillSyncSettings, SyncAttempt, WorkerHeartbeat

pytestmark = pytest.mark.django_db

PAGES = [
    "",
    "failures/",
    "failures/account-archived/",
    "failures/account-archived/retry/",
    "firms/",
    "attempts/",
    "workers/",
]


@pytest.fixture
def operator() -> User:
    found: User = OperatorFactory()
    return found


@pytest.fixture
def page(operator: User) -> Client:
    return signed_in(operator)


def hurt(bills: int = 1) -> tuple[Firm, list[Any]]:
    """A firm with this many bills held back by an archived account."""
    firm = FirmFactory()
    with firm_scope(firm):
        connection = connect(firm)
        client = ContactFactory(firm=firm, name="Adaeze Okafor")
        found = [InvoiceFactory(firm=firm, contact=client, approved=True) for _ in range(bills)]
        settle(firm, connection, bills_end(ARCHIVED))
    return firm, found


def words(page: Client, path: str) -> str:
    answer = page.get(f"/ops/{path}")
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


@pytest.mark.parametrize("path", PAGES)
def test_firm_people_meet_a_404(firm: Firm, path: str) -> None:
    for user in (admin_of(firm), MembershipFactory(firm=firm).user):
        assert signed_in(user).get(f"/ops/{path}").status_code == 404


@pytest.mark.parametrize("path", ["failures/account-archived/retry/", "firms/x/pause/", "firms/x/release/"])
def test_firm_people_cannot_act_as_operators(firm: Firm, path: str) -> None:
    assert signed_in(admin_of(firm)).post(f"/ops/{path.replace('x', firm.slug, 1)}").status_code == 404
    assert BillSyncSettings.objects.get(firm=firm).paused_at is None


def test_an_operator_meets_a_404_on_a_firms_pages(firm: Firm, page: Client) -> None:
    assert page.get(f"/{firm.slug}/needs-you/").status_code == 404


@pytest.mark.parametrize("path", PAGES)
def test_every_page_opens_without_any_data_and_without_a_clients_name(page: Client, path: str) -> None:
    words(page, path)
    hurt()
    assert "Okafor" not in words(page, path)


@pytest.mark.promise("P36")
def test_the_overview_says_how_things_stand(page: Client) -> None:
    firm, _ = hurt(3)
    with firm_scope(firm):
        InvoiceFactory(firm=firm, approved=True)
        settle(firm, firm.xero_connections.get())
    html = words(page, "")
    assert "100.0% of 3 saves were in Xero within 60 s over the last 24 hours." in html
    assert '<p class="tile-label">Needs a person</p><p class="tile-figure red">3</p>' in html
    assert '<p class="tile-label">Failures, last hour</p><p class="tile-figure">3</p>' in html
    assert "3 documents got through, 3 did not." in html
    assert "This account was archived or deleted in Xero" in html


def test_failures_are_grouped_by_cause_over_firms(page: Client) -> None:
    first, _ = hurt(2)
    second, bills = hurt(1)
    html = words(page, "failures/")
    assert "1 cause holds back 3 documents, over all firms." in html
    by_firm = words(page, "failures/account-archived/")
    assert first.name in by_firm
    assert second.name in by_firm
    at_one = words(page, f"failures/account-archived/?firm={second.slug}")
    assert f"Bill {bills[0].number}" in at_one
    assert "1 document at" in at_one


def test_a_taken_name_is_shown_without_the_name(page: Client) -> None:
    firm = FirmFactory()
    with firm_scope(firm):
        InvoiceFactory(firm=firm, contact=ContactFactory(firm=firm, name="John Smith"), approved=True)
        settle(firm, connect(firm), contacts_end(NAME_TAKEN))
    assert "John Smith" not in words(page, "failures/contact-name-taken/").replace("“John Smith”", "")
    assert "another contact" in words(page, "failures/").lower()


def test_new_words_of_xero_are_shown_by_their_shape(page: Client) -> None:
    firm = FirmFactory()
    with firm_scope(firm):
        InvoiceFactory(firm=firm, approved=True)
        settle(firm, connect(firm), bills_end(Fault("The moon of 'Adaeze Okafor' must be full on 12 May.")))
    html = words(page, "failures/")
    assert "The moon of … must be full on … May." in html


def test_a_group_is_retried_after_a_count_and_each_firm_finds_it_on_record(page: Client, operator: User) -> None:
    first, firsts = hurt(2)
    second, seconds = hurt(1)
    assert "Retry 3 documents at 2 firms?" in words(page, "failures/account-archived/retry/")
    answer = page.post("/ops/failures/account-archived/retry/", {"firm": ""}, follow=True)
    assert "3 documents put back in line" in answer.content.decode()
    with all_firms():
        assert {job_of(bill).state for bill in firsts + seconds} == {State.WAITING.value}
        events = AuditEvent.objects.filter(action="ops.group-retried").order_by("firm")
        assert [(event.firm, event.actor, event.after["documents"]) for event in events] == [
            (first, operator, 2),
            (second, operator, 1),
        ]


def test_a_group_can_be_retried_at_one_firm(page: Client) -> None:
    first, firsts = hurt(1)
    _, seconds = hurt(1)
    page.post("/ops/failures/account-archived/retry/", {"firm": first.slug})
    with all_firms():
        assert job_of(firsts[0]).state == State.WAITING
        assert job_of(seconds[0]).state == State.NEEDS_YOU
    assert page.post("/ops/failures/account-archived/retry/", {"firm": "no-such-firm"}).status_code == 404


def test_a_firm_is_paused_and_released(page: Client, operator: User) -> None:
    firm, _ = hurt()
    page.post(f"/ops/firms/{firm.slug}/pause/")
    with firm_scope(firm):
        assert BillSyncSettings.objects.get(firm=firm).paused_by == str(operator)
        bill = InvoiceFactory(firm=firm, approved=True)
        assert job_of(bill).hold == "paused"
    assert "Paused" in words(page, "firms/")
    page.post(f"/ops/firms/{firm.slug}/release/")
    with firm_scope(firm):
        assert BillSyncSettings.objects.get(firm=firm).paused_at is None
        assert job_of(bill).state == State.WAITING


def test_a_pause_of_a_paused_firm_says_that_nothing_was_done(page: Client) -> None:
    firm, _ = hurt()
    page.post(f"/ops/firms/{firm.slug}/pause/")
    words(page, "firms/")
    page.post(f"/ops/firms/{firm.slug}/pause/")
    assert f"{firm} is paused already." in words(page, "firms/")
    for _ in range(2):
        page.post(f"/ops/firms/{firm.slug}/release/")
    assert f"{firm} is not paused." in words(page, "firms/")


def test_the_board_shows_each_firms_connection_states_and_calls(page: Client) -> None:
    firm, _ = hurt(2)
    FirmFactory(name="Nobody yet")
    html = words(page, "firms/")
    assert firm.name in html
    assert "Not connected" in html
    assert '<td data-label="Needs you" class="number">2</td>' in html
    assert '1,000<span class="sub">of 1,000</span>' in html
    assert "No firm is found by that" in words(page, "firms/?q=moon")


def test_an_attempt_is_found_by_any_id_and_shows_what_ran_it(page: Client) -> None:
    firm, [bill] = hurt()
    with all_firms():
        attempt = SyncAttempt.objects.get(job=job_of(bill))
        SyncAttempt.objects.filter(pk=attempt.pk).update(exception="OutcomeUnknown")
    for asked in ("task-77", "reference-77", bill.number, str(attempt.batch_id), firm.slug, "OutcomeUnknown"):
        html = words(page, f"attempts/?q={asked}&outcome=REFUSED")
        for part in (
            f"Bill {bill.number}",
            "worker-1",
            "task-77",
            "reference-77",
            "OutcomeUnknown",
            "account-archived",
        ):
            assert part in html
    assert "No attempt is found by that" in words(page, "attempts/?q=nothing-like-it")


@pytest.mark.promise("P34")
def test_a_silent_worker_and_a_waiting_lane_are_seen(page: Client) -> None:
    now = timezone.now()
    WorkerHeartbeat.objects.create(name="worker-1@a", started_at=now - timedelta(hours=3), seen_at=now)
    WorkerHeartbeat.objects.create(name="worker-2@b", started_at=now, seen_at=now - timedelta(minutes=5))
    firm, _ = hurt()
    with firm_scope(firm):
        firm.sync_lane.not_before, firm.sync_lane.waits_for = now + timedelta(hours=2), "day"
        firm.sync_lane.save()
    html = words(page, "workers/")
    assert "1 of 2 workers heard of in the last minute." in html
    assert "Silent" in html
    assert "for day" in html


@pytest.mark.parametrize(("path", "most"), [("", 20), ("failures/", 6), ("firms/", 9), ("attempts/", 7)])
def test_pages_cost_the_same_for_any_number_of_firms(
    page: Client, path: str, most: int, django_assert_max_num_queries: Any
) -> None:
    for _ in range(3):
        hurt(2)
    with django_assert_max_num_queries(most):
        words(page, path)


@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59", "2026-01-01"])
def test_a_place_in_the_list_that_cannot_be_shows_the_first_page(page: Client, moment: str) -> None:
    hurt()
    answer = page.get("/ops/attempts/", {"older": f"{moment}~1"})
    assert answer.status_code == 200
    assert "<tbody><tr>" in answer.content.decode()
