"""What Xero said for the first time reaches operators as an entry to copy, and leaves when the table knows it."""

from typing import Any

import pytest
from django.core import mail
from django.test import Client

from firms.models import Firm
from firms.scope import firm_scope
from notifications.models import Mail
from tests.factories import ContactFactory, FirmFactory, InvoiceFactory, OperatorFactory
from tests.outcomes import bills_end, connect, settle, signed_in
from xero_sync.domain.errors import Fault
from xero_sync.models import Cause

pytestmark = pytest.mark.django_db


@pytest.fixture
def page() -> Client:
    return signed_in(OperatorFactory())


def met(*messages: str) -> Firm:
    """A firm whose bills were refused in these words."""
    firm = FirmFactory()
    with firm_scope(firm):
        connection = connect(firm)
        for message in messages:
            InvoiceFactory(firm=firm, contact=ContactFactory(firm=firm, name="Adaeze Okafor"), approved=True)
            settle(firm, connection, bills_end(Fault(message)))
    return firm


def words(page: Client, path: str = "proposed/") -> str:
    answer = page.get(f"/ops/{path}")
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def test_nothing_new_is_said_in_words(page: Client) -> None:
    assert "Nothing new" in words(page)


def test_one_shape_is_one_entry_with_its_figures_and_without_a_clients_name(page: Client) -> None:
    met("The moon of 'Meridian Ltd' must be full for Adaeze Okafor, see HL-1.", "The moon must wane.")
    met("The moon of 'Harrow' must be full for Bo Quist, see HL-22.")
    html = words(page)
    assert "“The moon of … must be full for …, see ….”" in html
    assert "2 documents wait for it now. It came 2 times, at 2 firms" in html
    assert "code=&quot;moon-full-see&quot;," in html
    assert "patterns=(r&quot;the moon must wane&quot;,)," in html
    assert "&quot;moon-wane&quot;: [&quot;The moon must wane.&quot;]" in html
    assert html.index("moon-full-see") < html.index("moon-wane")
    assert not [name for name in ("Okafor", "Meridian", "Harrow", "Quist", "HL-") if name in html]


def test_it_is_gone_once_the_table_knows_it(page: Client) -> None:
    firm = met("The moon must be full.")
    assert "moon-full" in words(page)
    with firm_scope(firm):
        # As if the table had learnt these words: they are some it knows.
        Cause.objects.update(message="Organisation is not subscribed to currency EUR")
    assert "Nothing new" in words(page)


def test_overview_and_failures_lead_to_the_proposals(page: Client) -> None:
    assert 'href="/ops/proposed/"' in words(page, "")
    assert "Xero said something new." not in words(page, "failures/")
    met("The moon must be full.")
    assert "Xero said something new." in words(page, "failures/")


def test_the_page_costs_the_same_for_any_number(page: Client, django_assert_max_num_queries: Any) -> None:
    for _ in range(3):
        met("The moon must be full.", "The moon must wane.")
    with django_assert_max_num_queries(5):
        words(page)


def test_mails_that_do_not_leave_are_shown_on_the_overview(page: Client, firm: Firm) -> None:
    assert "to people wait" not in words(page, "")
    user = firm.memberships.get().user
    row = Mail.objects.create(
        firm=firm, user=user, what="TEST", key="x", message_id="x", fault="ConnectionRefusedError"
    )
    assert "to people wait" not in words(page, "")
    Mail.objects.filter(pk=row.pk).update(written_at="2026-01-01T00:00Z")
    assert "1 mail to people waits." in words(page, "")
    assert "ConnectionRefusedError" in words(page, "")
    metrics = page.get("/metrics").content.decode()
    assert "bill_syncing_mails_waiting 1" in metrics
    assert mail.outbox == []
