"""A file of bills that names its clients by number alone: the name is Xero's, where Xero has the number."""

from collections.abc import Iterator
from typing import Any

import pytest

from billing import importing, services
from billing.models import Contact
from firms.models import Firm
from firms.scope import firm_scope
from tests.factories import FirmFactory
from tests.integration.billing.test_import import ledes, record
from tests.outcomes import connect
from xero_sync.models import XeroDocument

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("scope")]


@pytest.fixture
def scope(firm: Firm) -> Iterator[None]:
    with firm_scope(firm):
        yield


def in_xero(firm: Firm, tenant: str, **values: Any) -> None:
    usual = {"kind": "CONTACT", "number": "c-1", "number_key": "c-1", "name": "Alder Hythe Ltd", "xero_id": "there"}
    XeroDocument.objects.create(firm=firm, xero_tenant_id=tenant, **(usual | values))


def import_bill(firm: Firm) -> services.ImportReport:
    return importing.import_ledes(firm=firm, actor=None, data=ledes(record()), create_contacts=True)


def test_a_client_whom_xero_has_under_the_number_is_created_with_that_name(firm: Firm) -> None:
    in_xero(firm, connect(firm).xero_tenant_id)
    assert import_bill(firm).created == 1
    assert (Contact.objects.get().client_number, Contact.objects.get().name) == ("C-1", "Alder Hythe Ltd")


def test_nothing_of_another_organisation_firm_or_kind_names_a_client(firm: Firm) -> None:
    tenant = connect(firm).xero_tenant_id
    in_xero(firm, "before")
    in_xero(firm, tenant, kind="INVOICE")
    in_xero(firm, tenant, number="C-11", number_key="c-11", xero_id="other")
    in_xero(FirmFactory(), tenant)
    (fault,) = import_bill(firm).faults
    assert fault.message.startswith('Client "C-1" is not here, and neither the file nor Xero has a name')
    assert not Contact.objects.exists()


def test_a_firm_without_a_connection_is_asked_for_the_name(firm: Firm) -> None:
    assert [fault.field for fault in import_bill(firm).faults] == ["CLIENT_ID"]
