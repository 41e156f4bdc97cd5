"""A worker's process as Celery starts it: what was loaded before is no concern of its garbage collection."""

import subprocess
import sys

from django.conf import settings

LOADED = 50_000
START = (
    "import config.celery, django, gc; django.setup(); config.celery.app.loader.import_default_modules(); "
    "from celery.signals import worker_process_init; before = gc.get_freeze_count(); "
    "worker_process_init.send(sender=None); print(before, gc.get_freeze_count())"
)


def test_a_worker_s_process_does_not_collect_among_what_was_loaded_before_its_start() -> None:
    answer = subprocess.run(
        [sys.executable, "-c", START], cwd=settings.BASE_DIR, capture_output=True, text=True, check=True
    )
    before, frozen = map(int, answer.stdout.split())
    assert before == 0
    assert frozen > LOADED
