"""Every request has a short reference: on its error page, in its reply and in its log lines."""

import logging
import secrets
from collections.abc import Callable
from contextvars import ContextVar

from django.http import HttpRequest, HttpResponse

# Without letters and digits that look alike, since people read it out on the telephone.
ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
LENGTH = 10

_reference: ContextVar[str] = ContextVar("reference", default="")


class RequestId:
    """Set `request.reference`, and say it in the reply's X-Reference header."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        reference = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
        request.reference = reference  # type: ignore[attr-defined]
        token = _reference.set(reference)
        try:
            response = self.get_response(request)
        finally:
            _reference.reset(token)
        response["X-Reference"] = reference
        return response


class WithReference(logging.Filter):
    """Give each log record the reference of the request it was written in."""

    def filter(self, record: logging.LogRecord) -> bool:
        reference = _reference.get()
        if reference:
            record.reference = reference
        return True
