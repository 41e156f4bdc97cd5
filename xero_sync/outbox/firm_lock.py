"""One writer at a time among a firm's jobs: a writer holds this lock until its transaction ends.

Saves, settlements, retries and holds lock contacts, bills and causes in different orders, and judge by
the firm's conditions or by the state of a contact. With one lock a firm they neither deadlock nor miss one another.
"""

from django.db import connection


def lock_firm(*, firm_id: int) -> None:
    """Wait for the firm's turn; the caller has a transaction open. Again in the same transaction is free."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [_name(firm_id)])


def try_lock_firm(*, firm_id: int) -> bool:
    """Take the firm's lock without waiting; False while somebody else has it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))", [_name(firm_id)])
        return bool(cursor.fetchone()[0])


def _name(firm_id: int) -> str:
    return f"outbox of firm {firm_id}"
