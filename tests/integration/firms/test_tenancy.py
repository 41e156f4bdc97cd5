"""The fence between firms."""

from collections.abc import Callable

import pytest
from django.test import Client
from django_scopes.exceptions import ScopeError

from billing.models import Contact, Invoice, InvoiceLine, Matter, TaxRate, UsedInvoiceNumber
from expense_categories.models import ExpenseCategory
from firms.models import AuditEvent, Firm
from firms.scope import all_firms, firm_scope
from tests.factories import ContactFactory, FirmFactory, InvoiceFactory, OperatorFactory

pytestmark = pytest.mark.django_db

OWNED = [Contact, Matter, Invoice, InvoiceLine, UsedInvoiceNumber, TaxRate, ExpenseCategory, AuditEvent]
QUERIES: list[Callable[..., object]] = [
    lambda model: model.objects.all(),
    lambda model: model.objects.exists(),
    lambda model: model.objects.exclude(pk=1).exists(),
    lambda model: model.objects.count(),
    lambda model: model.objects.filter(pk=1),
    lambda model: model.objects.values_list("pk"),
    lambda model: model.objects.in_bulk(),
    lambda model: model.objects.update(firm=None),
    lambda model: model.objects.first(),
    lambda model: model.objects.select_related(None).delete(),
    lambda model: list(model.objects.using("default")),
    lambda model: model.objects.raw("select 1"),
]


@pytest.mark.parametrize("model", OWNED)
def test_a_query_without_a_firm_in_scope_fails(model: type[Invoice]) -> None:
    for query in QUERIES:
        with pytest.raises(ScopeError):
            query(model)


def test_the_relations_of_a_firm_fail_without_a_scope_too(firm: Firm) -> None:
    for related in (firm.invoices, firm.contacts, firm.matters, firm.expense_categories, firm.tax_rates):
        with pytest.raises(ScopeError):
            related.all()


def test_no_firm_is_not_all_firms() -> None:
    with pytest.raises(TypeError), firm_scope(None):  # type: ignore[arg-type]
        Invoice.objects.all()


def test_in_a_firms_scope_the_rows_of_others_are_not_found(firm: Firm) -> None:
    other = InvoiceFactory(firm=FirmFactory())
    with firm_scope(firm):
        assert not Invoice.objects.filter(pk=other.pk).exists()
        assert not other.firm.invoices.exists()
    with all_firms():
        assert Invoice.objects.filter(pk=other.pk).exists()


def pages_of(firm: Firm, invoice: Invoice) -> list[str]:
    with all_firms():
        category = firm.expense_categories.earliest("pk")
    return [
        f"/{firm.slug}/{path}"
        for path in (
            "invoices/",
            "invoices/new/",
            "invoices/import/",
            f"invoices/{invoice.pk}/",
            f"invoices/{invoice.pk}/edit/",
            f"invoices/{invoice.pk}/void/",
            "contacts/",
            "contacts/new/",
            "contacts/import/",
            f"contacts/{invoice.contact_id}/",
            f"contacts/{invoice.contact_id}/edit/",
            "expense-categories/",
            "expense-categories/new/",
            "expense-categories/set-all/",
            f"expense-categories/{category.pk}/edit/",
        )
    ]


def test_another_firms_page_is_the_page_that_does_not_exist(staff_page: Client) -> None:
    theirs = FirmFactory(slug="other-firm")
    invoice = InvoiceFactory(firm=theirs)
    nowhere = staff_page.get("/no-such-firm/invoices/")
    assert nowhere.status_code == 404
    pages = pages_of(theirs, invoice)
    assert len(pages) == 15
    for page in pages:
        answer = staff_page.get(page)
        assert (answer.status_code, answer.content) == (404, nowhere.content), page
        assert staff_page.post(page).status_code == 404


def test_another_firms_rows_do_not_exist_under_our_own_address(staff_page: Client, firm: Firm) -> None:
    theirs = InvoiceFactory(firm=FirmFactory())
    missing = staff_page.get(f"/{firm.slug}/invoices/99999999/")
    for path in (f"invoices/{theirs.pk}/", f"invoices/{theirs.pk}/edit/", f"contacts/{theirs.contact_id}/"):
        answer = staff_page.get(f"/{firm.slug}/{path}")
        assert (answer.status_code, answer.content) == (404, missing.content)
    for move in ("approve", "submit", "void", "return-to-draft"):
        answer = staff_page.post(f"/{firm.slug}/invoices/{theirs.pk}/{move}/", {"version": 1})
        assert answer.status_code == 404


def test_operators_do_not_enter_firms(firm: Firm) -> None:
    page = Client()
    page.force_login(OperatorFactory(), backend="django.contrib.auth.backends.ModelBackend")
    assert page.get(f"/{firm.slug}/invoices/").status_code == 404


def test_a_stranger_is_asked_to_sign_in(firm: Firm) -> None:
    answer = Client().get(f"/{firm.slug}/invoices/")
    assert answer.status_code == 302
    assert answer["Location"] == f"/sign-in/?next=/{firm.slug}/invoices/"


def test_a_right_taken_away_is_gone_at_the_next_request(admin_page: Client, firm: Firm) -> None:
    assert admin_page.get(f"/{firm.slug}/invoices/").status_code == 200
    firm.memberships.all().delete()
    assert admin_page.get(f"/{firm.slug}/invoices/").status_code == 404


def test_somebody_at_two_firms_sees_each_under_its_own_address(firm: Firm) -> None:
    second = FirmFactory(slug="second-firm", admin_email=firm.memberships.get().user.email)
    person = second.memberships.get().user
    ContactFactory(firm=firm, name="Only at Harrow")
    page = Client()
    page.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    chooser = page.get("/").content.decode()
    assert firm.name.replace("&", "&amp;") in chooser
    assert second.name in chooser
    assert "Only at Harrow" in page.get(f"/{firm.slug}/contacts/").content.decode()
    assert "Only at Harrow" not in page.get("/second-firm/contacts/").content.decode()
