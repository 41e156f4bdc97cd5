"""Client files damaged by chance: read in bounded time, and imported whole or not at all."""

import pytest
from django.db import transaction

from billing import importing
from billing.imports.contacts_csv import ContactsFile
from billing.models import Contact
from firms.models import AuditEvent, Firm
from tests.mutated_clients import check_file, mutated_files

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("inside")]


def test_three_hundred_damaged_files_are_read_or_refused() -> None:
    outcomes = [type(check_file(data)) for data in mutated_files(300, seed=1)]
    # The damage is neither too small to be noticed nor so great that every file is refused.
    assert 30 < outcomes.count(ContactsFile) < 270


def test_a_damaged_file_is_stored_whole_or_not_at_all(firm: Firm) -> None:
    stored, files = 0, list(mutated_files(40, seed=2))
    assert len(files) == 40
    for data in files:
        with transaction.atomic():
            report = importing.import_contacts(firm=firm, actor=None, data=data)
            assert Contact.objects.count() == AuditEvent.objects.filter(action="contact.imported").count()
            assert Contact.objects.count() == (0 if report.refused else report.created)
            stored += report.created
            transaction.set_rollback(True)
    assert stored
