"""Django's admin: platform staff look at the sync's rows and change nothing."""

import pytest
from django.contrib import admin

from firms.admin import LookOnly
from firms.models import Firm
from firms.scope import all_firms, firm_scope
from tests.factories import ContactFactory, InvoiceFactory, OperatorFactory, admin_of
from tests.outcomes import ARCHIVED, bills_end, connect, settle, signed_in
from xero_sync.models import Cause, SyncAttempt, SyncJob, XeroConnection

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("model", [Cause, SyncAttempt, SyncJob, XeroConnection])
def test_staff_look_at_a_row_and_firm_people_do_not(firm: Firm, model: type) -> None:
    with firm_scope(firm):
        InvoiceFactory(firm=firm, contact=ContactFactory(firm=firm, name="Adaeze Okafor"), approved=True)
        settle(firm, connect(firm), bills_end(ARCHIVED))
        row = model.objects.last()  # type: ignore[attr-defined]
    base = f"/admin/xero_sync/{model.__name__.lower()}/"
    staff = signed_in(OperatorFactory())
    for path in (base, f"{base}{row.pk}/change/"):
        answer = staff.get(path)
        assert answer.status_code == 200
        assert "Okafor" not in answer.content.decode()
    assert staff.post(f"{base}{row.pk}/change/", {}).status_code == 403
    assert signed_in(admin_of(firm)).get(base).status_code == 302


def test_no_page_of_the_admin_shows_what_a_firm_wrote_about_its_clients(firm: Firm) -> None:
    with firm_scope(firm):
        client = ContactFactory(firm=firm, name="Adaeze Okafor", emails=("a.okafor@example.com",))
        InvoiceFactory(firm=firm, contact=client, description="Divorce of A. Okafor", new_matter_number="M-1",
                       new_matter_name="Okafor v Okafor", approved=True)  # fmt: skip
        settle(firm, connect(firm), bills_end(ARCHIVED))
        Cause.objects.update(subject="Adaeze Okafor")
    staff, pages = signed_in(OperatorFactory()), 0
    models = [model for model, entry in admin.site._registry.items() if isinstance(entry, LookOnly)]
    assert len(models) > 10
    for model in models:
        base = f"/admin/{model._meta.label_lower.replace('.', '/')}/"
        with all_firms():
            rows = list(model._default_manager.values_list("pk", flat=True)[:20])
        for path in (base, f"{base}?q=okafor", *(f"{base}{pk}/change/" for pk in rows)):
            answer = staff.get(path)
            assert answer.status_code == 200, path
            # The search box repeats what was typed.
            assert "Okafor" not in answer.content.decode(), path
            pages += 1
    assert pages > 30


def test_a_column_that_is_not_shown_cannot_be_guessed_at(firm: Firm) -> None:
    with firm_scope(firm):
        ContactFactory(firm=firm, name="Adaeze Okafor")
    page = signed_in(OperatorFactory()).get("/admin/billing/contact/?name__startswith=Ada")
    assert page.status_code == 400
