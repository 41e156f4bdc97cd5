"""What a person may decide about a document that is gone from Xero, or was ended there."""

import pytest

from xero_sync.domain.gone import GoneDecision, gone_codes, list_decisions, was_ended
from xero_sync.domain.kinds import KindSpec
from xero_sync.domain.link import NO_LINK, Link
from xero_sync.kinds.contact.spec import CONTACT
from xero_sync.kinds.invoice.spec import INVOICE

VOID, AGAIN, LEAVE = GoneDecision.VOID_HERE, GoneDecision.SEND_AS_NEW, GoneDecision.LEAVE


@pytest.mark.parametrize(
    ("kind", "code", "expected"),
    [
        (INVOICE, "missing-in-xero", (VOID, AGAIN, LEAVE)),
        (INVOICE, "voided-in-xero", (VOID, AGAIN, LEAVE)),
        # A contact cannot be void.
        (CONTACT, "contact-gone", (AGAIN, LEAVE)),
        # Of a bill whose contact is gone, the contact is decided.
        (INVOICE, "contact-gone", ()),
        (INVOICE, "settled-in-xero", ()),
        (CONTACT, "", ()),
    ],
)
def test_the_decisions_on_each_kind(kind: KindSpec, code: str, expected: tuple[GoneDecision, ...]) -> None:
    assert list_decisions(kind=kind, code=code) == expected


def test_a_kind_without_such_errors_has_none() -> None:
    assert gone_codes(CONTACT) == {"contact-gone"}
    assert gone_codes(INVOICE) == {"missing-in-xero", "voided-in-xero"}


@pytest.mark.parametrize(
    ("kind", "link", "expected"),
    [
        (INVOICE, NO_LINK, False),
        (CONTACT, NO_LINK, False),
        (CONTACT, Link(gone="id"), True),
        (INVOICE, Link(closed="voided-in-xero"), True),
        (INVOICE, Link(closed="settled-in-xero"), False),
        (CONTACT, Link(closed="settled-in-xero"), False),
        (INVOICE, Link(given_up="id"), False),
    ],
)
def test_whether_a_document_was_ended_is_read_from_its_link(kind: KindSpec, link: Link, expected: bool) -> None:
    assert was_ended(kind=kind, link=link) is expected
