"""What the acts of people in Xero share: the records they name, and saving as if at Xero's own pages."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from xero_emulator.domain import contacts, invoices
from xero_emulator.domain.clock import stamp_after
from xero_emulator.domain.contacts import Refused
from xero_emulator.domain.invoices import Call
from xero_emulator.domain.organisation import Organisation
from xero_emulator.domain.records import Account, Contact, Invoice
from xero_emulator.domain.values import Json
from xero_emulator.domain.xero import Xero

PRICE_PLACES = 4


@dataclass
class ActRefused(Exception):
    """An act that cannot be done, with a sentence that says why."""

    reason: str


Act = Callable[[Xero, Organisation, Mapping[str, object]], Json]


def named_account(*, organisation: Organisation, given: Mapping[str, object]) -> Account:
    """The account with the ``code`` that is given; raises ActRefused."""
    account = organisation.account(str(given.get("code", "")))
    if account is None:
        raise ActRefused(f"There is no account with the code {given.get('code')!s}.")
    return account


def named_contact(*, organisation: Organisation, given: Mapping[str, object]) -> Contact:
    """The contact with the id that is given; raises ActRefused."""
    contact = organisation.contacts.get(str(given.get("contact", "")))
    if contact is None:
        raise ActRefused("There is no contact with this id.")
    return contact


def named_invoice(*, organisation: Organisation, given: Mapping[str, object]) -> Invoice:
    """The invoice with the id or number that is given; raises ActRefused."""
    wanted = str(given.get("invoice", ""))
    invoice = organisation.invoices.get(wanted) or organisation.invoices.find(key="number", value=wanted)
    if invoice is None:
        raise ActRefused("There is no invoice with this id or number.")
    return invoice


def put_account(*, xero: Xero, organisation: Organisation, account: Account) -> None:
    """Store a changed account with its new stamp."""
    organisation.put_account(replace(account, updated=stamp_after(account.updated, now=xero.clock.now())))


def save_contact_by_hand(*, xero: Xero, organisation: Organisation, raw: Json, creates: bool) -> Json:
    """A contact saved by a person, in Xero's own fields; raises ActRefused."""
    saved = contacts.save(organisation=organisation, raw=raw, creates=creates, now=xero.clock.now(), app="")
    if isinstance(saved, Refused):
        raise ActRefused(" ".join(saved.messages))
    organisation.contacts.settle()
    return {"id": saved.contact_id, "name": saved.name, "status": saved.status}


def save_invoice_by_hand(*, xero: Xero, organisation: Organisation, raw: Json, creates: bool) -> Json:
    """An invoice saved by a person, in Xero's own fields; raises ActRefused."""
    call = Call(
        organisation=organisation,
        creates=creates,
        places=PRICE_PLACES,
        now=xero.clock.now(),
        app="",
        by_hand=True,
    )
    saved = invoices.save(call=call, raw=raw)
    if isinstance(saved, Refused):
        raise ActRefused(" ".join(saved.messages))
    organisation.invoices.settle()
    organisation.contacts.settle()
    return {"id": saved.invoice_id, "number": saved.number, "status": saved.status, "total": str(saved.total)}
