"""What moved to an app of its own keeps its table, its rows and its permissions, in a database that has them already."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth.management import create_permissions
from django.contrib.contenttypes.management import create_contenttypes
from django.core.management import call_command
from django.db.models.signals import post_migrate
from pytest_django import DjangoDbBlocker

from firms.scope import all_firms
from help_center.models import HelpFeedback
from notifications.models import Mail, MailChoice, MailLine
from tests.old_schema import OldSchema, OldSchemas

BEFORE = "0009_check_sync_states"
MOVED = {
    "helpfeedback": "help_center",
    "mail": "notifications",
    "mailchoice": "notifications",
    "mailline": "notifications",
}


@pytest.fixture
def old(old_schemas: OldSchemas, django_db_blocker: DjangoDbBlocker) -> Iterator[OldSchema]:
    """The database of the last release that had one app."""
    with django_db_blocker.unblock(), old_schemas.database_at(BEFORE, name="one_app") as made:
        yield made


@pytest.fixture
def receivers_of_migrate() -> Iterator[None]:
    """What Django does after each `migrate` in production; the tests are without it, for speed."""
    permissions = "django.contrib.auth.management.create_permissions"
    post_migrate.connect(create_contenttypes)
    post_migrate.connect(create_permissions, dispatch_uid=permissions)
    try:
        yield
    finally:
        post_migrate.disconnect(create_permissions, dispatch_uid=permissions)
        post_migrate.disconnect(create_contenttypes)


def objects(old: OldSchema, name: str, app: str = "xero_sync") -> Any:
    """Rows of a model as that release knew it."""
    return old.model(name, at=BEFORE, app=app).objects


def add_permissions(old: OldSchema) -> None:
    """As the old release's `migrate` made them, and a group that holds them."""
    group = objects(old, "Group", "auth").create(name="Readers")
    for model in MOVED:
        kind = objects(old, "ContentType", "contenttypes").create(app_label="xero_sync", model=model)
        group.permissions.add(
            objects(old, "Permission", "auth").create(content_type=kind, codename=f"view_{model}", name=model)
        )


def grant_views(old: OldSchema) -> None:
    """A group that holds permissions which Django has made."""
    group = objects(old, "Group", "auth").create(name="Readers")
    views = objects(old, "Permission", "auth").filter(codename__in=[f"view_{model}" for model in MOVED])
    group.permissions.set(views)


def held_permissions(old: OldSchema) -> set[tuple[str, str, str]]:
    """What the group may do, each with the app and the model of its content type."""
    held = objects(old, "Group", "auth").get().permissions
    return set(held.values_list("codename", "content_type__app_label", "content_type__model"))


def permissions_by_model(old: OldSchema) -> dict[tuple[str, str], set[int]]:
    """The keys of all permissions of what moved, by app and model."""
    found: dict[tuple[str, str], set[int]] = {}
    rows = objects(old, "Permission", "auth").filter(content_type__model__in=MOVED)
    for app, model, pk in rows.values_list("content_type__app_label", "content_type__model", "pk"):
        found.setdefault((app, model), set()).add(pk)
    return found


def add_mail(old: OldSchema, firm: Any, user: Any) -> None:
    """A person's choice, and a mail to them about one cause."""
    both = {"firm": firm, "user": user}
    objects(old, "MailChoice").create(when="DAILY", hour=17, **both)
    mail = objects(old, "Mail").create(what="OPENED", key="1", message_id="<1@localhost>", **both)
    cause = objects(old, "Cause").create(firm=firm, code="account-archived", subject="420")
    objects(old, "MailLine").create(mail=mail, cause=cause, what="OPENED", turn=3, **both)


def test_answers_mails_and_choices_of_an_old_database_are_rows_of_the_new_apps(old: OldSchema) -> None:
    firm, user = old.add_firm(at=BEFORE), objects(old, "User", "firms").create(email="maya@example.com")
    feedback = objects(old, "HelpFeedback")
    feedback.create(page="errors", helpful=False, reason="WRONG", comment="Which one?", firm=firm, user=user)
    add_mail(old, firm, user)

    old.migrate_apps()

    with all_firms():
        answer, choice = HelpFeedback.objects.get(), MailChoice.objects.get()
        line = MailLine.objects.select_related("mail", "cause").get()
    assert (answer.comment, answer.firm_id, answer.user_id) == ("Which one?", firm.pk, user.pk)
    assert (line.mail.message_id, line.cause.code, line.turn) == ("<1@localhost>", "account-archived", 3)
    assert (choice.user_id, choice.when, choice.hour) == (user.pk, "DAILY", 17)


def test_the_new_apps_write_and_delete_in_an_old_database(old: OldSchema) -> None:
    firm, user = old.add_firm(at=BEFORE), objects(old, "User", "firms").create(email="maya@example.com")
    add_mail(old, firm, user)

    old.migrate_apps()

    with all_firms():
        HelpFeedback.objects.create(page="errors", helpful=True)
        Mail.objects.create(firm_id=firm.pk, user_id=user.pk, what="TEST", key="2", message_id="<2@localhost>")
        Mail.objects.get(key="1").delete()
        assert (HelpFeedback.objects.count(), Mail.objects.count(), MailLine.objects.count()) == (1, 1, 0)


def test_permissions_are_still_held(old: OldSchema) -> None:
    add_permissions(old)

    old.migrate_apps()

    assert held_permissions(old) == {(f"view_{model}", app, model) for model, app in MOVED.items()}


def test_going_back_leaves_rows_and_permissions_as_they_were(old: OldSchema) -> None:
    add_permissions(old)
    old.migrate_apps(help_center="0001_initial", notifications="0001_initial")
    objects(old, "HelpFeedback").create(page="", helpful=True)

    old.migrate_apps(help_center=None, notifications=None, xero_sync=BEFORE)

    assert objects(old, "HelpFeedback").count() == 1
    kinds = objects(old, "ContentType", "contenttypes")
    assert set(kinds.values_list("app_label", "model")) == {("xero_sync", model) for model in MOVED}
    assert held_permissions(old) == {(f"view_{model}", "xero_sync", model) for model in MOVED}


def test_the_command_carries_permissions_forwards_and_back_and_doubles_none(
    old: OldSchema, receivers_of_migrate: None
) -> None:
    """As a deployment runs it: after each migrate, Django adds what content types and permissions are missing."""
    call_command("migrate", "xero_sync", BEFORE, verbosity=0)
    usual = permissions_by_model(old)
    assert set(usual) == {("xero_sync", model) for model in MOVED}
    grant_views(old)

    call_command("migrate", verbosity=0)

    assert permissions_by_model(old) == {(app, model): usual["xero_sync", model] for model, app in MOVED.items()}
    assert held_permissions(old) == {(f"view_{model}", app, model) for model, app in MOVED.items()}

    call_command("migrate", "xero_sync", BEFORE, verbosity=0)

    assert permissions_by_model(old) == usual
    assert held_permissions(old) == {(f"view_{model}", "xero_sync", model) for model in MOVED}


def test_no_table_was_renamed() -> None:
    tables = {model: apps.get_model(app, model)._meta.db_table for model, app in MOVED.items()}
    assert tables == {model: f"xero_sync_{model}" for model in MOVED}
