"""Mails now belong to the app notifications. Their tables and rows stay as they are."""

from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('xero_sync', '0013_fold_names'),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.DeleteModel(name='MailLine'),
                migrations.DeleteModel(name='Mail'),
                migrations.DeleteModel(name='MailChoice'),
            ],
        ),
    ]
