"""The kind "invoice": a bill, as a sales invoice in Xero."""

from xero_sync.domain.errors import Fault
from xero_sync.domain.kinds import KindSpec
from xero_sync.kinds.invoice.accept import accept
from xero_sync.kinds.invoice.calls import CALLS
from xero_sync.kinds.invoice.document import InvoiceDocument
from xero_sync.kinds.invoice.fixes import ENDED_CODE, FIXES, NUMBER_TAKEN
from xero_sync.kinds.invoice.identity import identify, is_ours, is_ours_renumbered
from xero_sync.kinds.invoice.in_xero import InvoiceInXero
from xero_sync.kinds.invoice.index_columns import index_columns
from xero_sync.kinds.invoice.labels import LABELS
from xero_sync.kinds.invoice.line_ids import match_lines
from xero_sync.kinds.invoice.mapping import VOID_HASH, changes_when_accepted, map_invoice
from xero_sync.kinds.invoice.sides import SIDES
from xero_sync.kinds.invoice.snapshot import InvoiceRows

INVOICE = KindSpec(
    code=InvoiceDocument.kind,
    labels=LABELS,
    calls=CALLS,
    rows=InvoiceRows(),
    waits_for="CONTACT",
    map_document=lambda document, preferences, books: map_invoice(document, preferences=preferences, books=books),
    identify=identify,
    is_ours=is_ours,
    is_ours_renumbered=is_ours_renumbered,
    read_in_xero=InvoiceInXero.from_xero,
    changes_when_accepted=changes_when_accepted,
    index_columns=index_columns,
    gone_code="missing-in-xero",
    ended_code=ENDED_CODE,
    void_hash=VOID_HASH,
    changed_code="bill-changed-in-xero",
    taken_codes=frozenset({NUMBER_TAKEN}),
    taken_fault=Fault("Invoice # must be unique."),
    waited_archived="contact-archived",
    waited_gone="contact-gone",
    match_lines=match_lines,
    fixes=FIXES,
    sides=SIDES,
    accept=accept,
)
