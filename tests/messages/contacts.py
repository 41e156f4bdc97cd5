"""Messages about contacts: names, numbers, addresses, archived ones."""

from tests.factories import ContactFactory
from tests.messages.row import Row, bill_page_says, contact_page_says, retried, sent_as_new
from tests.messages.world import Document, World
from tests.xero import job_of

JOHN = "John Smith"
NAMES = ("match_existing_contacts", "distinct_contact_names")


def _name_taken(world: World) -> Document:
    world.off(*NAMES)
    world.act("enter-contact", Name=JOHN)
    contact = ContactFactory(firm=world.firm, name=JOHN)
    world.bill(contact)
    world.syncs()
    return contact


def _name_taken_meanwhile(world: World) -> Document:
    """Archived there, its name given to another; billed again, it is to be restored."""
    world.off(*NAMES)
    contact = world.client(name=JOHN)
    world.act("archive-contact", contact=job_of(contact).xero_id)
    world.act("enter-contact", Name=JOHN)
    world.bill(contact)
    world.syncs()
    return contact


def _renamed_to_a_taken_name(world: World) -> Document:
    world.off(*NAMES)
    world.act("enter-contact", Name=JOHN)
    contact = world.client(name="Smith")
    world.edits(contact, name=JOHN)
    world.bill(contact)
    world.syncs()
    return contact


def _number_taken(world: World) -> Document:
    world.off("restore_archived_contacts")
    archived = world.xero.act("enter-contact", Name="Somebody of another program", ContactNumber="C-1042")
    world.act("archive-contact", contact=archived["id"])
    contact = ContactFactory(firm=world.firm, client_number="C-1042")
    world.bill(contact)
    world.syncs()
    return contact


def _free_number(world: World, contact: Document) -> None:
    holder = next(row for row in world.xero.contacts if row["number"] == "C-1042" and row["status"] == "ARCHIVED")
    world.act("number-contact", contact=holder["id"], number="")
    world.retries(contact)


def _archived(world: World) -> Document:
    world.off("restore_archived_contacts")
    contact = world.client()
    world.act("archive-contact", contact=job_of(contact).xero_id)
    bill = world.bill(contact)
    world.syncs()
    return bill


def _restore(world: World, bill: Document) -> None:
    archived = next(row for row in world.xero.contacts if row["status"] == "ARCHIVED")
    world.act("restore-contact", contact=archived["id"])
    world.retries(bill)


def _two_addresses(world: World) -> Document:
    world.off("drop_invalid_emails")
    contact = ContactFactory(firm=world.firm, emails=("accounts(at)brandt",))
    world.bill(contact)
    world.syncs()
    return contact


def _bad_website(world: World) -> Document:
    contact = world.client()
    world.bill(contact)
    world.act("contact-website", contact=job_of(contact).xero_id, website="www dot brandt")
    world.edits(contact, city="Sydney")
    world.syncs()
    return contact


def _correct_website(world: World, contact: Document) -> None:
    world.act("contact-website", contact=job_of(contact).xero_id, website="https://brandt.example")
    world.retries(contact)


def _gone(world: World) -> Document:
    contact = world.client()
    world.act("forget-contact", contact=job_of(contact).xero_id)
    world.bill(contact)
    world.syncs()
    return contact


def _country_with_digits(world: World) -> Document:
    contact = ContactFactory(firm=world.firm, country="Australia 2000", city="Sydney")
    world.bill(contact)
    world.syncs()
    return contact


def _rename(world: World, contact: Document) -> None:
    world.edits(contact, name="John Smith of Sydney")


ROWS = (
    Row("contact-name-taken", _name_taken, _rename),
    Row("contact-name-exists", _name_taken_meanwhile, _rename),
    Row("contact-rename-refused", _renamed_to_a_taken_name, _rename),
    Row("contact-number-taken", _number_taken, _free_number),
    contact_page_says("contact-number-in-use", retried),
    contact_page_says("account-number-taken", retried),
    Row("contact-archived", _archived, _restore),
    Row("email-invalid", _two_addresses, lambda world, contact: world.edits(contact, emails="accounts@brandt.example")),
    bill_page_says("contact-missing"),
    Row("website-invalid", _bad_website, _correct_website),
    Row("contact-gone", _gone, sent_as_new),
    contact_page_says("contact-name-not-allowed"),
    Row("country-not-allowed", _country_with_digits, lambda world, contact: world.edits(contact, country="Australia")),
)
