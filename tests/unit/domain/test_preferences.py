"""The nine preferences: who starts with what, and how stored ones are read back."""

from datetime import date

import pytest

from xero_sync.domain import preferences
from xero_sync.domain.preferences import ALWAYS_ON, CUTOVER, PREFERENCES, Preferences

NINE = [
    "category_account_codes",
    "default_for_dead_accounts",
    "only_approved",
    "match_existing_contacts",
    "distinct_contact_names",
    "restore_archived_contacts",
    "drop_invalid_emails",
    "adopt_existing_invoices",
    "matter_as_reference",
]
KEYS = [each.key for each in PREFERENCES]


def test_the_table_holds_the_nine_preferences_of_the_faq_in_the_order_of_the_page() -> None:
    assert [key for key in KEYS if key in NINE] == NINE
    assert len(set(KEYS)) == len(KEYS)


@pytest.mark.parametrize(
    ("created_on", "on"),
    [
        (date(2017, 5, 2), False),
        (date(2019, 6, 30), False),
        (date(2019, 7, 1), True),
        (date(2019, 7, 2), True),
        (date(2026, 11, 22), True),
    ],
)
def test_a_firm_of_july_2019_or_later_starts_with_every_improvement_on(created_on: date, on: bool) -> None:
    assert preferences.is_new_firm(created_on) is on
    assert preferences.defaults_for(created_on) == dict.fromkeys(KEYS, on)


def test_the_day_itself_is_the_first_of_the_new_cohort() -> None:
    assert date(2019, 7, 1) == CUTOVER


def test_a_stored_preference_is_on_and_a_missing_one_is_off() -> None:
    stored = Preferences.from_stored({"only_approved": True})
    assert [key for key in KEYS if stored.on(key)] == ["only_approved"]


@pytest.mark.parametrize("value", ["true", 1, None, [], "on"])
def test_anything_but_a_stored_true_is_off(value: object) -> None:
    assert not Preferences.from_stored({"only_approved": value}).on("only_approved")


def test_a_stored_key_nobody_knows_any_more_is_dropped() -> None:
    assert Preferences.from_stored({"fax_bills": True}).as_stored() == dict.fromkeys(KEYS, False)


def test_asking_for_a_preference_that_is_none_is_a_mistake() -> None:
    with pytest.raises(KeyError):
        Preferences.from_stored({}).on("fax_bills")


def test_what_is_stored_comes_back_the_same() -> None:
    kept = Preferences.from_stored(preferences.defaults_for(CUTOVER))
    assert Preferences.from_stored(kept.as_stored()) == kept
    assert hash(Preferences.from_stored(kept.as_stored())) == hash(kept)


def test_a_copy_that_is_changed_changes_nothing() -> None:
    kept = Preferences.from_stored({})
    kept.as_stored()["only_approved"] = True
    assert not kept.on("only_approved")


def test_differences_name_what_was_and_what_is_in_the_tables_order() -> None:
    found = preferences.differences({"matter_as_reference": True}, {"only_approved": True})
    assert [(each.preference.key, each.was_on, each.is_on) for each in found] == [
        ("only_approved", False, True),
        ("matter_as_reference", True, False),
    ]


def test_the_same_preferences_differ_in_nothing() -> None:
    assert preferences.differences({"only_approved": True, "gone": True}, {"only_approved": True}) == ()


def test_every_switch_says_in_one_sentence_what_it_does_and_prevents() -> None:
    assert len(PREFERENCES) == 9
    for each in PREFERENCES:
        for text in (each.help, each.off_help, each.prevents):
            assert text.endswith(".")
            assert ". " not in text
        assert len(each.label) <= 60


def test_the_messages_of_each_switch_are_rows_of_the_list() -> None:
    listed = {each.key: each.messages for each in PREFERENCES}
    assert {number for numbers in listed.values() for number in numbers} <= set(range(1, 77))
    assert listed["drop_invalid_emails"] == (8,)
    assert listed["matter_as_reference"] == ()


def test_what_every_firm_has_is_listed_with_its_kind_and_messages() -> None:
    assert {each.kind for each in ALWAYS_ON} == {"prevents", "repairs", "explains"}
    assert len({each.title for each in ALWAYS_ON}) == len(ALWAYS_ON) == 10
    assert all(1 <= number <= 76 for each in ALWAYS_ON for number in each.messages)
    assert {number for each in ALWAYS_ON for number in each.messages} == set(range(1, 77))
