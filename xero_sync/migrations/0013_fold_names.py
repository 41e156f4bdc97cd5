"""The index's key of a contact's name becomes the name as it looks, so that names that look the same are found."""

from django.db import migrations

from xero_sync.organisation import index_keys


def fold_names(apps, schema_editor):
    """Write the new keys.

    The rule is imported, not copied: whoever changes it recomputes the keys by another migration, which needs its
    newest form as well.
    """
    index_keys.fold_names(rows=apps.get_model("xero_sync", "XeroDocument")._base_manager.all())


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("xero_sync", "0012_carry_over_records"),
    ]

    operations = [
        # Reversing needs nothing: each key is written anew whenever its contact is read.
        migrations.RunPython(fold_names, migrations.RunPython.noop, elidable=True),
    ]
