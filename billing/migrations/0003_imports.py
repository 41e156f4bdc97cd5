"""Imports as rows: the file in parts, what was chosen, what came of it, and which rows it brought in.

The release before this one goes on working: the new columns are empty or have a default of the database.
"""

from typing import ClassVar

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

from firms.short_locks import CreateModelInUse, create_index_in_use, drop_index_in_use, run_in_use

THIS = "0003_imports"
AT_WORK = ["READING", "IMPORTING", "RELEASING", "UNDOING"]
STATES = ["READING", "CHECKED", "IMPORTING", "RELEASING", "HELD", "DONE", "UNDOING", "UNDONE", "FAILED"]
LINKED = ("contact", "matter", "invoice")
NO_CLIENT = "only_bills_taken_back_lack_clients"


def link_column(name: str) -> str:
    # Empty in every row, so that the key is not checked against the rows there are.
    return (
        f"ALTER TABLE billing_{name} ADD COLUMN IF NOT EXISTS source_import_id bigint NULL "
        f"CONSTRAINT billing_{name}_source_import_fk REFERENCES billing_import (id) DEFERRABLE INITIALLY DEFERRED"
    )


def source_import(related: str) -> models.ForeignKey:
    return models.ForeignKey(
        blank=True,
        db_index=False,
        null=True,
        on_delete=django.db.models.deletion.PROTECT,
        related_name=related,
        to="billing.import",
    )


def link_index(name: str, related: str) -> migrations.SeparateDatabaseAndState:
    index = f"{related}_of_imports"
    return migrations.SeparateDatabaseAndState(
        state_operations=[
            migrations.AddIndex(
                name,
                models.Index(
                    condition=models.Q(("source_import__isnull", False)), fields=["source_import", "id"], name=index
                ),
            )
        ],
        database_operations=[
            migrations.RunPython(
                create_index_in_use(
                    index, f"billing_{name} (source_import_id, id) WHERE source_import_id IS NOT NULL"
                ),
                drop_index_in_use(index),
            )
        ],
    )


def validate(apps, schema_editor) -> None:
    """Read all bills once; whoever saves meanwhile does not wait for it."""
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE billing_invoice VALIDATE CONSTRAINT {NO_CLIENT}")


class Migration(migrations.Migration):
    atomic = False

    dependencies: ClassVar = [("billing", "0002_stated_tax"), ("firms", "0001_initial")]

    operations: ClassVar = [
        CreateModelInUse(
            statements=[],
            undo=[],
            undoes=THIS,
            name="Import",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(choices=[("CONTACTS", "Clients"), ("BILLS", "Bills")], max_length=8),
                ),
                ("file_name", models.CharField(max_length=255)),
                ("file_size", models.BigIntegerField()),
                ("file_sha256", models.CharField(max_length=64)),
                ("file_until", models.DateTimeField()),
                (
                    "state",
                    models.CharField(choices=[(state, state) for state in STATES], default="READING", max_length=9),
                ),
                ("choices", models.JSONField(default=dict)),
                ("report", models.JSONField(default=dict)),
                ("done", models.PositiveIntegerField(default=0)),
                ("total", models.PositiveIntegerField(default=0)),
                ("cursor", models.BigIntegerField(default=0)),
                ("lease_holder", models.CharField(blank=True, max_length=64)),
                ("lease_until", models.DateTimeField(blank=True, null=True)),
                ("tries", models.PositiveSmallIntegerField(default=0)),
                ("uploaded_by_label", models.CharField(max_length=254)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("changed_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("finished_at", models.DateTimeField(blank=True, null=True)),
                (
                    "firm",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="imports", to="firms.firm"
                    ),
                ),
                (
                    "uploaded_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "acted_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["-id"],
                "indexes": [
                    models.Index(fields=["firm", "-id"], name="imports_newest_first"),
                    models.Index(condition=models.Q(("state__in", AT_WORK)), fields=["id"], name="imports_at_work"),
                ],
            },
        ),
        CreateModelInUse(
            statements=[],
            undo=[],
            undoes=THIS,
            name="ImportFilePart",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "purpose",
                    models.CharField(
                        choices=[
                            ("UPLOADED", "The file as it came"),
                            ("REFUSED", "The refused rows with their reasons"),
                        ],
                        max_length=8,
                    ),
                ),
                ("position", models.PositiveIntegerField()),
                ("data", models.BinaryField()),
                (
                    "firm",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="firms.firm"),
                ),
                (
                    "source_import",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="parts", to="billing.import"
                    ),
                ),
            ],
            options={
                "ordering": ["position"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("source_import", "purpose", "position"), name="one_part_per_position"
                    )
                ],
            },
        ),
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AddField("contact", "source_import", source_import("contacts")),
                migrations.AddField("matter", "source_import", source_import("matters")),
                migrations.AddField("invoice", "source_import", source_import("invoices")),
                migrations.AddField("invoice", "held", models.BooleanField(db_default=False, default=False)),
                migrations.AlterField(
                    "invoice",
                    "contact",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="invoices",
                        to="billing.contact",
                    ),
                ),
                migrations.AddConstraint(
                    "invoice",
                    models.CheckConstraint(
                        condition=models.Q(
                            ("contact__isnull", False),
                            models.Q(("held", True), ("state", "VOID")),
                            _connector="OR",
                        ),
                        name=NO_CLIENT,
                    ),
                ),
            ],
            database_operations=[
                *(
                    migrations.RunPython(
                        run_in_use(link_column(name), app="billing"),
                        run_in_use(
                            f"ALTER TABLE billing_{name} DROP COLUMN IF EXISTS source_import_id", undoes=THIS, app="billing"
                        ),
                    )
                    for name in LINKED
                ),
                migrations.RunPython(
                    run_in_use(
                        "ALTER TABLE billing_invoice ADD COLUMN IF NOT EXISTS held boolean NOT NULL DEFAULT false, "
                        "ALTER COLUMN contact_id DROP NOT NULL",
                        f"ALTER TABLE billing_invoice DROP CONSTRAINT IF EXISTS {NO_CLIENT}",
                        f"ALTER TABLE billing_invoice ADD CONSTRAINT {NO_CLIENT} "
                        "CHECK (contact_id IS NOT NULL OR (held AND state = 'VOID')) NOT VALID",
                        app="billing",
                    ),
                    run_in_use(
                        f"ALTER TABLE billing_invoice DROP CONSTRAINT IF EXISTS {NO_CLIENT}",
                        "ALTER TABLE billing_invoice DROP COLUMN IF EXISTS held",
                        undoes=THIS,
                        app="billing",
                    ),
                ),
                migrations.RunPython(validate, migrations.RunPython.noop),
            ],
        ),
        link_index("contact", "contacts"),
        link_index("matter", "matters"),
        link_index("invoice", "invoices"),
    ]
