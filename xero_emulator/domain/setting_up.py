"""What an organisation's people set up or lose: currencies, tax rates, users, the plan; records that are gone."""

import re
from collections.abc import Mapping
from dataclasses import fields, replace
from decimal import Decimal

from xero_emulator.domain.by_hand import Act, ActRefused, named_account, named_contact, named_invoice, put_account
from xero_emulator.domain.clock import stamp_after
from xero_emulator.domain.organisation import Organisation
from xero_emulator.domain.records import CLASS_OF_TYPE, Currency, Line
from xero_emulator.domain.switches import Switches
from xero_emulator.domain.values import Json
from xero_emulator.domain.xero import DEMO_USER, Xero

ROLES = ("STANDARD", "READONLY")
LONGEST_CODE = 10


def _add_currency(xero: Xero, organisation: Organisation, given: Mapping[str, object]) -> Json:
    code = str(given.get("code", "")).upper()
    if len(code) != 3:
        raise ActRefused("A currency has three letters.")
    organisation.currencies[code] = Currency(code=code, description=code)
    return {"currencies": list(organisation.currencies)}


def _remove_currency(xero: Xero, organisation: Organisation, given: Mapping[str, object]) -> Json:
    organisation.currencies.pop(str(given.get("code", "")).upper(), None)
    return {"currencies": list(organisation.currencies)}


def _set_rate_status(xero: Xero, organisation: Organisation, given: Mapping[str, object]) -> Json:
    rate = organisation.tax_rates.get(str(given.get("tax_type", "")).upper())
    status = str(given.get("status", ""))
    if rate is None or status not in ("ACTIVE", "DELETED", "ARCHIVED"):
        raise ActRefused("Name a tax type of this organisation, and ACTIVE, DELETED or ARCHIVED.")
    organisation.tax_rates[rate.tax_type] = replace(rate, status=status)
    return {"tax_type": rate.tax_type, "status": status}


def _set_rate_percent(xero: Xero, organisation: Organisation, given: Mapping[str, object]) -> Json:
    """A bookkeeper gives a rate another percentage: what bills carry from now on, what they carry stays."""
    rate, text = organisation.tax_rates.get(str(given.get("tax_type", "")).upper()), str(given.get("percent", ""))
    if rate is None or not re.fullmatch(r"\d{1,2}(\.\d{1,4})?", text):
        raise ActRefused("Name a tax type of this organisation, and a percentage below 100 of at most four decimals.")
    organisation.tax_rates[rate.tax_type] = replace(rate, percent=Decimal(text))
    return {"tax_type": rate.tax_type, "percent": text}


def _renumber_account(xero: Xero, organisation: Organisation, given: Mapping[str, object]) -> Json:
    """Another code for the same account; the lines that post to it show the new one, and their invoices no change."""
    account = named_account(organisation=organisation, given=given)
    old, code = account.code.casefold(), str(given.get("new_code", "")).strip()
    holder = organisation.account(code)
    if not code or len(code) > LONGEST_CODE or (holder is not None and holder is not account):
        raise ActRefused("Please enter a unique Code")
    del organisation.accounts[old]
    put_account(xero=xero, organisation=organisation, account=replace(account, code=code))

    def renumbered(line: Line) -> Line:
        return replace(line, account_code=code) if line.account_code.casefold() == old else line

    for invoice in list(organisation.invoices):
        organisation.invoices.put(replace(invoice, lines=tuple(renumbered(line) for line in invoice.lines)))
    organisation.invoices.settle()
    return {"id": account.account_id, "code": code}


def _set_account_type(xero: Xero, organisation: Organisation, given: Mapping[str, object]) -> Json:
    account, kind = organisation.account(str(given.get("code", ""))), str(given.get("type", ""))
    if account is None or kind not in CLASS_OF_TYPE:
        raise ActRefused("Name an account of this organisation, and one of Xero's account types.")
    put_account(xero=xero, organisation=organisation, account=replace(account, type=kind))
    return {"code": account.code, "type": kind}


def _set_website(xero: Xero, organisation: Organisation, given: Mapping[str, object]) -> Json:
    # Straight into the record: Xero's pages took addresses that its API refuses.
    contact, website = named_contact(organisation=organisation, given=given), str(given.get("website", ""))
    stamp = stamp_after(contact.updated, now=xero.clock.now())
    organisation.contacts.put(replace(contact, fields={**contact.fields, "Website": website}, updated=stamp))
    organisation.contacts.settle()
    return {"website": website}


def _number_contact(xero: Xero, organisation: Organisation, given: Mapping[str, object]) -> Json:
    """Another program gives the contact a number of its own."""
    contact, number = named_contact(organisation=organisation, given=given), str(given.get("number", ""))
    holder = organisation.contacts.find(key="number", value=number)
    if holder is not None and holder.contact_id != contact.contact_id:
        raise ActRefused("Another contact has this contact number.")
    organisation.contacts.put(
        replace(contact, number=number, updated=stamp_after(contact.updated, now=xero.clock.now()))
    )
    organisation.contacts.settle()
    return {"number": number}


def _forget_contact(xero: Xero, organisation: Organisation, given: Mapping[str, object]) -> Json:
    organisation.contacts.remove(named_contact(organisation=organisation, given=given).contact_id)
    organisation.contacts.settle()
    return {"contacts": len(organisation.contacts)}


def _forget_invoice(xero: Xero, organisation: Organisation, given: Mapping[str, object]) -> Json:
    invoice = named_invoice(organisation=organisation, given=given)
    organisation.invoices.remove(invoice.invoice_id)
    organisation.invoices.settle()
    return {"invoices": len(organisation.invoices)}


def _set_subscription(xero: Xero, organisation: Organisation, given: Mapping[str, object]) -> Json:
    organisation.is_subscribed = bool(given.get("active"))
    return {"active": organisation.is_subscribed}


def _set_switch(xero: Xero, organisation: Organisation, given: Mapping[str, object]) -> Json:
    name, known = str(given.get("name", "")), [field.name for field in fields(Switches)]
    if name not in known:
        raise ActRefused(f"A switch is one of {', '.join(known)}.")
    # A form sends words.
    setattr(organisation.switches, name, str(given.get("on", "")).lower() == "true")
    return {name: getattr(organisation.switches, name)}


def _set_role(xero: Xero, organisation: Organisation, given: Mapping[str, object]) -> Json:
    user, role = str(given.get("user") or DEMO_USER), str(given.get("role", ""))
    if role not in ROLES:
        raise ActRefused(f"A role is one of {', '.join(ROLES)}.")
    organisation.read_only_users.discard(user)
    if role == "READONLY":
        organisation.read_only_users.add(user)
    return {"user": user, "role": role}


ACTS: dict[str, Act] = {
    "add-currency": _add_currency,
    "remove-currency": _remove_currency,
    "tax-rate-status": _set_rate_status,
    "tax-rate-percent": _set_rate_percent,
    "renumber-account": _renumber_account,
    "account-type": _set_account_type,
    "contact-website": _set_website,
    "number-contact": _number_contact,
    "forget-contact": _forget_contact,
    "forget-invoice": _forget_invoice,
    "subscription": _set_subscription,
    "user-role": _set_role,
    "switch": _set_switch,
}
