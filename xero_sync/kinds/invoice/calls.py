"""How Xero's accounting API names sales invoices. Data.

Source: developer.xero.com, Accounting API, Invoices, read November 2026.
"""

from xero_sync.domain.kinds import Calls

CALLS = Calls(
    collection="Invoices",
    id_key="InvoiceID",
    number_key="InvoiceNumber",
    status_key="Status",
    create="create_invoices",
    update="update_or_create_invoices",
    read="get_invoices",
    numbers_option="invoice_numbers",
    # Without this option an update rounds the unit prices of the lines in Xero to two places.
    amount_options={"unitdp": 4},
    # The sync leaves purchase bills alone; their numbers are not unique.
    where='Type=="ACCREC"',
    only={"Type": "ACCREC"},
    totals={"subtotal": "SubTotal", "tax": "TotalTax", "total": "Total"},
)
