"""Every message that pushing contacts and bills, or the connection itself, can meet: from Xero's words to In Xero."""

from pathlib import Path

import pytest

from firms.models import Firm, User
from tests.messages import bills, books, connection, contacts
from tests.messages.row import Row
from tests.messages.world import World
from tests.xero import Xero, job_of
from xero_sync.domain import errors

pytestmark = pytest.mark.django_db(transaction=True)

ROWS = (*contacts.ROWS, *bills.ROWS, *books.ROWS, *connection.ROWS)
PLACES = {"story": "sync-story", "note": "sync-card", "sentence": "sync-card"}
# What no words of Xero bring about: the test beside this one that shows it.
PROVEN_ELSEWHERE = {
    "bill-changed-in-xero": (
        "test_both_sides.py",
        "test_nothing_is_sent_over_an_amount_or_a_date_that_a_bookkeeper_changed",
    ),
    "contact-changed-in-xero": ("test_both_sides.py", "test_the_same_detail_changed_on_both_sides_is_for_a_person"),
    "contact-merged-with-client": (
        "test_both_sides.py",
        "test_a_contact_merged_into_that_of_another_client_is_for_a_person",
    ),
    "contact-refused": ("test_several_faults.py", "test_a_bill_waiting_on_a_refused_contact_says_so_and_follows_it"),
    "our-fault": ("test_batches.py", "test_a_poisoned_document_does_not_hold_back_its_neighbours"),
    "our-fault-while-sending": ("test_lost_workers.py", "test_a_bill_that_ends_its_workers_while_it_is_sent_needs_us"),
    "unknown": ("test_several_faults.py", "test_new_words_are_shown_as_they_are_tried_once_and_reach_the_operators"),
}
WAITING_FOR_THEIR_FEATURE = {
    "payments": (44, 45, 46, 47, 48, 49, 50, 51, 52, 53, 54),
    "credit notes": (22, 55, 56, 57),
    "tracking": (58, 59),
    "accounts": (43, 60, 61),
    "items": (37, 38),
    "attachments": (76,),
}


@pytest.fixture
def world(connected: Firm, xero: Xero, admin: User) -> World:
    return World(firm=connected, xero=xero, admin=admin)


def _name(row: Row) -> str:
    return f"{errors.BY_CODE[row.code].number:02}-{row.code}"


@pytest.mark.parametrize("row", ROWS, ids=_name)
@pytest.mark.promise("P17")
def test_a_message_comes_with_its_remedy_and_the_bill_ends_in_xero(row: Row, world: World) -> None:
    document = row.arrange(world)
    assert job_of(document).state == row.state, job_of(document).faults
    if row.seen in PLACES:
        world.check_page_says(document, row.code, PLACES[row.seen])
    if row.seen == "fault" or row.then:
        world.follows(world.page_says(document, row.then or row.code))
    world.follows_badge(document)
    row.remedy(world, document)
    world.syncs()
    world.all_arrived(document)


def test_every_entry_of_the_table_is_proven_here_or_named_with_what_it_waits_for() -> None:
    later = {errors.BY_NUMBER[number].code for numbers in WAITING_FOR_THEIR_FEATURE.values() for number in numbers}
    here = {row.code for row in ROWS}
    assert here | later | set(PROVEN_ELSEWHERE) == set(errors.BY_CODE)
    assert not here & later
    for file, test in PROVEN_ELSEWHERE.values():
        assert f"def {test}(" in Path(__file__).with_name(file).read_text(encoding="utf-8")
    assert len(here) == len(ROWS)


@pytest.mark.parametrize(("feature", "numbers"), WAITING_FOR_THEIR_FEATURE.items())
def test_what_waits_for_its_feature_is_recognised_and_worded(feature: str, numbers: tuple[int, ...]) -> None:
    assert {errors.BY_NUMBER[number].feature for number in numbers} == {feature}
    assert all(
        errors.recognise(errors.Fault(errors.BY_NUMBER[number].sample)).known.number == number for number in numbers
    )
