"""The invoice pages, as somebody without JavaScript meets them."""

import re
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.db.models import QuerySet
from django.test import Client
from django.test.utils import CaptureQueriesContext

from billing import services
from billing.lists import filters
from billing.models import Contact, Invoice
from billing.services import InvoiceValues
from firms.models import Firm
from tests.factories import CategoryFactory, ContactFactory, InvoiceFactory, MatterFactory, time_line

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("inside")]


def words(page: Client, address: str) -> str:
    answer = page.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def numbers_in(html: str) -> list[str]:
    return re.findall(r'<th scope="row"><a href="[^"]*/invoices/\d+/">([^<]+)</a>', html)


def typed(contact: Contact, *lines: dict[str, Any], known: int = 0, **head: Any) -> dict[str, Any]:
    """What a browser sends for a bill with these lines, the first `known` of them saved before."""
    values: dict[str, Any] = {
        "contact_id": contact.pk,
        "matter_id": "",
        "number": "",
        "issue_date": "2026-07-01",
        "due_date": "",
        "currency": "",
        "tax_mode": "EXCLUSIVE",
        "description": "",
        "version": "",
        "lines-TOTAL_FORMS": len(lines),
        "lines-INITIAL_FORMS": known,
        **head,
    }
    for index, line in enumerate(lines):
        usual = {"pk": "", "kind": "TIME", "quantity": "1", "unit_price": "", "discount": "", "tax_name": "GST"}
        values |= {f"lines-{index}-{name}": value for name, value in {**usual, **line}.items()}
    return values


def test_a_bill_is_written_on_a_page(staff_page: Client, firm: Firm, contact: Contact) -> None:
    category = CategoryFactory(firm=firm, name="Barristers")
    answer = staff_page.post(
        f"/{firm.slug}/invoices/new/",
        typed(
            contact,
            {"description": "Advice", "quantity": "1.5", "unit_price": "1,250.00"},
            {"kind": "EXPENSE", "category_id": category.pk, "unit_price": "+940", "discount": "-70", "tax_name": ""},
            {},
            new_matter_number="M-0231",
            save="1",
        ),
    )
    invoice = Invoice.objects.get()
    assert answer["Location"] == f"/{firm.slug}/invoices/{invoice.pk}/"
    assert [line.amount for line in invoice.lines.all()] == [Decimal("1875.00"), Decimal("1010.00")]
    assert invoice.total == Decimal("3072.50")
    shown = words(staff_page, answer["Location"])
    assert "3,072.50" in shown
    assert "Barristers" in shown
    assert "M-0231" in shown


def test_errors_are_listed_beside_the_field_and_nothing_typed_is_lost(
    staff_page: Client, firm: Firm, contact: Contact
) -> None:
    values = typed(contact, {"description": "Kept words", "unit_price": "12,50"}, issue_date="", save="1")
    page = staff_page.post(f"/{firm.slug}/invoices/new/", values).content.decode()
    assert "Write a number such as 1,250.00." in page
    assert 'href="#id_issue_date"' in page
    assert "Kept words" in page
    assert 'value="12,50"' in page
    assert not Invoice.objects.exists()


def test_a_refusal_of_the_service_stands_beside_its_field(staff_page: Client, firm: Firm, contact: Contact) -> None:
    InvoiceFactory(firm=firm, contact=contact, number="10482")
    values = typed(contact, {"unit_price": "1"}, number="10482", save="1")
    page = staff_page.post(f"/{firm.slug}/invoices/new/", values).content.decode()
    assert "Numbers are never used twice" in page
    assert 'href="#id_number"' in page


def test_a_line_is_added_without_script_and_without_scolding(staff_page: Client, firm: Firm, contact: Contact) -> None:
    values = typed(contact, {"description": "First"}, issue_date="", add_line="1")
    page = staff_page.post(f"/{firm.slug}/invoices/new/", values).content.decode()
    assert 'name="lines-1-quantity"' in page
    assert "First" in page
    assert "something needs changing" not in page
    assert not Invoice.objects.exists()


def test_recalculating_shows_totals_and_saves_nothing(staff_page: Client, firm: Firm, contact: Contact) -> None:
    values = typed(contact, {"unit_price": "100"}, {"unit_price": "50", "tax_name": ""}, recalculate="1")
    page = staff_page.post(f"/{firm.slug}/invoices/new/", values).content.decode()
    assert '<dd class="total">160.00</dd>' in page
    assert not Invoice.objects.exists()


def test_a_saved_bill_is_edited_and_a_ticked_line_removed(staff_page: Client, firm: Firm, contact: Contact) -> None:
    invoice = InvoiceFactory(firm=firm, contact=contact, lines=[time_line(), time_line(description="Gone")])
    first, second = invoice.lines.values_list("pk", flat=True)
    values = typed(
        contact,
        {"pk": first, "description": "Changed", "unit_price": "200"},
        {"pk": second, "unit_price": "100", "DELETE": "on"},
        known=2,
        number=invoice.number,
        version=1,
        save="1",
    )
    staff_page.post(f"/{firm.slug}/invoices/{invoice.pk}/edit/", values)
    assert list(invoice.lines.values_list("pk", "description")) == [(first, "Changed")]


def test_the_edit_page_starts_from_what_is_saved(staff_page: Client, firm: Firm, contact: Contact) -> None:
    matter = MatterFactory(contact=contact, number="M-7")
    invoice = InvoiceFactory(
        firm=firm, contact=contact, matter_id=matter.pk, lines=[time_line(unit_price=Decimal("0.125"))]
    )
    page = words(staff_page, f"/{firm.slug}/invoices/{invoice.pk}/edit/")
    assert 'value="0.125"' in page
    assert f'<option value="{matter.pk}" selected>M-7 Charterparty</option>' in page
    assert 'name="version" value="1"' in page


def test_the_second_of_two_people_sees_both_versions_and_loses_nothing(
    staff_page: Client, firm: Firm, contact: Contact
) -> None:
    invoice = InvoiceFactory(firm=firm, contact=contact)
    line = invoice.lines.get().pk
    services.save_invoice(
        firm=firm,
        actor=firm.memberships.earliest("pk").user,
        invoice=invoice,
        expected_version=1,
        values=InvoiceValues(contact_id=contact.pk, issue_date=date(2026, 7, 1), description="Theirs"),
        lines=[],
    )
    values = typed(
        contact,
        {"pk": line, "unit_price": "300", "description": "Mine too"},
        known=1,
        description="Mine",
        version=1,
        save="1",
    )
    address = f"/{firm.slug}/invoices/{invoice.pk}/edit/"
    page = staff_page.post(address, values).content.decode()
    assert "Maya Kerr saved this" in page
    assert "Theirs" in page
    assert page.count("Mine too") >= 2
    invoice.refresh_from_db()
    assert invoice.description == "Theirs"
    version = re.search(r'name="version" value="(\d+)"', page)
    pk = re.search(r'name="lines-0-pk"([^>]*)', page)
    assert version is not None
    assert version[1] == "2"
    assert pk is not None
    assert f'value="{line}"' not in pk[1]
    again = staff_page.post(address, {**values, "version": 2, "lines-0-pk": ""})
    assert again.status_code == 302
    invoice.refresh_from_db()
    assert (invoice.description, invoice.total) == ("Mine", Decimal("330.00"))


def test_buttons_move_a_bill_and_say_so(staff_page: Client, firm: Firm) -> None:
    invoice = InvoiceFactory(firm=firm)
    base = f"/{firm.slug}/invoices/{invoice.pk}/"
    assert "is approved." in staff_page.post(f"{base}approve/", {"version": 1}, follow=True).content.decode()
    old = staff_page.post(f"{base}submit/", {"version": 1}, follow=True).content.decode()
    assert "Nothing was changed" in old
    assert f"Void bill {invoice.number} for" in words(staff_page, f"{base}void/")
    assert "is void" in staff_page.post(f"{base}void/", {"version": 2}, follow=True).content.decode()
    assert "A void bill stays as it is" in staff_page.get(f"{base}edit/", follow=True).content.decode()
    assert staff_page.get(f"{base}approve/").status_code == 405


def test_the_list_says_how_many_and_how_much(staff_page: Client, firm: Firm, contact: Contact) -> None:
    InvoiceFactory(firm=firm, contact=contact, lines=[time_line(unit_price=Decimal(12480))])
    InvoiceFactory(firm=firm, contact=contact, currency="GBP")
    gone = InvoiceFactory(firm=firm, contact=contact)
    services.void(firm=firm, actor=None, invoice=gone, expected_version=1)
    page = " ".join(words(staff_page, f"/{firm.slug}/invoices/").split())
    assert "3 bills, 1 of them void, 13,728.00 AUD and 110.00 GBP." in page


def test_pages_turn_by_key_and_miss_or_repeat_nothing(staff_page: Client, firm: Firm, contact: Contact) -> None:
    for day in range(60):
        InvoiceFactory(firm=firm, contact=contact, issue_date=date(2026, 7, 1 + day % 5))
    address, seen = f"/{firm.slug}/invoices/", list[str]()
    page = words(staff_page, address)
    while True:
        seen += numbers_in(page)
        older = re.search(r'rel="next" href="([^"]+)"', page)
        if older is None:
            break
        page = words(staff_page, address + older[1].replace("&amp;", "&"))
    newest_first = Invoice.objects.order_by("-issue_date", "-pk").values_list("number", flat=True)
    assert seen == list(newest_first)
    newer = re.search(r'rel="prev" href="([^"]+)"', page)
    assert newer is not None
    assert numbers_in(words(staff_page, address + newer[1].replace("&amp;", "&"))) == seen[25:50]


def test_filters_stand_in_the_address(staff_page: Client, firm: Firm, contact: Contact) -> None:
    matter = MatterFactory(contact=contact, number="M-0231", name="Charterparty")
    wanted = InvoiceFactory(firm=firm, contact=contact, matter_id=matter.pk, approved=True)
    InvoiceFactory(firm=firm, contact=ContactFactory(firm=firm, name="Brandt GmbH"), issue_date=date(2025, 1, 1))
    for query in (
        "q=charter",
        "q=meridian",
        "q=M-0231",
        f"q={wanted.number}",
        "state=APPROVED",
        "issued_from=2026-01-01",
    ):
        assert numbers_in(words(staff_page, f"/{firm.slug}/invoices/?{query}")) == [wanted.number], query
    assert numbers_in(words(staff_page, f"/{firm.slug}/invoices/?issued_to=2025-12-31")) != [wanted.number]
    assert "No bill passes these filters" in words(staff_page, f"/{firm.slug}/invoices/?q=zzz")


@pytest.mark.parametrize(
    "query",
    [
        "state=NONSENSE&issued_from=yesterday&issued_to=2026-99-99&size=7",
        "older=2026-07-01~99999999999999999999",
        "older=x~1",
        "newer=~",
        "older=0000-00-00~-1",
        "q=%00%25%27%22%3Cscript%3E",
        "q=" + "x" * 5000,
        "size=٢٥",
    ],
)
def test_an_address_that_makes_no_sense_is_no_error(staff_page: Client, firm: Firm, query: str) -> None:
    assert "<script>" not in words(staff_page, f"/{firm.slug}/invoices/?{query}").split("</head>")[1]


def test_other_apps_may_add_a_filter(staff_page: Client, firm: Firm, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(filters, "_registered", {})
    first, _ = InvoiceFactory(firm=firm), InvoiceFactory(firm=firm)

    def numbered(invoices: QuerySet[Invoice], value: str) -> QuerySet[Invoice]:
        return invoices.filter(number=value)

    filters.register("sync", numbered)
    page = words(staff_page, f"/{firm.slug}/invoices/?sync={first.number}&size=50")
    assert numbers_in(page) == [first.number]
    assert f'name="sync" value="{first.number}"' in page


def test_what_people_type_is_shown_as_text(staff_page: Client, firm: Firm) -> None:
    payload = "<img src=x onerror=alert(1)>\"'{{7*7}}"
    client = ContactFactory(firm=firm, name=payload, client_number="<b>")
    matter = MatterFactory(contact=client, number="<i>1", name=payload)
    invoice = InvoiceFactory(
        firm=firm,
        contact=client,
        matter_id=matter.pk,
        number="<u>1",
        description=payload,
        lines=[time_line(description=payload, timekeeper="<s>")],
    )
    # A document's own page also tells its story; its count is fixed, whatever its lines and attempts.
    for path in (
        "invoices/",
        f"invoices/{invoice.pk}/",
        f"invoices/{invoice.pk}/edit/",
        f"invoices/{invoice.pk}/void/",
        "contacts/",
        f"contacts/{client.pk}/",
        f"contacts/{client.pk}/edit/",
    ):
        page = words(staff_page, f"/{firm.slug}/{path}")
        for tag in ("<img", "<b>", "<i>1", "<u>1", "<s>"):
            assert tag not in page, (path, tag)


def test_no_page_asks_the_database_more_than_a_dozen_times(staff_page: Client, firm: Firm, contact: Contact) -> None:
    matters = [MatterFactory(contact=contact) for _ in range(3)]
    invoices = [
        InvoiceFactory(firm=firm, contact=contact, matter_id=matters[n % 3].pk, lines=[time_line()] * 5)
        for n in range(30)
    ]
    # A document's own page also tells its story; its count is fixed, whatever its lines and attempts.
    for path in (
        "invoices/",
        "invoices/?q=a&state=DRAFT",
        "invoices/new/",
        f"invoices/{invoices[0].pk}/edit/",
        f"invoices/{invoices[0].pk}/",
        "contacts/",
        f"contacts/{contact.pk}/",
        f"contacts/{contact.pk}/edit/",
        "expense-categories/",
    ):
        with CaptureQueriesContext(connection) as queries:
            words(staff_page, f"/{firm.slug}/{path}")
        assert len(queries) <= (15 if path.count("/") == 2 and "edit" not in path and "new" not in path else 12), path


def test_numbers_of_forty_digits_are_added_up_and_refused_in_words(
    staff_page: Client, firm: Firm, contact: Contact
) -> None:
    bill = typed(contact, {"quantity": "9" * 40, "unit_price": "9" * 40})
    for button in ("recalculate", "save"):
        answer = staff_page.post(f"/{firm.slug}/invoices/new/", {**bill, button: "1"})
        assert answer.status_code == 200
    assert "at most 12 digits" in answer.content.decode()


def test_a_client_that_cannot_be_is_refused_in_words(staff_page: Client, firm: Firm, contact: Contact) -> None:
    answer = staff_page.post(f"/{firm.slug}/invoices/new/", typed(contact, contact_id="9" * 5000))
    assert answer.status_code == 200
    assert "Not saved yet" in answer.content.decode()
