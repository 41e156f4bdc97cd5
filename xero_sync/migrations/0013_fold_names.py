"""The index's key of a contact's name becomes the name as it looks, so that names that look the same are found."""

from django.db import migrations

from xero_sync.domain.identity import fold_name

STEP = 1000


def fold_names(apps, schema_editor):
    """Write the new key where it differs, in short steps, each its own transaction.

    The rule is imported, not copied: whoever changes it recomputes the keys by another migration, which needs its
    newest form as well.
    """
    rows = apps.get_model("xero_sync", "XeroDocument")._base_manager.exclude(name="").order_by("pk")
    last = 0
    while step := list(rows.filter(pk__gt=last).only("pk", "name", "name_key")[:STEP]):
        last = step[-1].pk
        for row in step:
            key = fold_name(row.name)[:500]
            if key != row.name_key:
                # A reading may have renamed it meanwhile; it wrote the key itself.
                rows.filter(pk=row.pk, name=row.name).update(name_key=key)


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("xero_sync", "0012_carry_over_records"),
    ]

    operations = [
        # Reversing needs nothing: each key is written anew whenever its contact is read.
        migrations.RunPython(fold_names, migrations.RunPython.noop, elidable=True),
    ]
