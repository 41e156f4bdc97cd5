"""When a contact in Xero is the one whose answer was lost."""

from typing import Any

import pytest

from xero_sync.kinds.contact.identity import identify, is_ours

NUMBERED = {"Name": "Ann", "ContactNumber": "C-7"}
UNNUMBERED = {"Name": "Ann  Lee"}


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        (NUMBERED, "C-7"),
        ({"Name": "Ann", "ContactNumber": ""}, "\nann"),
        ({"Name": "ANN"}, "\nann"),
        ({}, "\n"),
    ],
)
def test_a_contact_is_looked_up_by_its_number_and_else_by_its_name(document: dict[str, Any], expected: str) -> None:
    assert identify(document) == expected


@pytest.mark.parametrize(
    ("sent", "found", "ours"),
    [
        (NUMBERED, {"Name": "Renamed", "ContactNumber": "C-7"}, True),
        (NUMBERED, {"Name": "Ann", "ContactNumber": "C-8"}, False),
        (NUMBERED, {"Name": "Ann", "ContactStatus": "ACTIVE"}, False),
        (UNNUMBERED, {"Name": "Ann  Lee", "ContactStatus": "ACTIVE"}, True),
        (UNNUMBERED, {"Name": "ANN  LEE", "ContactStatus": "ACTIVE"}, True),
        (UNNUMBERED, {"Name": "Ann  Lee", "ContactStatus": "ARCHIVED"}, False),
        (UNNUMBERED, {"Name": "Ann  Lee", "ContactNumber": "C-9", "ContactStatus": "ACTIVE"}, False),
        (UNNUMBERED, {"Name": "Another", "ContactStatus": "ACTIVE"}, False),
    ],
)
def test_our_own_contact_is_known_by_its_number_and_without_one_by_its_name(
    sent: dict[str, Any], found: dict[str, Any], ours: bool
) -> None:
    assert is_ours(sent, found) is ours
