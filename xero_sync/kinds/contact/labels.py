"""What people read of contacts, and where their pages are."""

from xero_sync.domain.kinds import Labels

LABELS = Labels(
    noun="contact",
    plural="contacts",
    title="Contact",
    named="{}",
    name_field="name",
    manager="contacts",
    audit="contact",
    page="billing:contact",
    link_page="xero_sync:link-contact",
    live="contacts",
    xero_page="/Contacts/View/{xero_id}",
    stand_in_page="contacts",
)
