"""Each entry point opens its sessions with the limits of its kind of process, and the environment's own win."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from config.database import BY_PROCESS_KIND
from tests.processes.workforce import places_of_database

pytestmark = pytest.mark.django_db(transaction=True)

NAMES = ("lock_timeout", "statement_timeout", "idle_in_transaction_session_timeout")
SHOW = (
    "import json; from django.db import connection as c; q = c.cursor(); "
    f"print(json.dumps([q.execute(f'SELECT setting FROM pg_settings WHERE name = %s', [n]).fetchone()[0] for n in {NAMES}]))"
)
ENTRIES = {
    "web": ["-c", f"import config.wsgi; {SHOW}"],
    "worker": ["-c", f"import config.celery, django; django.setup(); {SHOW}"],
    "command": ["manage.py", "shell", "--no-imports", "-c", SHOW],
}


def limits_of(entry: str, **environment: str) -> list[float]:
    inherited = {name: value for name, value in os.environ.items() if name != "PROCESS_KIND"}
    answer = subprocess.run(
        [sys.executable, *ENTRIES[entry]],
        cwd=Path(settings.BASE_DIR),
        env={**inherited, **places_of_database(), **environment},
        capture_output=True,
        text=True,
        check=True,
    )
    return [int(value) / 1000 for value in json.loads(answer.stdout)]


@pytest.mark.parametrize("entry", ENTRIES)
def test_a_process_has_the_limits_of_its_kind(entry: str) -> None:
    patience = BY_PROCESS_KIND[entry]
    assert limits_of(entry) == [patience.lock, patience.statement, patience.idle]


def test_a_limit_in_the_environment_is_the_one_that_counts() -> None:
    assert limits_of("web", DATABASE_LOCK_SECONDS="1.5")[0] == 1.5


def test_the_tests_themselves_have_limits() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SHOW lock_timeout")
        assert cursor.fetchone() != ("0",)
