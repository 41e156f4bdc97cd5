"""One request on its way through: what came, its line in the ledger, the fault that strikes it."""

from collections.abc import Callable
from dataclasses import dataclass, field

from werkzeug.wrappers import Request, Response

from xero_emulator.domain.faults import Fault
from xero_emulator.domain.ledger import Entry
from xero_emulator.domain.xero import Xero
from xero_emulator.web import answers


@dataclass
class Exchange:
    """A request to one of Xero's hosts. ``when_sent`` runs after the last byte of the answer."""

    xero: Xero
    request: Request
    body: bytes
    entry: Entry
    fault: Fault | None
    when_sent: list[Callable[[], None]] = field(default_factory=list)

    def scripted_answer(self) -> Response | None:
        """The answer a fault puts in place of the right one."""
        fault = self.fault
        if fault is None:
            return None
        if fault.kind == "html":
            return answers.html_page()
        if fault.kind == "wrong_json":
            return Response(fault.body or '{"Invoices": [', status=200, content_type=answers.JSON_TYPE)
        if fault.kind != "status":
            return None
        if fault.status == 429:
            return answers.limited(kind=fault.limit or "minute", retry_after=fault.retry_after)
        text = fault.body if fault.body is not None else _status_text(fault.status)
        headers = dict(fault.headers)
        if fault.retry_after is not None:
            headers["Retry-After"] = str(fault.retry_after)
        kind = answers.JSON_TYPE if text.startswith("{") else "text/html; charset=utf-8"
        return Response(text, status=fault.status, headers=headers, content_type=kind)

    def answer_instead(self) -> Response | None:
        """The scripted answer, if the work is not to be done at all."""
        return None if self.fault is None or self.fault.after_work else self.scripted_answer()

    def answer_after_work(self, answer: Response) -> Response:
        """The scripted answer, if it is to hide the right one; the work is done."""
        return (self.scripted_answer() if self.fault is not None and self.fault.after_work else None) or answer


def _status_text(status: int) -> str:
    return "The Organisation is offline" if status == 503 else "An error occurred in Xero."
