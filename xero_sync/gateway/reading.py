"""From a complete HTTP answer to a reply or one of our exceptions."""

import json
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from xero_sync.domain.errors import ErrorClass, Fault, recognise
from xero_sync.domain.kinds import Calls
from xero_sync.gateway.answers import (
    UNEXPLAINED,
    AccessLost,
    Element,
    Headers,
    OutcomeUnknown,
    RateLimited,
    Reply,
    RequestRefused,
    Trace,
    Unavailable,
    XeroFault,
)
from xero_sync.gateway.http import Answer

# The request as a whole was looked at and refused. All other 4xx are the edge's or ours to try again.
REFUSALS = frozenset({400, 404, 413, 422})
# Xero's documentation spells it both ways.
MISSING_SCOPE = ("insufficient_scope", "insufficent_scope")
NO_ID = "00000000-0000-0000-0000-000000000000"


class Unreadable(Exception):
    """The answer is no JSON of the expected shape; `args[0]` says what is wrong in our words."""


def trace_of(answer: Answer) -> Trace:
    """Status, correlation id, duration and what is left of the limits."""
    return Trace(
        http_status=answer.status,
        correlation_id=answer.headers.get("Xero-Correlation-Id", "")[:60],
        duration_ms=answer.duration_ms,
        headers=Headers(
            minute_remaining=_count(answer.headers.get("X-MinLimit-Remaining")),
            day_remaining=_count(answer.headers.get("X-DayLimit-Remaining")),
            app_minute_remaining=_count(answer.headers.get("X-AppMinLimit-Remaining")),
            date=answer.headers.get("Date", ""),
        ),
    )


def reply_to_write(answer: Answer, calls: Calls, sent: Sequence[Mapping[str, Any]]) -> Reply:
    """The reply to a write. Raises OutcomeUnknown unless each document sent has its own, usable result."""
    trace = trace_of(answer)
    raise_unless_success(answer, trace, writing=True)
    try:
        elements = _elements(parse(answer), calls.collection)
        _check_each(elements, sent, id_key=calls.id_key, number_key=calls.number_key)
    except Unreadable as unreadable:
        raise OutcomeUnknown(str(unreadable), trace=trace) from None
    return _reply(elements, trace)


def reply_to_read(answer: Answer, collection: str, *, of_one: bool = False) -> Reply:
    """The reply to a question. Of one document "there is none" (404) is a reply without elements.

    Lists that hold nothing are answered with 200: any other 404 comes from something before Xero's API, and says
    nothing about the documents. Raises Unavailable for it.
    """
    trace = trace_of(answer)
    if answer.status == 404 and of_one:
        return _reply((), trace)
    raise_unless_success(answer, trace, writing=False)
    try:
        payload = parse(answer)
        return _reply(_elements(payload, collection), trace, pages=_page_count(payload))
    except Unreadable as unreadable:
        raise Unavailable(str(unreadable), trace=trace) from None


def parse(answer: Answer) -> Any:
    """The answer's JSON, amounts as Decimal. Raises Unreadable."""
    try:
        return json.loads(answer.body, parse_float=Decimal)
    except (ValueError, RecursionError):
        raise Unreadable("not JSON") from None


def raise_unless_success(answer: Answer, trace: Trace, *, writing: bool) -> None:
    """Raise what the status means; 2xx raises nothing."""
    if 200 <= answer.status <= 299:
        return
    raise _fault(answer, trace, writing=writing)


def _fault(answer: Answer, trace: Trace, *, writing: bool) -> XeroFault:
    status = answer.status
    if status == 429:
        return RateLimited(
            kind=answer.headers.get("X-Rate-Limit-Problem", "").strip().lower(),
            retry_after=_seconds(answer.headers.get("Retry-After")),
            trace=trace,
        )
    if status in {401, 403}:
        return _refused_entry(answer, trace)
    if status in REFUSALS and writing:
        faults = _whole_faults(answer)
        # Every document is written to its collection, which Xero has: without its words something else answered.
        is_lost = status == 404 and not any(fault.message for fault in faults)
        return Unavailable("HTTP 404", trace=trace) if is_lost else RequestRefused(faults=faults, trace=trace)
    if writing and (status >= 500 or status == 408):
        return OutcomeUnknown(f"HTTP {status}", trace=trace)
    return Unavailable(f"HTTP {status}", trace=trace)


def _refused_entry(answer: Answer, trace: Trace) -> XeroFault:
    challenge = answer.headers.get("WWW-Authenticate", "").lower()
    if any(word in challenge for word in MISSING_SCOPE):
        return AccessLost("not-permitted", trace=trace)
    known = recognise(Fault(_refused_at_the_door(answer))).known
    if known.klass in (ErrorClass.CONNECTION, ErrorClass.ORGANISATION):
        return AccessLost(known.code, trace=trace)
    if answer.status == 401:
        return AccessLost(UNEXPLAINED, trace=trace)
    # Not Xero's own words: something before its API answered, and never passed the request on.
    return Unavailable("HTTP 403 without Xero's words", trace=trace)


def _refused_at_the_door(answer: Answer) -> str:
    try:
        payload = parse(answer)
    except Unreadable:
        return ""
    return _words(payload) if isinstance(payload, dict) else ""


def _whole_faults(answer: Answer) -> tuple[Fault, ...]:
    try:
        payload = parse(answer)
    except Unreadable:
        return (Fault(message="", code=f"http-{answer.status}"),)
    if not isinstance(payload, dict):
        return (Fault(message="", code=f"http-{answer.status}"),)
    nested = [fault for element in _dicts(payload.get("Elements")) for fault in _faults(element)]
    words = _words(payload)
    # The general sentence stands above the particular ones; it is only worth keeping when it stands alone.
    return tuple(nested) or (Fault(message=words, code="" if words else f"http-{answer.status}"),)


def _elements(payload: Any, collection: str) -> tuple[Element, ...]:
    documents = payload.get(collection) if isinstance(payload, dict) else None
    if not isinstance(documents, list) or not all(isinstance(each, dict) for each in documents):
        raise Unreadable(f"no {collection}")
    return tuple(_element(document) for document in documents)


def _element(document: dict[str, Any]) -> Element:
    faults = tuple(_faults(document))
    refused = (
        bool(faults)
        or document.get("StatusAttributeString") == "ERROR"
        or document.get("HasErrors") is True
        or document.get("HasValidationErrors") is True
    )
    warnings = tuple(Fault(message=_words(warning), is_warning=True) for warning in _dicts(document.get("Warnings")))
    if refused and not faults:
        faults = (Fault(message=""),)
    return Element(accepted=not refused, document=document, faults=faults, warnings=warnings)


def _faults(document: Mapping[str, Any], field: str = "") -> Iterator[Fault]:
    """Validation errors of a document and of what is nested in it, such as its lines and its contact."""
    for error in _dicts(document.get("ValidationErrors")):
        yield Fault(message=_words(error), field=field)
    for key, value in document.items():
        if key in {"ValidationErrors", "Warnings"}:
            continue
        if isinstance(value, dict):
            yield from _faults(value, f"{field}.{key}".lstrip("."))
        elif isinstance(value, list):
            for position, each in enumerate(value):
                if isinstance(each, dict):
                    yield from _faults(each, f"{field}.{key}.{position}".lstrip("."))


def _check_each(
    elements: Sequence[Element],
    sent: Sequence[Mapping[str, Any]],
    *,
    id_key: str,
    number_key: str,
) -> None:
    if len(elements) != len(sent):
        raise Unreadable("another number of documents")
    for element, document in zip(elements, sent, strict=True):
        _check_one(element, document, id_key, number_key)


def _check_one(element: Element, document: Mapping[str, Any], id_key: str, number_key: str) -> None:
    if element.accepted and element.document.get(id_key) in {None, "", NO_ID}:
        raise Unreadable("a document without its id")
    keys = (id_key, number_key) if element.accepted else (number_key,)
    for key in keys:
        ours, theirs = document.get(key), element.document.get(key)
        if ours and theirs and _plain(ours) != _plain(theirs):
            raise Unreadable("documents in another order")


def _plain(value: object) -> str:
    return " ".join(str(value).casefold().split())


def _reply(elements: tuple[Element, ...], trace: Trace, *, pages: int = 1) -> Reply:
    return Reply(
        elements=elements,
        http_status=trace.http_status or 0,
        correlation_id=trace.correlation_id,
        duration_ms=trace.duration_ms or 0,
        headers=trace.headers,
        page_count=pages,
    )


def _page_count(payload: Mapping[str, Any]) -> int:
    pagination = payload.get("pagination")
    count = pagination.get("pageCount") if isinstance(pagination, dict) else None
    return count if isinstance(count, int) and count > 0 else 1


def _dicts(value: Any) -> list[dict[str, Any]]:
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def _words(error: Mapping[str, Any]) -> str:
    # One official example says Description where all others say Message.
    words = error.get("Message") or error.get("Description") or error.get("Detail") or ""
    return words if isinstance(words, str) else ""


def _count(text: str | None) -> int | None:
    return int(text) if text and text.strip().isascii() and text.strip().isdigit() else None


def _seconds(text: str | None) -> float | None:
    count = _count(text)
    return None if count is None else float(count)
