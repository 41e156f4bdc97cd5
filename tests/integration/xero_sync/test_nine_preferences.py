"""Each of the nine preferences, for both cohorts: off, what Xero says to it; on, the same bill goes."""

import re
from collections.abc import Iterator
from datetime import date

import pytest
from django.utils.html import escape

from firms.scope import firm_scope
from tests.integration.xero_sync.nine import ROWS, Desk, Refusal, Row, Saved
from tests.xero import Xero, job_of
from xero_sync.domain.errors import Fault, recognise
from xero_sync.domain.preferences import PREFERENCES
from xero_sync.domain.states import Outcome, State

pytestmark = pytest.mark.django_db(transaction=True)

OLDER, NEWER = date(2017, 5, 2), date(2021, 3, 1)
each_preference = pytest.mark.parametrize("row", ROWS, ids=[row.key for row in ROWS])


@pytest.fixture
def desk(xero: Xero, created_on: date) -> Iterator[Desk]:
    found = Desk.of(created_on=created_on, xero=xero)
    with firm_scope(found.firm):
        yield found


def test_every_preference_has_a_row_in_the_order_of_the_page() -> None:
    assert [row.key for row in ROWS] == [each.key for each in PREFERENCES]
    assert all((row.off is None) is (row.refusal is not None) for row in ROWS)


@each_preference
@pytest.mark.parametrize("created_on", [OLDER], ids=["of 2017"])
def test_off_until_an_older_firm_switches_it_on(desk: Desk, row: Row) -> None:
    assert not any(desk.switches.values())
    desk.switches_to(**row.also)
    is_refused_or_goes_the_old_way_until_it_is_switched_on(desk, row)


@each_preference
@pytest.mark.parametrize("created_on", [NEWER], ids=["of 2021"])
def test_on_until_a_newer_firm_switches_it_off(desk: Desk, row: Row) -> None:
    assert all(desk.switches.values())
    saved = row.meets(desk)
    desk.works()
    assert row.sees(desk, saved) == (row.on if row.fresh is ... else row.fresh)
    desk.switches_to(**row.also, **{row.key: False})
    is_refused_or_goes_the_old_way_until_it_is_switched_on(desk, row)


def is_refused_or_goes_the_old_way_until_it_is_switched_on(desk: Desk, row: Row) -> None:
    saved = row.meets(desk)
    desk.works()
    if row.refusal is None:
        assert row.sees(desk, saved) == row.off
        assert (row.key in notes_on(saved)) is row.noted_off
    else:
        is_refused_in_plain_words(desk, saved, row.refusal)
    desk.switches_to(**{row.key: True})
    row.again(desk, saved)
    desk.works()
    assert job_of(saved).state == State.IN_XERO, job_of(saved).faults
    assert row.sees(desk, saved) == row.on
    if not row.noted_off:
        is_noted_with_the_way_to_the_switch(desk, row.noted_on(saved), row)


def is_refused_in_plain_words(desk: Desk, saved: Saved, refusal: Refusal) -> None:
    """Xero's own words are on record, and on the page stand ours: what, why, who acts, and where."""
    assert job_of(saved).state == State.NEEDS_YOU
    told = [
        fault
        for attempt in job_of(saved).sync_attempts.filter(outcome=Outcome.REFUSED, http_status__isnull=False)
        for fault in attempt.faults
    ]
    assert told, "Xero was not asked"
    assert {fault["source"] for fault in told} == {"xero"}
    [message] = {fault["message"] for fault in told}
    assert refusal.xero in message
    known = recognise(Fault(message))
    assert known.code == refusal.code
    page = desk.opens(saved)
    assert escape(refusal.xero) in page
    assert escape(known.title) in page, re.findall(r"<h3>.*?</h3>", page)
    assert refusal.who in page
    assert "<h2>What to do</h2>" in page
    leads_to_where_it_is_mended(desk, page)


def leads_to_where_it_is_mended(desk: Desk, page: str) -> None:
    """Every link opens a page that has the field it names; where nothing here can mend it, one leads to Xero."""
    [fault] = re.findall(r'<div class="fault">.*?</div>', page)
    links = [link for link in re.findall(r'href="(/[^"]*)"', fault) if not link.startswith(("/help/", "/static/"))]
    assert links or "Open Xero" in fault
    for link in links:
        opened, anchor = desk.admin.opens(link), link.partition("#")[2]
        assert not anchor or f'id="{anchor}"' in opened, link


def notes_on(saved: Saved) -> dict[str, str]:
    job = job_of(saved)
    return {note["code"]: note["text"] for note in (*job.notes, *job.applied)}


def is_noted_with_the_way_to_the_switch(desk: Desk, saved: Saved, row: Row) -> None:
    """On the document, in the story of the attempt, and with "notes" in its state only where somebody should look."""
    told = escape(notes_on(saved)[row.key])
    page = desk.opens(saved)
    assert page.count(told) >= 2
    assert ("In Xero, with notes" in page) is not row.quiet
    assert ("What your settings did" in page) is row.quiet
    address = re.search(rf'href="(/[^"]*)#switch-{row.key}"', page)
    assert address, "no way to the switch"
    assert f'id="switch-{row.key}"' in desk.admin.opens(address[1])


@pytest.mark.parametrize("created_on", [OLDER], ids=["of 2017"])
def test_a_draft_that_was_sent_and_deleted_there_is_refused_which_a_firm_with_the_switch_never_meets(
    desk: Desk, xero: Xero
) -> None:
    bill = desk.bill(contact=desk.client())
    desk.works()
    assert "as a draft, before it was approved" in desk.opens(bill)
    xero.act("void-invoice", invoice=bill.number)
    desk.saves_again(bill, **{"lines-0-description": "Advice, corrected"})
    desk.works()
    refusal = Refusal(
        xero="Invoice not of valid status for modification",
        code="invoice-closed-in-xero",
        who="Anyone at your firm can do this.",
    )
    is_refused_in_plain_words(desk, bill, refusal)

    desk.switches_to(only_approved=True)
    another = desk.bill(contact=bill.contact)
    desk.works()
    assert (job_of(another).state, xero.numbered(another.number)) == (State.NOT_SENT, [])
    desk.approves(another)
    desk.works()
    assert [row["status"] for row in xero.numbered(another.number)] == ["AUTHORISED"]


@pytest.mark.parametrize("created_on", [NEWER], ids=["of 2021"])
def test_a_reference_we_wrote_is_emptied_by_a_save_without_the_switch_and_nobody_elses_is(
    desk: Desk, xero: Xero
) -> None:
    bill = desk.bill(contact=desk.client(), approved=True, new_matter_number="M-77")
    desk.works()
    desk.switches_to(matter_as_reference=False)
    desk.works()
    assert [row["reference"] for row in xero.numbered(bill.number)] == ["M-77"]
    desk.saves_again(bill)
    desk.works()
    assert [row["reference"] for row in xero.numbered(bill.number)] == [""]
    assert "What your settings did" not in desk.opens(bill)
    sent = job_of(bill).sync_attempts.filter(http_status=200).count()
    desk.saves_again(bill)
    desk.works()
    assert job_of(bill).sync_attempts.filter(http_status=200).count() == sent


@pytest.mark.parametrize("created_on", [NEWER], ids=["of 2021"])
def test_a_lost_answer_loses_no_note(desk: Desk, xero: Xero) -> None:
    client = desk.client()
    xero.fault(kind="cut_after", method="PUT", path="/Invoices")
    bill = desk.bill(contact=client, approved=True, new_matter_number="M-78")
    desk.works()
    assert job_of(bill).state == State.IN_XERO
    assert "The matter number M-78 is the reference in Xero." in desk.opens(bill)
