"""One message in the table: how it comes about, where it shows, and what puts it right."""

import json
from collections.abc import Callable
from dataclasses import dataclass

from tests.factories import ContactFactory
from tests.messages.world import Document, World, captured, printed
from xero_sync.domain.states import State

Arrange = Callable[[World], Document]
Remedy = Callable[[World, Document], object]


@dataclass(frozen=True)
class Row:
    """`arrange` makes it happen and returns the document that shows it; `remedy` is what the table tells people."""

    code: str
    arrange: Arrange
    remedy: Remedy
    state: State = State.NEEDS_YOU
    # How it comes about: Xero's own rule, its words by script, or stopped here before sending, in the same words.
    by: str = "rule"
    # Where it shows: as a fault with its remedy, or, of what went on by itself, in the story, a note, the sentence.
    seen: str = "fault"
    # What the document needs in the end, where the message itself was dealt with by itself.
    then: str = ""


def saved(world: World, document: Document) -> None:
    """Saved again by its form, as it is."""
    world.edits(document)


def retried(world: World, document: Document) -> None:
    world.retries(document)


def sent_as_new(world: World, document: Document) -> None:
    world.sends_as_new(document)


def waited(world: World, document: Document) -> None:
    world.later()


def reconnected(world: World, document: Document) -> None:
    world.reconnects()


def released(code: str) -> Remedy:
    """We put it right, and an operator lets it go."""
    return lambda world, document: world.operator_retries(code)


def bill_page_says(code: str, remedy: Remedy = saved, *, state: State = State.NEEDS_YOU, warning: str = "") -> Row:
    """Xero refuses a new bill with the words it prints for this."""

    def arrange(world: World) -> Document:
        bill = world.bill()
        world.says(warning or printed(code), method="PUT", warnings=[printed(code)] if warning else [])
        world.syncs(1)
        return bill

    return Row(code, arrange, remedy, state, by="words")


def contact_page_says(code: str, remedy: Remedy = saved) -> Row:
    """Xero refuses a new contact with the words it prints for this; a bill waits for the contact."""

    def arrange(world: World) -> Document:
        contact = ContactFactory(firm=world.firm)
        world.bill(contact)
        world.says(printed(code), path="Contacts", method="PUT")
        world.syncs(1)
        return contact

    return Row(code, arrange, remedy, by="words")


def request_refused(code: str, remedy: Remedy, *, state: State = State.NEEDS_YOU) -> Row:
    """Xero refuses the whole request, as captured."""

    def arrange(world: World) -> Document:
        bill = world.bill()
        answer = captured(code)
        world.answers(int(answer["status"]), json.dumps(answer["body"]))
        world.syncs(1)
        return bill

    return Row(code, arrange, remedy, state, by="words")
