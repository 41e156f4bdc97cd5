"""The requests to Xero and its answers, without a word of the SDK.

XeroFault                    everything below: http_status, correlation_id, duration_ms, headers
|-- RateLimited              too many calls: kind, retry_after
|-- AccessLost               the token, the scope or the connection: code
|-- RequestRefused           the whole request was refused, nothing was done: faults
|-- OutcomeUnknown           a write was sent and no usable answer came: look before sending again
`-- Unavailable              nothing was done; every failure of a read is this one
"""

from dataclasses import dataclass, field
from typing import Any

from xero_sync.domain.errors import Fault
from xero_sync.domain.kinds import Calls, Operation


@dataclass(frozen=True)
class Access:
    """Whose books, and the key to them."""

    access_token: str = field(repr=False)
    xero_tenant_id: str


@dataclass(frozen=True)
class Request:
    """One write. `body` is JSON text such as {"Invoices": [...]}, sent byte for byte."""

    calls: Calls
    operation: Operation
    body: str = field(repr=False)
    idempotency_key: str


@dataclass(frozen=True)
class Headers:
    """The calls that Xero says are left: in this minute and day for the organisation, in this minute for the app."""

    minute_remaining: int | None = None
    day_remaining: int | None = None
    app_minute_remaining: int | None = None
    date: str = ""


@dataclass(frozen=True)
class Element:
    """One document of an answer. Numbers are Decimal, except whole ones, which are int."""

    accepted: bool
    document: dict[str, Any] = field(repr=False)
    faults: tuple[Fault, ...] = ()
    warnings: tuple[Fault, ...] = ()


@dataclass(frozen=True)
class Reply:
    """A usable answer, its elements in the order of the request."""

    elements: tuple[Element, ...]
    http_status: int
    correlation_id: str
    duration_ms: int
    headers: Headers
    page_count: int = 1


@dataclass(frozen=True)
class OrganisationChoice:
    """One connection of a Xero user to this app."""

    connection_id: str
    tenant_id: str
    name: str
    tenant_type: str
    auth_event_id: str


@dataclass(frozen=True)
class Trace:
    """The facts of an exchange that failed, for the attempt and the log."""

    http_status: int | None = None
    correlation_id: str = ""
    duration_ms: int | None = None
    headers: Headers = Headers()


NO_TRACE = Trace()
# The code of a refused token for which Xero gave no reason.
UNEXPLAINED = "token-expired"
RENEWABLE = frozenset({UNEXPLAINED, "access-revoked"})


class XeroFault(Exception):
    """The base of this module's exceptions. Its text is made of our own words only: no token, no personal data."""

    def __init__(self, words: str, trace: Trace) -> None:
        super().__init__(words)
        self.http_status = trace.http_status
        self.correlation_id = trace.correlation_id
        self.duration_ms = trace.duration_ms
        self.headers = trace.headers


class RateLimited(XeroFault):
    """HTTP 429. `kind` is minute, day, concurrent, appminute or empty; `retry_after` is in seconds, if told."""

    def __init__(self, *, kind: str, retry_after: float | None, trace: Trace) -> None:
        super().__init__(f"rate limited: {kind or 'kind not told'}", trace)
        self.kind = kind
        self.retry_after = retry_after


class AccessLost(XeroFault):
    """`code` is a known error's: token-expired, access-revoked, not-permitted, role-too-low, connection-lost ...

    `renewable`: another token may help, once. `is_final`: Xero's own words, so that afterwards it is lost.
    """

    def __init__(self, code: str, trace: Trace = NO_TRACE) -> None:
        super().__init__(f"access lost: {code}", trace)
        self.code = code
        self.renewable = code in RENEWABLE or (code == "connection-lost" and trace.http_status == 401)
        self.is_final = code != UNEXPLAINED


class RequestRefused(XeroFault):
    """Xero refused the request as a whole; no document of it was touched."""

    def __init__(self, *, faults: tuple[Fault, ...], trace: Trace) -> None:
        super().__init__(f"request refused: {trace.http_status}", trace)
        self.faults = faults


class OutcomeUnknown(XeroFault):
    """A write left us and no usable answer came back."""

    def __init__(self, reason: str, trace: Trace = NO_TRACE) -> None:
        super().__init__(f"outcome unknown: {reason}", trace)
        self.reason = reason


class Unavailable(XeroFault):
    """Nothing was done: the request did not leave, or it was only a question."""

    def __init__(self, reason: str, trace: Trace = NO_TRACE) -> None:
        super().__init__(f"unavailable: {reason}", trace)
        self.reason = reason
