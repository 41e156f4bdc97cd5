"""Real bills in: contacts from CSV, bills from LEDES 1998B, all or nothing."""

import io
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from billing import importing, services
from billing.imports.ledes import FIELDS
from billing.models import Contact, Import, Invoice, InvoiceLine, LineKind, Matter, UsedInvoiceNumber, signals
from billing.services.import_words import in_words
from firms.models import AuditEvent, Firm
from tests.factories import ContactFactory, FirmFactory, InvoiceFactory
from tests.integration.billing.importing import confirm, happens, send_file, upload, upload_bills

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("inside")]

CONTACTS = b"client_number,name,emails\nC-1,Meridian Shipping Ltd,a@example.com\nC-2,Brandt GmbH,\n"


def record(**values: str) -> str:
    usual = dict.fromkeys(FIELDS, "") | {
        "INVOICE_DATE": "20260708",
        "INVOICE_NUMBER": "10401",
        "CLIENT_ID": "C-1",
        "LAW_FIRM_MATTER_ID": "M-1",
        "INVOICE_TOTAL": "100.00",
        "LINE_ITEM_NUMBER": "1",
        "EXP/FEE/INV_ADJ_TYPE": "F",
        "LINE_ITEM_NUMBER_OF_UNITS": "1",
        "LINE_ITEM_ADJUSTMENT_AMOUNT": "0",
        "LINE_ITEM_TOTAL": "100.00",
        "LINE_ITEM_DATE": "20260630",
        "LINE_ITEM_DESCRIPTION": "Advice",
        "LINE_ITEM_UNIT_COST": "100",
        "TIMEKEEPER_NAME": "Osei, Daniel",
    }
    return "|".join({**usual, **{name.replace("_OR_", "/"): value for name, value in values.items()}}.values()) + "[]"


def ledes(*records: str) -> bytes:
    return "\n".join(["LEDES1998B[]", "|".join(FIELDS) + "[]", *records, ""]).encode()


def expense(**values: str) -> str:
    return record(**{"EXP/FEE/INV_ADJ_TYPE": "E", "LINE_ITEM_EXPENSE_CODE": "E112", **values})


FOUR_KINDS = ledes(
    record(INVOICE_TOTAL="290.00", LINE_ITEM_ADJUSTMENT_AMOUNT="-10", LINE_ITEM_TOTAL="90.00"),
    expense(INVOICE_TOTAL="290.00", LINE_ITEM_NUMBER="2", LINE_ITEM_ADJUSTMENT_AMOUNT="+50", LINE_ITEM_TOTAL="150.00"),
    record(
        **{"EXP/FEE/INV_ADJ_TYPE": "IF"},
        INVOICE_TOTAL="290.00",
        LINE_ITEM_NUMBER="3",
        LINE_ITEM_ADJUSTMENT_AMOUNT="-20",
        LINE_ITEM_NUMBER_OF_UNITS="",
        LINE_ITEM_UNIT_COST="",
        LINE_ITEM_TOTAL="-20",
    ),
    record(
        **{"EXP/FEE/INV_ADJ_TYPE": "ie"},
        INVOICE_TOTAL="290.00",
        LINE_ITEM_NUMBER="4",
        LINE_ITEM_ADJUSTMENT_AMOUNT="70",
        LINE_ITEM_NUMBER_OF_UNITS="",
        LINE_ITEM_UNIT_COST="",
        LINE_ITEM_TOTAL="70",
    ),
)


NAMES = {"C-1": "Meridian Shipping Ltd", "C-2": "Brandt GmbH"} | {f"K{number}": f"Kin {number}" for number in range(60)}


def import_bills(firm: Firm, data: bytes, **options: Any) -> services.ImportReport:
    usual = {"create_contacts": True, "names": NAMES}
    return importing.import_ledes(firm=firm, actor=None, data=data, **{**usual, **options})


@pytest.fixture
def quiet() -> Iterator[None]:
    """Nobody listens, so that only billing's own statements are counted."""
    kept = [(signal, signal.receivers) for signal in (signals.invoices_saved, signals.contacts_saved)]
    for signal, _ in kept:
        signal.receivers = []
    yield
    for signal, receivers in kept:
        signal.receivers = receivers


def test_contacts_come_in_once(firm: Firm) -> None:
    assert importing.import_contacts(firm=firm, actor=None, data=CONTACTS).created == 2
    again = importing.import_contacts(firm=firm, actor=None, data=CONTACTS)
    assert again.changed_nothing
    assert again.unchanged == 2
    assert set(Contact.objects.values_list("client_number", "name")) == {
        ("C-1", "Meridian Shipping Ltd"),
        ("C-2", "Brandt GmbH"),
    }
    assert AuditEvent.objects.filter(action="contact.imported").count() == 2


def test_a_client_who_differs_refuses_the_whole_file_by_line(firm: Firm) -> None:
    ContactFactory(firm=firm, client_number="C-2", name="Brandt AG")
    report = importing.import_contacts(firm=firm, actor=None, data=CONTACTS)
    assert [(fault.line_number, fault.field) for fault in report.faults] == [(3, "name")]
    assert Contact.objects.count() == 1


def test_a_file_that_is_no_csv_of_clients_is_refused(firm: Firm) -> None:
    report = importing.import_contacts(firm=firm, actor=None, data=b"PK\x03\x04rest")
    assert report.refused
    assert not Contact.objects.exists()


def test_bills_come_in_approved_with_the_firms_currency_and_tax(firm: Firm) -> None:
    report = import_bills(firm, FOUR_KINDS)
    assert (report.created, report.lines, report.contacts_created, report.matters_created) == (1, 4, 1, 1)
    invoice = Invoice.objects.get()
    assert (invoice.number, invoice.state, invoice.currency) == ("10401", "APPROVED", "AUD")
    assert (invoice.subtotal, invoice.tax_total, invoice.total) == (Decimal(290), Decimal(29), Decimal(319))
    assert str(invoice.matter) == "M-1"
    assert (invoice.due_date - invoice.issue_date).days == firm.payment_terms_days


def test_fees_become_time_expenses_follow_their_code_and_adjustments_are_kept(firm: Firm) -> None:
    import_bills(firm, FOUR_KINDS)
    lines = [
        (line.kind, str(line.category or ""), line.discount, line.amount)
        for line in Invoice.objects.get().lines.select_related("category")
    ]
    assert lines == [
        (LineKind.TIME, "", Decimal(10), Decimal(90)),
        (LineKind.EXPENSE, "Court fees", Decimal(-50), Decimal(150)),
        (LineKind.TIME, "", Decimal(0), Decimal(-20)),
        (LineKind.EXPENSE, "", Decimal(0), Decimal(70)),
    ]


def test_the_same_file_twice_changes_nothing_and_says_so(firm: Firm) -> None:
    import_bills(firm, FOUR_KINDS)
    before = AuditEvent.objects.count()
    again = import_bills(firm, FOUR_KINDS.replace(b"\n", b"\r\n"))
    assert again.changed_nothing
    assert (again.unchanged, Invoice.objects.count(), AuditEvent.objects.count()) == (1, 1, before)


def test_the_same_number_with_other_content_refuses_the_whole_file(firm: Firm) -> None:
    import_bills(firm, ledes(record()))
    changed = ledes(record(INVOICE_NUMBER="10402"), record(LINE_ITEM_DESCRIPTION="Other advice"))
    report = import_bills(firm, changed)
    assert [(fault.line_number, fault.field) for fault in report.faults] == [(4, "INVOICE_NUMBER")]
    assert Invoice.objects.count() == 1


def test_a_number_given_by_hand_is_not_taken_by_an_import(firm: Firm) -> None:
    InvoiceFactory(firm=firm, number="10401")
    assert import_bills(firm, ledes(record())).refused


def test_an_unknown_client_is_refused_unless_asked_for(firm: Firm) -> None:
    report = import_bills(firm, ledes(record()), create_contacts=False)
    assert [(fault.line_number, fault.field) for fault in report.faults] == [(3, "CLIENT_ID")]
    assert not Contact.objects.exists()
    ContactFactory(firm=firm, client_number="C-1")
    assert import_bills(firm, ledes(record()), create_contacts=False).created == 1


def test_another_clients_matter_and_an_unknown_code_are_refused_by_line(firm: Firm) -> None:
    report = import_bills(
        firm,
        ledes(
            record(),
            record(INVOICE_NUMBER="10402", CLIENT_ID="C-2"),
            expense(INVOICE_NUMBER="10403", LAW_FIRM_MATTER_ID="M-3", LINE_ITEM_EXPENSE_CODE="E999"),
        ),
    )
    assert [(fault.line_number, fault.field) for fault in report.faults] == [
        (4, "LAW_FIRM_MATTER_ID"),
        (5, "LINE_ITEM_EXPENSE_CODE"),
    ]
    assert not Invoice.objects.exists()
    assert not Matter.objects.exists()


def test_another_firms_clients_and_numbers_play_no_part(firm: Firm) -> None:
    import_bills(FirmFactory(), ledes(record()))
    assert import_bills(firm, ledes(record()), create_contacts=False).refused
    assert import_bills(firm, ledes(record())).created == 1


def test_a_dry_run_says_what_would_happen_and_changes_nothing(firm: Firm) -> None:
    report = import_bills(firm, FOUR_KINDS, dry_run=True)
    assert (report.created, report.contacts_created, report.dry_run) == (1, 1, True)
    assert not Invoice.objects.exists()
    assert not UsedInvoiceNumber.objects.exists()
    assert not AuditEvent.objects.filter(action__endswith="imported").exists()


def test_if_a_listener_fails_nothing_is_imported(firm: Firm) -> None:
    def fail(**_: Any) -> None:
        raise RuntimeError("the outbox cannot be written")

    signals.invoices_saved.connect(fail)
    try:
        with pytest.raises(RuntimeError):
            import_bills(firm, FOUR_KINDS)
    finally:
        signals.invoices_saved.disconnect(fail)
    # What its first slice would have written is not there; a worker tries it again.
    assert not Contact.objects.exists()


def test_listeners_hear_of_all_first_as_held_and_then_as_released(firm: Firm) -> None:
    signals_heard: list[dict[str, Any]] = []

    def listen(**said: Any) -> None:
        signals_heard.append(said)

    signals.invoices_saved.connect(listen)
    import_bills(firm, ledes(record(), record(INVOICE_NUMBER="10402")))
    signals.invoices_saved.disconnect(listen)
    heard = [([(bill.number, bill.held) for bill in said["invoices"]], said["bulk"]) for said in signals_heard]
    assert heard == [([("10401", True), ("10402", True)], True), ([("10401", False), ("10402", False)], True)]


@pytest.mark.usefixtures("quiet")
def test_five_megabytes_come_in_with_few_statements(firm: Firm) -> None:
    records = [
        record(
            INVOICE_NUMBER=f"B{bill}",
            CLIENT_ID=f"K{bill % 60}",
            LAW_FIRM_MATTER_ID=f"K{bill % 60}-1",
            INVOICE_TOTAL="5000.00",
            LINE_ITEM_NUMBER=str(item),
            LINE_ITEM_DESCRIPTION="What was done for the client that day, told at some length. " * 2,
        )
        for bill in range(500)
        for item in range(50)
    ]
    with CaptureQueriesContext(connection) as first:
        report = import_bills(firm, ledes(*records))
    assert (report.created, report.lines, report.contacts_created) == (500, 25_000, 60)
    # A slice has at most 2,000 lines, here forty bills, in as many statements as any other; three are compared at once.
    slices = 13
    assert len(first) < slices * 21
    with CaptureQueriesContext(connection) as second:
        assert import_bills(firm, ledes(*records)).changed_nothing
    assert len(second) < 3 * 7
    assert InvoiceLine.objects.count() == 25_000


def test_the_commands_import_and_refuse_by_line(firm: Firm, tmp_path: Path) -> None:
    bills, out = tmp_path / "bills.ledes", io.StringIO()
    bills.write_bytes(ledes(record()))
    with pytest.raises(CommandError, match=r"line 3, CLIENT_ID: There is no client") as refusal:
        call_command("import_ledes", str(bills), firm=firm.slug)
    assert refusal.value.returncode == 1
    with pytest.raises(CommandError, match=r'Client "C-1" is not here, and neither the file nor Xero has a name'):
        call_command("import_ledes", str(bills), firm=firm.slug, create_contacts=True)
    names = tmp_path / "names.csv"
    names.write_text("client_number,name\nC-1,Meridian Shipping Ltd\n")
    for _ in range(2):
        call_command("import_ledes", str(bills), firm=firm.slug, create_contacts=True, names=str(names), stdout=out)
    assert "1 bill created, with 1 line; 1 contact created; 1 matter created." in out.getvalue()
    assert "Nothing to do: all 1 bill are here already" in out.getvalue()
    assert Contact.objects.get().name == "Meridian Shipping Ltd"


def test_a_list_of_names_that_cannot_be_taken_is_refused_by_line(firm: Firm, tmp_path: Path) -> None:
    bills, names = tmp_path / "bills.ledes", tmp_path / "names.csv"
    bills.write_bytes(ledes(record()))
    for text, message in (
        ("number,client\nC-1,Meridian\n", "line 1: The first line of the names must be client_number,name."),
        ("client_number,name\nC-1,\n", "line 2: Every line of the names needs a client_number and a name."),
        ("client_number,name\nC-1,A\nC-1,B\n", "line 3, name: Client C-1 has two names in this list."),
        (f"client_number,name\nC-1,{'A' * 256}\n", "line 2: A name has at most 255 characters, a client_number 50."),
    ):
        names.write_text(text)
        with pytest.raises(CommandError, match=message):
            call_command("import_ledes", str(bills), firm=firm.slug, create_contacts=True, names=str(names))
    assert not Invoice.objects.exists()


def test_a_command_without_its_file_or_firm_says_so(firm: Firm, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("import_contacts", str(tmp_path / "none.csv"), firm=firm.slug)
    with pytest.raises(CommandError, match="There is no firm"):
        call_command("import_contacts", str(tmp_path / "none.csv"), firm="nobody")


def test_the_pages_show_what_would_happen_and_import_when_asked(staff_page: Client, firm: Firm) -> None:
    understood = upload_bills(staff_page, firm, FOUR_KINDS)
    assert "1 bill would be created, with 4 lines" in understood
    assert '<td data-label="Client owes">319.00</td>' in understood
    assert "file 290.00 + tax 29.00 = 319.00" in happens(staff_page, firm)
    assert not Invoice.objects.exists()
    assert not Contact.objects.exists()
    done = confirm(staff_page, firm)
    assert "1 bill (319.00) imported." in done
    assert Invoice.objects.get().state == "APPROVED"


def test_the_page_lists_faults_by_line(staff_page: Client, firm: Firm) -> None:
    ContactFactory(firm=firm, client_number="<b>x</b>")
    InvoiceFactory(firm=firm, number="<b>x</b>")
    page = upload(staff_page, firm, "invoices", ledes(record(INVOICE_NUMBER="<b>x</b>")))
    assert "Bill &quot;&lt;b&gt;x&lt;/b&gt;&quot; is here already" in page
    assert "Nothing was imported: 1 fault" in page
    assert "Import 1 bill" not in happens(staff_page, firm)


def test_a_page_without_a_file_asks_for_one(staff_page: Client, firm: Firm) -> None:
    page = staff_page.post(f"/{firm.slug}/contacts/import/").content.decode()
    assert "The file was not read" in page


def test_an_empty_file_is_refused_in_words(staff_page: Client, firm: Firm) -> None:
    page = send_file(staff_page, firm, "contacts", b"").content.decode()
    assert "The file was not read" in page
    assert not Import.objects.exists()


def test_an_upload_beyond_the_limit_is_stopped_in_words(
    staff_page: Client, firm: Firm, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("firms.uploads.MAX_BYTES", 100_000)
    page = send_file(staff_page, firm, "invoices", b"x" * 200_000).content.decode()
    assert "The file is larger than 64 MB" in page


def test_names_that_together_are_too_long_refuse_the_file_by_line(firm: Firm) -> None:
    data = f"client_number,first_name,last_name\nC-1,{'a' * 200},{'b' * 200}\n".encode()
    report = importing.import_contacts(firm=firm, actor=None, data=data)
    assert [(fault.line_number, fault.field) for fault in report.faults] == [(2, "first_name")]


def test_cents_refuse_the_file_by_line_where_the_firms_currency_has_none(firm: Firm) -> None:
    Firm.objects.filter(pk=firm.pk).update(currency="JPY")
    firm.refresh_from_db()
    assert import_bills(firm, ledes(record()), dry_run=True).faults == ()
    cents = record(INVOICE_TOTAL="100.50", LINE_ITEM_UNIT_COST="100.50", LINE_ITEM_TOTAL="100.50")
    odd = record(INVOICE_NUMBER="10402", INVOICE_TOTAL="105", LINE_ITEM_UNIT_COST="105", LINE_ITEM_TOTAL="105")
    faults = import_bills(firm, ledes(cents, odd)).faults
    assert [(fault.line_number, fault.field) for fault in faults] == [
        (3, "LINE_ITEM_TOTAL"),
        (3, "INVOICE_TOTAL"),
        (4, "INVOICE_TOTAL"),
    ]
    assert faults[0].message == "JPY has no decimals, and this comes to 100.50."
    assert faults[2].message == "The tax on bill 10402: JPY has no decimals, and this comes to 10.50."


def test_a_bill_below_zero_waits_for_credit_notes_and_the_others_come_in(firm: Firm) -> None:
    below = record(
        INVOICE_NUMBER="10402", INVOICE_TOTAL="-100.00", LINE_ITEM_NUMBER_OF_UNITS="-1", LINE_ITEM_TOTAL="-100"
    )
    report = import_bills(firm, ledes(record(), below))
    assert (report.created, report.unchanged, report.credits) == (1, 0, 1)
    assert [(note.line_number, note.field, note.message) for note in report.notes] == [
        (4, "INVOICE_TOTAL", "Bill 10402 comes to -100.00: it is left out and waits for credit notes.")
    ]
    assert in_words(report=report, noun="bill").endswith(
        "1 bill below zero left out until there are credit notes; 1 note. "
        "In sum: file 100.00 + tax 10.00 = 110.00. No line of the file is a tax, so its amounts are taken to be before "
        "tax and GST 10% is added."
    )
    assert list(Invoice.objects.values_list("number", flat=True)) == ["10401"]
    assert import_bills(firm, ledes(below)).changed_nothing is False
