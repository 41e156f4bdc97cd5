"""Records as the JSON Xero answers with: PascalCase, ``/Date(ms+0000)/``, absent keys instead of nulls."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal

from xero_emulator.domain import sums, values
from xero_emulator.domain.contacts import ADDRESS_TYPES
from xero_emulator.domain.organisation import Organisation
from xero_emulator.domain.records import Account, Contact, Currency, Invoice, Line, Payment, TaxRate
from xero_emulator.domain.sums import ZERO
from xero_emulator.domain.values import Json

NOWHERE = "00000000-0000-0000-0000-000000000000"
SHOWN_PHONE_TYPES = ("DDI", "DEFAULT", "FAX", "MOBILE")


def moment(value: datetime) -> str:
    """A time in Xero's notation."""
    return f"/Date({int(value.timestamp() * 1000)}+0000)/"


def day(value: date) -> str:
    """A plain date in Xero's notation: midnight UTC."""
    return moment(datetime(value.year, value.month, value.day, tzinfo=UTC))


def day_text(value: date) -> str:
    """A plain date as the ISO twin beside it."""
    return f"{value.isoformat()}T00:00:00"


def money(value: Decimal) -> float:
    """An amount as the JSON number Xero writes."""
    return float(value)


def contact(record: Contact) -> Json:
    """A contact in full."""
    addresses = {item["AddressType"]: item for item in record.addresses}
    phones = {item["PhoneType"]: item for item in record.phones}
    body: Json = {
        "ContactID": record.contact_id,
        "ContactStatus": record.status,
        "Name": record.name,
        "EmailAddress": "",
        **{name: value for name, value in record.fields.items() if value or name == "EmailAddress"},
        "Addresses": [addresses.get(kind, _no_address(kind)) for kind in ADDRESS_TYPES],
        "Phones": [phones.get(kind, _no_phone(kind)) for kind in SHOWN_PHONE_TYPES],
        "UpdatedDateUTC": moment(record.updated),
        "ContactGroups": [],
        "IsSupplier": False,
        "IsCustomer": record.is_customer,
        "SalesTrackingCategories": [],
        "PurchasesTrackingCategories": [],
        "ContactPersons": list(record.persons),
        "HasAttachments": False,
        "HasValidationErrors": False,
    }
    if record.number:
        body["ContactNumber"] = record.number
    if record.account_number:
        body["AccountNumber"] = record.account_number
    if record.merged_to:
        body["MergedToContactID"] = record.merged_to
    return body


def _no_address(kind: str) -> dict[str, str]:
    return {"AddressType": kind, "City": "", "Region": "", "PostalCode": "", "Country": ""}


def _no_phone(kind: str) -> dict[str, str]:
    return {"PhoneType": kind, "PhoneNumber": "", "PhoneAreaCode": "", "PhoneCountryCode": ""}


def invoice(record: Invoice, *, organisation: Organisation, places: int, with_lines: bool) -> Json:
    """An invoice; lists that are not paged leave out the lines."""
    body: Json = {
        "Type": record.type,
        "InvoiceID": record.invoice_id,
        "InvoiceNumber": record.number,
        "Reference": record.reference,
        "Payments": [_payment(payment) for payment in record.payments],
        "CreditNotes": [],
        "Prepayments": [],
        "Overpayments": [],
        "AmountDue": money(record.amount_due),
        "AmountPaid": money(record.paid),
        "AmountCredited": money(record.credited),
        "CurrencyRate": 1.0,
        "IsDiscounted": record.is_discounted,
        "HasAttachments": False,
        "HasErrors": False,
        "SentToContact": record.sent_to_contact,
        "Contact": _invoice_contact(record, organisation),
        "DateString": day_text(record.day),
        "Date": day(record.day),
        "Status": record.status,
        "LineAmountTypes": record.mode,
        "LineItems": [_line(line, organisation, places) for line in record.lines] if with_lines else [],
        "SubTotal": money(record.subtotal),
        "TotalTax": money(record.tax),
        "Total": money(record.total),
        "UpdatedDateUTC": moment(record.updated),
        "CurrencyCode": record.currency,
    }
    return body | _where_set(record)


def _where_set(record: Invoice) -> Json:
    """What an invoice carries only where there is something to say."""
    body: Json = {}
    if record.is_discounted:
        body["TotalDiscount"] = money(sum((line.discount for line in record.lines), ZERO))
    if record.due is not None:
        body |= {"DueDateString": day_text(record.due), "DueDate": day(record.due)}
    if record.url:
        body["Url"] = record.url
    if record.branding_theme_id:
        body["BrandingThemeID"] = record.branding_theme_id
    if record.status == "PAID" and record.payments:
        body["FullyPaidOnDate"] = day(max(payment.day for payment in record.payments))
    return body


def _invoice_contact(record: Invoice, organisation: Organisation) -> Json:
    held = organisation.contacts.get(record.contact_id)
    body: Json = {"ContactID": record.contact_id, "Name": held.name if held else ""}
    if held is not None and held.number:
        body["ContactNumber"] = held.number
    return body | {
        "Addresses": [],
        "Phones": [],
        "ContactGroups": [],
        "ContactPersons": [],
        "HasValidationErrors": False,
    }


def _payment(payment: Payment) -> Json:
    return {
        "PaymentID": payment.payment_id,
        "Date": day(payment.day),
        "Amount": money(payment.amount),
        "Reference": payment.reference,
        "UpdatedDateUTC": moment(payment.updated),
        "HasAccount": False,
        "HasValidationErrors": False,
    }


def _line(line: Line, organisation: Organisation, places: int) -> Json:
    body: Json = {
        "LineItemID": line.line_id,
        "Description": line.description,
        "TaxType": line.tax_type,
        "TaxAmount": money(line.tax_amount),
        "Tracking": list(line.tracking),
    }
    if line.unit_amount is not None and line.quantity is not None and line.amount is not None:
        body["UnitAmount"] = money(sums.to_places(line.unit_amount, places))
        body["Quantity"] = money(line.quantity)
        body["LineAmount"] = money(line.amount)
    for key, value in (("DiscountRate", line.discount_rate), ("DiscountAmount", line.discount_amount)):
        if value is not None:
            body[key] = money(value)
    if line.item_code:
        body["ItemCode"] = line.item_code
    account = organisation.account(line.account_code) if line.account_code else None
    if account is not None:
        body |= {"AccountCode": account.code, "AccountID": account.account_id}
    return body


def account(record: Account) -> Json:
    """One account of the chart."""
    body: Json = {
        "AccountID": record.account_id,
        "Code": record.code,
        "Name": record.name,
        "Status": record.status,
        "Type": record.type,
        "TaxType": record.tax_type,
        "Description": record.description,
        "Class": record.account_class,
        "EnablePaymentsToAccount": record.takes_payments,
        "ShowInExpenseClaims": False,
        "ReportingCode": "",
        "HasAttachments": False,
        "UpdatedDateUTC": moment(record.updated),
        "AddToWatchlist": False,
    }
    if record.type == "BANK":
        body["BankAccountType"] = "BANK"
    if record.system_account:
        body["SystemAccount"] = record.system_account
    return body


def tax_rate(record: TaxRate) -> Json:
    """One tax rate with the account classes it may be used with."""
    percent = float(record.percent)
    return {
        "Name": record.name,
        "TaxType": record.tax_type,
        "ReportTaxType": record.report_type,
        "CanApplyToAssets": "ASSET" in record.applies_to,
        "CanApplyToEquity": "EQUITY" in record.applies_to,
        "CanApplyToExpenses": "EXPENSE" in record.applies_to,
        "CanApplyToLiabilities": "LIABILITY" in record.applies_to,
        "CanApplyToRevenue": "REVENUE" in record.applies_to,
        "DisplayTaxRate": percent,
        "EffectiveRate": percent,
        "Status": record.status,
        "TaxComponents": [{"Name": record.name, "Rate": percent, "IsCompound": False, "IsNonRecoverable": False}],
    }


def currency(record: Currency) -> Json:
    """One currency."""
    return {"Code": record.code, "Description": record.description}


def organisation(record: Organisation) -> Json:
    """The organisation's settings; lock dates are absent where none is set."""
    body: Json = {
        "OrganisationID": record.organisation_id,
        "Name": record.name,
        "LegalName": record.name,
        "PaysTax": True,
        "Version": record.chart.version,
        "OrganisationType": "COMPANY",
        "OrganisationEntityType": "COMPANY",
        "BaseCurrency": record.chart.currency,
        "CountryCode": record.chart.country,
        "IsDemoCompany": True,
        "OrganisationStatus": "ACTIVE",
        "FinancialYearEndDay": 30,
        "FinancialYearEndMonth": 6,
        "SalesTaxBasis": "ACCRUALS",
        "SalesTaxPeriod": "QUARTERLY1" if record.chart.version == "AU" else "QUARTERLY",
        "DefaultSalesTax": "Tax Exclusive",
        "DefaultPurchasesTax": "Tax Exclusive",
        "CreatedDateUTC": moment(record.created),
        "Timezone": record.chart.timezone,
        "ShortCode": record.short_code,
        "Class": "DEMO",
        "Edition": "BUSINESS",
        "Addresses": [],
        "Phones": [],
        "ExternalLinks": [],
        "PaymentTerms": {},
    }
    if record.period_lock is not None:
        body["PeriodLockDate"] = day(record.period_lock)
    if record.year_end_lock is not None:
        body["EndOfYearLockDate"] = day(record.year_end_lock)
    return body


def sent_back(raw: Json, *, id_key: str, messages: Sequence[str], warnings: Sequence[str] = ()) -> Json:
    """A refused element: what was sent, with an id of nowhere if it had none, and Xero's sentences."""
    kept = {key: value for key, value in raw.items() if value is not None}
    for key in ("Date", "DueDate"):
        if sent := values.day(raw, key):
            kept[key] = day(sent)
    said = {"ValidationErrors": [{"Message": message} for message in messages]}
    if warnings:
        said["Warnings"] = [{"Message": warning} for warning in warnings]
    return {id_key: NOWHERE, **kept, **said}
