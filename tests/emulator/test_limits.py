"""Call limits, on a clock that stands still. Source: Xero's limits pages."""

from concurrent.futures import ThreadPoolExecutor

import pytest
import urllib3

from tests.emulator.client import API, App, ManualClock
from xero_emulator import EmulatorServer

REMAINING = ("X-MinLimit-Remaining", "X-DayLimit-Remaining", "X-AppMinLimit-Remaining")


def _calls(app: App, number: int) -> list[int]:
    return [app.call("GET", "Currencies").status for _ in range(number)]


def test_every_answer_tells_what_remains(app: App) -> None:
    first = app.call("GET", "Currencies")
    assert [first.headers[name] for name in REMAINING] == ["59", "4999", "9999"]
    refused = app.put("Contacts", {"Name": "Ada", "EmailAddress": "bad"})
    assert refused.headers["X-MinLimit-Remaining"] == "58"


def test_the_sixty_first_call_in_a_minute_is_refused_with_the_time_to_come_back(app: App, clock: ManualClock) -> None:
    assert _calls(app, 60) == [200] * 60
    clock.advance(seconds=12)
    answer = app.call("GET", "Currencies")
    assert (answer.status, answer.headers["X-Rate-Limit-Problem"]) == (429, "minute")
    assert answer.headers["X-MinLimit-Remaining"] == "0"
    clock.advance(seconds=int(answer.headers["Retry-After"]))
    assert _calls(app, 1) == [200]


def test_the_minute_slides(app: App, clock: ManualClock) -> None:
    clock.advance(seconds=45)
    assert _calls(app, 60) == [200] * 60
    # a new fixed minute has begun, but not sixty seconds have gone by
    clock.advance(seconds=30)
    assert _calls(app, 1) == [429]
    entry = app.control("GET", "ledger")["entries"][-1]
    assert (entry["limit"], entry["in_last_minute"], entry["in_fixed_minute"]) == ("minute", 61, 1)
    assert [item["limit"] for item in app.control("GET", "limits")["violations"]] == ["minute"]


def test_refused_calls_count_too(app: App, clock: ManualClock) -> None:
    _calls(app, 60)
    clock.advance(seconds=30)
    _calls(app, 60)
    clock.advance(seconds=31)
    assert _calls(app, 1) == [429]


def test_each_organisation_has_its_own_minute(emulator: EmulatorServer, app: App) -> None:
    _calls(app, 60)
    app.connect(emulator.xero.demo("UK"))
    assert _calls(app, 1) == [200]


def test_the_day_ends_at_its_allowance_and_begins_at_midnight(app: App, clock: ManualClock) -> None:
    app.control("POST", "limits", {"day": 3})
    assert _calls(app, 4) == [200, 200, 200, 429]
    answer = app.call("GET", "Currencies")
    assert answer.headers["X-Rate-Limit-Problem"] == "day"
    assert int(answer.headers["Retry-After"]) == 15 * 3600 - 10
    clock.advance(seconds=int(answer.headers["Retry-After"]))
    app.token = app.refresh().json["access_token"]
    assert _calls(app, 1) == [200]


def test_with_five_calls_in_progress_the_sixth_is_refused(app: App) -> None:
    app.control("POST", "faults", {"kind": "hang", "seconds": 60, "times": 5})
    path, headers = app.server.url + API + "Currencies", app.headers()

    def impatient(_: int) -> None:
        with pytest.raises(urllib3.exceptions.ReadTimeoutError):
            app.http.request("GET", path, headers=headers, timeout=0.2)

    with ThreadPoolExecutor(5) as pool:
        list(pool.map(impatient, range(5)))
    answer = app.call("GET", "Currencies")
    assert (answer.status, answer.headers["X-Rate-Limit-Problem"]) == (429, "concurrent")
    assert "Retry-After" not in answer.headers


def test_the_app_has_a_minute_over_all_organisations(emulator: EmulatorServer, app: App) -> None:
    app.control("POST", "limits", {"app_minute": 3})
    assert _calls(app, 2) == [200, 200]
    app.connect(emulator.xero.demo("UK"))
    assert _calls(app, 2) == [200, 429]
    assert app.call("GET", "Currencies").headers["X-Rate-Limit-Problem"] == "appminute"


def test_limits_come_before_idempotency(app: App) -> None:
    app.control("POST", "limits", {"day": 1})
    assert app.put("Contacts", {"Name": "Ada"}, key="k").status == 200
    assert app.put("Contacts", {"Name": "Ada"}, key="k").status == 429


def test_a_limit_of_nothing_is_off(app: App) -> None:
    app.control("POST", "limits", {"minute": 0, "day": 0})
    assert _calls(app, 70) == [200] * 70
