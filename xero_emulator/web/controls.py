"""The emulator's own controls under ``/_emulator/``: JSON in, JSON out."""

import json
from collections.abc import Callable
from dataclasses import asdict, fields
from datetime import UTC, datetime

from werkzeug.wrappers import Request, Response

from xero_emulator.domain import bookkeeping, wire
from xero_emulator.domain.acts import ACTS
from xero_emulator.domain.by_hand import PRICE_PLACES, ActRefused
from xero_emulator.domain.charts import CHARTS
from xero_emulator.domain.faults import Fault
from xero_emulator.domain.limits import LimitSettings
from xero_emulator.domain.organisation import Organisation
from xero_emulator.domain.refusals import RequestRefused
from xero_emulator.domain.values import Json
from xero_emulator.domain.xero import Xero
from xero_emulator.web import answers

PREFIX = "/_emulator/"

Control = Callable[[Xero, Request, Json], object]


class BadControl(Exception):
    """A control that was not understood; its text says what it takes."""


def control(*, xero: Xero, request: Request, body: bytes) -> Response:
    """Answer one control."""
    name, _, rest = request.path[len(PREFIX) :].strip("/").partition("/")
    try:
        given = _given(body)
        with xero.lock:
            if rest and name == "organisations":
                return answers.as_json(_in_organisation(xero, request, rest, given))
            found = CONTROLS.get((request.method, name))
            if found is None or rest:
                known = ", ".join(f"{method} {path}" for method, path in CONTROLS)
                return answers.as_json({"error": f"No such control. Known: {known}."}, status=404)
            return answers.as_json(found(xero, request, given))
    except (BadControl, ActRefused, RequestRefused) as refusal:
        reason = getattr(refusal, "reason", None) or getattr(refusal, "message", None) or str(refusal)
        return answers.as_json({"error": reason}, status=400)


def _given(body: bytes) -> Json:
    try:
        given = json.loads(body) if body.strip() else {}
    except ValueError:
        raise BadControl("The body must be JSON.") from None
    if not isinstance(given, dict):
        raise BadControl("The body must be a JSON object.")
    return given


def _in_organisation(xero: Xero, request: Request, rest: str, given: Json) -> object:
    wanted, _, act = rest.partition("/")
    organisation = xero.organisations.get(wanted.lower())
    if organisation is None:
        raise BadControl(f"There is no organisation {wanted}.")
    if request.method == "GET" and act in ("", "invoices", "summary"):
        return {**_described(xero, organisation), **bookkeeping.summary(organisation)}
    if request.method == "GET" and act == "documents":
        return _documents(organisation)
    if request.method == "POST" and act in ACTS:
        return ACTS[act](xero, organisation, given)
    raise BadControl(f"GET summary or documents, or POST one of: {', '.join(ACTS)}.")


def _documents(organisation: Organisation) -> Json:
    """Everything in full, as Xero would answer it, without a call that counts."""
    return {
        "invoices": [
            wire.invoice(item, organisation=organisation, places=PRICE_PLACES, with_lines=True)
            for item in organisation.invoices
        ],
        "contacts": [wire.contact(item) for item in organisation.contacts],
        "switches": asdict(organisation.switches),
    }


def _described(xero: Xero, organisation: Organisation) -> Json:
    usage = xero.limits.usage(organisation.organisation_id)
    return {
        "id": organisation.organisation_id,
        "name": organisation.name,
        "short_code": organisation.short_code,
        "currency": organisation.chart.currency,
        "country": organisation.chart.version,
        "calls_today": usage.day_count,
        "calls_in_flight": usage.in_flight,
        "most_in_flight": usage.most_in_flight,
    }


def _reset(xero: Xero, request: Request, given: Json) -> object:
    xero.reset()
    return _list_organisations(xero, request, given)


def _list_organisations(xero: Xero, request: Request, given: Json) -> object:
    return {"organisations": [_described(xero, item) for item in xero.organisations.values()]}


def _make_organisation(xero: Xero, request: Request, given: Json) -> object:
    template = str(given.get("template", "AU")).upper()
    if template not in CHARTS:
        raise BadControl(f"The template must be one of {', '.join(CHARTS)}.")
    name = str(given.get("name") or "Another Organisation")
    return _described(xero, xero.create_organisation(template=template, name=name))


def _ledger(xero: Xero, request: Request, given: Json) -> object:
    since = request.args.get("since", "0")
    return {"entries": xero.ledger.since(seq=int(since) if since.isdigit() else 0)}


def _clear_ledger(xero: Xero, request: Request, given: Json) -> object:
    xero.ledger.clear()
    return {"entries": []}


def _faults(xero: Xero, request: Request, given: Json) -> object:
    return {"faults": xero.faults.listing()}


def _add_fault(xero: Xero, request: Request, given: Json) -> object:
    usual = asdict(Fault(kind=""))
    if "kind" not in given or not all(name in usual and _is_like(value, usual[name]) for name, value in given.items()):
        raise BadControl(f"A fault needs a kind and takes only: {', '.join(sorted(usual))}, each of its own type.")
    try:
        fault = Fault(**given)  # type: ignore[arg-type]
        if fault.kind == "refuse" and not all(isinstance(said, str) for said in [*fault.messages, *fault.warnings]):
            raise BadControl("messages and warnings are lists of sentences.")
        xero.faults.add(fault)
    except ValueError as unknown:
        raise BadControl(str(unknown)) from None
    return _faults(xero, request, given)


def _is_like(value: object, usual: object) -> bool:
    """Whether a value is of the type a field has by default; one that is empty by default takes text or a number."""
    if usual is None:
        return isinstance(value, str | int) and not isinstance(value, bool)
    if isinstance(usual, float):
        return isinstance(value, int | float) and not isinstance(value, bool)
    return type(value) is type(usual)


def _clear_faults(xero: Xero, request: Request, given: Json) -> object:
    xero.faults.clear()
    return _faults(xero, request, given)


def _late(xero: Xero, request: Request, given: Json) -> object:
    return {"waiting": xero.late.listing()}


def _work_late(xero: Xero, request: Request, given: Json) -> object:
    return {"worked": xero.catch_up(with_later=True)}


def _clock(xero: Xero, request: Request, given: Json) -> object:
    return {"now": xero.clock.now().isoformat(timespec="microseconds")}


def _move_clock(xero: Xero, request: Request, given: Json) -> object:
    if "set" in given:
        try:
            moment = datetime.fromisoformat(str(given["set"]))
        except ValueError:
            raise BadControl("set takes an ISO time, such as 2026-11-22T09:30:00+00:00.") from None
        xero.clock.set_to(moment=moment if moment.tzinfo else moment.replace(tzinfo=UTC))
    elif isinstance(given.get("advance"), int | float):
        xero.clock.advance(seconds=float(str(given["advance"])))
    else:
        raise BadControl("Say set (an ISO time) or advance (seconds).")
    return _clock(xero, request, given)


def _limits(xero: Xero, request: Request, given: Json) -> object:
    return {**asdict(xero.limits.settings), "violations": list(xero.limits.violations)}


def _set_limits(xero: Xero, request: Request, given: Json) -> object:
    known = {field.name for field in fields(LimitSettings)}
    if not set(given) <= known or not all(isinstance(value, int) and value >= 0 for value in given.values()):
        raise BadControl(f"Limits are whole numbers, 0 is off: {', '.join(sorted(known))}.")
    for name, value in given.items():
        setattr(xero.limits.settings, name, value)
    return _limits(xero, request, given)


def _expire_tokens(xero: Xero, request: Request, given: Json) -> object:
    xero.authority.expire_access()
    return {"expired": True}


CONTROLS: dict[tuple[str, str], Control] = {
    ("POST", "reset"): _reset,
    ("GET", "organisations"): _list_organisations,
    ("POST", "organisations"): _make_organisation,
    ("GET", "ledger"): _ledger,
    ("POST", "ledger"): _clear_ledger,
    ("GET", "faults"): _faults,
    ("POST", "faults"): _add_fault,
    ("DELETE", "faults"): _clear_faults,
    ("GET", "late"): _late,
    ("POST", "late"): _work_late,
    ("GET", "clock"): _clock,
    ("POST", "clock"): _move_clock,
    ("GET", "limits"): _limits,
    ("POST", "limits"): _set_limits,
    ("POST", "expire-tokens"): _expire_tokens,
}
