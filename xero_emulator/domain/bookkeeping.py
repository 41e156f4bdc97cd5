"""What a bookkeeper does in Xero behind a client's back: archive, rename, lock, void, receive money, disconnect."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal

from xero_emulator.domain import sums, values
from xero_emulator.domain.by_hand import (
    Act,
    ActRefused,
    named_account,
    named_contact,
    named_invoice,
    put_account,
    save_contact_by_hand,
    save_invoice_by_hand,
)
from xero_emulator.domain.clock import stamp_after
from xero_emulator.domain.organisation import Organisation, new_id
from xero_emulator.domain.records import Account, Invoice, Payment
from xero_emulator.domain.sums import ZERO
from xero_emulator.domain.values import Json
from xero_emulator.domain.xero import Xero


def summary(organisation: Organisation) -> Json:
    """The books at a glance: every invoice, and totals by status and by account over those that stand."""
    standing = [item for item in organisation.invoices if item.status not in ("VOIDED", "DELETED")]
    by_account: dict[str, Decimal] = {}
    for invoice in standing:
        for line in invoice.lines:
            by_account[line.account_code] = by_account.get(line.account_code, ZERO) + (line.amount or ZERO)
    statuses = [invoice.status for invoice in organisation.invoices]
    return {
        "invoices": [_summary_row(organisation, invoice) for invoice in organisation.invoices],
        "count": len(statuses),
        "statuses": {status: statuses.count(status) for status in sorted(set(statuses))},
        "total": str(sum((invoice.total for invoice in standing), ZERO)),
        "accounts": {code: str(total) for code, total in sorted(by_account.items())},
        "contacts": [
            {"id": item.contact_id, "number": item.number, "name": item.name, "status": item.status}
            for item in organisation.contacts
        ],
    }


def _summary_row(organisation: Organisation, invoice: Invoice) -> Json:
    contact = organisation.contacts.get(invoice.contact_id)
    return {
        "id": invoice.invoice_id,
        "number": invoice.number,
        "status": invoice.status,
        "contact": contact.name if contact else "",
        "date": invoice.day.isoformat(),
        "subtotal": str(invoice.subtotal),
        "tax": str(invoice.tax),
        "total": str(invoice.total),
        "due": str(invoice.amount_due),
        "reference": invoice.reference,
        "account_codes": [line.account_code for line in invoice.lines],
    }


def _set_account_status(status: str) -> Act:
    def act(xero: Xero, organisation: Organisation, given: Mapping[str, object]) -> Json:
        account = named_account(organisation=organisation, given=given)
        if account.system_account and status != "ACTIVE":
            raise ActRefused("Cannot archive System accounts")
        put_account(xero=xero, organisation=organisation, account=replace(account, status=status))
        return {"code": account.code, "status": status}

    return act


def _set_account_tax(xero: Xero, organisation: Organisation, given: Mapping[str, object]) -> Json:
    account = named_account(organisation=organisation, given=given)
    tax_type = str(given.get("tax_type", ""))
    put_account(xero=xero, organisation=organisation, account=replace(account, tax_type=tax_type))
    return {"code": account.code, "tax_type": tax_type}


def _add_account(xero: Xero, organisation: Organisation, given: Mapping[str, object]) -> Json:
    code = str(given.get("code", "")).strip()
    if not code or organisation.account(code) is not None:
        raise ActRefused("Please enter a unique Code")
    made = Account(
        account_id=new_id(),
        code=code,
        name=str(given.get("name") or code),
        type=str(given.get("type") or "REVENUE"),
        tax_type=str(given.get("tax_type") or organisation.chart.sales_tax),
        updated=xero.clock.now(),
    )
    organisation.put_account(made)
    return {"code": code, "id": made.account_id}


def _lock(xero: Xero, organisation: Organisation, given: Mapping[str, object]) -> Json:
    for key, field in (("period", "period_lock"), ("year_end", "year_end_lock")):
        if key in given:
            text = str(given[key] or "")
            try:
                setattr(organisation, field, date.fromisoformat(text) if text else None)
            except ValueError:
                raise ActRefused("A lock date is written YYYY-MM-DD, or left empty to unlock.") from None
    return {"period": _shown(organisation.period_lock), "year_end": _shown(organisation.year_end_lock)}


def _shown(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _limit_approvals(xero: Xero, organisation: Organisation, given: Mapping[str, object]) -> Json:
    limit = str(given.get("limit") or "")
    if limit and not limit.isdigit():
        raise ActRefused("A limit is a whole number, or left empty for none.")
    organisation.approval_limit = int(limit) if limit else None
    return {"limit": organisation.approval_limit}


def _change_contact(fields: Callable[[Mapping[str, object]], Json]) -> Act:
    def act(xero: Xero, organisation: Organisation, given: Mapping[str, object]) -> Json:
        raw = {"ContactID": named_contact(organisation=organisation, given=given).contact_id, **fields(given)}
        return save_contact_by_hand(xero=xero, organisation=organisation, raw=raw, creates=False)

    return act


def _enter_contact(xero: Xero, organisation: Organisation, given: Mapping[str, object]) -> Json:
    return save_contact_by_hand(xero=xero, organisation=organisation, raw=dict(given), creates=True)


def _enter_invoice(xero: Xero, organisation: Organisation, given: Mapping[str, object]) -> Json:
    return save_invoice_by_hand(
        xero=xero, organisation=organisation, raw={"Type": "ACCREC", **given}, creates="InvoiceID" not in given
    )


def _void(xero: Xero, organisation: Organisation, given: Mapping[str, object]) -> Json:
    invoice = named_invoice(organisation=organisation, given=given)
    status = "DELETED" if invoice.status in ("DRAFT", "SUBMITTED") else "VOIDED"
    return save_invoice_by_hand(
        xero=xero, organisation=organisation, raw={"InvoiceID": invoice.invoice_id, "Status": status}, creates=False
    )


def _pay(xero: Xero, organisation: Organisation, given: Mapping[str, object]) -> Json:
    invoice, now = named_invoice(organisation=organisation, given=given), xero.clock.now()
    if invoice.status != "AUTHORISED":
        raise ActRefused("Payments can only be made against Authorised documents")
    sent = values.amount({"amount": given.get("amount") or None}, "amount")
    amount = invoice.amount_due if sent is None else sums.to_places(sent, 2)
    if amount <= ZERO or amount > invoice.amount_due:
        raise ActRefused("Payment amount exceeds the amount outstanding on this document")
    stamp = stamp_after(invoice.updated, now=now)
    payment = Payment(payment_id=new_id(), day=organisation.today(now), amount=amount, updated=stamp)
    paid = replace(invoice, payments=(*invoice.payments, payment), updated=stamp)
    organisation.invoices.put(replace(paid, status="PAID") if paid.amount_due == ZERO else paid)
    organisation.invoices.settle()
    return {"id": payment.payment_id, "amount": str(amount), "due": str(paid.amount_due)}


def _take_back_payments(xero: Xero, organisation: Organisation, given: Mapping[str, object]) -> Json:
    invoice = named_invoice(organisation=organisation, given=given)
    status = "AUTHORISED" if invoice.status == "PAID" else invoice.status
    stamp = stamp_after(invoice.updated, now=xero.clock.now())
    organisation.invoices.put(replace(invoice, payments=(), status=status, updated=stamp))
    organisation.invoices.settle()
    return {"removed": len(invoice.payments)}


def _disconnect(xero: Xero, organisation: Organisation, given: Mapping[str, object]) -> Json:
    return {"removed": xero.authority.disconnect_organisation(organisation.organisation_id)}


ACTS: dict[str, Act] = {
    "archive-account": _set_account_status("ARCHIVED"),
    "restore-account": _set_account_status("ACTIVE"),
    "delete-account": _set_account_status("DELETED"),
    "account-tax-type": _set_account_tax,
    "add-account": _add_account,
    "lock-dates": _lock,
    "approval-limit": _limit_approvals,
    "rename-contact": _change_contact(lambda given: {"Name": str(given.get("name", ""))}),
    "archive-contact": _change_contact(lambda given: {"ContactStatus": "ARCHIVED"}),
    "restore-contact": _change_contact(lambda given: {"ContactStatus": "ACTIVE"}),
    "enter-contact": _enter_contact,
    "enter-invoice": _enter_invoice,
    "void-invoice": _void,
    "payment": _pay,
    "remove-payments": _take_back_payments,
    "disconnect": _disconnect,
}
