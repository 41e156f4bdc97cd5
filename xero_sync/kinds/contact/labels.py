"""The words for contacts that people read, and the addresses of their pages."""

from xero_sync.domain.errors import Place
from xero_sync.domain.kinds import Labels

LABELS = Labels(
    noun="contact",
    plural="contacts",
    title="Contact",
    named="{}",
    listed="Contact {}",
    page="billing:contact",
    edit_page="billing:contact-edit",
    link_page="xero_sync:link-contact",
    link_words="Compare and link with a contact in Xero",
    relink_words="Linked to the wrong contact in Xero? Choose another",
    sides_page="xero_sync:both-sides-contact",
    leave_out_page="xero_sync:leave-out-contact",
    preflight_page="xero_sync:preflight-contact",
    edit_place=Place.CONTACT_EDIT.value,
    fields={"country": "id_country", "email": "id_emails", "name": "id_name", "number": "id_client_number"},
    live="contacts",
    xero_page="/Contacts/View/{xero_id}",
    stand_in_page="contacts",
    sent_as="your clients as contacts",
    unjudged="Goes with its first bill, or when it is saved once more.",
)
