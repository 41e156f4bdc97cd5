"""The kind "contact": a client, as Xero keeps it."""

from xero_sync.domain.kinds import KindSpec
from xero_sync.kinds.contact.accept import accept
from xero_sync.kinds.contact.calls import CALLS
from xero_sync.kinds.contact.document import ContactDocument
from xero_sync.kinds.contact.fixes import FIXES
from xero_sync.kinds.contact.identity import identify, is_ours
from xero_sync.kinds.contact.in_xero import ContactInXero
from xero_sync.kinds.contact.index_columns import index_columns
from xero_sync.kinds.contact.labels import LABELS
from xero_sync.kinds.contact.look_alikes import LOOK_ALIKES
from xero_sync.kinds.contact.mapping import map_contact
from xero_sync.kinds.contact.sides import SIDES
from xero_sync.kinds.contact.snapshot import ContactRows

CONTACT = KindSpec(
    code=ContactDocument.kind,
    labels=LABELS,
    calls=CALLS,
    rows=ContactRows(),
    is_client=True,
    map_document=lambda document, preferences, _: map_contact(document, preferences=preferences),
    identify=identify,
    is_ours=is_ours,
    read_in_xero=ContactInXero.from_xero,
    index_columns=index_columns,
    gone_code="contact-gone",
    changed_code="contact-changed-in-xero",
    taken_codes=frozenset({"contact-number-taken", "contact-number-in-use"}),
    fixes=FIXES,
    sides=SIDES,
    accept=accept,
    look_alikes=LOOK_ALIKES,
)
