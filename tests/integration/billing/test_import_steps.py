"""An import's way: nothing is stored before the last step, a held one waits, one that is taken back leaves no trace."""

import csv
import io
import sys
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from billing.domain.import_states import ImportState
from billing.importing.files import PART_BYTES, drop_old_files
from billing.importing.leases import take_import
from billing.importing.worker import work_once
from billing.models import Contact, Import, ImportFilePart, Invoice, Matter, signals
from billing.services.import_ledes import JudgedBills
from firms.models import AuditEvent, Firm
from firms.scope import all_firms, firm_scope
from tests.factories import ContactFactory, FirmFactory, InvoiceFactory, MatterFactory, admin_of
from tests.integration.billing.importing import (
    address,
    confirm,
    give_names,
    happens,
    newest,
    press,
    send_file,
    upload,
    upload_bills,
    work,
)
from tests.integration.billing.test_import import CONTACTS, ledes, record

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("inside")]

TWO_BILLS = ledes(record(), record(INVOICE_NUMBER="10402", CLIENT_ID="C-2", LAW_FIRM_MATTER_ID="M-2"))


def bill_facts() -> list[tuple[str, str, bool]]:
    return list(Invoice.objects.order_by("number").values_list("number", "state", "held"))


def test_nothing_but_the_file_is_stored_before_the_last_step(staff_page: Client, firm: Firm) -> None:
    upload_bills(staff_page, firm, TWO_BILLS)
    happens(staff_page, firm)
    assert not Invoice.objects.exists()
    assert not Contact.objects.exists()
    assert not Matter.objects.exists()
    assert b"".join(bytes(part.data) for part in ImportFilePart.objects.all()) == TWO_BILLS


def test_the_upload_only_keeps_the_file_and_a_worker_reads_it(staff_page: Client, firm: Firm) -> None:
    send_file(staff_page, firm, "contacts", CONTACTS)
    assert "Reading the file" in staff_page.get(address(firm)).content.decode()
    assert newest(firm).report == {}
    work()
    assert "2 contacts would be created" in staff_page.get(address(firm)).content.decode()


def test_a_large_file_is_kept_in_parts_of_a_megabyte(staff_page: Client, firm: Firm) -> None:
    data = b"x" * (2 * PART_BYTES + 7)
    send_file(staff_page, firm, "contacts", data)
    sizes = [len(part.data) for part in ImportFilePart.objects.order_by("position")]
    assert sizes == [PART_BYTES, PART_BYTES, 7]
    assert newest(firm).file_size == len(data)


def test_a_held_import_stands_here_and_nobody_hears_of_its_clients(staff_page: Client, firm: Firm) -> None:
    heard: list[Any] = []

    def listen(**said: Any) -> None:
        heard.append(said)

    upload_bills(staff_page, firm, TWO_BILLS)
    signals.contacts_saved.connect(listen)
    page = confirm(staff_page, firm, "hold")
    signals.contacts_saved.disconnect(listen)
    assert "2 bills (220.00) imported and held." in page
    assert bill_facts() == [("10401", "APPROVED", True), ("10402", "APPROVED", True)]
    assert Contact.objects.count() == 2
    assert heard == []


def test_the_first_file_of_a_layout_is_proposed_to_be_held(staff_page: Client, firm: Firm) -> None:
    upload_bills(staff_page, firm, TWO_BILLS)
    assert '<input type="radio" name="then" value="hold" checked>' in happens(staff_page, firm)
    confirm(staff_page, firm, "send")
    upload_bills(staff_page, firm, ledes(record(INVOICE_NUMBER="10403")))
    assert '<input type="radio" name="then" value="send" checked>' in happens(staff_page, firm)


def test_one_press_releases_what_is_held(staff_page: Client, firm: Firm) -> None:
    upload_bills(staff_page, firm, TWO_BILLS)
    confirm(staff_page, firm, "hold")
    assert "2 bills (220.00) imported." in press(staff_page, firm, "release")
    assert bill_facts() == [("10401", "APPROVED", False), ("10402", "APPROVED", False)]


def test_drafts_come_in_as_drafts(staff_page: Client, firm: Firm) -> None:
    upload_bills(staff_page, firm, TWO_BILLS)
    assert "imported, as drafts." in confirm(staff_page, firm, "draft")
    assert bill_facts() == [("10401", "DRAFT", False), ("10402", "DRAFT", False)]


def test_a_held_import_is_taken_back_whole_and_the_trail_says_so(staff_page: Client, firm: Firm) -> None:
    kept = ContactFactory(firm=firm, client_number="C-2", name="Brandt GmbH")
    upload_bills(staff_page, firm, TWO_BILLS)
    confirm(staff_page, firm, "hold")
    press(staff_page, firm, "undo")
    assert [state for _number, state, _held in bill_facts()] == ["VOID", "VOID"]
    assert list(Contact.objects.all()) == [kept]
    assert not Matter.objects.exists()
    actions = AuditEvent.objects.values_list("action", flat=True)
    assert {"import.undone", "invoice.voided", "contact.removed", "matter.removed"} <= set(actions)
    listed = staff_page.get(f"/{firm.slug}/invoices/").content.decode()
    assert "Client removed with an import" in listed
    bill = Invoice.objects.get(number="10401")
    assert "Client removed with an import" in staff_page.get(f"/{firm.slug}/invoices/{bill.pk}/").content.decode()


def test_clients_and_matters_that_something_else_uses_stay(staff_page: Client, firm: Firm) -> None:
    upload_bills(staff_page, firm, TWO_BILLS)
    confirm(staff_page, firm, "hold")
    used = Contact.objects.get(client_number="C-1")
    InvoiceFactory(firm=firm, contact=used, matter_id=Matter.objects.get(number="M-1").pk, number="77")
    MatterFactory(contact=Contact.objects.get(client_number="C-2"), number="M-9")
    press(staff_page, firm, "undo")
    assert set(Contact.objects.values_list("client_number", flat=True)) == {"C-1", "C-2"}
    assert set(Matter.objects.values_list("number", flat=True)) == {"M-1", "M-9"}


def test_a_client_whose_page_was_saved_since_stays(staff_page: Client, firm: Firm) -> None:
    upload(staff_page, firm, "contacts", CONTACTS)
    confirm(staff_page, firm, "hold")
    Contact.objects.filter(client_number="C-1").update(version=2)
    press(staff_page, firm, "undo")
    assert list(Contact.objects.values_list("client_number", flat=True)) == ["C-1"]


def test_the_same_file_comes_in_again_after_it_was_taken_back(staff_page: Client, firm: Firm) -> None:
    upload_bills(staff_page, firm, TWO_BILLS)
    confirm(staff_page, firm, "hold")
    before = list(Invoice.objects.order_by("number").values_list("pk", flat=True))
    press(staff_page, firm, "undo")
    assert "2 bills would be created" in upload_bills(staff_page, firm, TWO_BILLS)
    confirm(staff_page, firm, "send")
    assert bill_facts() == [("10401", "APPROVED", False), ("10402", "APPROVED", False)]
    assert list(Invoice.objects.order_by("number").values_list("pk", flat=True)) == before
    assert [line.amount for bill in Invoice.objects.all() for line in bill.lines.all()] == [100, 100]
    assert Invoice.objects.get(number="10401").contact == Contact.objects.get(client_number="C-1")


def test_a_bill_that_a_person_voided_is_not_taken_up_again(staff_page: Client, firm: Firm) -> None:
    upload_bills(staff_page, firm, TWO_BILLS)
    confirm(staff_page, firm, "send")
    Invoice.objects.filter(number="10401").update(state="VOID")
    other = ledes(record(LINE_ITEM_DESCRIPTION="Other advice"))
    assert "is here already, with other content" in upload_bills(staff_page, firm, other)


def test_a_file_put_away_before_it_was_imported_leaves_nothing(staff_page: Client, firm: Firm) -> None:
    upload_bills(staff_page, firm, TWO_BILLS)
    press(staff_page, firm, "undo")
    assert newest(firm).state == ImportState.UNDONE
    assert not Contact.objects.exists()


def test_who_presses_twice_imports_once(staff_page: Client, firm: Firm) -> None:
    upload_bills(staff_page, firm, TWO_BILLS)
    staff_page.post(address(firm, "confirm/"), {"then": "send"})
    confirm(staff_page, firm, "hold")
    assert bill_facts() == [("10401", "APPROVED", False), ("10402", "APPROVED", False)]


def test_an_import_that_was_sent_is_not_taken_back(staff_page: Client, firm: Firm) -> None:
    upload_bills(staff_page, firm, TWO_BILLS)
    confirm(staff_page, firm, "send")
    press(staff_page, firm, "undo")
    assert newest(firm).state == ImportState.DONE
    assert [state for _number, state, _held in bill_facts()] == ["APPROVED", "APPROVED"]


def test_a_worker_that_dies_in_the_middle_is_followed_by_one_that_goes_on(
    staff_page: Client, firm: Firm, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.modules[JudgedBills.__module__], "ROWS_A_SLICE", 1)
    upload_bills(staff_page, firm, TWO_BILLS)
    staff_page.post(address(firm, "confirm/"), {"then": "hold"})
    inserts: list[str] = []

    def die(execute: Any, sql: str, *rest: Any) -> Any:
        if sql.startswith('INSERT INTO "billing_invoice"'):
            inserts.append(sql)
            if len(inserts) == 2:
                raise KeyboardInterrupt
        return execute(sql, *rest)

    with connection.execute_wrapper(die), pytest.raises(KeyboardInterrupt):
        work()
    assert bill_facts() == [("10401", "APPROVED", True)]
    assert not work_once(), "The dead worker's lease is not over yet."
    Import.objects.update(lease_until=timezone.now() - timedelta(days=1))
    work()
    assert newest(firm).state == ImportState.HELD
    assert bill_facts() == [("10401", "APPROVED", True), ("10402", "APPROVED", True)]
    assert newest(firm).done == 0
    assert newest(firm).report["created"] == 2


def test_a_person_stops_an_import_between_two_slices(
    staff_page: Client, firm: Firm, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.modules[JudgedBills.__module__], "ROWS_A_SLICE", 1)
    upload_bills(staff_page, firm, TWO_BILLS)
    staff_page.post(address(firm, "confirm/"), {"then": "send"})
    heard: list[str] = []

    def stop(**said: Any) -> None:
        heard.append(said["invoices"][0].number)
        if len(heard) == 1:
            staff_page.post(address(firm, "undo/"))

    signals.invoices_saved.connect(stop)
    work()
    signals.invoices_saved.disconnect(stop)
    assert bill_facts() == [("10401", "VOID", True)]
    assert not Contact.objects.exists()
    assert newest(firm).state == ImportState.UNDONE


def test_a_file_over_which_our_software_fails_three_times_is_left_and_can_be_taken_back(
    staff_page: Client, firm: Firm
) -> None:
    def fail(**_: Any) -> None:
        raise RuntimeError("the outbox cannot be written")

    upload_bills(staff_page, firm, TWO_BILLS)
    staff_page.post(address(firm, "confirm/"), {"then": "send"})
    signals.invoices_saved.connect(fail)
    for _ in range(3):
        Import.objects.update(lease_until=None)
        work()
    signals.invoices_saved.disconnect(fail)
    assert newest(firm).state == ImportState.FAILED
    assert not work_once()
    press(staff_page, firm, "undo")
    assert newest(firm).state == ImportState.UNDONE


def test_the_files_are_deleted_after_a_day_and_the_page_says_so(staff_page: Client, firm: Firm) -> None:
    upload_bills(staff_page, firm, TWO_BILLS)
    now = timezone.now()
    with all_firms():
        assert drop_old_files(now=now + timedelta(hours=23)) == 0
        assert newest(firm).report["samples"]
        assert drop_old_files(now=now + timedelta(hours=25)) == 1
    assert "samples" not in newest(firm).report
    page = confirm(staff_page, firm)
    assert "The file was kept for a day and is deleted by now." in page
    assert not Invoice.objects.exists()


def test_a_file_that_a_worker_still_reads_is_not_deleted(staff_page: Client, firm: Firm) -> None:
    send_file(staff_page, firm, "invoices", TWO_BILLS)
    with all_firms():
        assert drop_old_files(now=timezone.now() + timedelta(hours=25)) == 0


def test_of_two_imports_of_a_firm_one_worker_has_one_and_another_firm_goes_on(
    staff_page: Client, firm: Firm, other_firm: Firm, other_page: Client
) -> None:
    send_file(staff_page, firm, "invoices", TWO_BILLS)
    first = newest(firm)
    send_file(staff_page, firm, "contacts", CONTACTS)
    send_file(other_page, other_firm, "contacts", CONTACTS)
    with all_firms():
        taken = [take_import(), take_import(), take_import()]
    assert [lease and lease.import_id for lease in taken] == [first.pk, newest(other_firm).pk, None]


@pytest.fixture
def other_firm(db: None) -> Firm:
    return FirmFactory(slug="another-firm")


@pytest.fixture
def other_page(other_firm: Firm) -> Client:
    client = Client()
    client.force_login(admin_of(other_firm), backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_two_firms_files_and_rows_never_cross(
    staff_page: Client, firm: Firm, other_firm: Firm, other_page: Client
) -> None:
    upload_bills(staff_page, firm, TWO_BILLS)
    pk = newest(firm).pk
    for act in ("", "live/"):
        assert other_page.get(f"/{other_firm.slug}/imports/{pk}/{act}").status_code == 404
    for act in ("choose/", "confirm/", "release/", "undo/"):
        assert other_page.post(f"/{other_firm.slug}/imports/{pk}/{act}", {"then": "send"}).status_code == 404
    upload_bills(other_page, other_firm, TWO_BILLS)
    confirm(other_page, other_firm)
    assert not Invoice.objects.exists()
    with firm_scope(other_firm):
        assert Invoice.objects.count() == 2
    assert staff_page.get(f"/{firm.slug}/imports/").content.decode().count("file.txt") == 1


def test_the_bar_is_asked_cheaply_and_ends_in_the_whole_page(staff_page: Client, firm: Firm) -> None:
    send_file(staff_page, firm, "invoices", TWO_BILLS)
    first = staff_page.get(address(firm, "live/"))
    assert "Reading the file" in first.content.decode()
    again = staff_page.get(address(firm, "live/"), headers={"if-none-match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    work()
    assert staff_page.get(address(firm, "live/"), headers={"if-none-match": first["ETag"]})["HX-Refresh"] == "true"


GOOD_AND_BAD = ledes(
    record(),
    record(INVOICE_NUMBER="10402", INVOICE_TOTAL="341.00"),
    record(INVOICE_NUMBER="10403", INVOICE_DATE="20263108"),
)


def test_clients_known_by_number_alone_are_asked_for(staff_page: Client, firm: Firm) -> None:
    page = upload(staff_page, firm, "invoices", TWO_BILLS)
    assert "Who are these clients?" in page
    assert "Import 2 bills" not in happens(staff_page, firm)
    assert "Who are these clients?" in give_names(staff_page, firm, C_1="Meridian Shipping Ltd")
    assert "Who are these clients?" not in give_names(staff_page, firm, C_2="Brandt GmbH")
    confirm(staff_page, firm)
    assert set(Contact.objects.values_list("client_number", "name")) == {
        ("C-1", "Meridian Shipping Ltd"),
        ("C-2", "Brandt GmbH"),
    }


def test_while_a_bill_is_refused_nothing_is_imported(staff_page: Client, firm: Firm) -> None:
    upload_bills(staff_page, firm, GOOD_AND_BAD)
    confirm(staff_page, firm)
    assert newest(firm).state == ImportState.CHECKED
    assert not Invoice.objects.exists()


def test_the_second_button_imports_the_good_bills_and_leaves_the_others_out(staff_page: Client, firm: Firm) -> None:
    upload_bills(staff_page, firm, GOOD_AND_BAD)
    assert "Import the 1 good bill (110.00), leave out 2 (441.00)" in happens(staff_page, firm)
    page = confirm(staff_page, firm, skip_refused="on")
    assert "1 bill (110.00) imported. 2 refused and left out." in page
    assert bill_facts() == [("10401", "APPROVED", False)]


def test_the_refused_bills_are_a_file_with_their_reasons(staff_page: Client, firm: Firm) -> None:
    formula = record(INVOICE_NUMBER="10404", INVOICE_TOTAL="341.00", LINE_ITEM_DESCRIPTION="=HYPERLINK(1)")
    upload_bills(staff_page, firm, ledes(record(), formula))
    answer = staff_page.get(address(firm, "refused.csv"))
    assert answer["Content-Disposition"] == f'attachment; filename="refused-{newest(firm).pk}.csv"'
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    heads, line = list(csv.reader(io.StringIO(text)))
    assert heads[:4] == ["File", "Line", "Bill or client", "What is wrong"]
    assert line[:3] == ["", "4", "10404"]
    assert "INVOICE_TOTAL says 341.00" in line[3]
    assert "'=HYPERLINK(1)" in line


def test_what_is_refused_by_then_is_not_left_out_unseen(staff_page: Client, firm: Firm) -> None:
    upload_bills(
        staff_page,
        firm,
        ledes(record(), record(INVOICE_NUMBER="10402"), record(INVOICE_NUMBER="10403", INVOICE_TOTAL="9")),
    )
    InvoiceFactory(firm=firm, number="10402")
    page = confirm(staff_page, firm, skip_refused="on")
    assert newest(firm).state == ImportState.CHECKED
    assert "is here already, with other content" in page
    assert list(Invoice.objects.values_list("number", flat=True)) == ["10402"]


def test_a_file_of_the_wrong_form_is_refused_whole(staff_page: Client, firm: Firm) -> None:
    page = upload(staff_page, firm, "invoices", b"no LEDES at all\n")
    assert "leave out" not in page
    confirm(staff_page, firm, skip_refused="on")
    assert newest(firm).state == ImportState.CHECKED


def test_no_client_owes_another_sum_than_was_shown(staff_page: Client, firm: Firm) -> None:
    upload_bills(staff_page, firm, TWO_BILLS)
    firm.tax_rates.filter(is_default=True).update(percent=15)
    page = confirm(staff_page, firm)
    assert newest(firm).state == ImportState.CHECKED
    assert "What the file would do has changed since it was shown." in page
    assert not Invoice.objects.exists()
    confirm(staff_page, firm)
    assert [bill.total for bill in Invoice.objects.all()] == [115, 115]


@pytest.mark.parametrize("kind", ["invoices", "contacts"])
def test_the_history_is_found_from_both_lists_with_who_what_and_what_came_of_it(
    staff_page: Client, firm: Firm, kind: str
) -> None:
    upload_bills(staff_page, firm, TWO_BILLS)
    confirm(staff_page, firm, "hold")
    assert f'href="/{firm.slug}/imports/' in staff_page.get(f"/{firm.slug}/{kind}/").content.decode()
    listed = staff_page.get(f"/{firm.slug}/imports/").content.decode()
    source = newest(firm)
    for words in ("file.txt", source.file_sha256, source.uploaded_by_label, "2 bills (220.00) imported and held."):
        assert words in listed
