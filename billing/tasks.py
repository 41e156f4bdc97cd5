"""The tasks of imports. Each makes one call; each may be lost, doubled or late without harm."""

from celery import shared_task
from django.utils import timezone

from billing.importing.files import drop_old_files
from billing.importing.worker import work_once
from firms.scope import all_firms

# A file of 64 MB takes minutes; what takes longer than this is not our product's doing.
LONGEST_SECONDS = 1800


@shared_task(name="billing.work_on_imports", time_limit=LONGEST_SECONDS)
def work_on_imports() -> None:
    """Work on imports until none waits."""
    while work_once():
        pass


@shared_task(name="billing.drop_import_files", time_limit=LONGEST_SECONDS)
def drop_import_files() -> None:
    """Delete the uploaded files whose day is over."""
    with all_firms():
        drop_old_files(now=timezone.now())
