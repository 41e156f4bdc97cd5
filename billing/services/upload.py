"""Reading a file of the user's, never more of it than is taken."""

from pathlib import Path
from typing import IO

from billing.imports.files import MAX_BYTES, TOO_LARGE
from firms.refusals import Refused


def read_limited(*, path: str) -> bytes:
    """The file's bytes. Raises Refused if it cannot be read or is too large."""
    try:
        with Path(path).open("rb") as file:
            return read_stream(file=file)
    except OSError as fault:
        raise Refused({"file": f"{path} cannot be read: {fault.strerror}."}) from fault


def read_stream(*, file: IO[bytes]) -> bytes:
    """The stream's bytes. Raises Refused if there are too many."""
    data = file.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise Refused({"file": TOO_LARGE})
    return data
