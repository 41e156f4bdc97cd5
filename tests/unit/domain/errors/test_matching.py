"""From what Xero said to the entry of the table, with the parts as Xero wrote them."""

import pytest

from xero_sync.domain import errors
from xero_sync.domain.errors import BY_CODE, ErrorClass, Fault
from xero_sync.domain.errors.matching import plain_title, shape


def test_a_dead_account_is_named_and_is_the_cause() -> None:
    said = "Account code '420' has been archived, or has been deleted. Each line item must reference a valid account."
    found = errors.recognise(Fault(message=said))
    assert (found.code, found.subject, found.parts) == ("account-archived", "420", {"account": "420"})
    assert found.sentence == "Account 420 was archived or deleted in Xero. Choose another account"


@pytest.mark.parametrize(
    ("said", "parts"),
    [
        ("The TaxType code INPUT cannot be used with account code 630.", {"tax": "INPUT", "account": "630"}),
        ("The TaxType code “GST Free” cannot be used with account code “630”.", {"tax": "GST Free", "account": "630"}),
        (
            'The existing contact with name "A" cannot be updated to use new name "B & C". There is an existing contact.',
            {"name": "A", "new_name": "B & C"},
        ),
        ("The contact name O’Brien’s is already assigned to another contact.", {"name": "O’Brien’s"}),
        ("before the period lock date, currently set at 30-Nov-2018", {"date": "30-Nov-2018"}),
        ("before the period lock date, currently set at 30 November 2018. Ask.", {"date": "30 November 2018"}),
        ("Organisation is not subscribed to currency EUR.", {"currency": "EUR"}),
        ("The contact name Smith &amp; Sons is already assigned to another contact", {"name": "Smith & Sons"}),
    ],
)
def test_parts_are_read_as_xero_wrote_them(said: str, parts: dict[str, str]) -> None:
    assert dict(errors.recognise(Fault(message=said)).parts) == parts


def test_two_parts_make_one_cause() -> None:
    found = errors.recognise(Fault(message="The TaxType code INPUT cannot be used with account code 630."))
    assert found.subject == "INPUT / 630"


def test_xeros_general_sentence_does_not_hide_the_particular_one() -> None:
    said = "An error occurred in Xero. Check the API Status page. Account code '420' has been archived, or deleted."
    assert errors.recognise(Fault(message=said)).code == "account-archived"


def test_an_unknown_message_is_shown_in_xeros_own_words() -> None:
    found = errors.recognise(Fault(message="The moon must be full."))
    assert found.code == "unknown"
    assert "The moon must be full" in found.sentence
    assert "{" not in found.why


def test_words_in_braces_from_xero_are_shown_as_they_are() -> None:
    assert "{0} and {name}" in errors.recognise(Fault(message="{0} and {name} disagree")).sentence


def test_unknown_messages_that_differ_in_numbers_and_names_are_one_cause() -> None:
    said = [f"Thing '{name}' of bill {number} is odd" for name, number in (("A b", "HL-1"), ("C", "HL-22"))]
    assert len({errors.recognise(Fault(message=each)).subject for each in said}) == 1


def test_nothing_said_at_all_is_unknown() -> None:
    assert errors.recognise(Fault(message="")).code == "unknown"


def test_an_unknown_fault_of_the_line_is_tried_again() -> None:
    found = errors.recognise(Fault(message="MaxRetryError()", source="transport"))
    assert (found.code, found.known.klass) == ("xero-unavailable", ErrorClass.TRANSIENT)


def test_preflight_names_its_error_and_its_parts() -> None:
    fault = errors.preflight("account-archived", field="lines-2", account="420")
    found = errors.recognise(fault)
    assert (found.code, found.subject, fault.source, fault.field) == ("account-archived", "420", "preflight", "lines-2")


def test_preflight_refuses_a_code_that_is_not_in_the_table() -> None:
    with pytest.raises(KeyError):
        errors.preflight("no-such-code")


def test_a_code_that_came_with_an_answer_helps_when_its_text_does_not() -> None:
    assert errors.recognise(Fault(message="Please sign in", code="TokenExpired")).code == "token-expired"


def test_a_code_of_the_table_outranks_the_text() -> None:
    said = "Account code '420' has been archived, or deleted."
    assert errors.recognise(Fault(message=said, code="locked-period")).code == "locked-period"


def test_the_code_unknown_decides_nothing() -> None:
    said = "Account code '420' has been archived, or deleted."
    assert errors.recognise(Fault(message=said, code="unknown")).code == "account-archived"


def test_parts_of_the_speaker_outrank_those_of_the_text() -> None:
    said = "Account code '420' has been archived, or deleted."
    assert errors.recognise(Fault(message=said, parts={"account": "200"})).subject == "200"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Bill HL-2031 of 3 lines", "Bill … of … lines"),
        ("The name 'Smith & Sons' is odd", "The name … is odd"),
        ("The name “Smith” is odd", "The name … is odd"),
        ("it's odd", "it's odd"),
        ("  two\n lines ", "two lines"),
        ("Smith &amp; Sons", "Smith & Sons"),
        ("x" * 121, "x" * 119 + "…"),
    ],
)
def test_the_shape_of_a_refusal_leaves_out_names_and_numbers(text: str, expected: str) -> None:
    assert shape(text) == expected


def test_a_plain_title_names_nothing_in_particular() -> None:
    assert plain_title(BY_CODE["account-archived"]) == "This account was archived or deleted in Xero"
