"""HelpFeedback comes from the app xero_sync, whose migrations made its table. The table and its rows stay as they are."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


def move_content_type(apps, schema_editor):
    """Permissions point at the content type and go with it."""
    _rename(apps, schema_editor, from_app='xero_sync', to_app='help_center')


def return_content_type(apps, schema_editor):
    _rename(apps, schema_editor, from_app='help_center', to_app='xero_sync')


def _rename(apps, schema_editor, *, from_app, to_app):
    types = apps.get_model('contenttypes', 'ContentType').objects.using(schema_editor.connection.alias)
    if not types.filter(app_label=to_app, model='helpfeedback').exists():
        types.filter(app_label=from_app, model='helpfeedback').update(app_label=to_app)


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('contenttypes', '0002_remove_content_type_name'),
        ('firms', '0001_initial'),
        ('xero_sync', '0010_help_moves_out'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.CreateModel(
                    name='HelpFeedback',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('page', models.CharField(blank=True, max_length=80)),
                        ('helpful', models.BooleanField()),
                        ('reason', models.CharField(blank=True, choices=[('WRONG', 'It is confusing or wrong'), ('ELSEWHERE', 'It is not what I was looking for'), ('DISLIKED', 'I don’t like this')], max_length=10)),
                        ('comment', models.CharField(blank=True, max_length=1000)),
                        ('at', models.DateTimeField(default=django.utils.timezone.now)),
                        ('firm', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='help_feedback', to='firms.firm')),
                        ('user', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        'db_table': 'xero_sync_helpfeedback',
                        'verbose_name_plural': 'help feedback',
                        'ordering': ['-at', '-pk'],
                        'indexes': [models.Index(fields=['-at'], name='help_feedback_newest')],
                        'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('helpful', True), ('reason', '')), models.Q(('helpful', False), ('reason__in', ['WRONG', 'ELSEWHERE', 'DISLIKED'])), _connector='OR'), name='a_reason_only_where_not_helpful')],
                    },
                ),
            ],
        ),
        migrations.RunPython(move_content_type, return_content_type),
    ]
