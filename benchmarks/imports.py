"""60 MB of LEDES through the import as a worker does it, while somebody of the firm saves: seconds, memory, waiting.

Not among the benchmarks of `make bench`, since it takes minutes: `make bench ONLY=imports`.
"""

import os
import random
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.db import connection

from benchmarks.figures import Figure
from benchmarks.place import Place
from billing.domain.import_choices import ImportChoices, Then
from billing.domain.import_states import ImportState
from billing.importing import acts
from billing.imports.ledes_fields import FIELDS
from billing.models import Import, ImportKind, Invoice
from billing.services import ContactValues, save_contact
from firms.models import Firm
from firms.scope import firm_scope
from tests.factories import admin_of
from tests.processes.workforce import places_of_database

MEGABYTES, LINES_A_BILL, CLIENTS = 60, 20, 900
GOAL_SECONDS, GOAL_MEGABYTES, GOAL_WAIT_SECONDS = 120, 300, 1
PAUSE_SECONDS = 0.5
WHAT = f"{MEGABYTES} MB of LEDES"
_WORKER = """
import django, resource
django.setup()
from billing.importing.worker import work_once
while work_once():
    pass
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
"""


def measure(place: Place) -> Iterator[Figure]:
    """Read and judged, then written and released; the worker is a process of its own, so that its memory is its own."""
    firm, _ = place.connected_firm()
    path = place.folder / "sixty-megabytes.txt"
    bills = _write_file(path)
    with firm_scope(firm), path.open("rb") as file:
        source = acts.receive_file(
            firm=firm,
            actor=admin_of(firm),
            kind=ImportKind.BILLS,
            file_name=path.name,
            chunks=iter(lambda: file.read(1024 * 1024), b""),
        )
        names = {f"K{number}": f"Client {number}" for number in range(CLIENTS)}
        Import.objects.filter(pk=source.pk).update(choices=ImportChoices(names=names).to_json())
        waits: list[float] = []
        with _somebody_saves(firm, waits):
            seconds, memory = _work()
            source.refresh_from_db()
            assert source.state == ImportState.CHECKED, source.report
            acts.confirm(firm=firm, actor=admin_of(firm), source=source, then=Then.SEND)
            more_seconds, more_memory = _work()
        source.refresh_from_db()
        assert source.state == ImportState.DONE, source.state
        assert Invoice.objects.filter(source_import=source).count() == bills
    yield Figure(what=f"{WHAT}, {bills:,} bills, read and judged", measured=seconds, unit="s")
    yield Figure(what=f"{WHAT}, written and released", measured=more_seconds, unit="s")
    yield Figure(what=f"{WHAT}, in all", measured=seconds + more_seconds, unit="s", at_most=GOAL_SECONDS)
    yield Figure(
        what=f"{WHAT}, the worker's memory", measured=max(memory, more_memory), unit="MB", at_most=GOAL_MEGABYTES
    )
    yield Figure(what=f"{WHAT}, longest save", measured=max(waits), unit="s", at_most=GOAL_WAIT_SECONDS)


def _work() -> tuple[float, float]:
    """Seconds and megabytes of a worker until nothing is left to do."""
    began = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", _WORKER],
        env={**os.environ, **places_of_database()},
        capture_output=True,
        text=True,
        check=True,
    )
    return time.perf_counter() - began, float(done.stdout.split()[-1])


@contextmanager
def _somebody_saves(firm: Firm, waits: list[float]) -> Iterator[None]:
    over = threading.Event()

    def save() -> None:
        number = 0
        with firm_scope(firm):
            while not over.wait(PAUSE_SECONDS):
                number += 1
                began = time.perf_counter()
                save_contact(firm=firm, actor=None, values=ContactValues(name=f"Walk-in {number}"))
                waits.append(time.perf_counter() - began)
        connection.close()

    thread = threading.Thread(target=save)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def _write_file(path: Path) -> int:
    """A file of MEGABYTES; how many bills are in it."""
    chance, size, bill = random.Random(7), 0, 0
    with path.open("w") as file:
        file.write("LEDES1998B[]\n" + "|".join(FIELDS) + "[]\n")
        while size < MEGABYTES * 1_000_000:
            bill += 1
            text = "".join(_lines(chance, bill))
            file.write(text)
            size += len(text)
    return bill


def _lines(chance: random.Random, bill: int) -> Iterator[str]:
    client, hours = bill % CLIENTS, [chance.randint(1, 90) for _ in range(LINES_A_BILL)]
    head = f"20260831|B{bill}|K{client}|K{client}-{bill % 3}|{sum(hours) * 24}.00|20260801|20260831|August"
    for item, tenths in enumerate(hours, start=1):
        figures = f"{tenths / 10}|0|{tenths * 24}.00|202608{item:02}|L110||A102|T{item}"
        work = f"What was done for the client that day, at some length, number {chance.randrange(10**9)}"
        yield f"{head}|{item}|F|{figures}|{work}|98-765|240|Kerr, Maya|PARTNR|[]\n"
