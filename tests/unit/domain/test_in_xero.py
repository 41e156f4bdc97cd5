"""What stands in Xero, as the forecast asks: who has a number, who has a name, which look alike."""

from dataclasses import replace
from decimal import Decimal

import pytest

from xero_sync.domain.in_xero import CLIENT, Entry, KnownInXero

OHARA = Entry(xero_id="x1", number="C-7", name="O'Hara", email="ann@ohara.example", status="ACTIVE")
LEE = Entry(xero_id="x2", number="", name="Lee", status="ACTIVE")
OLD = Entry(xero_id="x3", number="C-9", name="Kerr", status="ARCHIVED")


@pytest.mark.parametrize(
    ("number", "but", "expected"),
    [
        ("C-7", "", "x1"),
        ("c-7", "", "x1"),
        ("C-7", "x1", None),
        ("C-7", "x2", "x1"),
        ("C-9", "", "x3"),
        ("C-8", "", None),
        ("", "", None),
    ],
)
def test_a_number_belongs_to_one_as_xero_compares_it(number: str, but: str, expected: str | None) -> None:
    found = KnownInXero([OHARA, LEE, OLD]).holds_number(number, but=but)
    assert (found.xero_id if found else None) == expected


@pytest.mark.parametrize(
    ("name", "but", "expected"),
    [
        ("O'Hara", "", "x1"),
        ("O'HARA", "", "x1"),
        ("O'Hara", "x1", None),
        # Looks the same to a reader; Xero takes both.
        ("O’Hara", "", None),
        # An archived contact leaves its name free.
        ("Kerr", "", None),
        ("Nobody", "", None),
    ],
)
def test_a_name_is_kept_by_an_active_contact_as_xero_compares_it(name: str, but: str, expected: str | None) -> None:
    found = KnownInXero([OHARA, LEE, OLD]).holds_name(name, but=but)
    assert (found.xero_id if found else None) == expected


def test_contacts_that_look_alike_or_have_the_number_are_given_in_xeros_words() -> None:
    known = KnownInXero([OHARA, LEE, OLD])
    known.belongs(xero_id="x1", client=7)
    assert known.alike(number="C-9", name="O’Hara") == [
        {
            CLIENT: 7,
            "ContactID": "x1",
            "ContactNumber": "C-7",
            "Name": "O'Hara",
            "EmailAddress": "ann@ohara.example",
            "ContactStatus": "ACTIVE",
        },
        {
            CLIENT: None,
            "ContactID": "x3",
            "ContactNumber": "C-9",
            "Name": "Kerr",
            "EmailAddress": "",
            "ContactStatus": "ARCHIVED",
        },
    ]
    assert [row["ContactID"] for row in known.alike(number="C-7", name="O'Hara")] == ["x1"]
    assert known.alike(number="C-8", name="Nobody") == []


def test_an_entry_that_is_renamed_and_renumbered_frees_its_old_name_and_number() -> None:
    known = KnownInXero([OHARA])
    known.put(replace(OHARA, number="C-70", name="Hara"))
    assert known.holds_number("C-7", but="") is None
    assert known.holds_name("O'Hara", but="") is None
    assert known.alike(number="", name="O'Hara") == []
    assert known.get("x1") == replace(OHARA, number="C-70", name="Hara")
    assert known.get("x2") is None


def test_a_number_that_went_to_another_entry_is_not_freed_by_the_first() -> None:
    known = KnownInXero([OHARA])
    known.put(replace(LEE, number="C-7"))
    known.put(replace(OHARA, number="C-70"))
    found = known.holds_number("C-7", but="")
    assert found is not None
    assert found.xero_id == "x2"


@pytest.mark.parametrize(("settled", "expected"), [("1.00", True), ("0.00", False), (None, False)])
def test_what_was_paid_in_part_is_settled(settled: str | None, expected: bool) -> None:
    assert replace(LEE, settled=None if settled is None else Decimal(settled)).is_settled is expected
