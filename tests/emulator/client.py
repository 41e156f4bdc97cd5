"""A plain HTTP client for the emulator, as an app would use Xero."""

import base64
import hashlib
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import urllib3

from xero_emulator import EmulatorServer
from xero_emulator.domain.organisation import Organisation

SCOPES = "offline_access accounting.contacts accounting.invoices accounting.settings.read"
CALLBACK = "http://localhost:8000/xero/callback/"
API = "/api.xro/2.0/"


class ManualClock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 20, 9, 0, 10, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **parts: float) -> None:
        self.now += timedelta(**parts)


@dataclass
class Answer:
    """What came back."""

    status: int
    headers: Any
    data: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.data)

    @property
    def messages(self) -> list[str]:
        """Every validation message in the answer, in order."""
        listed = next((value for value in self.json.values() if isinstance(value, list)), [])
        return [error["Message"] for item in listed for error in item.get("ValidationErrors", [])]


@dataclass
class App:
    """An app with its own client id, connected or not."""

    server: EmulatorServer
    client_id: str = "app-one"
    token: str = ""
    refresh_token: str = ""
    organisation_id: str = ""
    http: urllib3.PoolManager = field(default_factory=lambda: urllib3.PoolManager(retries=False, maxsize=20))

    def request(self, method: str, path: str, **options: Any) -> Answer:
        got = self.http.request(method, self.server.url + path, redirect=False, timeout=10, **options)
        return Answer(status=got.status, headers=got.headers, data=got.data)

    def authorise(self, **params: str) -> dict[str, str]:
        """The query the browser is sent back with."""
        answer = self.authorise_page(**params)
        assert answer.status == 302, answer.data
        return {key: value[0] for key, value in parse_qs(urlsplit(answer.headers["Location"]).query).items()}

    def authorise_page(self, **params: str) -> Answer:
        asked = {
            "response_type": "code",
            "client_id": self.client_id,
            "redirect_uri": CALLBACK,
            "scope": SCOPES,
            "state": "s-1",
        }
        return self.request("GET", "/identity/connect/authorize?" + urlencode(asked | params))

    def tokens(self, **form: str) -> Answer:
        basic = base64.b64encode(f"{self.client_id}:secret".encode()).decode()
        return self.request(
            "POST", "/connect/token", fields=form, encode_multipart=False, headers={"Authorization": f"Basic {basic}"}
        )

    def exchange(self, code: str, **form: str) -> Answer:
        return self.tokens(**{"grant_type": "authorization_code", "code": code, "redirect_uri": CALLBACK} | form)

    def refresh(self, token: str | None = None) -> Answer:
        return self.tokens(grant_type="refresh_token", refresh_token=token or self.refresh_token)

    def connect(self, organisation: Organisation, **params: str) -> "App":
        back = self.authorise(organisations=organisation.organisation_id, **params)
        got = self.exchange(back["code"]).json
        self.token, self.refresh_token = got["access_token"], got.get("refresh_token", "")
        self.organisation_id = organisation.organisation_id
        return self

    def call(self, method: str, path: str, body: object = None, key: str = "", **headers: str) -> Answer:
        """A call to the accounting API; ``path`` starts after its version."""
        sent = self.headers() | {"Content-Type": "application/json"}
        sent |= {"Idempotency-Key": key} if key else {}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        raw = body if isinstance(body, bytes | None) else json.dumps(body).encode()
        return self.request(method, API + path, body=raw, headers=sent)

    def headers(self) -> dict[str, str]:
        """What every call to the accounting API carries."""
        bearer = f"Bearer {self.token}"
        return {"Authorization": bearer, "xero-tenant-id": self.organisation_id, "Accept": "application/json"}

    def put(self, plural: str, *elements: dict[str, Any], key: str = "") -> Answer:
        return self.call("PUT", f"{plural}?summarizeErrors=false&unitdp=4", {plural: list(elements)}, key)

    def post(self, plural: str, *elements: dict[str, Any], key: str = "") -> Answer:
        return self.call("POST", f"{plural}?summarizeErrors=false&unitdp=4", {plural: list(elements)}, key)

    def contact(self, name: str = "Ada Client", **fields: Any) -> str:
        """Create a contact and return its id."""
        made = self.put("Contacts", {"Name": name, **fields}).json["Contacts"][0]
        assert made["StatusAttributeString"] == "OK", made
        return str(made["ContactID"])

    def invoice(self, contact_id: str, **fields: Any) -> dict[str, Any]:
        """Create an invoice and return it as answered."""
        made: dict[str, Any] = self.put("Invoices", invoice(contact_id, **fields)).json["Invoices"][0]
        assert made["StatusAttributeString"] == "OK", made
        return made

    def control(self, method: str, path: str, body: object = None) -> Any:
        """One of the emulator's own controls."""
        answer = self.request(method, f"/_emulator/{path}", body=json.dumps(body or {}).encode())
        assert answer.status == 200, answer.data
        return answer.json

    def act(self, name: str, /, **given: Any) -> Any:
        """What a bookkeeper does in the connected organisation."""
        return self.control("POST", f"organisations/{self.organisation_id}/{name}", given)


def line(**fields: Any) -> dict[str, Any]:
    """A line that Xero takes."""
    return {"Description": "Advice", "Quantity": 1, "UnitAmount": 100, "AccountCode": "200"} | fields


def invoice(contact_id: str, **fields: Any) -> dict[str, Any]:
    """An approved invoice that Xero takes."""
    return {
        "Type": "ACCREC",
        "InvoiceNumber": "B-1",
        "Contact": {"ContactID": contact_id},
        "Date": "2026-11-10",
        "DueDate": "2026-12-10",
        "Status": "AUTHORISED",
        "LineAmountTypes": "Exclusive",
        "LineItems": [line()],
    } | fields


def pkce_challenge(verifier: str) -> str:
    """The S256 challenge of a verifier."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
