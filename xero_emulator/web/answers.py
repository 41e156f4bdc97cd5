"""The shapes Xero's answers come in."""

import json
from collections.abc import Mapping
from datetime import datetime

from werkzeug.wrappers import Response

from xero_emulator.domain import wire
from xero_emulator.domain.organisation import new_id
from xero_emulator.domain.refusals import RequestRefused
from xero_emulator.domain.values import Json

JSON_TYPE = "application/json; charset=utf-8"
PROVIDER = "Xero emulator (not Xero)"


def as_json(body: object, *, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """Any JSON."""
    text = json.dumps(body, separators=(",", ":"), ensure_ascii=False, default=float)
    return Response(text.encode("utf-8", "replace"), status=status, headers=dict(headers or {}), content_type=JSON_TYPE)


def envelope(content: Json, *, now: datetime) -> Response:
    """A success: ``content`` holds the plural and perhaps the pagination."""
    head: Json = {"Id": new_id(), "Status": "OK", "ProviderName": PROVIDER, "DateTimeUTC": wire.moment(now)}
    return as_json(head | content)


def refused(refusal: RequestRefused) -> Response:
    """A request refused as a whole."""
    return as_json({"ErrorNumber": refusal.number, "Type": refusal.kind, "Message": refusal.message}, status=400)


def validation_refused(elements: list[Json]) -> Response:
    """A request refused because of its elements."""
    body = {
        "ErrorNumber": 10,
        "Type": "ValidationException",
        "Message": "A validation exception occurred",
        "Elements": elements,
    }
    return as_json(body, status=400)


def problem(*, status: int, title: str, detail: str, headers: Mapping[str, str] | None = None) -> Response:
    """A refusal from the door: 401 and 403 have a shape of their own."""
    body: Json = {
        "Type": None,
        "Title": title,
        "Status": status,
        "Detail": detail,
        "Instance": new_id(),
        "Extensions": {},
    }
    return as_json(body, status=status, headers=headers)


def not_found() -> Response:
    """Nothing here by this id or path."""
    return Response("The resource you're looking for cannot be found", status=404, content_type="text/html")


def limited(*, kind: str, retry_after: int | None) -> Response:
    """A call over a limit; the concurrent one names no time to wait."""
    headers = {"X-Rate-Limit-Problem": kind}
    if retry_after is not None:
        headers["Retry-After"] = str(retry_after)
    return Response("", status=429, headers=headers, content_type="text/html")


def edge_forbidden(body: str | None) -> Response:
    """What the gateway in front of Xero says now and then to a caller in good order; the API never saw the call."""
    text = '{"message":"Forbidden"}' if body is None else body
    return Response(text, status=403, content_type="application/json")


def html_page() -> Response:
    """What a proxy in front of Xero may answer instead of JSON."""
    page = "<!doctype html><title>Service</title><h1>We'll be right back</h1>"
    return Response(page, status=200, content_type="text/html; charset=utf-8")


def no_content() -> Response:
    """Done, nothing to say."""
    return Response(status=204)
