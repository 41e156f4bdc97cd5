"""Which element of LEDES XML is which field of LEDES 1998B and 1998BI. Data.

Source: the descriptions of LEDES XML E-Billing 2.0, 2.1 and 2.2 (LEDES Oversight Committee), which differ in a few
names; the first that is there counts. inv_total_net_due has the tax inside, unlike INVOICE_NET_TOTAL.
"""

from typing import Final

# The field "" of a record is its line.
ORDER: Final = (
    "INVOICE_DATE",
    "INVOICE_NUMBER",
    "CLIENT_ID",
    "LAW_FIRM_MATTER_ID",
    "INVOICE_TOTAL",
    "BILLING_START_DATE",
    "BILLING_END_DATE",
    "INVOICE_DESCRIPTION",
    "LINE_ITEM_NUMBER",
    "EXP/FEE/INV_ADJ_TYPE",
    "LINE_ITEM_NUMBER_OF_UNITS",
    "LINE_ITEM_ADJUSTMENT_AMOUNT",
    "LINE_ITEM_TOTAL",
    "LINE_ITEM_DATE",
    "LINE_ITEM_TASK_CODE",
    "LINE_ITEM_EXPENSE_CODE",
    "LINE_ITEM_ACTIVITY_CODE",
    "TIMEKEEPER_ID",
    "LINE_ITEM_DESCRIPTION",
    "LINE_ITEM_UNIT_COST",
    "TIMEKEEPER_NAME",
    "TIMEKEEPER_CLASSIFICATION",
    "CLIENT_MATTER_ID",
    "MATTER_NAME",
    "INVOICE_CURRENCY",
    "CLIENT_NAME",
    "LINE_ITEM_TAX_RATE",
    "LINE_ITEM_TAX_TOTAL",
    "LINE_ITEM_TAX_TYPE",
    "INVOICE_TAX_TOTAL",
)

OF_CLIENT: Final = {"CLIENT_ID": ("cl_lf_id", "cl_id"), "CLIENT_NAME": ("cl_name",)}
OF_INVOICE: Final = {
    "INVOICE_NUMBER": ("inv_id",),
    "INVOICE_DATE": ("inv_date",),
    "INVOICE_CURRENCY": ("inv_currency",),
    "BILLING_START_DATE": ("inv_start_date",),
    "BILLING_END_DATE": ("inv_end_date",),
    "INVOICE_DESCRIPTION": ("inv_desc",),
    "INVOICE_TOTAL": ("inv_total_net_due",),
    "INVOICE_TAX_TOTAL": ("inv_total_tax",),
}
OF_MATTER: Final = {
    "LAW_FIRM_MATTER_ID": ("lf_matter_id",),
    "CLIENT_MATTER_ID": ("cl_matter_id",),
    "MATTER_NAME": ("matter_name",),
}
OF_CHARGE: Final = {
    "LINE_ITEM_DATE": ("charge_date",),
    "LINE_ITEM_DESCRIPTION": ("charge_desc",),
    "LINE_ITEM_TASK_CODE": ("task_code", "acca_task"),
    "LINE_ITEM_ACTIVITY_CODE": ("task_activity", "acca_activity"),
    "LINE_ITEM_EXPENSE_CODE": ("expense_code", "acca_expense"),
    "LINE_ITEM_NUMBER_OF_UNITS": ("units",),
    "LINE_ITEM_UNIT_COST": ("rate",),
    "LINE_ITEM_TOTAL": ("total_amount",),
    "TIMEKEEPER_ID": ("tk_id",),
    "TIMEKEEPER_CLASSIFICATION": ("tk_level",),
}
# The charges of a matter, and the type of each.
CHARGES: Final = {"fee": "F", "expense": "E"}
TAXES_OF_CHARGES: Final = frozenset({"tax_item_fee", "tax_item_expense"})
TAX_AMOUNTS: Final = ("tax_on_charge", "tax_amount", "tx_amount")
# What is taken off, or added to, all fees or all expenses of a matter.
ADJUSTMENT: Final = "matter_disc_cred"
DATES: Final = frozenset({"INVOICE_DATE", "BILLING_START_DATE", "BILLING_END_DATE", "LINE_ITEM_DATE"})
