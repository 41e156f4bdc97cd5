"""What a client knows of its contact in Xero."""

import pytest

from xero_sync.kinds.contact.document import ContactDocument


@pytest.mark.parametrize(("status", "archived"), [("ARCHIVED", True), ("ACTIVE", False), ("", False)])
def test_a_contact_is_archived_when_xero_said_so(status: str, archived: bool) -> None:
    contact = ContactDocument(object_id=7, client_number="C-7", name="Kim", is_person=True, xero_status=status)
    assert contact.is_archived is archived
