"""Which known errors are looked at again when something in Xero or here changed."""

import pytest

from xero_sync.domain.errors import BY_CODE, TABLE, Recheck
from xero_sync.domain.releases import CHART_READ, CONTRADICTS_CHART, INDEX_READ, MAPPING_CHANGED, codes_for


@pytest.mark.parametrize(
    ("code", "mapping", "chart_tells", "chart_read", "index"),
    [
        ("account-archived", True, True, True, False),
        ("tax-type-unknown", True, True, True, False),
        ("locked-period", False, True, True, False),
        ("currency-not-enabled", False, True, True, False),
        ("subscription-inactive", False, False, True, False),
        ("contact-name-taken", False, False, False, True),
        ("invoice-number-taken", False, False, False, True),
        ("email-invalid", False, False, False, False),
        ("unknown", False, False, False, False),
    ],
)
def test_each_change_lets_go_what_it_may_have_ended(
    code: str, mapping: bool, chart_tells: bool, chart_read: bool, index: bool
) -> None:
    assert code in BY_CODE
    assert (code in MAPPING_CHANGED, code in CONTRADICTS_CHART, code in CHART_READ, code in INDEX_READ) == (
        mapping,
        chart_tells,
        chart_read,
        index,
    )


@pytest.mark.parametrize("recheck", Recheck)
def test_the_codes_of_an_event_are_those_the_table_names_for_it(recheck: Recheck) -> None:
    assert codes_for([recheck]) == {known.code for known in TABLE if known.release is recheck}


def test_the_codes_of_several_events_are_joined() -> None:
    both = codes_for([Recheck.ON_CHART, Recheck.ON_INDEX])
    assert both == codes_for([Recheck.ON_CHART]) | codes_for([Recheck.ON_INDEX])
    assert codes_for([]) == frozenset()
