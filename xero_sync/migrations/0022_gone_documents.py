"""What Xero had lost before a person decided such cases waits for the decision too, and is not made again by a save.

Such a record kept no id; "unknown" stands for it.
"""

from typing import ClassVar

from django.db import migrations

MARK = """
    UPDATE xero_sync_xerorecord AS r SET link = r.link || '{"gone": "unknown"}'::jsonb
    FROM xero_sync_syncjob j JOIN xero_sync_cause c ON c.id = j.cause_id
    WHERE j.id = r.job_id AND j.state = 'NEEDS_YOU' AND r.xero_id = ''
      AND (j.kind, c.code) IN (('INVOICE', 'missing-in-xero'), ('CONTACT', 'contact-gone'))
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("xero_sync", "0021_batch_limit")]

    # The release before this one leaves the key alone.
    operations: ClassVar = [migrations.RunSQL(MARK, migrations.RunSQL.noop, elidable=True)]
