"""What Xero said stands until somebody knows better."""

from datetime import UTC, datetime, timedelta

import pytest

from xero_sync.domain.standing_refusals import standing_refusals

REFUSED = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
BEFORE, AFTER = REFUSED - timedelta(minutes=5), REFUSED + timedelta(minutes=5)


@pytest.mark.parametrize(
    ("code", "index_at", "stands"),
    [
        ("invoice-number-taken", BEFORE, True),
        ("invoice-number-taken", None, True),
        ("invoice-number-taken", AFTER, False),
        ("unknown", AFTER, True),
        ("website-invalid", AFTER, True),
        ("account-archived", BEFORE, False),
    ],
)
def test_a_refusal_stands_until_what_tells_of_it_is_newer(code: str, index_at: datetime | None, stands: bool) -> None:
    standing = standing_refusals(
        [{"code": code, "source": "xero", "message": "No."}], refused_at=REFUSED, index_at=index_at
    )
    assert [fault.code for fault in standing] == ([code] if stands else [])


def test_what_we_found_ourselves_is_judged_anew() -> None:
    found = [{"code": "unknown", "source": "preflight", "message": ""}]
    assert standing_refusals(found, refused_at=REFUSED, index_at=None) == ()
