"""What `make test` runs, and how it ends."""

import tomllib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from types import SimpleNamespace

import pytest

from launcher import checks
from launcher.options import TOP, Options
from tests.launcher.conftest import MakeOptions

Run = Callable[..., int]


@pytest.fixture
def ran(monkeypatch: pytest.MonkeyPatch) -> list[Sequence[str]]:
    """The commands that were run, all of them good, with a Chromium and servers at hand."""
    commands: list[Sequence[str]] = []

    @contextmanager
    def servers(*_: object, **__: object) -> Iterator[SimpleNamespace]:
        yield SimpleNamespace(owner_url="postgres://owner", redis_url="redis://broker")

    def run(_: Options, arguments: Sequence[str], __: object) -> int:
        commands.append(arguments)
        return 0

    monkeypatch.setattr(checks, "use_backing_servers", servers)
    monkeypatch.setattr(checks, "_python", run)
    monkeypatch.setattr(checks.chromium, "ensure_chromium", lambda _: "/usr/bin/chromium")
    return commands


def failing(word: str) -> Run:
    return lambda _, arguments, __: 1 if word in arguments else 0


def test_everything_is_checked_and_the_tests_come_last(ran: list[Sequence[str]], make_options: MakeOptions) -> None:
    assert checks.run_all_tests(make_options()) == 0
    tools = [" ".join(arguments) for arguments in ran]
    for tool in ("ruff format", "ruff check", "mypy", "importlinter", "makemigrations", "check --deploy"):
        assert any(tool in line for line in tools), tool
    assert "pytest" in tools[-1]


@pytest.mark.parametrize("tool", ["mypy", "--deploy", "makemigrations"])
@pytest.mark.usefixtures("ran")
def test_a_failed_check_is_named_and_fails_the_whole(
    tool: str, make_options: MakeOptions, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(checks, "_python", failing(tool))

    assert checks.run_all_tests(make_options()) == 1
    assert "These checks failed: " in capsys.readouterr().out


@pytest.mark.usefixtures("ran")
def test_failed_tests_fail_the_whole(make_options: MakeOptions, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "_python", failing("pytest"))

    assert checks.run_all_tests(make_options()) == 1


def test_nothing_is_said_after_the_tests(
    ran: list[Sequence[str]],
    make_options: MakeOptions,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def run(_: Options, arguments: Sequence[str], __: object) -> int:
        capsys.readouterr()
        return int("pytest" in arguments)

    monkeypatch.setattr(checks, "_python", run)
    checks.run_all_tests(make_options())

    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(("ci", "code"), [("", 0), ("true", 1)])
def test_without_a_browser_its_tests_are_named_and_that_fails_only_the_ci(
    ci: str,
    code: int,
    ran: list[Sequence[str]],
    make_options: MakeOptions,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(checks.chromium, "ensure_chromium", lambda _: None)

    assert checks.run_all_tests(make_options(CI=ci)) == code
    assert "these browser tests DO NOT RUN" in capsys.readouterr().out
    assert any("--collect-only" in arguments for arguments in ran)
    assert "not browser" in ran[-1][-1]


def test_chromium_is_installed_only_as_root_where_apt_is(make_options: MakeOptions) -> None:
    assert not checks.chromium.can_install({"PATH": "/nowhere"}, uid=0)
    assert not checks.chromium.can_install(make_options(PATH="/usr/bin:/bin").given, uid=1000)


def test_every_package_of_the_product_is_checked() -> None:
    tools = tomllib.loads((TOP / "pyproject.toml").read_text())["tool"]

    packages = {path.parent.name for path in TOP.glob("*/__init__.py")} - {"tests", "benchmarks", "samples"}
    assert packages == set(tools["importlinter"]["root_packages"]) == set(tools["mypy"]["packages"])
