"""What a page knows of a firm's Xero, read in few queries and exact."""

from decimal import Decimal

import pytest

from firms.models import Firm
from tests.outcomes import connect
from tests.statements import counted_statements
from xero_sync.facts.request_context import RequestContext
from xero_sync.models import TaxMapping

pytestmark = pytest.mark.django_db


def test_a_rate_of_three_decimals_is_found_as_it_was_mapped(firm: Firm) -> None:
    connect(firm)
    TaxMapping.objects.create(firm=firm, tax_name="QST", tax_percent=Decimal("9.9750"), tax_type="TAX001")
    books = RequestContext(firm).books
    assert books is not None
    assert books.tax_types["QST", Decimal("9.975")] == "TAX001"


def test_settings_switches_rates_and_the_badge_take_one_query(firm: Firm) -> None:
    connect(firm)
    context = RequestContext(firm)
    with counted_statements() as asked:
        assert context.settings.services_account == "200"
        assert context.preferences["matter_as_reference"] is True
        assert context.needs_you == 0
    assert len(asked) == 1
