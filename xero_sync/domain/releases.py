"""Which known errors are looked at again when something in the world changed."""

from collections.abc import Iterable

from xero_sync.domain.errors import TABLE, Recheck


def codes_for(rechecks: Iterable[Recheck]) -> frozenset[str]:
    """The codes of all known errors that are looked at again on one of these events."""
    wanted = frozenset(rechecks)
    return frozenset(known.code for known in TABLE if known.release in wanted)


# An account or tax type was chosen here.
MAPPING_CHANGED = codes_for([Recheck.ON_CHART])
# What Xero refuses although the chart we hold has nothing against it: the chart is behind.
CHART_TELLS = codes_for([Recheck.ON_CHART, Recheck.ON_LOCK_DATES]) | {"currency-not-enabled"}
# What the index of Xero tells to be over: a name freed, a contact restored, a payment taken back.
TOLD_BY_INDEX = codes_for([Recheck.ON_INDEX])
# The organisation was read from Xero: its accounts, tax rates, currencies, lock dates.
CHART_READ = codes_for([Recheck.ON_CHART, Recheck.ON_LOCK_DATES, Recheck.ON_ORGANISATION])
