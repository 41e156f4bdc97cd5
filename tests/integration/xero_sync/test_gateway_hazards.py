"""The measured hazards of the SDK and of the wire: each of these fails with the naive use."""

import socket
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from xero_python.api_client.configuration import Configuration
from xero_python.api_client.oauth2 import OAuth2Token

from tests.integration.xero_sync.access import access, contacts
from tests.xero import Xero
from xero_sync import gateway
from xero_sync.gateway import http


@pytest.fixture
def key(xero: Xero) -> gateway.Access:
    return access(xero)


@pytest.mark.promise("P04")
def test_a_put_is_sent_once_however_it_fails(xero: Xero, key: gateway.Access) -> None:
    for fault in (
        {"kind": "cut"},
        {"kind": "status", "status": 503, "headers": {"Retry-After": "1"}},
        {"kind": "half"},
    ):
        xero.forget_calls()
        xero.fault(**fault, times=1)
        with pytest.raises(gateway.OutcomeUnknown):
            gateway.send(access=key, request=contacts({"Name": f"Client {fault['kind']}"}, key=str(fault["kind"])))
        assert len(xero.calls) == 1


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "cut_after"},
        {"kind": "half", "at": 5},
        {"kind": "half", "at": 400},
        {"kind": "html", "after_work": True},
        {"kind": "wrong_json", "after_work": True},
        {"kind": "status", "status": 500, "after_work": True},
        {"kind": "status", "status": 503, "body": "The Organisation is offline"},
        {"kind": "status", "status": 200, "body": '{"Contacts": []}', "after_work": True},
        {"kind": "status", "status": 200, "body": '{"Contacts": [null]}', "after_work": True},
        {"kind": "status", "status": 200, "body": '{"Contacts": [{"Name": "Client"}]}', "after_work": True},
        {"kind": "status", "status": 200, "body": '{"Contacts": [{"ContactID": "1", "ContactNumber": "Z"}]}'},
        {"kind": "status", "status": 200, "body": "[]"},
        {"kind": "status", "status": 200, "body": ""},
    ],
)
@pytest.mark.promise("P16")
def test_a_write_without_a_usable_answer_is_never_called_done_or_failed(
    xero: Xero, key: gateway.Access, fault: dict[str, Any]
) -> None:
    xero.fault(**fault)
    with pytest.raises(gateway.OutcomeUnknown):
        gateway.send(access=key, request=contacts({"Name": "Client", "ContactNumber": "C-1"}))


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ("<html>Not found</html>", gateway.Unavailable),
        ("", gateway.Unavailable),
        ('{"Message": "An existing contact with the specified ContactID could not be found"}', gateway.RequestRefused),
    ],
    ids=["a page", "nothing", "Xero's words"],
)
def test_a_404_refuses_a_document_only_by_xeros_own_words(
    xero: Xero, key: gateway.Access, body: str, fault: type[Exception]
) -> None:
    xero.fault(kind="status", status=404, body=body)
    with pytest.raises(fault):
        gateway.send(access=key, request=contacts({"Name": "Client", "ContactNumber": "C-1"}))


@pytest.mark.parametrize("kind", ["cut", "html", "wrong_json", "half", "status"])
def test_a_question_that_fails_did_nothing(xero: Xero, key: gateway.Access, kind: str) -> None:
    xero.fault(kind=kind)
    with pytest.raises(gateway.Unavailable):
        gateway.read_accounts(access=key)


def test_a_slow_drip_ends_at_the_deadline(xero: Xero, key: gateway.Access, settings: Any) -> None:
    settings.SYNC_CALL_DEADLINE_SECONDS = 0.5
    xero.fault(kind="drip", seconds=0.1)
    started = time.monotonic()
    with pytest.raises(gateway.OutcomeUnknown) as raised:
        gateway.send(access=key, request=contacts({"Name": "Client"}))
    assert time.monotonic() - started < 1.5
    assert raised.value.reason == "deadline"


def test_silence_ends_at_the_deadline(xero: Xero, key: gateway.Access, settings: Any) -> None:
    settings.SYNC_CALL_DEADLINE_SECONDS = 0.3
    xero.fault(kind="hang", seconds=5)
    started = time.monotonic()
    with pytest.raises(gateway.Unavailable):
        gateway.read_accounts(access=key)
    assert time.monotonic() - started < 1.5


def test_a_refused_connection_did_nothing_even_for_a_write(xero: Xero, key: gateway.Access, settings: Any) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}"
        settings.XERO = type(settings.XERO)(login=url, identity=url, api=url)
        with pytest.raises(gateway.Unavailable) as raised:
            gateway.send(access=key, request=contacts({"Name": "Client"}))
    assert raised.value.reason == "unreachable"


def test_what_is_raised_says_nothing_about_people_and_no_token(xero: Xero, key: gateway.Access) -> None:
    xero.fault(kind="status", status=500, body='{"Detail": "Maya Kerr, maya@example.com"}')
    with pytest.raises(gateway.OutcomeUnknown) as raised:
        gateway.send(access=key, request=contacts({"Name": "Maya Kerr"}))
    text = f"{raised.value!r} {raised.value} {key!r}"
    assert "Maya" not in text
    assert "maya@" not in text
    assert key.access_token not in text
    assert raised.value.__context__ is None or raised.value.__suppress_context__


def test_the_sdks_hidden_configuration_cannot_lend_an_old_token(xero: Xero) -> None:
    stale = OAuth2Token()
    stale.access_token = "somebody-elses"
    Configuration.set_default(Configuration(oauth2_token=stale))
    assert gateway.read_organisation(access=access(xero)).elements


def test_threads_never_mix_up_two_users_tokens(xero: Xero) -> None:
    organisations = [row["id"] for row in xero.control("GET", "organisations")["organisations"]]
    xero.control("POST", "limits", minute=0, concurrent=0, day=0, app_minute=0)
    users = ["8195c580-b75a-5235-9743-c08546d57a01", "8195c580-b75a-5235-9743-c08546d57a02"]
    keys = [access(xero, organisation=organisations[n], user=users[n]) for n in (0, 1)]
    names = [gateway.read_organisation(access=each).elements[0].document["Name"] for each in keys]

    def ask(n: int) -> bool:
        reply = gateway.read_organisation(access=keys[n % 2])
        return bool(reply.elements[0].document["Name"] == names[n % 2])

    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    try:
        with ThreadPoolExecutor(8) as pool:
            assert list(pool.map(ask, range(200))) == [True] * 200
    finally:
        sys.setswitchinterval(before)


def test_one_connection_serves_call_after_call(xero: Xero, key: gateway.Access) -> None:
    http.pool().clear()
    for _ in range(5):
        gateway.read_organisation(access=key)
    counted = [pool.num_connections for pool in pools()]
    assert counted == [1]


def pools() -> list[Any]:
    manager = http.pool()
    with manager.pools.lock:
        return [manager.pools[each] for each in list(manager.pools.keys())]


def test_a_forked_child_has_a_pool_of_its_own(xero: Xero, key: gateway.Access, monkeypatch: pytest.MonkeyPatch) -> None:
    ours = http.pool()
    monkeypatch.setattr("os.getpid", lambda: -1)
    assert http.pool() is not ours


@pytest.fixture
def redirecting() -> Iterator[str]:
    """A server that sends everybody elsewhere."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            connection, _ = server.accept()
            with connection:
                connection.recv(65536)
                connection.sendall(b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n")

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}"
        thread.join(2)


def test_a_redirect_is_not_followed_with_a_token_in_hand(redirecting: str, settings: Any) -> None:
    settings.XERO = type(settings.XERO)(login=redirecting, identity=redirecting, api=redirecting)
    with pytest.raises(gateway.Unavailable) as raised:
        gateway.read_organisation(access=gateway.Access("token", "tenant"))
    assert raised.value.reason == "HTTP 302"
