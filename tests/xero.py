"""The emulated Xero as tests speak of it, and the shortest honest way to connect a firm to it."""

import json
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import urllib3
from django.utils import timezone

from config.xero_urls import XeroUrls
from firms.models import Firm, User
from xero_emulator import EmulatorServer
from xero_sync import outbox
from xero_sync.engine import Turned, sync_firm
from xero_sync.engine.turn_context import Timing
from xero_sync.kinds.rows import kind_of_row
from xero_sync.models import BillSyncSettings, SyncJob, XeroConnection
from xero_sync.organisation import oauth, tokens
from xero_sync.organisation.reader import read_chart, read_index

HTTP = urllib3.PoolManager(retries=False)
TIMING = Timing(lease_s=60, deadline_s=0, look_up_after_s=0, resend_after_s=0, calls_per_turn=100, fresh_s=0)


@dataclass
class Xero:
    """The emulator with one organisation in view, the Australian one unless another is named."""

    server: EmulatorServer
    organisation_id: str

    @classmethod
    def started(cls, server: EmulatorServer, settings: Any) -> "Xero":
        settings.XERO = XeroUrls(login=server.url, identity=server.url, api=server.url)
        settings.SYNC_RESEND_AFTER_SECONDS = 0
        settings.XERO_CLIENT_ID, settings.XERO_CLIENT_SECRET = "id", "secret"
        settings.XERO_REDIRECT_URI = "http://localhost:8000/xero/callback/"
        xero = cls(server, "")
        xero.control("POST", "reset")
        rows = xero.control("GET", "organisations")
        xero.organisation_id = next(row["id"] for row in rows["organisations"] if row["country"] == "AU")
        return xero

    def control(self, method: str, path: str, /, **body: Any) -> Any:
        """One call of the emulator's own controls."""
        answer = HTTP.request(method, f"{self.server.url}/_emulator/{path}", body=json.dumps(body) if body else None)
        assert answer.status < 400, answer.data
        return json.loads(answer.data) if answer.data else None

    def act(self, name: str, /, **body: Any) -> Any:
        """What a bookkeeper does in this organisation."""
        return self.control("POST", f"organisations/{self.organisation_id}/{name}", **body)

    def fault(self, **body: Any) -> None:
        """Something that goes wrong with the next matching request."""
        self.control("POST", "faults", **body)

    def switch(self, name: str, *, on: bool) -> None:
        """One of the ways of Xero that differ from what a client expects, as the emulator's README lists them."""
        self.act("switch", name=name, on=on)

    def work_late(self) -> None:
        """Let the writes that were put off be worked on now, also those due later."""
        self.control("POST", "late")

    def document(self, number: str) -> dict[str, Any]:
        """The invoice in full, as Xero would answer it, without a call."""
        return next(item for item in self._documents["invoices"] if item["InvoiceNumber"] == number)

    def contact_named(self, name: str) -> dict[str, Any]:
        """The contact in full, as Xero would answer it, without a call."""
        return next(item for item in self._documents["contacts"] if item["Name"] == name)

    @property
    def _documents(self) -> dict[str, list[dict[str, Any]]]:
        found: dict[str, list[dict[str, Any]]] = self.control("GET", f"organisations/{self.organisation_id}/documents")
        return found

    @property
    def summary(self) -> Any:
        return self.control("GET", f"organisations/{self.organisation_id}/summary")

    @property
    def invoices(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.summary["invoices"]
        return found

    @property
    def contacts(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.summary["contacts"]
        return found

    def numbered(self, number: str) -> list[dict[str, Any]]:
        return [invoice for invoice in self.invoices if invoice["number"] == number]

    @property
    def calls(self) -> list[dict[str, Any]]:
        """The ledger: every call to the accounting API that arrived."""
        entries = self.control("GET", "ledger")["entries"]
        return [entry for entry in entries if entry["path"].lower().startswith("/api.xro")]

    def forget_calls(self) -> None:
        self.control("POST", "ledger")


def consent_code(server: EmulatorServer, *, organisations: str = "") -> str:
    """An authorisation code, as the consent page's redirect carries it."""
    url = oauth.authorise_url(state="state-of-a-test", verifier=VERIFIER)
    answer = HTTP.request("GET", f"{url}&organisations={organisations}", redirect=False)
    return parse_qs(urlsplit(answer.headers["Location"]).query)["code"][0]


VERIFIER = "v" * 64


def connect_firm(*, firm: Firm, admin: User, xero: Xero, confirmed: bool = True) -> XeroConnection:
    """Connect without the pages: consent, tokens, the connection's row, its chart, default accounts."""
    pair = tokens.exchange(code=consent_code(xero.server, organisations=xero.organisation_id), verifier=VERIFIER)
    credential = tokens.store_pair(pair=pair, now=timezone.now())
    connection = XeroConnection.objects.create(
        firm=firm,
        credential=credential,
        xero_connection_id="connection",
        xero_tenant_id=xero.organisation_id,
        organisation_name="Demo",
        connected_by=admin,
    )
    token = tokens.access_token(credential_id=credential.pk, now=timezone.now())
    read_chart(firm=firm, connection=connection, token=token)
    BillSyncSettings.objects.filter(firm=firm).update(
        services_account="200", expenses_account="405", confirmed_at=timezone.now() if confirmed else None
    )
    outbox.rejudge(firm=firm, now=timezone.now())
    xero.forget_calls()
    return connection


def sync(firm: Firm, *, timing: Timing = TIMING) -> Turned:
    """One turn of the firm's lane, in this process."""
    return sync_firm(firm=firm, task_id="task-of-a-test", worker="worker-of-a-test", timing=timing)


def sync_batches(firm: Firm, most: int) -> Turned:
    """A turn of at most so many calls."""
    return sync(firm, timing=replace(TIMING, calls_per_turn=most))


def read_chart_of(firm: Firm) -> None:
    """Read the organisation's accounts, rates and lock dates again, as the hourly round does."""
    connection = XeroConnection.objects.get(firm=firm)
    token = tokens.access_token(credential_id=connection.credential_id, now=timezone.now())
    read_chart(firm=firm, connection=connection, token=token)


def read_index_of(firm: Firm) -> None:
    """Read the organisation's contacts and bills, as the hourly round does."""
    connection = XeroConnection.objects.get(firm=firm)
    token = tokens.access_token(credential_id=connection.credential_id, now=timezone.now())
    assert read_index(firm=firm, connection=connection, token=token)


def job_of(obj: Any) -> SyncJob:
    """The document's job as it stands now."""
    return SyncJob.objects.select_related("record").get(kind=kind_of_row(obj).code, object_id=obj.pk)
