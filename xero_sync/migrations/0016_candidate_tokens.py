from django.db import migrations, models


class Migration(migrations.Migration):
    """A consent keeps its own tokens until it is complete. Defaults in the database: old code writes consents too."""

    dependencies = [
        ('xero_sync', '0015_kinds_by_code'),
    ]

    operations = [
        migrations.AddField(
            model_name='xeroconsent',
            name='xero_user_id',
            field=models.CharField(blank=True, db_default='', default='', max_length=60),
        ),
        migrations.AddField(
            model_name='xeroconsent',
            name='sealed_tokens',
            field=models.TextField(blank=True, db_default='', default=''),
        ),
    ]
