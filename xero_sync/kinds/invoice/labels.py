"""The words for bills that people read, and the addresses of their pages."""

from xero_sync.domain.errors import Place
from xero_sync.domain.kinds import Labels

LABELS = Labels(
    noun="bill",
    plural="bills",
    title="Bill",
    named="Bill {}",
    listed="{}",
    page="billing:invoice",
    edit_page="billing:invoice-edit",
    link_page="xero_sync:link-invoice",
    link_words="Compare and link with the bill of this number in Xero",
    leave_out_page="xero_sync:leave-out-invoice",
    sides_page="xero_sync:both-sides-invoice",
    handled_page="xero_sync:handled",
    preflight_page="xero_sync:preflight-bill",
    place=Place.INVOICE.value,
    edit_place=Place.INVOICE_EDIT.value,
    fields={
        "contact": "id_contact_id",
        "currency": "id_currency",
        "due_date": "id_due_date",
        "issue_date": "id_issue_date",
        "number": "id_number",
        "lines": "id_lines-0-description",
    },
    live="invoices",
    xero_page="/AccountsReceivable/View.aspx?InvoiceID={xero_id}",
    stand_in_page="invoices/{xero_id}",
    sent_as="your bills as sales invoices",
)
