"""`pick.py LIST NAME...`: print the named packages, hashes included, out of a locked list."""

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path


def pick(lines: Iterable[str], names: set[str]) -> Iterator[str]:
    """The lines of each named package: the one that pins it and the indented ones after it."""
    wanted = False
    for line in lines:
        if not line.startswith(" "):
            wanted = line.split("==")[0] in names
        if wanted:
            yield line


if __name__ == "__main__":
    sys.stdout.writelines(pick(Path(sys.argv[1]).read_text().splitlines(keepends=True), set(sys.argv[2:])))
