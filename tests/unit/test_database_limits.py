"""Every session of the database has its limits, whatever kind of process opens it."""

import pytest

from config.database import BY_PROCESS_KIND, limit_sessions


@pytest.mark.parametrize("kind", ["web", "worker", "command"])
def test_no_kind_of_process_waits_for_a_lock_or_rests_in_a_transaction_without_end(kind: str) -> None:
    patience = BY_PROCESS_KIND[kind]
    assert patience.lock > 0
    assert patience.idle > 0


def test_a_statement_is_limited_where_people_or_other_firms_wait_for_it() -> None:
    assert min(BY_PROCESS_KIND[kind].statement for kind in ("web", "worker")) > 0
    assert BY_PROCESS_KIND["command"].statement == 0


def test_a_call_and_a_wait_for_a_lock_end_well_inside_a_workers_lease() -> None:
    call, lease = 20, 60
    assert call + BY_PROCESS_KIND["worker"].lock < lease


def test_what_the_address_of_the_database_says_is_kept_and_wins() -> None:
    limited = limit_sessions({"options": "-c lock_timeout=5", "sslmode": "require"}, BY_PROCESS_KIND["web"])
    assert limited["sslmode"] == "require"
    assert limited["options"].index("lock_timeout=10000") < limited["options"].index("lock_timeout=5")
