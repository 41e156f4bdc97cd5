"""What moved to an app of its own keeps its table, its rows and its permissions, in a database that has them already."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from django.apps import apps

from firms.scope import all_firms
from help_center.models import HelpFeedback
from tests.old_database import migrate_to, old_database

BEFORE = (
    ("xero_sync", "0009_check_sync_states"),
    ("auth", "0012_alter_user_first_name_max_length"),
    ("contenttypes", "0002_remove_content_type_name"),
)
MOVED = {"helpfeedback": "help_center"}


@pytest.fixture
def old(transactional_db: None) -> Iterator[Any]:
    """The models of a database that the last release with one app made."""
    with old_database():
        yield migrate_to(*BEFORE)


def add_permissions(old: Any) -> None:
    """As the old release's `migrate` made them, and a group that holds them."""
    group = old.get_model("auth", "Group").objects.create(name="Readers")
    for model in MOVED:
        kind = old.get_model("contenttypes", "ContentType").objects.create(app_label="xero_sync", model=model)
        group.permissions.add(
            old.get_model("auth", "Permission").objects.create(content_type=kind, codename=f"view_{model}", name=model)
        )


def test_rows_and_permissions_of_an_old_database_are_found_under_the_new_apps(old: Any) -> None:
    firm = old.get_model("firms", "Firm").objects.create(name="Harrow", slug="harrow", created_on=date(2021, 3, 1))
    user = old.get_model("firms", "User").objects.create(email="maya@example.com")
    feedback = old.get_model("xero_sync", "HelpFeedback").objects
    feedback.create(page="errors", helpful=False, reason="WRONG", comment="Which one?", firm=firm, user=user)
    add_permissions(old)

    new = migrate_to()

    with all_firms():
        answer = HelpFeedback.objects.get()
        HelpFeedback.objects.create(page="errors", helpful=True)
        assert HelpFeedback.objects.count() == 2
    assert (answer.comment, answer.firm_id, answer.user_id) == ("Which one?", firm.pk, user.pk)
    held = new.get_model("auth", "Group").objects.get().permissions
    assert set(held.values_list("content_type__model", "content_type__app_label")) == set(MOVED.items())


def test_going_back_leaves_rows_and_permissions_as_they_were(old: Any) -> None:
    add_permissions(old)
    migrate_to(("help_center", "0001_initial"))
    old.get_model("xero_sync", "HelpFeedback").objects.create(page="", helpful=True)

    again = migrate_to(("help_center", None), *BEFORE)

    assert again.get_model("xero_sync", "HelpFeedback").objects.count() == 1
    kinds = again.get_model("contenttypes", "ContentType").objects
    assert set(kinds.values_list("app_label", "model")) == {("xero_sync", model) for model in MOVED}


def test_no_table_was_renamed() -> None:
    tables = {model: apps.get_model(app, model)._meta.db_table for model, app in MOVED.items()}
    assert tables == {model: f"xero_sync_{model}" for model in MOVED}
