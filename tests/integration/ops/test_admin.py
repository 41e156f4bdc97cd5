"""Django's admin: platform staff look at the sync's rows and change nothing."""

import pytest

from firms.models import Firm
from firms.scope import firm_scope
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
