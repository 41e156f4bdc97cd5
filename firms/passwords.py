"""Passwords for commands: asked for twice at a terminal, else one line of standard input."""

import getpass
import sys

from firms.refusals import Refused


def read_password(*, whose: str) -> str:
    """Never from the command line, where other processes could read it. Raises Refused if there is none."""
    if not sys.stdin.isatty():
        password = sys.stdin.readline().rstrip("\r\n")
        if not password:
            raise Refused({"password": f"Give {whose}'s password on standard input."})
        return password
    password = getpass.getpass(f"Password for {whose}: ")
    if getpass.getpass("Once more: ") != password:
        raise Refused({"password": "The two passwords differ. Nothing was created."})
    return password
