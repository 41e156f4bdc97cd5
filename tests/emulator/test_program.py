"""The emulator as a program."""

import socket
import subprocess
import sys
import urllib.request

PROGRAM = [sys.executable, "-m", "xero_emulator"]


def test_it_says_that_it_is_not_xero_and_serves_until_it_is_ended() -> None:
    with subprocess.Popen([*PROGRAM, "--port", "0", "--auto-consent"], stdout=subprocess.PIPE, text=True) as program:
        try:
            assert program.stdout is not None
            said = program.stdout.readline()
            assert "this is not Xero" in said
            url = next(word for word in said.split() if word.startswith("http://127.0.0.1:"))
            with urllib.request.urlopen(url, timeout=10) as page:
                assert page.status == 200
        finally:
            program.terminate()
    assert program.returncode == 0


def test_a_taken_port_is_one_clear_sentence() -> None:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        port = str(holder.getsockname()[1])
        ended = subprocess.run([*PROGRAM, "--port", port], capture_output=True, text=True, timeout=30, check=False)
    assert ended.returncode == 1
    assert ended.stderr.count("\n") == 1
    assert f"port {port}" in ended.stderr
    assert "Choose another" in ended.stderr
