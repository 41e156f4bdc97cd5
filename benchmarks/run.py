"""`python -m benchmarks.run`: every benchmark, and one table; exit 1 if a goal was missed.

Names after it run these alone; `migration` and `imports` are run in no other way.
"""

import os
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import django


def main(names: Sequence[str]) -> int:
    """Run these, or the usual ones; print the table."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    # These need the applications to be loaded.
    from benchmarks import backlog, clients, imports, latency, migration, preflight, release, statements
    from benchmarks.figures import table
    from benchmarks.place import prepared

    usual = (statements, preflight, clients, backlog, release, latency)
    by_name = {benchmark.__name__.rpartition(".")[2]: benchmark for benchmark in (*usual, migration, imports)}
    unknown = [name for name in names if name not in by_name]
    if unknown:
        print(f"No benchmark is called {', '.join(unknown)}: choose from {', '.join(by_name)}.", file=sys.stderr)
        return 2
    figures = []
    with tempfile.TemporaryDirectory() as folder, prepared(Path(folder)) as place:
        for name in names or list(by_name)[: len(usual)]:
            print(f"Measuring: {name}.", file=sys.stderr, flush=True)
            figures += list(by_name[name].measure(place))
        violations = len(place.xero("").control("GET", "limits")["violations"])
    print("\n".join(table(figures)))
    print(f"Xero's limits (5 at once, 60 a minute, the day's) were overstepped {violations} times.")
    missed = [figure.what for figure in figures if figure.missed]
    if missed:
        print(f"Missed: {'; '.join(missed)}.")
    return 1 if missed or violations else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
