"""Saving contacts and their matters."""

from django.db import IntegrityError, transaction
from django.utils.timezone import now

from billing.domain.contact_limits import LONGEST, MOST, number_of_values_fault, value_fault
from billing.models import Contact, Matter, signals
from billing.services import numbers
from billing.services.facts import contact_facts
from billing.services.limits import text_fault
from billing.services.values import ContactValues
from firms import audit
from firms.models import Firm, User
from firms.refusals import Refused, refuse_conflict
from firms.scope import firm_scope
from identity.text import clean_text

_PLAIN = [field for field in LONGEST if field not in MOST and field != "client_number"]


def save_contact(
    *,
    firm: Firm,
    actor: User | None,
    values: ContactValues,
    contact: Contact | None = None,
    expected_version: int | None = None,
) -> Contact:
    """Create or change a contact and tell who listens, also if nothing changed. Raises Refused, EditConflict."""

    def save() -> Contact:
        with transaction.atomic(), firm_scope(firm):
            return _save_contact(firm, actor, values, contact, expected_version)

    return numbers.saved_under_a_number(
        save=save,
        given=values.client_number,
        constraint="one_contact_per_client_number",
        field="client_number",
        sentence=_taken(values.client_number),
    )


def _save_contact(
    firm: Firm, actor: User | None, values: ContactValues, contact: Contact | None, expected_version: int | None
) -> Contact:
    row = _locked(firm, contact, expected_version)
    before = contact_facts(row) if row.pk else {}
    faults = contact_faults(values=values)
    number = values.client_number.strip()
    if number and firm.contacts.filter(client_number=number).exclude(pk=row.pk).exists():
        faults["client_number"] = _taken(number)
    if faults:
        raise Refused(faults)
    if not number:
        numbers.wait_for_turn(firm=firm)
        number = numbers.next_client_number(firm=firm)
    fill_contact(row, values)
    row.client_number = number
    row.updated_at = now()
    action = "contact.edited" if row.pk else "contact.created"
    row.version = row.version + 1 if row.pk else 1
    row.save()
    audit.record(firm=firm, actor=actor, action=action, target=row, before=before, after=contact_facts(row))
    signals.contacts_saved.send(sender=Contact, firm=firm, contacts=[row], actor=actor, bulk=False)
    return row


def contact_faults(*, values: ContactValues) -> dict[str, str]:
    """The faults of a contact as typed, by field."""
    name = _full_name(values)
    faults = {"name": "Give a name."} if not name else {}
    typed: dict[str, tuple[str, ...]] = {field: (getattr(values, field),) for field in LONGEST if field not in MOST}
    typed |= {"name": (name,), "emails": values.emails, "phones": tuple(phone.number for phone in values.phones)}
    for field, texts in typed.items():
        found = (value_fault(field=field, value=text.strip()) for text in texts)
        too_many = number_of_values_fault(field=field, count=len(texts)) if field in MOST else ""
        if fault := too_many or next(filter(None, found), ""):
            faults[field] = fault
    return faults


def fill_contact(row: Contact, values: ContactValues) -> None:
    """Put what was typed into the row, without its client number."""
    for field in _PLAIN:
        setattr(row, field, getattr(values, field).strip())
    row.kind = values.kind.value
    row.name = _full_name(values)
    row.emails = [email.strip() for email in values.emails if email.strip()]
    row.phones = [
        {"type": phone.type.value, "number": phone.number.strip()} for phone in values.phones if phone.number.strip()
    ]


def save_matter(
    *, firm: Firm, actor: User | None, contact: Contact, number: str, name: str = "", matter: Matter | None = None
) -> Matter:
    """Open or rename a matter of a contact. Raises Refused."""
    number, name = clean_text(number), clean_text(name)
    try:
        return _save_matter(firm, actor, contact, number, name, matter)
    except IntegrityError as clash:
        if "one_matter_per_number" not in str(clash):
            raise
        raise Refused({"number": _matter_taken(number)}) from clash


def _save_matter(
    firm: Firm, actor: User | None, contact: Contact, number: str, name: str, matter: Matter | None
) -> Matter:
    with transaction.atomic(), firm_scope(firm):
        row = (
            firm.matters.select_for_update(no_key=True).get(pk=matter.pk)
            if matter
            else Matter(firm=firm, contact=contact)
        )
        before = {"number": row.number, "name": row.name} if row.pk else {}
        faults = matter_faults(firm=firm, contact=contact, number=number, name=name, matter=row)
        if faults:
            raise Refused(faults)
        row.number, row.name = number.strip(), name.strip()
        row.save()
        after = {"number": row.number, "name": row.name, "contact_id": contact.pk}
        action = "matter.edited" if before else "matter.opened"
        audit.record(firm=firm, actor=actor, action=action, target=row, before=before, after=after)
    return row


def matter_faults(*, firm: Firm, contact: Contact, number: str, name: str, matter: Matter) -> dict[str, str]:
    """The faults of a matter as typed, by field."""
    faults = {}
    for field, value in (("number", number), ("name", name)):
        if fault := text_fault(model=Matter, field=field, value=value):
            faults[field] = fault
    if not number.strip():
        faults["number"] = "Give the matter a number."
    elif contact.firm_id != firm.pk:
        faults["contact"] = "There is no such contact."
    elif firm.matters.filter(number=number.strip()).exclude(pk=matter.pk).exists():
        faults["number"] = _matter_taken(number)
    return faults


def _locked(firm: Firm, contact: Contact | None, expected_version: int | None) -> Contact:
    if contact is None:
        return Contact(firm=firm)
    # Without its key: a bill of this contact that is being saved refers to the row when it commits.
    row = firm.contacts.select_for_update(no_key=True).get(pk=contact.pk)
    refuse_conflict(firm=firm, current=row, version=row.version, expected_version=expected_version)
    return row


def _full_name(values: ContactValues) -> str:
    return values.name.strip() or f"{values.first_name} {values.last_name}".strip()


def _matter_taken(number: str) -> str:
    return f"Another matter has the number {number.strip()}. Give this one another."


def _taken(number: str) -> str:
    return f"Another contact has the client number {number}. Give this one another."
