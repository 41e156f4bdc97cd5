"""`python -m benchmarks.run`: every benchmark, and one table; exit 1 if a goal was missed."""

import os
import sys
import tempfile
from pathlib import Path

import django


def main() -> int:
    """Run all, print the table."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    # These need the applications to be loaded.
    from benchmarks import backlog, latency, preflight, release, statements
    from benchmarks.figures import table
    from benchmarks.place import prepared

    figures = []
    with tempfile.TemporaryDirectory() as folder, prepared(Path(folder)) as place:
        for benchmark in (statements, preflight, backlog, release, latency):
            name = benchmark.__name__.rpartition(".")[2]
            print(f"Measuring: {name}.", file=sys.stderr, flush=True)
            figures += list(benchmark.measure(place))
        violations = len(place.xero("").control("GET", "limits")["violations"])
    print("\n".join(table(figures)))
    print(f"Xero's limits (5 at once, 60 a minute, the day's) were overstepped {violations} times.")
    missed = [figure.what for figure in figures if figure.missed]
    if missed:
        print(f"Missed: {'; '.join(missed)}.")
    return 1 if missed or violations else 0


if __name__ == "__main__":
    sys.exit(main())
