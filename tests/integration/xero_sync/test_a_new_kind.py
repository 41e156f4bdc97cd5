"""A kind of document that the product does not have goes all the way without a change of the product."""

from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone

from billing.models import Contact, Matter
from firms.models import Firm, User
from tests.factories import ContactFactory, InvoiceFactory, OperatorFactory
from tests.integration.xero_sync.browsing import signed_in
from tests.new_kind import MATTER, quotes_of, register_kind
from tests.xero import Xero, job_of, sync
from xero_sync import outbox
from xero_sync.domain.states import State
from xero_sync.models import SyncAttempt, XeroConnection, XeroDocument
from xero_sync.organisation import tokens
from xero_sync.organisation.index import freshness
from xero_sync.organisation.reader import read_index
from xero_sync.receivers import enqueue_saved

pytestmark = pytest.mark.django_db(transaction=True)

# Nothing in the table of known errors says this.
REFUSAL = "The quote is not to the liking of the bookkeeper"


@pytest.fixture(autouse=True)
def new_kind(monkeypatch: pytest.MonkeyPatch) -> None:
    register_kind(monkeypatch)


@pytest.fixture
def browser(admin: User) -> Client:
    return signed_in(admin)


def save_matter(firm: Firm, *, number: str = "M-1", name: str = "Lease", contact: Contact | None = None) -> Matter:
    """Save a matter as a service would: in the same transaction it becomes work."""
    contact = contact or ContactFactory(firm=firm)
    with transaction.atomic():
        matter, _ = Matter.objects.update_or_create(
            firm=firm, number=number, defaults={"contact": contact, "name": name}
        )
        saved = MATTER.rows.read_saved(firm=firm, object_ids=[matter.pk])
        enqueue_saved(MATTER, firm=firm, saved=saved, bulk=False)
    return matter


def save_refused_matter(firm: Firm, xero: Xero) -> Matter:
    matter = save_matter(firm)
    xero.fault(kind="refuse", path="Quotes", messages=[REFUSAL])
    sync(firm)
    assert job_of(matter).state == State.NEEDS_YOU
    return matter


def quotes(xero: Xero) -> list[tuple[str, str]]:
    organisation = xero.server.xero.organisation(xero.organisation_id)
    return [(quote.number, quote.summary) for quote in quotes_of(organisation)]


def calls(xero: Xero) -> list[str]:
    return [f"{call['method']} {call['path'].rpartition('/')[2]}" for call in xero.calls]


def shown(browser: Client, path: str) -> str:
    answer = browser.get(path, follow=True)
    assert answer.status_code == 200, path
    return " ".join(answer.content.decode().split())


def test_a_saved_one_goes_once_after_its_contact_and_an_edited_one_is_updated(connected: Firm, xero: Xero) -> None:
    matter = save_matter(connected)
    sync(connected)
    assert job_of(matter).state == State.IN_XERO
    assert calls(xero) == ["PUT Contacts", "PUT Quotes"]

    save_matter(connected, name="Sale", contact=matter.contact)
    sync(connected)
    assert calls(xero)[2:] == ["POST Quotes"]
    save_matter(connected, name="Sale", contact=matter.contact)
    sync(connected)
    assert len(calls(xero)) == 3
    assert quotes(xero) == [("M-1", "Sale")]


def test_a_lost_answer_is_reconciled(connected: Firm, xero: Xero) -> None:
    matter = save_matter(connected)
    xero.fault(kind="cut_after", path="Quotes", method="PUT")
    sync(connected)
    sync(connected)
    ends = SyncAttempt.objects.filter(job=job_of(matter)).order_by("pk").values_list("outcome", flat=True)
    assert list(ends) == ["UNKNOWN", "ACCEPTED"]
    assert (job_of(matter).state, len(quotes(xero))) == (State.IN_XERO, 1)


def test_a_refused_one_needs_a_person_is_shown_on_every_page_and_goes_by_a_retry(
    connected: Firm, xero: Xero, browser: Client
) -> None:
    matter = save_refused_matter(connected, xero)
    job, home = job_of(matter), f"/{connected.slug}"
    address = f"{home}/activity/?job={job.pk}"
    needs = shown(browser, f"{home}/needs-you/")
    assert "1 cause holds back 1 matter. " in needs
    assert f'<a href="{address}">Matter M-1</a>' in needs
    assert address in shown(browser, f"{home}/needs-you/{job.cause_id}/")
    assert "M-1" in shown(browser, address)
    assert "Needs you" in shown(browser, f"{home}/activity/states/?matters={matter.pk}&page=MATTER-{matter.pk}")
    assert "Last matter" in shown(browser, f"{home}/settings/bill-syncing/")
    for path in ("leave-out", "link"):
        assert shown(browser, f"{home}/needs-you/{job.cause_id}/{path}/")

    answer = browser.post(f"{home}/activity/{job.pk}/retry/")
    assert answer["Location"] == address
    sync(connected)
    assert job_of(matter).state == State.IN_XERO


def test_operators_see_it_by_its_number(connected: Firm, xero: Xero) -> None:
    job = job_of(save_refused_matter(connected, xero))
    operator = signed_in(OperatorFactory())
    assert job.cause is not None
    assert "Matter M-1" in shown(operator, f"/ops/failures/{job.cause.code}/")
    assert "Matter M-1" in shown(operator, "/ops/attempts/?q=M-1")


def test_one_of_a_refused_contact_names_the_contact_and_goes_after_it(
    connected: Firm, xero: Xero, browser: Client
) -> None:
    matter = save_matter(connected)
    bill = InvoiceFactory(firm=connected, approved=True, contact=matter.contact)
    xero.fault(kind="refuse", path="Contacts", messages=["Email address must be valid."])
    sync(connected)
    job = job_of(matter)
    assert (job.state, job.hold, job.cause_id) == (State.ON_HOLD, "contact-refused", job_of(matter.contact).cause_id)
    assert "1 cause holds back 1 bill and 1 matter" in shown(browser, f"/{connected.slug}/needs-you/")
    cause = shown(browser, f"/{connected.slug}/needs-you/{job.cause_id}/")
    assert cause.count(f"Its contact {matter.contact.name} has to get into Xero first.") == 2

    outbox.retry(firm=connected, job_ids=[job.pk], now=timezone.now())
    sync(connected)
    assert [job_of(each).state for each in (matter.contact, matter, bill)] == [State.IN_XERO] * 3


def test_the_index_reads_its_pages_to_the_end_though_xero_does_not_count_them(
    connected: Firm, xero: Xero, monkeypatch: pytest.MonkeyPatch, admin: Any
) -> None:
    contact = ContactFactory(firm=connected)
    for number in range(101):
        save_matter(connected, number=f"M-{number}", contact=contact)
    sync(connected)
    connection = XeroConnection.objects.get(firm=connected)
    token = tokens.access_token(credential_id=connection.credential_id, now=timezone.now())
    assert read_index(firm=connected, connection=connection, token=token)
    assert XeroDocument.objects.filter(kind="MATTER").count() == 101

    monkeypatch.undo()
    # Taken out again, what was read of it is in nobody's way.
    assert freshness(firm=connected, xero_tenant_id=xero.organisation_id).oldest is not None
