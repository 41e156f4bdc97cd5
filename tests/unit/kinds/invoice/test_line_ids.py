"""Which line in Xero is which of ours, however Xero orders its answer."""

import pytest

from xero_sync.kinds.invoice.line_ids import match_line_ids, match_lines


def line(description: str, line_id: str = "", **values: object) -> dict[str, object]:
    known = {"LineItemID": line_id} if line_id else {}
    return {**known, "Description": description, "Quantity": 1, "UnitAmount": 100, "AccountCode": "200", **values}


def test_new_lines_come_first_and_each_line_keeps_its_own_id() -> None:
    sent = [line("A", "id-a"), line("B", "id-b"), line("C")]
    answered = [line("C", "id-c"), line("A", "id-a"), line("B", "id-b")]

    assert match_line_ids(keys=[1, 2, 3], sent=sent, answered=answered) == {"1": "id-a", "2": "id-b", "3": "id-c"}


def test_a_corrected_line_is_known_by_its_id_whatever_it_says_now() -> None:
    sent = [line("A corrected", "id-a"), line("A")]
    answered = [line("A", "id-new"), line("A corrected", "id-a")]

    assert match_line_ids(keys=[1, 2], sent=sent, answered=answered) == {"1": "id-a", "2": "id-new"}


def test_of_two_lines_with_one_description_the_amounts_tell() -> None:
    sent = [line("Call", Quantity="0.5"), line("Call", Quantity="1.25")]
    answered = [line("Call", "id-long", Quantity=1.25), line("Call", "id-short", Quantity=0.5)]

    assert match_line_ids(keys=[1, 2], sent=sent, answered=answered) == {"1": "id-short", "2": "id-long"}


def test_lines_that_say_the_same_are_taken_in_xeros_order_each_once() -> None:
    answered = [line("Call", "first"), line("Call", "second")]

    found = match_line_ids(keys=[1, 2], sent=[line("Call"), line("Call")], answered=answered)

    assert found == {"1": "first", "2": "second"}


@pytest.mark.parametrize(
    "in_xero",
    [
        line(" Call ", "id", Quantity="1.0000", UnitAmount="100.00"),
        line("Call", "id", AccountCode="201", TaxType="OUTPUT2"),
        line("Call", "id", UnitAmount="99.9999", Quantity="1.0001"),
    ],
)
def test_a_line_that_xero_wrote_otherwise_is_still_found(in_xero: dict[str, object]) -> None:
    assert match_line_ids(keys=[7], sent=[line("Call")], answered=[in_xero]) == {"7": "id"}


def test_a_line_of_the_bookkeepers_is_nobodys() -> None:
    answered = [line("Bank fee", "theirs"), line("Call", "ours")]

    assert match_line_ids(keys=[1], sent=[line("Call")], answered=answered) == {"1": "ours"}


def test_a_line_that_xero_no_longer_has_goes_as_new_next_time() -> None:
    sent = [line("A", "gone"), line("B", "id-b")]

    assert match_line_ids(keys=[1, 2], sent=sent, answered=[line("B", "id-b")]) == {"2": "id-b"}


def test_an_answer_without_ids_or_lines_gives_none() -> None:
    assert match_line_ids(keys=[1], sent=[line("A")], answered=[line("A"), {"Description": None}]) == {}
    assert match_line_ids(keys=[1], sent=[line("A")], answered=[]) == {}


def test_a_bill_and_an_answer_without_the_same_lines_are_not_matched() -> None:
    assert match_lines([1, 2], {"LineItems": [line("A")]}, {"LineItems": [line("A", "id")]}) == {}
    assert match_lines([], {"Status": "VOIDED"}, {"LineItems": [line("A", "id")]}) == {}
    assert match_lines([1], {"LineItems": [line("A")]}, {}) == {}
