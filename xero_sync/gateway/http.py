"""One HTTP exchange with Xero: one pool per process, one total deadline, no retries, no redirects.

Both doors to Xero (gateway for documents, tokens for access) go through here. What can go wrong is one question:
may Xero have seen the request? `NotSent` says no, `NoAnswer` says it may have.
"""

import os
import socket
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Self

import certifi
import urllib3
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.response import BaseHTTPResponse

CONNECT_SECONDS = 5
LARGEST_ANSWER = 64 * 1024 * 1024
CHUNK = 64 * 1024


@dataclass(frozen=True)
class Answer:
    """A complete answer of any HTTP status."""

    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)
    duration_ms: int


class WireFault(Exception):
    """No complete answer. `reason` is a short word of ours: no address, no header, no personal data."""

    def __init__(self, reason: str, duration_ms: int) -> None:
        super().__init__(reason)
        self.reason = reason
        self.duration_ms = duration_ms


class NotSent(WireFault):
    """Not one byte of the request left: nothing was done."""


class NoAnswer(WireFault):
    """The request left, or part of it, and no complete answer came back: Xero may have done it."""


class _Exchange:
    """One exchange in progress: whether bytes have left, and the deadline that cuts its connection."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.sent = False
        self.expired = False
        self.connection: Any = None
        self._timer = threading.Timer(seconds, self._expire)
        self._timer.daemon = True
        self.started = time.monotonic()

    def __enter__(self) -> Self:
        self._timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()

    @property
    def duration_ms(self) -> int:
        return round((time.monotonic() - self.started) * 1000)

    def _expire(self) -> None:
        # Read timeouts start anew with every byte; only cutting the socket ends a slow drip.
        self.expired = True
        sock = getattr(self.connection, "sock", None)
        if sock is not None:
            with suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)


class _Deadline(Exception):
    """The deadline passed while the connection was still being made."""


_current = threading.local()


def _before_send(connection: Any) -> None:
    exchange: _Exchange | None = getattr(_current, "exchange", None)
    if exchange is None:
        return
    if connection.sock is None:
        connection.connect()
    exchange.connection = connection
    # By the clock too: a worker that was frozen wakes before its timer does.
    if exchange.expired or time.monotonic() - exchange.started > exchange.seconds:
        exchange.expired = True
        connection.close()
        raise _Deadline
    exchange.sent = True


class _WatchedConnection(HTTPConnection):
    def send(self, data: Any) -> None:
        _before_send(self)
        super().send(data)


class _WatchedSecureConnection(HTTPSConnection):
    def send(self, data: Any) -> None:
        _before_send(self)
        super().send(data)


class _Pool(HTTPConnectionPool):
    ConnectionCls = _WatchedConnection


class _SecurePool(HTTPSConnectionPool):
    ConnectionCls = _WatchedSecureConnection


_pools: dict[int, urllib3.PoolManager] = {}
_pools_lock = threading.Lock()


def pool() -> urllib3.PoolManager:
    """This process's pool. A forked child makes its own: shared sockets would mix up answers."""
    pid = os.getpid()
    with _pools_lock:
        if pid not in _pools:
            _pools.clear()
            _pools[pid] = _new_pool()
        return _pools[pid]


def _new_pool() -> urllib3.PoolManager:
    manager = urllib3.PoolManager(num_pools=4, maxsize=8, ca_certs=certifi.where(), cert_reqs="CERT_REQUIRED")
    manager.pool_classes_by_scheme = {"http": _Pool, "https": _SecurePool}
    return manager


def exchange(
    *,
    method: str,
    url: str,
    headers: Mapping[str, str],
    body: bytes | None,
    deadline: float,
    fields: Mapping[str, str] | None = None,
) -> Answer:
    """Send one request and read its whole answer within `deadline` seconds. Raises NotSent and NoAnswer."""
    with _Exchange(deadline) as current:
        _current.exchange = current
        try:
            response = _send(method, url, headers, body, fields, deadline)
            payload = _read_body(response)
            if current.expired:
                raise urllib3.exceptions.ProtocolError("deadline")
            return Answer(response.status, response.headers, payload, current.duration_ms)
        except (urllib3.exceptions.HTTPError, OSError, _Deadline) as fault:
            raise _wire_fault(current, fault) from None
        finally:
            _current.exchange = None


def _send(
    method: str,
    url: str,
    headers: Mapping[str, str],
    body: bytes | None,
    fields: Mapping[str, str] | None,
    deadline: float,
) -> BaseHTTPResponse:
    content: dict[str, Any] = (
        {"fields": dict(fields), "encode_multipart": False} if fields is not None else {"body": body}
    )
    return pool().request(
        method,
        url,
        headers=dict(headers),
        # False, not Retry(3): urllib3 would send a PUT four times, and sleep as long as Retry-After says.
        retries=False,
        redirect=False,
        timeout=urllib3.Timeout(connect=min(CONNECT_SECONDS, deadline), read=deadline),
        preload_content=False,
        **content,
    )


def _read_body(response: BaseHTTPResponse) -> bytes:
    """The whole body; the connection goes back to the pool only after a complete answer."""
    parts, size = [], 0
    try:
        for part in response.stream(CHUNK, decode_content=True):
            size += len(part)
            if size > LARGEST_ANSWER:
                raise urllib3.exceptions.ProtocolError("too large")
            parts.append(part)
    except BaseException:
        response.close()
        raise
    response.release_conn()
    return b"".join(parts)


def _wire_fault(current: _Exchange, fault: Exception) -> WireFault:
    # `from None` at the raise: the texts of urllib3's exceptions hold addresses with query strings.
    if current.expired:
        reason = "deadline"
    elif isinstance(fault, urllib3.exceptions.NewConnectionError):
        # Refused or unknown by name; urllib3 counts it among the timeouts.
        reason = "unreachable"
    elif isinstance(fault, urllib3.exceptions.TimeoutError | TimeoutError):
        reason = "timeout"
    elif isinstance(fault, urllib3.exceptions.SSLError):
        reason = "certificate" if not current.sent else "broken"
    else:
        reason = "broken" if current.sent else "unreachable"
    kind = NoAnswer if current.sent else NotSent
    return kind(reason, current.duration_ms)
