"""A client's row and its record, whole, as a frozen contact."""

from dataclasses import replace
from typing import Any

import pytest

from billing.models import Contact, ContactKind
from tests.unit.kinds import documents
from xero_sync.domain.link import Link
from xero_sync.kinds.contact.document import ContactDocument
from xero_sync.kinds.contact.snapshot import ContactRows, contact_document
from xero_sync.models import XeroRecord

ROW: dict[str, Any] = {
    "pk": 7,
    "client_number": "C-7",
    "name": "Ann O'Hara",
    "kind": ContactKind.PERSON,
    "first_name": "Ann",
    "last_name": "O'Hara",
    "emails": ["ann@ohara.example", "office@ohara.example"],
    "phones": [{"type": "FAX", "number": "1"}, {"type": "MOBILE", "number": "2"}],
    "address_line1": "Level 3",
    "address_line2": "12 Harrow Lane",
    "city": "Sydney",
    "region": "NSW",
    "postal_code": "2000",
    "country": "Australia",
    "tax_number": "51 824",
}
CONTACT = replace(
    documents.CONTACT,
    first_name="Ann",
    last_name="O'Hara",
    emails=("ann@ohara.example", "office@ohara.example"),
    phones=(("FAX", "1"), ("MOBILE", "2")),
    address_lines=("Level 3", "12 Harrow Lane"),
    city="Sydney",
    region="NSW",
    postal_code="2000",
    country="Australia",
    tax_number="51 824",
)


def document(*, row: dict[str, Any] | None = None, **record: Any) -> ContactDocument:
    contact = Contact(**{**ROW, **(row or {})})
    return contact_document(contact=contact, record=XeroRecord(**record), xero_tenant_id="org-1")


def test_every_field_of_a_client_is_read() -> None:
    assert document() == CONTACT


def test_a_company_is_no_person() -> None:
    assert document(row={"kind": ContactKind.COMPANY}) == replace(CONTACT, is_person=False)


@pytest.mark.parametrize(("organisation", "xero_id"), [("org-1", "x1"), ("org-2", ""), ("", "")])
def test_an_id_counts_in_the_organisation_it_was_given_in(organisation: str, xero_id: str) -> None:
    found = document(xero_id="x1", xero_tenant_id=organisation, status="ARCHIVED", number="C-6")
    assert found == replace(CONTACT, xero_id=xero_id, xero_status="ARCHIVED", number_sent="C-6")


@pytest.mark.parametrize(
    ("link", "changes"),
    [
        (
            Link(name="Ann (C-7)", stands_for="Ann O'Hara", number="X-1"),
            {"name_in_xero": "Ann (C-7)", "number_in_xero": "X-1"},
        ),
        # Renamed here since: it goes by its new name.
        (Link(name="Ann (C-7)", stands_for="Ann Lee"), {}),
        (Link(without_number=True), {"without_number": True}),
    ],
)
def test_what_a_link_says_of_its_name_and_number_is_read(link: Link, changes: dict[str, Any]) -> None:
    assert document(link=link) == replace(CONTACT, **changes)


def test_clients_wait_for_nothing_and_come_in_the_order_of_their_ids() -> None:
    saved = ContactRows().read_saved(firm=None, object_ids={9, 7})  # type: ignore[arg-type]  # no row is read
    assert [(each.object_id, each.waits_for, each.standing) for each in saved] == [(7, None, None), (9, None, None)]
