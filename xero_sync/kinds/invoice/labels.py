"""What people read of bills, and where their pages are."""

from xero_sync.domain.kinds import Labels

LABELS = Labels(
    noun="bill",
    plural="bills",
    title="Bill",
    named="Bill {}",
    name_field="number",
    manager="invoices",
    audit="invoice",
    page="billing:invoice",
    link_page="xero_sync:link-invoice",
    live="invoices",
    xero_page="/AccountsReceivable/View.aspx?InvoiceID={xero_id}",
    stand_in_page="invoices/{xero_id}",
)
