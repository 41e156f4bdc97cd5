"""A request that met a lock for too long: nothing was saved, and the person saves again with what was typed."""

import logging
from collections.abc import Callable

from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.datastructures import MultiValueDict
from psycopg.errors import DeadlockDetected, LockNotAvailable, QueryCanceled

logger = logging.getLogger(__name__)

# Each ends its transaction, so that nothing of it was saved.
BUSY = (DeadlockDetected, LockNotAvailable, QueryCanceled)
RETRY_AFTER_SECONDS = 5
TOKEN = "csrfmiddlewaretoken"  # noqa: S105  (a field's name)


class BusyDatabase:
    """Answer for every view: no view knows of locks."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """A page in words for what a lock or a limit of time ended; anything else is not ours."""
        if not isinstance(exception, OperationalError) or not isinstance(exception.__cause__, BUSY):
            return None
        # The class alone: the statement holds what was typed.
        logger.warning("A request gave way", extra={"fault": type(exception.__cause__).__name__})
        saving = request.method == "POST"
        context = {"saving": saving, "typed": _typed(request), "address": request.get_full_path()}
        response = render(request, "busy.html", context, status=503)
        response["Retry-After"] = str(RETRY_AFTER_SECONDS)
        return response


def _typed(request: HttpRequest) -> list[tuple[str, str]]:
    """Each field and its value, to be sent once more; nothing where a file or a password would be missing."""
    posted: MultiValueDict[str, str] = request.POST
    if request.FILES or any("password" in name.lower() for name in posted):
        return []
    return [(name, value) for name, values in posted.lists() if name != TOKEN for value in values]
