"""The automatic fixes of a refused bill. Pure."""

from xero_sync.domain.automatic_fixes import AutomaticFix, Fixed, FoundInXero, Reads, Refusal
from xero_sync.domain.errors import Fault
from xero_sync.domain.link import Link
from xero_sync.domain.record import RecordChanges, record_seen
from xero_sync.domain.xero_json import read_text
from xero_sync.kinds.invoice.in_xero import ENDED, InvoiceInXero
from xero_sync.kinds.invoice.line_ids import match_lines
from xero_sync.kinds.invoice.matching import match_invoice

NUMBER_TAKEN = "invoice-number-taken"
STATUS_WITH_PAYMENT = "status-with-payment"
CLOSED = frozenset({"invoice-closed-in-xero", "document-closed-in-xero"})
LINES_GONE = "lines-gone-in-xero"
LINES = "lines"
ENDED_CODE = "voided-in-xero"


def adopt_bill(refusal: Refusal, found: FoundInXero) -> Fixed | None:
    """Adopt the bill in Xero under our number, or word the refusal with the differences."""
    document = refusal.document
    in_xero = next((each for each in reversed(found.documents) if each.get("InvoiceNumber") == document.number), None)
    if in_xero is None:
        return None
    answer = match_invoice(document, found=in_xero)
    if isinstance(answer, Fault):
        return Fixed(fault=answer)
    link = Link(evidence=answer.code, note=answer.note)
    read = InvoiceInXero.from_xero(in_xero)
    changes: RecordChanges = {"xero_id": answer.xero_id, "status": answer.status, "link": link}
    changes |= record_seen(read, at=found.read_at)
    if read.settled:
        # A bill that is paid or credited in Xero is left alone, and counts as the same.
        changes |= {"confirmed_hash": refusal.content_hash, "link": link.close("settled-in-xero")}
        changes |= {"subtotal": read.subtotal, "tax": read.tax, "total": read.total}
    return Fixed(changes)


def agree_on_void(refusal: Refusal, found: FoundInXero) -> Fixed | None:
    """Record that both sides agree where a void bill is void or deleted in Xero too; nothing is to be sent."""
    read = _find_ended(refusal, found)
    if read is None:
        return None
    agreed: RecordChanges = {"status": read.status, "confirmed_hash": refusal.content_hash}
    return Fixed({**agreed, **record_seen(read, at=found.read_at)})


def ask_about_end(refusal: Refusal, found: FoundInXero) -> Fixed | None:
    """Word the refusal of a bill that is live here and was voided or deleted in Xero: a person decides."""
    read = _find_ended(refusal, found)
    if read is None:
        return None
    # Nothing that was confirmed before counts: going back to earlier words makes the bill no bill in Xero again.
    closed: RecordChanges = {"status": read.status, "confirmed_hash": "", "link": refusal.link.close(ENDED_CODE)}
    return Fixed({**closed, **record_seen(read, at=found.read_at)}, Fault("", code=ENDED_CODE, source="preflight"))


def _find_ended(refusal: Refusal, found: FoundInXero) -> InvoiceInXero | None:
    own = refusal.document.xero_id.lower()
    in_xero = next((each for each in found.documents if read_text(each, "InvoiceID").lower() == own), None)
    read = InvoiceInXero.from_xero(in_xero or {})
    return read if read.status in ENDED else None


def send_without_status(refusal: Refusal, _: FoundInXero) -> Fixed:
    """Send the bill without its status: it is approved in Xero, and a payment makes the status final."""
    return Fixed({"status": "AUTHORISED", "link": refusal.link})


def find_lines_again(refusal: Refusal, found: FoundInXero) -> Fixed | None:
    """Match the lines in Xero with ours anew, once for each save; a line without a match goes as a new one."""
    own = refusal.document.xero_id.lower()
    in_xero = next((each for each in found.documents if read_text(each, "InvoiceID").lower() == own), None)
    if in_xero is None or refusal.link.count_tries(LINES):
        return None
    changes: RecordChanges = {
        "line_ids": match_lines(refusal.document.line_keys, refusal.stated, in_xero),
        "link": refusal.link.add_try(LINES),
    }
    return Fixed({**changes, **record_seen(InvoiceInXero.from_xero(in_xero), at=found.read_at)})


FIXES = (
    AutomaticFix(
        codes=frozenset({NUMBER_TAKEN}),
        applies=lambda refusal: refusal.preferences.on("adopt_existing_invoices"),
        reads=Reads.NUMBERED,
        number=lambda refusal: str(refusal.document.number),
        decide=adopt_bill,
        waits=True,
    ),
    AutomaticFix(
        codes=CLOSED, applies=lambda refusal: bool(refusal.document.is_void), reads=Reads.NUMBERED, decide=agree_on_void
    ),
    AutomaticFix(
        codes=CLOSED,
        applies=lambda refusal: not refusal.document.is_void,
        reads=Reads.NUMBERED,
        decide=ask_about_end,
        waits=True,
    ),
    AutomaticFix(codes=frozenset({STATUS_WITH_PAYMENT}), decide=send_without_status),
    AutomaticFix(codes=frozenset({LINES_GONE}), reads=Reads.NUMBERED, decide=find_lines_again, waits=True),
)
