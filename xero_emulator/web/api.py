"""``/api.xro/2.0``: who may call, how often, and under which idempotency key; the work itself is elsewhere."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from werkzeug.wrappers import Response

from xero_emulator.domain import door_rules, scopes
from xero_emulator.domain.idempotency import Stored
from xero_emulator.domain.late import LateWrite
from xero_emulator.domain.oauth import Grant
from xero_emulator.domain.organisation import Organisation
from xero_emulator.domain.refusals import RequestRefused, ValidationRefused
from xero_emulator.web import answers, writing
from xero_emulator.web.exchange import Exchange
from xero_emulator.web.route import Route

PREFIX = "/api.xro/2.0/"
LARGEST_BODY = 10 * 1024 * 1024
METHODS = ("GET", "POST", "PUT")


@dataclass(frozen=True)
class Caller:
    """An app acting for a user in an organisation at an endpoint, None for one that is not there."""

    grant: Grant
    organisation: Organisation
    route: Route | None


def call(exchange: Exchange, *, routes: Mapping[str, Route], wait: Callable[[], object]) -> Response:
    """Answer one call, in Xero's order: token, organisation, limits, idempotency, work.

    ``wait`` is the delay of a scripted fault; the call is in progress while it lasts. The answer to a write that is
    put off reaches nobody.
    """
    if not exchange.request.headers.get("User-Agent"):
        # Xero's edge turns such calls away before the API sees them.
        return Response("<h1>Forbidden</h1>", status=403, content_type="text/html")
    with exchange.xero.lock:
        caller = _authenticate(exchange, routes.get(_endpoint(exchange)))
        if isinstance(caller, Response):
            return caller
        refusal, headers = _admit(exchange, caller)
        late = refusal is None and exchange.fault is not None and exchange.fault.kind == "late"
        if late:
            _put_off(exchange, caller)
    if refusal is None:
        wait()
    if late:
        return answers.no_content()
    answer = refusal or _work(exchange, caller)
    answer.headers.update(headers)
    return answer


def _authenticate(exchange: Exchange, route: Route | None) -> Caller | Response:
    scheme, _, token = exchange.request.headers.get("Authorization", "").partition(" ")
    held = exchange.xero.authority.access(token.strip()) if scheme.lower() == "bearer" else None
    if held is None:
        return _unauthorised("AuthenticationUnsuccessful", 'Bearer error="invalid_token"')
    exchange.entry.app = held.grant.app
    if exchange.xero.clock.now() >= held.expires:
        ended = held.expires.strftime("%m/%d/%Y %H:%M:%S")
        return _unauthorised(f"TokenExpired: token expired at {ended}", 'Bearer error="invalid_token"')
    writes = exchange.request.method != "GET"
    if route is not None and not scopes.allows(granted=held.grant.scopes, scope=route.scope, writes=writes):
        return _unauthorised("AuthorizationUnsuccessful", 'Bearer error="insufficient_scope"')
    organisation_id = exchange.request.headers.get("xero-tenant-id", "").lower()
    connected = exchange.xero.authority.connection(
        app=held.grant.app, user=held.grant.user, organisation_id=organisation_id
    )
    organisation = exchange.xero.organisations.get(organisation_id)
    if connected is None or organisation is None:
        return answers.problem(status=403, title="Forbidden", detail="AuthenticationUnsuccessful")
    barred = door_rules.why_barred(organisation=organisation, user=held.grant.user, writes=writes)
    if barred:
        return answers.problem(status=403, title="Forbidden", detail=barred)
    return Caller(grant=held.grant, organisation=organisation, route=route)


def _unauthorised(detail: str, challenge: str) -> Response:
    return answers.problem(status=401, title="Unauthorized", detail=detail, headers={"WWW-Authenticate": challenge})


def _admit(exchange: Exchange, caller: Caller) -> tuple[Response | None, dict[str, str]]:
    limits, organisation_id = exchange.xero.limits, caller.organisation.organisation_id
    admission = limits.enter(organisation_id=organisation_id, now=exchange.xero.clock.now())
    exchange.entry.in_last_minute = admission.sliding
    exchange.entry.in_fixed_minute = admission.fixed
    if admission.problem is not None:
        exchange.entry.limit = admission.problem
        exchange.entry.outcome = "limited"
        return answers.limited(kind=admission.problem, retry_after=admission.retry_after), admission.headers

    def leave() -> None:
        with exchange.xero.lock:
            limits.leave(organisation_id=organisation_id)

    exchange.when_sent.append(leave)
    return None, admission.headers


def _put_off(exchange: Exchange, caller: Caller) -> None:
    entry, seconds = exchange.entry, exchange.fault.seconds if exchange.fault else 0.0

    def work() -> None:
        entry.outcome = "worked late"
        entry.status = _work(exchange, caller).status_code

    entry.outcome = "late"
    due = exchange.xero.clock.now() + timedelta(seconds=seconds)
    exchange.xero.late.add(LateWrite(due=due, entry=entry, work=work))


def _work(exchange: Exchange, caller: Caller) -> Response:
    instead = exchange.answer_instead()
    if instead is not None and not (exchange.fault and exchange.fault.store):
        return instead
    try:
        if exchange.fault is not None and exchange.fault.kind == "duplicate":
            _once(exchange, caller, None)
        return exchange.answer_after_work(_once(exchange, caller, instead))
    except RequestRefused as refusal:
        return answers.refused(refusal)


def _once(exchange: Exchange, caller: Caller, instead: Response | None) -> Response:
    """Replay the answer stored under the key, or do the work and store what comes of it, errors too."""
    key = exchange.request.headers.get("Idempotency-Key", "")
    if not key or exchange.request.method == "GET":
        return instead or _perform(exchange, caller)
    now, app, print_ = (exchange.xero.clock.now(), caller.grant.app, _fingerprint(exchange))
    # One lock over recall and remember: of two requests at once with one key, the second is answered by replay.
    with exchange.xero.lock:
        stored = exchange.xero.idempotency.recall(app=app, key=key, fingerprint=print_, now=now)
        if stored is not None:
            exchange.entry.outcome = "replayed"
            return Response(stored.body, status=stored.status, content_type=stored.content_type)
        answer = instead or _perform(exchange, caller)
        kept = exchange.scripted_answer() if exchange.fault and exchange.fault.store else None
        shown = kept or answer
        exchange.xero.idempotency.remember(
            app=app,
            key=key,
            answer=Stored(
                fingerprint=print_,
                status=shown.status_code,
                body=shown.get_data(),
                content_type=shown.content_type or answers.JSON_TYPE,
                first_seen=now,
            ),
        )
        return answer


def _fingerprint(exchange: Exchange) -> str:
    # The organisation is not part of it: keys belong to the app.
    request = exchange.request
    head = f"{request.method} {request.path}?{request.query_string.decode('latin-1')}\n"
    return hashlib.sha256(head.encode() + exchange.body).hexdigest()


def _perform(exchange: Exchange, caller: Caller) -> Response:
    rest = exchange.request.path[len(PREFIX) :].strip("/").partition("/")[2]
    if len(exchange.body) > LARGEST_BODY:
        return Response("Request entity too large", status=413)
    if exchange.request.method not in METHODS or "/" in rest:
        return Response("Not implemented", status=501)
    try:
        with exchange.xero.lock:
            route = caller.route
            if exchange.request.method == "GET":
                return route.read(exchange, caller.organisation, rest) if route else answers.not_found()
            if route is None or route.writes is None:
                return Response("Not implemented", status=501)
            return writing.write(exchange, caller.organisation, caller.grant.app, route.writes, rest)
    except RequestRefused as refusal:
        exchange.entry.outcome = "refused"
        return answers.refused(refusal)
    except ValidationRefused as refusal:
        exchange.entry.outcome = "refused"
        return answers.validation_refused(refusal.elements)


def _endpoint(exchange: Exchange) -> str:
    return exchange.request.path[len(PREFIX) :].partition("/")[0].lower()
