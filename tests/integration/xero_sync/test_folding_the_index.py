"""The release that compares names as they look: what the index keeps already gets the new keys."""

from importlib import import_module

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from firms.models import Firm
from tests.statements import counted_statements
from xero_sync.models import XeroDocument
from xero_sync.organisation import index_keys

pytestmark = pytest.mark.django_db

NAME = "0013_fold_names"
MIGRATION = import_module(f"xero_sync.migrations.{NAME}")
# Name, the key that stands, and the key afterwards.
ROWS = [
    ("O’Hara Ltd", "o’hara ltd", "o'hara ltd"),
    ("Smith\u2011Jones", "smith\u2011jones", "smith-jones"),
    ("Smith & Sons", "smith & sons", "smith & sons"),
    ("Rene\u0301e", "rene\u0301e", "renée"),
    ("ß" * 300, "ss" * 250, "ss" * 250),
]


def run_the_migration() -> None:
    apps = MigrationExecutor(connection).loader.project_state([("xero_sync", NAME)]).apps
    MIGRATION.fold_names(apps, None)


def row(firm: Firm, number: int, name: str, key: str) -> XeroDocument:
    made: XeroDocument = XeroDocument.objects.create(
        firm=firm, xero_tenant_id="t", kind="CONTACT", xero_id=f"c{number}", name=name, name_key=key
    )
    return made


def test_every_contact_of_every_firm_gets_the_new_key_and_bills_are_left_alone(firm: Firm) -> None:
    for number, (name, key, _) in enumerate(ROWS):
        row(firm, number, name, key)
    XeroDocument.objects.create(firm=firm, xero_tenant_id="t", kind="INVOICE", xero_id="i1", number="B-1")
    run_the_migration()
    kept = XeroDocument.objects.order_by("pk").values_list("name_key", flat=True)
    assert list(kept) == [*(after for _, _, after in ROWS), ""]


def test_it_goes_in_short_steps_and_writes_only_what_differs(firm: Firm, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index_keys, "STEP", 2)
    for number, (name, key, _) in enumerate(ROWS):
        row(firm, number, name, key)
    with counted_statements() as sent:
        run_the_migration()
    assert sum(statement.startswith("SELECT") and "xerodocument" in statement for statement in sent) == 4
    assert sum(statement.startswith("UPDATE") for statement in sent) == 3
    assert not MIGRATION.Migration.atomic


def test_the_command_corrects_what_the_previous_release_wrote_after_the_migration(
    firm: Firm, capsys: pytest.CaptureFixture[str]
) -> None:
    run_the_migration()
    late = row(firm, 1, "O’Hara Ltd", "o’hara ltd")
    for found in (1, 0):
        call_command("fold_index")
        assert f"{found} keys of the index were corrected." in capsys.readouterr().out
    late.refresh_from_db()
    assert late.name_key == "o'hara ltd"
