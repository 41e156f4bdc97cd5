"""A second stand-in for Xero that knows almost nothing, so that it shares no assumption with the first.

Written from xero_accounting.yaml and xero-identity.yaml alone. It stores what is sent, refuses nothing, keeps no
idempotency key, sends no limits, and orders lines as Xero does: those without a LineItemID first.
"""

import base64
import json
import threading
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal
from email.utils import parsedate_to_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qs, unquote, urlsplit

Json = dict[str, Any]
TENANT = "7d1c3c5e-0000-4000-8000-000000000001"
USER = "7d1c3c5e-0000-4000-8000-000000000002"
CONNECTION = "7d1c3c5e-0000-4000-8000-000000000003"
EVENT = "7d1c3c5e-0000-4000-8000-000000000004"
SCOPES = "offline_access accounting.contacts accounting.invoices accounting.settings.read"
KEYS = {"Contacts": "ContactID", "Invoices": "InvoiceID"}
NUMBERS = {"Contacts": "ContactNumber", "Invoices": "InvoiceNumber"}
RATES = {"OUTPUT": Decimal(10), "EXEMPTOUTPUT": Decimal(0), "BASEXCLUDED": Decimal(0)}
ACCOUNTS = {"200": "Fees", "405": "Expenses Recovered"}
CENT = Decimal("0.01")


def cents(value: Decimal) -> Decimal:
    return value.quantize(CENT, rounding=ROUND_HALF_UP)


def in_milliseconds(moment: datetime) -> str:
    return f"/Date({int(moment.timestamp() * 1000)}+0000)/"


class Books:
    """What one organisation holds: JSON as it was sent, with ids, sums and stamps put in."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.documents: dict[str, dict[str, Json]] = {"Contacts": {}, "Invoices": {}}
        self.stamps: dict[str, datetime] = {}
        self.writes: list[tuple[str, str]] = []

    def write(self, method: str, plural: str, sent: list[Json]) -> list[Json]:
        self.writes.append((method, plural))
        return [self._stored(plural, document) for document in sent]

    def _stored(self, plural: str, sent: Json) -> Json:
        key = KEYS[plural]
        identity = str(sent.get(key) or uuid.uuid4())
        held = self.documents[plural].get(identity, {})
        stored = (
            {"Status": "DRAFT"} | held | sent if plural == "Invoices" else {"ContactStatus": "ACTIVE"} | held | sent
        )
        stored |= {key: identity, "StatusAttributeString": "OK"}
        if plural == "Invoices":
            self._complete_invoice(stored, held.get("LineItems", []), "LineItems" in sent)
        now = datetime.now(UTC)
        stored["UpdatedDateUTC"] = in_milliseconds(now)
        self.documents[plural][identity], self.stamps[identity] = stored, now
        return stored

    def _complete_invoice(self, invoice: Json, held: list[Json], lines_sent: bool) -> None:
        if lines_sent:
            known = {line["LineItemID"]: line for line in held}
            new = [line for line in invoice["LineItems"] if line.get("LineItemID") not in known]
            old = [line for line in invoice["LineItems"] if line.get("LineItemID") in known]
            merged = [{**line, "LineItemID": str(uuid.uuid4())} for line in new]
            # A tax is kept from what was there only if it is sent again.
            merged += [known[line["LineItemID"]] | {"TaxAmount": None} | line for line in old]
            invoice["LineItems"] = merged
        mode = str(invoice.get("LineAmountTypes", "Exclusive")).lower()
        for line in invoice["LineItems"]:
            line |= self._figures(line, mode)
        amounts = sum((Decimal(str(line["LineAmount"])) for line in invoice["LineItems"]), Decimal(0))
        tax = sum((Decimal(str(line["TaxAmount"])) for line in invoice["LineItems"]), Decimal(0))
        net = amounts - tax if mode == "inclusive" else amounts
        invoice |= {"SubTotal": float(net), "TotalTax": float(tax), "Total": float(net + tax)}
        invoice |= {"AmountDue": float(net + tax), "AmountPaid": 0.0, "AmountCredited": 0.0}
        for name in ("Date", "DueDate"):
            if "/" not in (sent := str(invoice.get(name) or "/")):
                day = datetime.fromisoformat(sent[:10]).replace(tzinfo=UTC)
                invoice |= {name: in_milliseconds(day), f"{name}String": f"{sent[:10]}T00:00:00"}
        contact = self.documents["Contacts"].get(invoice["Contact"]["ContactID"], {})
        invoice["Contact"] = {"ContactID": invoice["Contact"]["ContactID"], "Name": contact.get("Name", "")}

    def _figures(self, line: Json, mode: str) -> Json:
        quantity, price = Decimal(str(line.get("Quantity", 1))), Decimal(str(line.get("UnitAmount", 0)))
        amount = cents(quantity * price) - cents(Decimal(str(line.get("DiscountAmount", 0))))
        rate = Decimal(0) if mode == "notax" else RATES[line.get("TaxType") or "OUTPUT"]
        tax = cents(amount * rate / (100 + rate if mode == "inclusive" else 100))
        sent = None if line.get("TaxAmount") is None else cents(Decimal(str(line["TaxAmount"])))
        if sent is not None and mode != "notax" and abs(sent - tax) <= CENT:
            # The description: the computed tax can be overridden. What rounding does not explain is computed.
            tax = sent
        return {"LineAmount": float(amount), "TaxAmount": float(tax)}

    def read(self, plural: str, wanted: str, query: Mapping[str, str], since: datetime | None) -> list[Json]:
        found = list(self.documents[plural].values())
        key, number = KEYS[plural], NUMBERS[plural]
        if wanted:
            return [item for item in found if wanted in (item[key], item.get(number))]
        ids = {each for each in query.get("IDs", "").split(",") if each}
        numbers = {each for each in query.get("InvoiceNumbers", "").split(",") if each}
        term = query.get("searchTerm", "").casefold()
        return [
            item
            for item in found
            if (not ids or item[key] in ids)
            and (not numbers or item.get(number) in numbers)
            and (not term or term in json.dumps(item).casefold())
            and (since is None or self.stamps[item[key]] >= since)
        ]


def settings_of(endpoint: str) -> list[Json] | None:
    """The organisation's own lists, or None for an endpoint that is none of them."""
    lists: dict[str, list[Json]] = {
        "Organisation": [
            {
                "OrganisationID": TENANT,
                "Name": "A dumb organisation",
                "Version": "AU",
                "CountryCode": "AU",
                "BaseCurrency": "AUD",
                "OrganisationStatus": "ACTIVE",
                "Timezone": "AUSEASTERNSTANDARDTIME",
                "ShortCode": "!dumb",
            }
        ],
        "Accounts": [
            {
                "AccountID": str(uuid.uuid5(uuid.NAMESPACE_URL, code)),
                "Code": code,
                "Name": name,
                "Type": "REVENUE",
                "Class": "REVENUE",
                "Status": "ACTIVE",
                "TaxType": "OUTPUT",
            }
            for code, name in ACCOUNTS.items()
        ],
        "TaxRates": [
            {
                "Name": tax_type,
                "TaxType": tax_type,
                "Status": "ACTIVE",
                "CanApplyToRevenue": True,
                "CanApplyToExpenses": True,
                "CanApplyToLiabilities": True,
                "EffectiveRate": float(rate),
                "DisplayTaxRate": float(rate),
            }
            for tax_type, rate in RATES.items()
        ],
        "Currencies": [{"Code": "AUD", "Description": "Australian Dollar"}],
    }
    return lists.get(endpoint)


def tokens() -> Json:
    claims = base64.urlsafe_b64encode(json.dumps({"xero_userid": USER, "authentication_event_id": EVENT}).encode())
    access = f"e30.{claims.decode().rstrip('=')}.x"
    return {
        "access_token": access,
        "refresh_token": uuid.uuid4().hex,
        "expires_in": 1800,
        "token_type": "Bearer",
        "scope": SCOPES,
    }


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: "DumbXero"

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class calls it so
        """Nobody reads it."""

    def _serve(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        with self.server.books.lock:
            status, answer = self._answer(urlsplit(self.path).path.strip("/"), body)
        raw = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json; charset=utf-8")
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)

    do_GET = do_POST = do_PUT = _serve  # noqa: N815 - the base class asks for these names

    def _answer(self, path: str, body: bytes) -> tuple[int, Any]:
        if path == "connect/token":
            return 200, tokens()
        if path.lower() == "connections":
            row = {"id": CONNECTION, "tenantId": TENANT, "tenantType": "ORGANISATION", "authEventId": EVENT}
            return 200, [row | {"tenantName": "A dumb organisation"}]
        endpoint, _, wanted = path.removeprefix("api.xro/2.0/").partition("/")
        if (listed := settings_of(endpoint)) is not None:
            return 200, {"Organisations" if endpoint == "Organisation" else endpoint: listed}
        if endpoint not in KEYS:
            return 404, {}
        if self.command == "GET":
            return self._reading(endpoint, unquote(wanted))
        return 200, {endpoint: self.server.books.write(self.command, endpoint, json.loads(body)[endpoint])}

    def _reading(self, plural: str, wanted: str) -> tuple[int, Any]:
        query = {key: values[0] for key, values in parse_qs(urlsplit(self.path).query).items()}
        found = self.server.books.read(plural, wanted, query, self._since())
        if wanted and not found:
            return 404, {}
        pages = {"page": 1, "pageSize": len(found), "pageCount": 1, "itemCount": len(found)}
        return 200, {plural: found, "pagination": pages}

    def _since(self) -> datetime | None:
        text = self.headers.get("If-Modified-Since")
        if not text:
            return None
        moment = parsedate_to_datetime(text) if "," in text else datetime.fromisoformat(text)
        return moment.replace(tzinfo=UTC)


class DumbXero(ThreadingHTTPServer):
    """A running dumb Xero on loopback, as a context manager: `url` to call, `books` to look into."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.books = Books()
        self.url = f"http://127.0.0.1:{self.server_port}"
        self._thread = threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.shutdown()
        self._thread.join()
        self.server_close()
