from django.db import migrations, models

from xero_sync.migrations import _short_locks

STATES = ['NOT_SENT', 'WAITING', 'SENDING', 'IN_XERO', 'TRYING_AGAIN', 'CHECKING', 'ON_HOLD', 'NEEDS_YOU']
JOB, NAME = 'xero_sync_syncjob', 'known_sync_state'


def allow_states(states):
    """The statement that lets new and changed rows have these states only; it reads no row that exists."""
    names = ', '.join(f"'{state}'" for state in states)
    return f'ALTER TABLE {JOB} DROP CONSTRAINT IF EXISTS {NAME}, ADD CONSTRAINT {NAME} CHECK (state IN ({names})) NOT VALID'


def check_rows(apps, schema_editor):
    """Read all jobs, without a lock that anybody waits for."""
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(f'ALTER TABLE {JOB} VALIDATE CONSTRAINT {NAME}')


class Migration(migrations.Migration):
    """No job was ever CANCELLED: no move led there. Existing rows are checked by the next migration, without a lock."""

    atomic = False

    dependencies = [
        ('xero_sync', '0007_mails'),
    ]

    operations = [
        # The way back, which runs these from the end, ends with the check.
        migrations.RunPython(migrations.RunPython.noop, check_rows),
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunPython(
                    _short_locks.run_in_use(allow_states(STATES)),
                    _short_locks.run_in_use(
                        allow_states([*STATES, 'CANCELLED']), undoes='0008_cancelled_is_no_state'
                    ),
                ),
            ],
            state_operations=[
                migrations.RemoveConstraint(model_name='syncjob', name=NAME),
                migrations.AlterField(
                    model_name='syncjob',
                    name='state',
                    field=models.CharField(choices=[(state, state) for state in STATES], max_length=12),
                ),
                migrations.AddConstraint(
                    model_name='syncjob',
                    constraint=models.CheckConstraint(condition=models.Q(('state__in', STATES)), name=NAME),
                ),
            ],
        ),
    ]
