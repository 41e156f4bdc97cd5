"""PUT and POST under ``/api.xro/2.0``."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from werkzeug.wrappers import Response

from xero_emulator.domain import contacts, invoices, wire
from xero_emulator.domain.contacts import Refused
from xero_emulator.domain.faults import Fault
from xero_emulator.domain.invoices import Call
from xero_emulator.domain.organisation import Organisation
from xero_emulator.domain.records import Contact
from xero_emulator.domain.refusals import (
    RequestRefused,
    ValidationRefused,
    malformed_json,
    no_data_processed,
    post_data_invalid,
)
from xero_emulator.domain.values import Json
from xero_emulator.web import answers
from xero_emulator.web.exchange import Exchange
from xero_emulator.web.reading import places

# Characters XML cannot carry; Xero reads JSON through its XML model.
FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
# Fields by which one object sent without its envelope is known.
ALONE = ("Name", "Type", "Status")


@dataclass(frozen=True)
class Endpoint:
    """A collection that takes writes: its plural, its id, the flag of a refused element, its number.

    ``save`` stores one element and gives its record or why it is refused, ``show`` gives the JSON of such a record.
    """

    plural: str
    id_key: str
    fault_flag: str
    number_key: str
    save: Callable[[Call, Json], Any]
    show: Callable[[Call, Any], Json]


def _save_contact(call: Call, raw: Json) -> Contact | Refused:
    return contacts.save(organisation=call.organisation, raw=raw, creates=call.creates, now=call.now, app=call.app)


CONTACTS = Endpoint(
    plural="Contacts",
    id_key="ContactID",
    fault_flag="HasValidationErrors",
    number_key="ContactNumber",
    save=_save_contact,
    show=lambda call, record: wire.contact(record),
)
INVOICES = Endpoint(
    plural="Invoices",
    id_key="InvoiceID",
    fault_flag="HasErrors",
    number_key="InvoiceNumber",
    save=lambda call, raw: invoices.save(call=call, raw=raw),
    show=lambda call, record: wire.invoice(record, organisation=call.organisation, places=call.places, with_lines=True),
)


def write(exchange: Exchange, organisation: Organisation, app: str, endpoint: Endpoint, wanted: str) -> Response:
    """Create or update what the body holds; raises RequestRefused or ValidationRefused."""
    elements = _elements(exchange.body, endpoint, wanted)
    if wanted:
        elements = [{**elements[0], endpoint.id_key: wanted}]
    exchange.entry.elements = [_label(raw, endpoint) for raw in elements]
    call = Call(
        organisation=organisation,
        creates=exchange.request.method == "PUT",
        places=places(exchange),
        now=exchange.xero.clock.now(),
        app=app,
    )
    summarised = exchange.request.args.get("summarizeErrors", "true").lower() != "false"
    saved = _save_all(call, elements, endpoint, exchange.fault, summarised=summarised)
    shown = [_element(call, raw, result, endpoint) for raw, result in zip(elements, saved, strict=True)]
    exchange.entry.results = [
        _result(result, label, body[endpoint.id_key])
        for result, label, body in zip(saved, exchange.entry.elements, shown, strict=True)
    ]
    organisation.settle()
    if summarised and any(isinstance(result, Refused) for result in saved):
        raise ValidationRefused(
            [body for body, result in zip(shown, saved, strict=True) if isinstance(result, Refused)]
        )
    bodies = [_warned(exchange.fault, raw, body) for raw, body in zip(elements, shown, strict=True)]
    return answers.envelope({endpoint.plural: bodies}, now=call.now)


def _save_all(
    call: Call, elements: list[Json], endpoint: Endpoint, fault: Fault | None, *, summarised: bool
) -> list[object]:
    """Each element in turn; unless results are per element, one refusal takes back everything."""
    with call.organisation.attempt() as trial:
        saved: list[object] = [_scripted(fault, raw) or endpoint.save(call, raw) for raw in elements]
        if summarised and any(isinstance(result, Refused) for result in saved):
            trial.take_back()
        return saved


def _scripted(fault: Fault | None, raw: Json) -> Refused | None:
    if fault is None or fault.kind != "refuse" or not fault.is_about(raw):
        return None
    return Refused(messages=tuple(fault.messages), warnings=tuple(fault.warnings))


def _element(call: Call, raw: Json, result: object, endpoint: Endpoint) -> Json:
    if isinstance(result, Refused):
        body = wire.sent_back(raw, id_key=endpoint.id_key, messages=result.messages, warnings=result.warnings)
        return {"StatusAttributeString": "ERROR", **body, endpoint.fault_flag: True}
    body = endpoint.show(call, result)
    return {"StatusAttributeString": "OK", **body, endpoint.fault_flag: False}


def _warned(fault: Fault | None, raw: Json, body: Json) -> Json:
    if fault is None or fault.kind != "warn" or not fault.is_about(raw):
        return body
    return {**body, "StatusAttributeString": "WARNING", "Warnings": [{"Message": said} for said in fault.warnings]}


def _result(result: object, label: str, found: object) -> dict[str, object]:
    if isinstance(result, Refused):
        return {"number": label, "result": "ERROR", "messages": list(result.messages)}
    return {"number": label, "result": "OK", "id": found}


def _label(raw: Json, endpoint: Endpoint) -> str:
    return str(raw.get(endpoint.number_key) or raw.get("Name") or raw.get(endpoint.id_key) or "")


def _elements(body: bytes, endpoint: Endpoint, wanted: str) -> list[Json]:
    """The elements of the envelope, or the one object sent without it."""
    parsed = _parsed(body)
    if isinstance(parsed, dict) and endpoint.plural not in parsed:
        alone = wanted or any(key in parsed for key in (endpoint.id_key, endpoint.number_key, *ALONE))
        parsed = {endpoint.plural: [parsed] if alone and parsed else []}
    listed = parsed[endpoint.plural] if isinstance(parsed, dict) else parsed
    if listed in ([], None):
        raise no_data_processed(endpoint.plural)
    if not isinstance(listed, list) or not all(isinstance(item, dict) for item in listed):
        raise malformed_json()
    return listed


def _parsed(body: bytes) -> object:
    try:
        text = body.decode()
        parsed = json.loads(text, parse_float=Decimal, parse_constant=_no_constant)
    except (UnicodeDecodeError, ValueError, RecursionError):
        raise malformed_json() from None
    _refuse_forbidden_characters(parsed)
    return parsed


def _no_constant(name: str) -> object:
    raise ValueError(name)


def _refuse_forbidden_characters(value: object) -> None:
    pending = [value]
    while pending:
        item = pending.pop()
        if isinstance(item, dict):
            pending.extend(item.values())
        elif isinstance(item, list):
            pending.extend(item)
        elif isinstance(item, str) and (match := FORBIDDEN.search(item)):
            raise _invalid_character(match[0])


def _invalid_character(character: str) -> RequestRefused:
    return post_data_invalid(
        f"Xml for post data was invalid, '', hexadecimal value 0x{ord(character):02X}, is an invalid character"
    )
