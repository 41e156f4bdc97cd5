"""How many bills each preference would have helped, had it been on."""

import json
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from firms.models import Firm
from xero_sync.domain.errors import TABLE
from xero_sync.domain.preferences import BY_KEY
from xero_sync.domain.states import Outcome
from xero_sync.kinds.invoice.spec import INVOICE

DAYS = 90
# Known errors name the preference that prevents or fixes them; a preference without one changes how bills look.
_CODES = [{"code": known.code, "key": known.improvement} for known in TABLE if known.improvement in BY_KEY]
KEYS = frozenset(row["key"] for row in _CODES)

# A refused contact holds its bills, which then get no attempt of their own.
_COUNT = """
    SELECT named.key, COUNT(DISTINCT bill.object_id)
    FROM xero_sync_syncattempt attempt
    JOIN xero_sync_syncjob job ON job.id = attempt.job_id AND job.firm_id = attempt.firm_id
    CROSS JOIN LATERAL jsonb_array_elements(attempt.faults) AS fault
    JOIN jsonb_to_recordset(%(codes)s::jsonb) AS named(code text, key text) ON named.code = fault->>'code'
    JOIN xero_sync_syncjob bill ON bill.firm_id = attempt.firm_id AND bill.kind = %(bill)s
        AND (bill.id = job.id OR bill.contact_job_id = job.id)
    WHERE attempt.firm_id = %(firm)s AND attempt.opened_at >= %(since)s AND attempt.outcome = ANY(%(outcomes)s)
        AND job.preferences->named.key IS DISTINCT FROM 'true'::jsonb
    GROUP BY named.key
"""


def count_helped_bills(*, firm: Firm, now: datetime) -> dict[str, int]:
    """By preference: bills of the last 90 days that met an error it is against, saved while it was off. One query."""
    values: dict[str, Any] = {
        "codes": json.dumps(_CODES),
        "bill": INVOICE.code,
        "firm": firm.pk,
        "since": now - timedelta(days=DAYS),
        "outcomes": [Outcome.REFUSED.value, Outcome.HELD.value],
    }
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, values)
        found: dict[str, int] = dict(cursor.fetchall())
    return {key: found.get(key, 0) for key in KEYS}
