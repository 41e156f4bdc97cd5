"""Which known errors are looked at again after an event, such as a reading of the chart."""

from collections.abc import Iterable

from xero_sync.domain.errors import TABLE, Recheck


def codes_for(rechecks: Iterable[Recheck]) -> frozenset[str]:
    """The codes of all known errors that are looked at again on one of these events."""
    wanted = frozenset(rechecks)
    return frozenset(known.code for known in TABLE if known.release in wanted)


# An account or tax type was chosen here.
MAPPING_CHANGED = codes_for([Recheck.ON_CHART])
# Refusals that the stored chart does not explain: the chart is outdated.
CONTRADICTS_CHART = codes_for([Recheck.ON_CHART, Recheck.ON_LOCK_DATES]) | {"currency-not-enabled"}
# Refusals that a newer index of Xero shows to be over: a name freed, a contact restored, a payment taken back.
INDEX_READ = codes_for([Recheck.ON_INDEX])
# The organisation was read from Xero: its accounts, tax rates, currencies, lock dates.
CHART_READ = codes_for([Recheck.ON_CHART, Recheck.ON_LOCK_DATES, Recheck.ON_ORGANISATION])
