"""Each of the nine preferences, for both cohorts: off, what Xero says to it; on, the same bill goes."""

import re
from collections.abc import Iterator
from datetime import date

import pytest
from django.utils.html import escape

from firms.scope import firm_scope
from tests.integration.xero_sync.nine import ROWS, FirmAtWork, Refusal, Row, Saved
from tests.xero import Xero, job_of
from xero_sync.domain.errors import Fault, recognise
from xero_sync.domain.preferences import PREFERENCES
from xero_sync.domain.states import Outcome, State

pytestmark = pytest.mark.django_db(transaction=True)

OLDER, NEWER = date(2017, 5, 2), date(2021, 3, 1)
each_preference = pytest.mark.parametrize("row", ROWS, ids=[row.key for row in ROWS])


@pytest.fixture
def office(xero: Xero, created_on: date) -> Iterator[FirmAtWork]:
    found = FirmAtWork.of(created_on=created_on, xero=xero)
    with firm_scope(found.firm):
        yield found


def test_every_preference_has_a_row_in_the_order_of_the_page() -> None:
    assert [row.key for row in ROWS] == [each.key for each in PREFERENCES]
    assert all((row.off is None) is (row.refusal is not None) for row in ROWS)


@each_preference
@pytest.mark.parametrize("created_on", [OLDER], ids=["of 2017"])
def test_off_until_an_older_firm_switches_it_on(office: FirmAtWork, row: Row) -> None:
    assert not any(office.switches.values())
    office.switches_to(**row.also)
    is_refused_or_goes_the_old_way_until_it_is_switched_on(office, row)


@each_preference
@pytest.mark.parametrize("created_on", [NEWER], ids=["of 2021"])
def test_on_until_a_newer_firm_switches_it_off(office: FirmAtWork, row: Row) -> None:
    assert all(office.switches.values())
    saved = row.meets(office)
    office.works()
    assert row.sees(office, saved) == (row.on if row.fresh is ... else row.fresh)
    office.switches_to(**row.also, **{row.key: False})
    is_refused_or_goes_the_old_way_until_it_is_switched_on(office, row)


def is_refused_or_goes_the_old_way_until_it_is_switched_on(office: FirmAtWork, row: Row) -> None:
    saved = row.meets(office)
    office.works()
    if row.refusal is None:
        assert row.sees(office, saved) == row.off
        assert (row.key in notes_on(saved)) is row.noted_off
    else:
        is_refused_in_plain_words(office, saved, row.refusal)
    office.switches_to(**{row.key: True})
    row.again(office, saved)
    office.works()
    assert job_of(saved).state == State.IN_XERO, job_of(saved).faults
    assert row.sees(office, saved) == row.on
    if not row.noted_off:
        is_noted_with_the_way_to_the_switch(office, row.noted_on(saved), row)


def is_refused_in_plain_words(office: FirmAtWork, saved: Saved, refusal: Refusal) -> None:
    """Xero's own words are on record, and on the page stand ours: what, why, who acts, and where."""
    assert job_of(saved).state == State.NEEDS_YOU
    faults = [
        fault
        for attempt in job_of(saved).sync_attempts.filter(outcome=Outcome.REFUSED, http_status__isnull=False)
        for fault in attempt.faults
    ]
    assert faults, "Xero was not asked"
    assert {fault["source"] for fault in faults} == {"xero"}
    [message] = {fault["message"] for fault in faults}
    assert refusal.xero in message
    known = recognise(Fault(message))
    assert known.code == refusal.code
    page = office.opens(saved)
    assert escape(refusal.xero) in page
    assert escape(known.title) in page, re.findall(r"<h3>.*?</h3>", page)
    assert refusal.who in page
    assert "<h2>What to do</h2>" in page
    leads_to_where_it_is_fixed(office, page)


def leads_to_where_it_is_fixed(office: FirmAtWork, page: str) -> None:
    """Every link opens a page that has the field it names; where no field here can fix the fault, one leads to Xero."""
    [fault] = re.findall(r'<div class="fault">.*?</div>', page)
    links = [link for link in re.findall(r'href="(/[^"]*)"', fault) if not link.startswith(("/help/", "/static/"))]
    assert links or "Open Xero" in fault
    for link in links:
        opened, anchor = office.admin.opens(link), link.partition("#")[2]
        assert not anchor or f'id="{anchor}"' in opened, link


def notes_on(saved: Saved) -> dict[str, str]:
    job = job_of(saved)
    return {note["code"]: note["text"] for note in (*job.xero_record.notes, *job.xero_record.applied)}


def is_noted_with_the_way_to_the_switch(office: FirmAtWork, saved: Saved, row: Row) -> None:
    """On the document, in the story of the attempt, and with "notes" in its state only where somebody should look."""
    note = escape(notes_on(saved)[row.key])
    page = office.opens(saved)
    assert page.count(note) >= 2
    assert ("In Xero, with notes" in page) is not row.quiet
    assert ("What your settings did" in page) is row.quiet
    address = re.search(rf'href="(/[^"]*)#switch-{row.key}"', page)
    assert address, "no way to the switch"
    assert f'id="switch-{row.key}"' in office.admin.opens(address[1])


@pytest.mark.parametrize("created_on", [OLDER], ids=["of 2017"])
def test_a_draft_that_was_sent_and_deleted_is_refused_which_a_firm_with_the_switch_never_meets(
    office: FirmAtWork, xero: Xero
) -> None:
    bill = office.bill(contact=office.client())
    office.works()
    assert "as a draft, before it was approved" in office.opens(bill)
    xero.act("void-invoice", invoice=bill.number)
    office.saves_again(bill, **{"lines-0-description": "Advice, corrected"})
    office.works()
    assert (job_of(bill).state, job_of(bill).faults[0]["code"]) == (State.NEEDS_YOU, "voided-in-xero")
    assert "The bill was voided or deleted in Xero" in office.opens(bill)

    office.switches_to(only_approved=True)
    another = office.bill(contact=bill.contact)
    office.works()
    assert (job_of(another).state, xero.numbered(another.number)) == (State.NOT_SENT, [])
    office.approves(another)
    office.works()
    assert [row["status"] for row in xero.numbered(another.number)] == ["AUTHORISED"]


@pytest.mark.parametrize("created_on", [NEWER], ids=["of 2021"])
def test_a_reference_we_wrote_is_emptied_by_a_save_without_the_switch_and_nobody_elses_is(
    office: FirmAtWork, xero: Xero
) -> None:
    bill = office.bill(contact=office.client(), approved=True, new_matter_number="M-77")
    office.works()
    office.switches_to(matter_as_reference=False)
    office.works()
    assert [row["reference"] for row in xero.numbered(bill.number)] == ["M-77"]
    office.saves_again(bill)
    office.works()
    assert [row["reference"] for row in xero.numbered(bill.number)] == [""]
    assert "What your settings did" not in office.opens(bill)
    sent = job_of(bill).sync_attempts.filter(http_status=200).count()
    office.saves_again(bill)
    office.works()
    assert job_of(bill).sync_attempts.filter(http_status=200).count() == sent


@pytest.mark.parametrize("created_on", [NEWER], ids=["of 2021"])
def test_a_lost_answer_loses_no_note(office: FirmAtWork, xero: Xero) -> None:
    client = office.client()
    xero.fault(kind="cut_after", method="PUT", path="/Invoices")
    bill = office.bill(contact=client, approved=True, new_matter_number="M-78")
    office.works()
    assert job_of(bill).state == State.IN_XERO
    assert "The matter number M-78 is the reference in Xero." in office.opens(bill)
