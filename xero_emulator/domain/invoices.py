"""Creating, updating, voiding and deleting invoices."""

from dataclasses import dataclass, replace
from datetime import datetime

from xero_emulator.domain import contacts, lines, values
from xero_emulator.domain.clock import stamp_after
from xero_emulator.domain.contacts import Refused
from xero_emulator.domain.invoice_rules import RULE_TABLES, InvoiceAttempt
from xero_emulator.domain.lines import BuiltLine, Frame
from xero_emulator.domain.organisation import Organisation, new_id
from xero_emulator.domain.records import Contact, Invoice
from xero_emulator.domain.refusals import malformed_json
from xero_emulator.domain.sums import ZERO
from xero_emulator.domain.values import Json

MODES = {"exclusive": "Exclusive", "inclusive": "Inclusive", "notax": "NoTax"}
STATUSES = ("DRAFT", "SUBMITTED", "AUTHORISED", "PAID", "VOIDED", "DELETED")
TYPES = ("ACCREC", "ACCPAY")
# What an SDK adds to every nested contact by itself; it says nothing about the contact.
NOT_ABOUT_THE_CONTACT = ("ContactID", "HasAttachments", "HasValidationErrors")


@dataclass(frozen=True)
class Call:
    """What all elements of one request share.

    ``creates`` is PUT, ``places`` the decimals kept of a price, ``by_hand`` a person at Xero's own pages, where lines
    stay in the order they are in.
    """

    organisation: Organisation
    creates: bool
    places: int
    now: datetime
    app: str
    by_hand: bool = False


def save(*, call: Call, raw: Json) -> Invoice | Refused:
    """Store one invoice, or say why not; nothing is kept of a refused one."""
    with call.organisation.attempt() as trial:
        attempt = _attempt(call, raw)
        for table in RULE_TABLES:
            messages = tuple(message for rule in table for message in rule.check(attempt))
            if messages:
                trial.take_back()
                return Refused(messages=messages)
        return _store(call, attempt)


def _store(call: Call, attempt: InvoiceAttempt) -> Invoice:
    after = attempt.after
    if not after.number:
        after = replace(after, number=call.organisation.next_number())
    if after.status == "AUTHORISED" and after.total == ZERO:
        # Nothing is owed, so Xero calls it paid at once.
        after = replace(after, status="PAID")
    call.organisation.invoices.put(after)
    if attempt.contact is not None and not attempt.contact.is_customer and after.type == "ACCREC":
        call.organisation.contacts.put(replace(attempt.contact, is_customer=True))
    return after


def _attempt(call: Call, raw: Json) -> InvoiceAttempt:
    invoice_id = values.identifier(raw, "InvoiceID")
    known = call.organisation.invoices.get(invoice_id)
    unknown = invoice_id is not None and known is None
    if known is None and not unknown and not call.creates:
        known = call.organisation.invoices.find(key="number", value=values.text(raw, "InvoiceNumber"))
    before = None if call.creates else known
    contact, contact_faults = _contact(call, raw, before)
    start = before or _blank(call)
    mode = _mode(raw, start)
    new_first = call.organisation.switches.new_lines_first and not call.by_hand
    frame = Frame(organisation=call.organisation, mode=mode, places=call.places, new_first=new_first)
    built = _lines(raw, start, frame)
    asked = values.text(raw, "Status")
    if asked is not None and asked not in STATUSES:
        raise malformed_json()
    return InvoiceAttempt(
        organisation=call.organisation,
        raw=raw,
        creates=call.creates,
        before=before,
        after=replace(
            _merged(call, raw, start, contact, built, mode),
            updated=stamp_after(before.updated if before else None, now=call.now),
        ),
        built=built,
        unknown_id=unknown,
        asked_status=asked,
        contact=contact,
        contact_faults=contact_faults,
        by_hand=call.by_hand,
    )


def _blank(call: Call) -> Invoice:
    return Invoice(
        invoice_id=new_id(),
        number="",
        contact_id="",
        day=call.organisation.today(call.now),
        due=None,
        status="DRAFT",
        mode="Exclusive",
        lines=(),
        currency=call.organisation.chart.currency,
        created=call.now,
        updated=call.now,
        app=call.app,
    )


def _merged(
    call: Call, raw: Json, start: Invoice, contact: Contact | None, built: tuple[BuiltLine, ...], mode: str
) -> Invoice:
    """The invoice with the fields of ``raw`` over its own; fields left out are kept."""
    kind = values.text(raw, "Type") or start.type
    if kind not in TYPES:
        raise malformed_json()
    sent = values.flag(raw, "SentToContact")
    return replace(
        start,
        number=_given(raw, "InvoiceNumber", start.number),
        contact_id=contact.contact_id if contact else "",
        day=values.day(raw, "Date") or start.day,
        due=values.day(raw, "DueDate") or start.due,
        status=values.text(raw, "Status") or start.status,
        mode=mode,
        lines=tuple(item.line for item in built),
        currency=_given(raw, "CurrencyCode", start.currency) or start.currency,
        type=kind,
        reference=_given(raw, "Reference", start.reference),
        url=_given(raw, "Url", start.url),
        branding_theme_id=values.identifier(raw, "BrandingThemeID") or start.branding_theme_id,
        sent_to_contact=start.sent_to_contact if sent is None else sent,
    )


def _given(raw: Json, key: str, otherwise: str) -> str:
    value = values.text(raw, key)
    return otherwise if value is None else value


def _mode(raw: Json, start: Invoice) -> str:
    sent = values.text(raw, "LineAmountTypes")
    if not sent:
        return start.mode
    if sent.casefold() not in MODES:
        raise malformed_json()
    return MODES[sent.casefold()]


def _lines(raw: Json, start: Invoice, frame: Frame) -> tuple[BuiltLine, ...]:
    sent = values.objects(raw, "LineItems")
    if sent is None:
        return lines.reread(held=start.lines, frame=frame)
    return lines.build(sent=sent, held=start.lines, frame=frame)


def _contact(call: Call, raw: Json, before: Invoice | None) -> tuple[Contact | None, tuple[str, ...]]:
    """The invoice's contact. One sent with more than its id is created or updated on the way, as Xero does."""
    shelf = call.organisation.contacts
    sent = values.one_object(raw, "Contact")
    if sent is None:
        return (shelf.get(before.contact_id) if before else None), ()
    held = shelf.get(values.identifier(sent, "ContactID"))
    more = {name: value for name, value in sent.items() if name not in NOT_ABOUT_THE_CONTACT and value is not None}
    if values.identifier(sent, "ContactID") is None and not more:
        return None, ()
    if not more and held is not None:
        return held, ()
    if held is not None:
        # Xero drops the contact persons when an invoice carries other fields of its contact.
        more |= {"ContactID": held.contact_id, "ContactPersons": []}
    elif values.identifier(sent, "ContactID"):
        more["ContactID"] = sent["ContactID"]
    found = held or contacts.find(organisation=call.organisation, raw=more)
    if found is not None and found.status != "ACTIVE":
        return found, ()
    saved = contacts.save(organisation=call.organisation, raw=more, creates=False, now=call.now, app=call.app)
    return (None, saved.messages) if isinstance(saved, Refused) else (saved, ())
