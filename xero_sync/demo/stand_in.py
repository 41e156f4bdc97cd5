"""The demo's client of the emulator: its controls, and its consent page, which agrees at once."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import urllib3
from django.conf import settings

from firms.refusals import Refused

NO_STAND_IN = (
    "There is no emulated Xero at {url}, and sample bills go to no other. Start one with "
    "`python -m xero_emulator --port PORT --auto-consent`, name it in XERO_LOGIN_URL, XERO_IDENTITY_URL and "
    "XERO_API_URL, and try again."
)


class StandIn:
    """A client of one emulator."""

    def __init__(self, *, url: str) -> None:
        self.url = url
        self._pool = urllib3.PoolManager(retries=False, timeout=10)

    @classmethod
    def configured(cls) -> "StandIn":
        """The emulator that the settings name. Raises Refused if they name none: the demo never uses real books."""
        stand_in = cls(url=settings.XERO.api)
        host = urlsplit(stand_in.url).hostname or ""
        if not settings.DEVELOPMENT or host.endswith("xero.com") or not stand_in._answers():
            raise Refused({"": NO_STAND_IN.format(url=stand_in.url)})
        return stand_in

    def organisations(self) -> dict[str, str]:
        """Ids of its organisations by name."""
        rows = self._control("GET", "organisations")["organisations"]
        return {row["name"]: row["id"] for row in rows}

    def organisation(self, *, name: str) -> str:
        """The id of the organisation of this name, made if there is none."""
        known = self.organisations().get(name)
        made = known or self._control("POST", "organisations", {"template": "AU", "name": name})["id"]
        return str(made)

    def books(self, *, organisation_id: str) -> "Books":
        """Read the organisation's totals and calls."""
        return Books(self._control("GET", f"organisations/{organisation_id}/summary"))

    def do_as_bookkeeper(self, *, organisation_id: str, action: str, values: Mapping[str, Any]) -> None:
        """Do what a bookkeeper does in Xero. Raises Refused if the emulator refuses."""
        self._control("POST", f"organisations/{organisation_id}/{action}", values)

    def consent(self, *, url: str, organisation_id: str, user: str) -> dict[str, str]:
        """Agree to one organisation on the consent page at `url`; the parameters its redirect brings back."""
        extra = urlencode({"organisations": organisation_id, "user": user})
        answer = self._pool.request("GET", f"{url}&{extra}", redirect=False)
        location = answer.headers.get("Location", "")
        if not location:
            raise Refused({"": f"The emulator at {self.url} does not agree by itself: start it with --auto-consent."})
        return {name: values[0] for name, values in parse_qs(urlsplit(location).query).items()}

    def _answers(self) -> bool:
        try:
            return self._pool.request("GET", f"{self.url}/_emulator/organisations").status == 200
        except urllib3.exceptions.HTTPError:
            return False

    def _control(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Any:
        text = json.dumps(body) if body is not None else None
        answer = self._pool.request(method, f"{self.url}/_emulator/{path}", body=text)
        given = json.loads(answer.data)
        if answer.status >= 400:
            raise Refused({"": f"The emulated Xero refused {path}: {given.get('error')}"})
        return given


@dataclass(frozen=True)
class Books:
    """An organisation's summary, as the emulator reports it."""

    summary: Mapping[str, Any]

    @property
    def invoices(self) -> list[Mapping[str, Any]]:
        return list(self.summary["invoices"])

    @property
    def accounts(self) -> Mapping[str, str]:
        """Totals before tax by account code."""
        found: Mapping[str, str] = self.summary["accounts"]
        return found

    @property
    def calls(self) -> int:
        return int(self.summary["calls_today"])
