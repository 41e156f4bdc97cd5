"""Which port is taken."""

import socket
import subprocess
import sys

import pytest

from launcher import ports
from launcher.console import Refusal
from launcher.options import TOP


def test_the_usual_port_is_used_silently(capsys: pytest.CaptureFixture[str]) -> None:
    assert ports.choose_port(name="WEB_PORT", asked=None, usual=8000, free=lambda _: True) == 8000
    assert capsys.readouterr().out == ""


def test_a_taken_usual_port_gives_the_next_free_one_and_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    assert ports.choose_port(name="WEB_PORT", asked=None, usual=8000, free=lambda port: port > 8001) == 8002
    assert "Port 8000 is taken, so 8002 is used" in capsys.readouterr().out


def test_a_taken_port_that_was_asked_for_is_refused() -> None:
    with pytest.raises(Refusal, match="Port 9000 is taken: stop what listens there, or give another WEB_PORT"):
        ports.choose_port(name="WEB_PORT", asked=9000, usual=8000, free=lambda _: False)


def test_two_processes_never_get_the_same_port() -> None:
    assert ports.choose_port(name="EMULATOR_PORT", asked=None, usual=8100, taken=[8100], free=lambda _: True) == 8101
    with pytest.raises(Refusal):
        ports.choose_port(name="EMULATOR_PORT", asked=8100, usual=8100, taken=[8100], free=lambda _: True)


def test_no_free_port_is_a_sentence() -> None:
    with pytest.raises(Refusal, match="give one with WEB_PORT"):
        ports.choose_port(name="WEB_PORT", asked=None, usual=8000, free=lambda _: False)


def test_a_port_somebody_listens_on_is_not_free() -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        assert not ports.is_free(listener.getsockname()[1])
    assert ports.is_free(ports.find_unused_port())


def test_two_checkouts_that_start_together_never_get_the_same_port() -> None:
    # The first has chosen and listens only when its tables are made; the second chooses meanwhile.
    usual = ports.find_unused_port()
    first = ports.choose_port(name="WEB_PORT", asked=None, usual=usual)
    program = f"from launcher import ports; print(ports.choose_port(name='WEB_PORT', asked=None, usual={usual}))"
    second = subprocess.run([sys.executable, "-c", program], cwd=TOP, capture_output=True, text=True, check=True)
    assert int(second.stdout.splitlines()[-1]) != first
    with pytest.raises(Refusal, match=f"Port {first} is taken"):
        ports.choose_port(name="EMULATOR_PORT", asked=first, usual=usual)
