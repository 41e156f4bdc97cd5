"""What people read of a number of documents."""

import pytest

from xero_sync.domain.kinds import Labels
from xero_sync.kinds.contact.labels import LABELS as CONTACTS
from xero_sync.kinds.invoice.labels import LABELS as BILLS


@pytest.mark.parametrize(
    ("labels", "number", "expected"),
    [
        (BILLS, 1, "1 bill"),
        (BILLS, 0, "0 bills"),
        (BILLS, 2000, "2,000 bills"),
        (CONTACTS, 1, "1 contact"),
        (CONTACTS, 12, "12 contacts"),
    ],
)
def test_a_number_of_documents_is_said_with_their_noun(labels: Labels, number: int, expected: str) -> None:
    assert labels.count(number) == expected


def test_what_is_sent_is_said_for_each_kind_and_for_one_that_has_no_words_of_its_own() -> None:
    assert [labels.sent_words for labels in (CONTACTS, BILLS)] == [
        "your clients as contacts",
        "your bills as sales invoices",
    ]
    labels = Labels(noun="matter", plural="matters", title="Matter", named="Matter {}", listed="{}", live="matters")
    assert labels.sent_words == "your matters"
