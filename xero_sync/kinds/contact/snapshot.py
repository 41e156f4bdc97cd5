"""Client rows -> frozen contacts, in a fixed number of queries for any number of contacts."""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from billing.models import Contact, ContactKind
from billing.models.signals import contacts_saved
from firms.models import Firm
from xero_sync.domain.documents import Document
from xero_sync.domain.kinds import SavedDocument
from xero_sync.kinds.contact.document import ContactDocument
from xero_sync.models import SyncJob, XeroRecord


class ContactRows:
    """The rows of the kind "contact" (domain/kinds.py, Rows)."""

    model = Contact
    manager = "contacts"
    audit = "contact"
    standing: Mapping[str, str] = {}
    summary: Mapping[str, str] = {"name": "name", "code": "client_number", "beside": "client_number"}

    def connect(self, listener: Callable[..., None], *, name: str) -> None:
        """Call the listener with the contacts of each save."""

        def hear(firm: Firm, contacts: Sequence[Contact], bulk: bool = False, **_: Any) -> None:
            listener(firm=firm, saved=[SavedDocument(object_id=contact.pk) for contact in contacts], bulk=bulk)

        contacts_saved.connect(hear, weak=False, dispatch_uid=name)

    def read_saved(self, *, firm: Firm, object_ids: Collection[int]) -> list[SavedDocument]:
        """A client waits for nothing, so no row has to be read."""
        return [SavedDocument(object_id=pk) for pk in sorted(object_ids)]

    def read_documents(self, *, jobs: Sequence[SyncJob], xero_tenant_id: str) -> dict[int, Document]:
        """The contacts of these jobs by job id; one that is gone is absent. One query."""
        by_object = {job.object_id: job for job in jobs}
        return {
            by_object[contact.pk].pk: contact_document(
                contact=contact, record=by_object[contact.pk].xero_record, xero_tenant_id=xero_tenant_id
            )
            for contact in Contact.objects.filter(pk__in=list(by_object))
        }


def contact_document(*, contact: Contact, record: XeroRecord, xero_tenant_id: str) -> ContactDocument:
    """One contact, from its row and its Xero record."""
    return ContactDocument(
        object_id=contact.pk,
        client_number=contact.client_number,
        name=contact.name,
        is_person=contact.kind == ContactKind.PERSON,
        first_name=contact.first_name,
        last_name=contact.last_name,
        emails=tuple(contact.emails),
        phones=tuple((phone["type"], phone["number"]) for phone in contact.phones),
        address_lines=(contact.address_line1, contact.address_line2),
        city=contact.city,
        region=contact.region,
        postal_code=contact.postal_code,
        country=contact.country,
        tax_number=contact.tax_number,
        xero_id=record.id_in(xero_tenant_id),
        xero_status=record.status,
        number_sent=record.number,
        # A client renamed here since it got a distinct name in Xero goes by its new name, and gets another if need be.
        name_in_xero=record.link.name if record.link.was_made_for(contact.name) else "",
        number_in_xero=record.link.number,
        without_number=record.link.without_number,
    )
