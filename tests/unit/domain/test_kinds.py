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
