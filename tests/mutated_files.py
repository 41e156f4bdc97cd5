"""Files of bills that something has damaged: bytes lost, doubled, swapped or changed, by a seed."""

import io
import random
import time

from billing.imports.ledes import LedesRefused, open_bills
from tests.ledes_writer import WRITERS, make_bills

LONGEST_SECONDS = 10.0
_TELLING = (b"|", b"[]", b"\n", b"\0", b"\xff", b"\xef\xbb\xbf", b"<", b">", b"&", b'"', b"-", b"9", b"PK\x05\x06", b"")


def mutate(*, data: bytes, seed: int) -> bytes:
    """The file with one to six damages."""
    chance, damaged = random.Random(seed), bytearray(data)
    for _ in range(chance.randint(1, 6)):
        at = chance.randrange(len(damaged) + 1)
        to = min(len(damaged), at + chance.choice([0, 1, 1, 2, 20, 300]))
        kind = chance.randrange(4)
        if kind == 0:
            damaged[at:to] = chance.choice(_TELLING)
        elif kind == 1:
            damaged[at:at] = damaged[at:to] * 2
        elif kind == 2:
            damaged[at:to] = bytes(reversed(damaged[at:to]))
        elif at < len(damaged):
            damaged[at] = chance.randrange(256)
    return bytes(damaged)


def mutated_files(*, form: str, seeds: range) -> list[bytes]:
    """One damaged file of a few bills for each seed."""
    whole = WRITERS[form](make_bills(count=3, seed=1))
    return [mutate(data=whole, seed=seed) for seed in seeds]


def read_through(data: bytes) -> str:
    """What comes of reading the file to its end: refused, or with how many good bills, within bounds in any case."""
    began = time.perf_counter()
    file = open_bills(source=io.BytesIO(data))
    if isinstance(file, LedesRefused):
        assert file.fault_count >= len(file.faults) > 0
        said = [fault.message for fault in file.faults]
        outcome = "refused"
    else:
        bills = list(file.read_bills())
        file.close()
        said = [fault.message for bill in bills for fault in bill.faults]
        assert all((bill.bill is None) == (bill.fault_count > 0) for bill in bills)
        assert all(bill.bill is None or bill.bill.total == _added(bill.bill.lines) for bill in bills)
        outcome = "read" if not said else "in part"
    assert all(message and len(message) < 1000 and "Traceback" not in message for message in said)
    assert time.perf_counter() - began < LONGEST_SECONDS
    return outcome


def _added(lines):  # type: ignore[no-untyped-def]
    return sum(line.amount + (line.tax or 0) for line in lines)
