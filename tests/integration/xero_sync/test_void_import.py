"""Void what an import sent: counted first, by an admin, and only what nobody paid, locked or changed since."""

from decimal import Decimal

import pytest
from django.test import Client

from billing import services
from billing.models import Invoice
from firms.models import AuditEvent, Firm, User
from tests.factories import MembershipFactory
from tests.integration.billing.importing import address, confirm, upload_bills
from tests.integration.billing.test_import import ledes, record
from tests.xero import Xero, job_of, sync
from xero_sync.models import XeroChart, XeroDocument

pytestmark = pytest.mark.django_db(transaction=True)

FOUR = ledes(
    record(),
    record(INVOICE_NUMBER="10402"),
    record(INVOICE_NUMBER="10403"),
    record(INVOICE_NUMBER="10404", INVOICE_DATE="20250101"),
)


@pytest.fixture
def page(connected: Firm, admin: User) -> Client:
    client = Client()
    client.force_login(admin, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def sent(page: Client, connected: Firm, xero: Xero) -> Firm:
    """A firm with an import of four bills, all in Xero."""
    upload_bills(page, connected, FOUR)
    confirm(page, connected, "send")
    sync(connected)
    assert len(xero.invoices) == 4
    return connected


def bill(number: str) -> Invoice:
    return Invoice.objects.get(number=number)


def void_all(page: Client, firm: Firm) -> str:
    """Look, then press the button; the import's page afterwards."""
    shown = page.get(address(firm, "void/"))
    page.post(address(firm, "void/"), {"seen": shown.context["seen"]})
    return page.get(address(firm)).content.decode()


def test_all_that_was_sent_is_voided_in_xero_with_one_press(page: Client, sent: Firm, xero: Xero) -> None:
    looked = page.get(address(sent, "void/")).content.decode()
    assert "4 bills, 440.00 AUD, can be voided; 4 of them are in Xero." in looked
    assert "4 bills are void." in void_all(page, sent)
    sync(sent)
    assert {each["status"] for each in xero.invoices} == {"VOIDED"}
    assert AuditEvent.objects.get(action="import.voided").after == {"bills": 4, "in_xero": 4}


def test_what_is_paid_locked_or_changed_stays_and_is_listed_by_its_reason(page: Client, sent: Firm, xero: Xero) -> None:
    paid, changed = job_of(bill("10401")), bill("10402")
    XeroDocument.objects.update_or_create(
        firm=sent,
        xero_tenant_id=paid.xero_record.xero_tenant_id,
        kind="INVOICE",
        xero_id=paid.xero_id,
        defaults={"settled": Decimal(10), "status": "AUTHORISED"},
    )
    services.correct_invoice(firm=sent, actor=None, invoice=changed, expected_version=changed.version, texts={})
    chart = XeroChart.objects.get(firm=sent)
    chart.organisation = {**chart.organisation, "PeriodLockDate": "2025-06-30"}
    chart.save()
    looked = page.get(address(sent, "void/")).content.decode()
    assert "1 stays: paid or credited in Xero" in looked
    assert "1 stays: edited here since" in looked
    assert "1 stays: dated in a period that is locked in Xero" in looked
    void_all(page, sent)
    sync(sent)
    assert bill("10401").state == bill("10402").state == bill("10404").state == "APPROVED"
    assert bill("10403").state == "VOID"
    assert [each["status"] for each in xero.numbered("10403")] == ["VOIDED"]


def test_what_changed_since_it_was_looked_at_voids_nothing(page: Client, sent: Firm) -> None:
    shown = page.get(address(sent, "void/")).context["seen"]
    first = bill("10401")
    services.correct_invoice(firm=sent, actor=None, invoice=first, expected_version=first.version, texts={})
    page.post(address(sent, "void/"), {"seen": shown})
    assert set(Invoice.objects.values_list("state", flat=True)) == {"APPROVED"}


def test_billing_staff_see_no_such_button_and_may_not_press_it(sent: Firm) -> None:
    staff = Client()
    staff.force_login(MembershipFactory(firm=sent).user, backend="django.contrib.auth.backends.ModelBackend")
    assert "Void what was sent" not in staff.get(address(sent)).content.decode()
    assert staff.post(address(sent, "void/"), {"seen": ""}).status_code == 403
    assert set(Invoice.objects.values_list("state", flat=True)) == {"APPROVED"}


def test_an_admin_finds_it_on_the_imports_page(page: Client, sent: Firm) -> None:
    assert "Void what was sent" in page.get(address(sent)).content.decode()
