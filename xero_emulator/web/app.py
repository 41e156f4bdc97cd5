"""Sends each request where it belongs, and keeps the ledger of those meant for Xero."""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib import resources
from urllib.parse import urlsplit

from werkzeug.wrappers import Request, Response

from xero_emulator.domain.faults import Fault
from xero_emulator.domain.organisation import new_id
from xero_emulator.domain.xero import Xero
from xero_emulator.web import answers, api, controls, identity, pages
from xero_emulator.web.exchange import Exchange
from xero_emulator.web.route import Route
from xero_emulator.web.templates import render

AUTHORISE = "/identity/connect/authorize"
CONNECTIONS = "/connections"
READ_ONLY = ("GET", "HEAD")


class ConnectionCut(Exception):
    """The connection is to be closed without an answer."""


@dataclass(frozen=True)
class Delivery:
    """An answer and how it is to be sent: ``when_sent`` runs after its last byte."""

    response: Response
    fault: Fault | None = None
    when_sent: list[Callable[[], None]] = field(default_factory=list)


class Application:
    """The stand-in behind one port."""

    def __init__(
        self, *, xero: Xero, routes: Mapping[str, Route], auto_consent: bool, stopping: threading.Event
    ) -> None:
        self._xero = xero
        self._routes = routes
        self._auto_consent = auto_consent
        self._stopping = stopping

    def handle(self, *, request: Request, body: bytes) -> Delivery:
        """Answer one request; raises ConnectionCut where a fault says so."""
        path = request.path.lower()
        self._xero.catch_up()
        if path.startswith((api.PREFIX, AUTHORISE, "/connect/")) or path.partition("/")[2].startswith("connections"):
            return self._as_xero(request, body)
        if request.method not in READ_ONLY and not _from_here(request):
            return Delivery(render("broken.html", status=403, reason="This form was sent from another site."))
        if path.startswith(controls.PREFIX):
            return Delivery(controls.control(xero=self._xero, request=request, body=body))
        if path == "/static/emulator.css":
            return Delivery(_stylesheet())
        return Delivery(pages.page(xero=self._xero, request=request))

    def _as_xero(self, request: Request, body: bytes) -> Delivery:
        xero, organisation = self._xero, request.headers.get("xero-tenant-id", "")
        with xero.lock:
            entry = xero.ledger.open(
                now=xero.clock.now(),
                method=request.method,
                path=request.path,
                query=request.query_string.decode("latin-1"),
                organisation=organisation,
                key=request.headers.get("Idempotency-Key", ""),
                size=len(body),
            )
            fault = xero.faults.take(method=request.method, path=request.path, organisation=organisation, body=body)
        exchange = Exchange(xero=xero, request=request, body=body, entry=entry, fault=fault)
        entry.fault = fault.kind if fault else ""
        try:
            return self._struck(exchange)
        except BaseException:
            _run(exchange.when_sent)
            raise

    def _struck(self, exchange: Exchange) -> Delivery:
        entry, fault = exchange.entry, exchange.fault
        if fault is not None and fault.kind == "cut":
            entry.outcome = "cut"
            raise ConnectionCut
        if fault is not None and fault.kind == "edge_forbidden":
            entry.status, entry.outcome = 403, "turned away"
            return Delivery(answers.edge_forbidden(fault.body))
        entry.outcome = "failed"
        response = self._answer(exchange, _seconds_of_waiting(fault))
        if entry.outcome == "late":
            raise ConnectionCut
        entry.status = response.status_code
        if entry.outcome == "failed":
            entry.outcome = "answered"
        entry.correlation_id = new_id()
        response.headers["Xero-Correlation-Id"] = entry.correlation_id
        if fault is not None and fault.kind == "cut_after":
            entry.outcome = "cut"
            raise ConnectionCut
        return Delivery(response, fault, exchange.when_sent)

    def _answer(self, exchange: Exchange, waits: float) -> Response:
        path = exchange.request.path.lower().rstrip("/")
        if path.startswith(api.PREFIX):
            return api.call(exchange, routes=self._routes, wait=lambda: self._stopping.wait(waits) if waits else False)
        if waits:
            self._stopping.wait(waits)
        return exchange.answer_instead() or exchange.answer_after_work(self._identity(exchange, path))

    def _identity(self, exchange: Exchange, path: str) -> Response:
        request = exchange.request
        if path == AUTHORISE:
            return identity.authorise(exchange, auto_consent=self._auto_consent)
        if path == "/connect/token" and request.method == "POST":
            return identity.token(exchange)
        if path == "/connect/revocation" and request.method == "POST":
            return identity.revoke(exchange)
        if path == CONNECTIONS or path.startswith(CONNECTIONS + "/"):
            return identity.connections(exchange, path[len(CONNECTIONS) + 1 :])
        return answers.not_found()


def _seconds_of_waiting(fault: Fault | None) -> float:
    """How long nothing happens while the call is in progress."""
    if fault is None:
        return 0.0
    return fault.silence if fault.kind == "late" else fault.seconds if fault.kind in ("delay", "hang") else 0.0


def _run(callbacks: list[Callable[[], None]]) -> None:
    while callbacks:
        callbacks.pop()()


def _from_here(request: Request) -> bool:
    """Whether a change comes from our own pages or from no page at all."""
    origin = request.headers.get("Origin")
    return origin is None or urlsplit(origin).netloc == request.host


def _stylesheet() -> Response:
    text = resources.files("xero_emulator").joinpath("static/emulator.css").read_text()
    return Response(text, content_type="text/css; charset=utf-8")
