"""Migrations of tables in use hold up nobody, and go on in either direction after an interruption at any place."""

import threading
from collections.abc import Iterator

import pytest
from pytest_django import DjangoDbBlocker

from tests.integration.xero_sync.test_record_migration import EVERYTHING, RECORD_OF_EVERYTHING, add_job, known_of
from tests.old_schema import OLDEST, OldSchema, OldSchemas

STATES, BEFORE, TABLE, AFTER = (
    "0008_cancelled_is_no_state",
    "0010_help_moves_out",
    "0011_xero_record",
    "0012_carry_over_records",
)
CONSENTS_BEFORE, CONSENTS = "0015_kinds_by_code", "0016_candidate_tokens"
CONSENT_COLUMNS = """
    SELECT column_name FROM information_schema.columns
    WHERE table_name = 'xero_sync_xeroconsent' AND column_name IN ('sealed_tokens', 'xero_user_id')
"""
DEFAULTS = """
    SELECT 1 FROM information_schema.columns
    WHERE table_name = 'xero_sync_syncjob' AND column_name = 'line_ids' AND column_default IS NOT NULL
"""
KNOWN_STATES = """
    SELECT pg_get_constraintdef(oid) AS known, convalidated FROM pg_constraint WHERE conname = 'known_sync_state'
"""
# The first statement of each step that takes locks, and what Django writes of the migrations that were run.
STEPS = ("lock_timeout", 'INTO "django_migrations"', 'FROM "django_migrations" WHERE')
TRIGGERS = "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal ORDER BY tgname"


@pytest.fixture
def schema(old_schemas: OldSchemas, django_db_blocker: DjangoDbBlocker) -> Iterator[OldSchema]:
    """The tables of the release before all these migrations, empty."""
    with django_db_blocker.unblock(), old_schemas.database_at(OLDEST, name="interrupted") as made:
        yield made


@pytest.mark.parametrize(
    ("table", "before", "after"),
    [
        ("xero_sync_syncjob", OLDEST, STATES),
        ("xero_sync_syncjob", STATES, OLDEST),
        ("xero_sync_xeroconsent", CONSENTS_BEFORE, CONSENTS),
        ("xero_sync_xeroconsent", CONSENTS, CONSENTS_BEFORE),
    ],
)
def test_a_change_that_meets_a_long_transaction_gives_way(
    schema: OldSchema, table: str, before: str, after: str
) -> None:
    schema.migrate(before)
    tries: list[int] = []
    with schema.another_session() as dump:
        dump.connection.set_autocommit(False)
        dump.rows(f"SELECT count(*) FROM {table}")
        # Whoever waits for the lock without a limit gets it too, late.
        ended = threading.Timer(10, dump.connection.commit)
        ended.start()

        def act(count: int) -> None:
            tries.append(count)
            if count == 2:
                ended.cancel()
                dump.connection.commit()

        with schema.before_each("lock_timeout", act):
            schema.migrate(after)
        ended.cancel()
        ended.join()
    assert len(tries) > 1, "The change waited for its lock without giving way."


def interrupt_at(schema: OldSchema, *, words: str, place: int, to: str) -> bool:
    """Migrate, and die before the statement with these words that comes at this place; False if none comes there."""

    def interrupt(count: int) -> None:
        if count == place:
            raise KeyboardInterrupt

    try:
        with schema.before_each(words, interrupt):
            schema.migrate(to)
    except KeyboardInterrupt:
        return True
    return False


@pytest.mark.parametrize("words", STEPS)
@pytest.mark.parametrize("goes_on", [True, False])
def test_the_record_migrations_go_on_after_any_interruption(schema: OldSchema, words: str, goes_on: bool) -> None:
    """Forwards and back, interrupted before each step and before each note of Django's own."""
    places = 0
    for ahead, back in ((AFTER, BEFORE), (BEFORE, AFTER)):
        for place in range(1, 10):
            schema.migrate(back)
            pk = add_job(schema, at=BEFORE, **EVERYTHING)
            if not interrupt_at(schema, words=words, place=place, to=ahead):
                break
            places += 1
            schema.migrate(*([ahead] if goes_on else [back, ahead]))
            assert_whole(schema, ahead, pk)
    assert places >= 2


def assert_whole(schema: OldSchema, at: str, pk: int) -> None:
    """Everything of a migration is in force, or nothing of it."""
    triggers = [row["tgname"] for row in schema.rows(TRIGGERS)]
    if at == AFTER:
        assert triggers == ["job_deleted", "job_inserted", "job_updated", "record_inserted", "record_updated"]
        assert known_of(schema, pk) == RECORD_OF_EVERYTHING
    else:
        assert triggers == []
        assert schema.rows("SELECT to_regclass('xero_sync_xerorecord') AS name") == [{"name": None}]
    assert bool(schema.rows(DEFAULTS)) is (at == AFTER)


@pytest.mark.parametrize("words", STEPS)
def test_the_columns_of_consents_go_on_after_any_interruption(schema: OldSchema, words: str) -> None:
    places = 0
    for ahead, back in ((CONSENTS, CONSENTS_BEFORE), (CONSENTS_BEFORE, CONSENTS)):
        schema.migrate(back)
        for place in range(1, 4):
            if not interrupt_at(schema, words=words, place=place, to=ahead):
                break
            places += 1
            schema.migrate(back, ahead)
            assert len(schema.rows(CONSENT_COLUMNS)) == (2 if ahead == CONSENTS else 0)
            schema.migrate(back)
    assert places >= 1


@pytest.mark.parametrize("words", STEPS)
def test_the_known_states_go_on_after_any_interruption(schema: OldSchema, words: str) -> None:
    for ahead, back in ((STATES, OLDEST), (OLDEST, STATES)):
        for place in range(1, 3):
            schema.migrate(back)
            if not interrupt_at(schema, words=words, place=place, to=ahead):
                break
            schema.migrate(ahead)
            (found,) = schema.rows(KNOWN_STATES)
            assert ("CANCELLED" in found["known"], found["convalidated"]) == (ahead == OLDEST, ahead == OLDEST)
