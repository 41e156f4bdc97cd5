from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models

STATES = ['NOT_SENT', 'WAITING', 'SENDING', 'IN_XERO', 'TRYING_AGAIN', 'CHECKING', 'ON_HOLD', 'NEEDS_YOU']


class Migration(migrations.Migration):
    """No job was ever CANCELLED: no move led there. Existing rows are checked by the next migration, without a lock."""

    dependencies = [
        ('xero_sync', '0007_mails'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='syncjob',
            name='known_sync_state',
        ),
        migrations.AlterField(
            model_name='syncjob',
            name='state',
            field=models.CharField(choices=[(state, state) for state in STATES], max_length=12),
        ),
        AddConstraintNotValid(
            model_name='syncjob',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', STATES)), name='known_sync_state'),
        ),
    ]
