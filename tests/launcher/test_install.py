"""The virtual environment: when it is made, filled, and left alone."""

import ast
import sys
from pathlib import Path

import pytest

from launcher import install
from launcher.console import Refusal
from launcher.options import TOP, Options
from tests.launcher.conftest import MakeOptions

BEFORE_THE_ENVIRONMENT = (
    "__main__",
    "cli",
    "install",
    "running_commands",
    "options",
    "console",
    "locks",
    "child_processes",
)
SMALL = "one==1 \\\n    --hash=sha256:aa\n"
LARGE = SMALL + "two==2 \\\n    --hash=sha256:bb \\\n    --hash=sha256:cc\n"


@pytest.fixture
def options(make_options: MakeOptions) -> Options:
    """A checkout with lists and an environment, not stamped."""
    options = make_options()
    (options.top / "requirements").mkdir()
    (options.top / "requirements" / "demo.txt").write_text(SMALL)
    (options.top / "requirements" / "test.txt").write_text(LARGE)
    options.python.parent.mkdir(parents=True)
    options.python.symlink_to(sys.executable)
    (options.venv / "pyvenv.cfg").write_text("include-system-site-packages = false\n")
    return options


def stamp(options: Options, lock: str) -> None:
    install.stamp_path(options).write_text(install.expected_stamp(options, lock=lock))


def test_a_second_set_up_does_nothing(options: Options, monkeypatch: pytest.MonkeyPatch) -> None:
    stamp(options, "demo")
    monkeypatch.setattr(install, "run_logged_step", lambda *_, **__: pytest.fail("something was run"))

    install.ensure_packages(options, lock="demo")


def test_the_tests_environment_serves_the_demo_but_not_the_other_way_round(options: Options) -> None:
    stamp(options, "test")
    assert install.is_current(options, lock="demo")
    stamp(options, "demo")
    assert not install.is_current(options, lock="test")


def test_a_changed_list_is_installed_anew(options: Options) -> None:
    stamp(options, "test")
    (options.top / "requirements" / "demo.txt").write_text(SMALL.replace("==1", "==1.1"))

    assert not install.is_current(options, lock="demo")


def test_a_half_finished_or_vanished_environment_is_not_current(options: Options) -> None:
    assert not install.is_current(options, lock="demo")
    stamp(options, "demo")
    options.python.unlink()
    assert not install.is_current(options, lock="demo")


def test_a_copied_environment_is_not_current(options: Options, tmp_path: Path) -> None:
    stamp(options, "demo")
    copy = tmp_path / "copy"
    options.top.rename(copy)

    assert not install.is_current(Options(top=copy, local=copy / ".local", given={}), lock="demo")


def test_an_environment_without_pip_is_made_anew(options: Options) -> None:
    assert not install.is_usable(options.top / ".venv" / "bin" / "missing")
    assert not install.is_usable(options.python)


def test_a_failed_install_leaves_no_stamp(options: Options, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise Refusal("pip failed")

    stamp(options, "demo")
    (options.top / "requirements" / "demo.txt").write_text(f"setuptools==1\n{LARGE}three==3\n")
    monkeypatch.setattr(install, "is_usable", lambda _: True)
    monkeypatch.setattr(install, "run_logged_step", fail)

    with pytest.raises(Refusal):
        install.ensure_packages(options, lock="demo")
    assert not install.stamp_path(options).exists()


def test_a_python_without_venv_gets_the_sentence_that_says_what_to_install(
    options: Options, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(install.importlib.util, "find_spec", lambda name: None if name == "ensurepip" else name)
    options.python.unlink()

    with pytest.raises(Refusal, match=r"has no ensurepip: run `apt-get install python3-venv`"):
        install.ensure_packages(options, lock="demo")


def test_one_package_is_cut_out_of_a_list_with_its_hashes() -> None:
    assert install.pinned_block(LARGE, name="one") == SMALL
    assert install.pinned_block(LARGE, name="two") == LARGE.removeprefix(SMALL)


def test_the_demos_packages_are_all_among_the_tests() -> None:
    assert install.list_covers(TOP / "requirements" / "test.txt", TOP / "requirements" / "demo.txt")
    assert install.list_covers(TOP / "requirements" / "demo.txt", TOP / "requirements" / "run.txt")


@pytest.mark.parametrize("name", ["run", "demo", "test"])
def test_every_locked_package_has_a_hash_and_no_list_names_a_host(name: str) -> None:
    text = (TOP / "requirements" / f"{name}.txt").read_text()
    pins = [line for line in text.splitlines() if line and not line.startswith((" ", "#"))]

    assert "://" not in text
    assert pins
    assert all("--hash=sha256:" in install.pinned_block(text, name=pin.split("==")[0]) for pin in pins)


@pytest.mark.parametrize("module", BEFORE_THE_ENVIRONMENT)
def test_what_runs_before_the_environment_exists_needs_only_the_standard_library(module: str) -> None:
    tree = ast.parse((TOP / "launcher" / f"{module}.py").read_text())
    names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            names |= {f"launcher.{a.name}" for a in node.names} if node.module == "launcher" else {node.module or ""}
    ours = {name.removeprefix("launcher.") for name in names if name.startswith("launcher.")}

    assert {name.partition(".")[0] for name in names} - {"launcher"} <= sys.stdlib_module_names
    assert ours <= set(BEFORE_THE_ENVIRONMENT)
