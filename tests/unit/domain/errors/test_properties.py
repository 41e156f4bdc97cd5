"""Whatever names, dates, numbers and quotes Xero fills in, a known message stays known."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xero_sync.domain import errors
from xero_sync.domain.errors import Fault

NAMES = st.text(st.characters(exclude_categories=["Cs"]), max_size=255)
CODES = st.text(st.characters(categories=["L", "Nd"], include_characters="-./"), min_size=1, max_size=10)
NUMBERS = st.decimals(-(10**9), 10**9, places=2).map(str)
QUOTES = st.sampled_from([("'", "'"), ('"', '"'), ("“", "”"), ("‘", "’"), ("`", "`"), ("«", "»"), ("", "")])
DATES = st.dates().flatmap(
    lambda day: st.sampled_from([f"{day:%d-%b-%Y}", f"{day:%d/%m/%Y}", f"{day:%d %B %Y}", day.isoformat()])
)
AROUND = st.sampled_from(["", "A validation exception occurred. ", "Line 3: ", "  ", "\n"])
FILLERS = {"N": NAMES, "C": CODES, "A": NUMBERS, "D": DATES}

# A letter in square brackets stands for what Xero fills in; quotes around it vary too.
TEMPLATES = [
    (1, "The contact name [N] is already assigned to another contact. The contact name must be unique."),
    (1, "The contact name [N] is already assigned to another contact."),
    (3, "The existing contact with name [N] cannot be updated to use new name [N]. There is an existing contact."),
    (4, "The contact number [N] is already assigned to another contact."),
    (11, "Account code [C] is not a valid code for this document."),
    (12, "Account code [C] has been archived, or has been deleted. Each line item must reference a valid account."),
    (12, "Account code [C] has been archived, or deleted."),
    (16, "The TaxType code [C] cannot be used with account code [C]."),
    (17, "The TaxType code [C] does not exist or cannot be used for this type of transaction."),
    (17, "The TaxType code [N] is not valid"),
    (20, "Account code [C] has been removed as it does not match a recognised account."),
    (34, "The line total [A] does not match the expected line total [A]"),
    (35, "The quantity value [A] is invalid. Quantity must not be less than zero."),
    (37, "Item code [C] is not valid"),
    (39, "The document date cannot be before the period lock date, currently set at [D]"),
    (40, "The document date cannot be before the end of year lock date, currently set at [D]"),
    (42, "Organisation is not subscribed to currency [C]"),
    (43, "The current organisation is not subscribed to currency [C]."),
    (66, "Idempotency Key: [N] is used with a different request."),
]  # fmt: skip


@st.composite
def filled(draw: st.DrawFn, template: str) -> str:
    start, end = draw(QUOTES)
    for letter, values in FILLERS.items():
        while f"[{letter}]" in template:
            value = draw(values).replace("[", "(")
            template = template.replace(f"[{letter}]", f"{start}{value}{end}", 1)
    return draw(AROUND) + template + draw(AROUND)


@pytest.mark.parametrize(("number", "template"), TEMPLATES)
@given(data=st.data())
def test_what_xero_fills_in_never_makes_a_known_message_unknown(
    number: int, template: str, data: st.DataObject
) -> None:
    said = data.draw(filled(template))
    assert errors.recognise(Fault(message=said)).known.number == number


@given(name=st.text(st.characters(categories=["L", "Nd"]), min_size=1, max_size=40), quotes=QUOTES)
def test_the_name_comes_back_as_it_was_written(name: str, quotes: tuple[str, str]) -> None:
    said = f"The contact name {quotes[0]}{name}{quotes[1]} is already assigned to another contact."
    assert errors.recognise(Fault(message=said)).parts == {"name": name}


@given(words=st.text(max_size=6000))
def test_any_text_is_worded_for_people(words: str) -> None:
    found = errors.recognise(Fault(message=words))
    assert len(found.title) <= 60
    assert found.sentence
    assert len(found.subject) <= 300


@pytest.mark.parametrize(
    "piece",
    [
        "contact name ",
        "existing contact with name a cannot be updated to use new name ",
        "the taxtype code ' cannot be used with account code ",
        "status voided cannot be applied to the invoice ",
        "account code '",
        "xml for post data was invalid ",
        "'",
        "item code 'x ",
    ],
)
def test_a_text_made_to_be_slow_is_read_quickly(piece: str) -> None:
    began = time.process_time()
    errors.recognise(Fault(message=piece * 10_000))
    assert time.process_time() - began < 1
