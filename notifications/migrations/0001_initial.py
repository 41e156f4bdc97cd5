"""Mails come from the app xero_sync, whose migrations made their tables. The tables and their rows stay as they are."""

import django.core.validators
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

MODELS = ['mail', 'mailchoice', 'mailline']


def move_content_types(apps, schema_editor):
    """Permissions point at the content types and go with them."""
    _rename(apps, schema_editor, from_app='xero_sync', to_app='notifications')


def return_content_types(apps, schema_editor):
    _rename(apps, schema_editor, from_app='notifications', to_app='xero_sync')


def _rename(apps, schema_editor, *, from_app, to_app):
    types = apps.get_model('contenttypes', 'ContentType').objects.using(schema_editor.connection.alias)
    taken = types.filter(app_label=to_app, model__in=MODELS).values_list('model', flat=True)
    types.filter(app_label=from_app, model__in=set(MODELS) - set(taken)).update(app_label=to_app)


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('contenttypes', '0002_remove_content_type_name'),
        ('firms', '0001_initial'),
        ('xero_sync', '0014_mails_move_out'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.CreateModel(
                    name='MailChoice',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('when', models.CharField(choices=[('AT_ONCE', 'At once'), ('DAILY', 'Once a day'), ('NEVER', 'Never')], default='AT_ONCE', max_length=8)),
                        ('hour', models.PositiveSmallIntegerField(default=8, validators=[django.core.validators.MaxValueValidator(23)])),
                        ('digested_on', models.DateField(blank=True, null=True)),
                        ('firm', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='mail_choices', to='firms.firm')),
                        ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        'db_table': 'xero_sync_mailchoice',
                        'constraints': [models.UniqueConstraint(fields=('firm', 'user'), name='one_mail_choice_per_person')],
                    },
                ),
                migrations.CreateModel(
                    name='Mail',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('what', models.CharField(choices=[('OPENED', 'Needs somebody'), ('OVER', 'Is over'), ('DIGEST', 'Digest'), ('TEST', 'Test')], max_length=8)),
                        ('key', models.CharField(max_length=80)),
                        ('message_id', models.CharField(max_length=160, unique=True)),
                        ('subject', models.CharField(blank=True, max_length=255)),
                        ('written_at', models.DateTimeField(default=django.utils.timezone.now)),
                        ('due_at', models.DateTimeField(default=django.utils.timezone.now)),
                        ('tries', models.PositiveSmallIntegerField(default=0)),
                        ('tried_at', models.DateTimeField(blank=True, null=True)),
                        ('fault', models.CharField(blank=True, max_length=120)),
                        ('sent_at', models.DateTimeField(blank=True, null=True)),
                        ('firm', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='mails', to='firms.firm')),
                        ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        'db_table': 'xero_sync_mail',
                        'indexes': [
                            models.Index(condition=models.Q(('sent_at', None)), fields=['due_at'], name='mails_to_send'),
                            models.Index(fields=['firm', 'user', '-written_at'], name='mails_by_person'),
                        ],
                        'constraints': [models.UniqueConstraint(fields=('firm', 'user', 'key'), name='one_mail_per_person_and_key')],
                    },
                ),
                migrations.CreateModel(
                    name='MailLine',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('what', models.CharField(choices=[('OPENED', 'Needs somebody'), ('OVER', 'Is over')], max_length=8)),
                        ('turn', models.PositiveSmallIntegerField(default=0)),
                        ('cause', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='mail_lines', to='xero_sync.cause')),
                        ('firm', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='mail_lines', to='firms.firm')),
                        ('mail', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='lines', to='notifications.mail')),
                        ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        'db_table': 'xero_sync_mailline',
                        'constraints': [models.UniqueConstraint(fields=('cause', 'user', 'what', 'turn'), name='nobody_is_told_twice')],
                    },
                ),
            ],
        ),
        migrations.RunPython(move_content_types, return_content_types),
    ]
