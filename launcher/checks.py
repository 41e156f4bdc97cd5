"""`make test`, `make check`, `make faults`, `make bench`."""

import signal
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from launcher import child_processes, chromium, environment
from launcher.backing_servers import use_backing_servers
from launcher.console import print_line
from launcher.options import Options

UNIT_TESTS = ("tests/unit", "tests/launcher")
# A process that is done takes tests from the other one: dealt out beforehand, one would end alone with the slow ones.
TWO_PROCESSES = ("-n", "2", "--dist", "worksteal")
# Enough for settings to load where nothing is connected to.
NO_DATABASE, NO_BROKER = "postgres://nobody@localhost:9/none", "redis://localhost:9/0"
Env = Mapping[str, str]


@dataclass(frozen=True)
class CheckCommand:
    """One static check: its name, and its command after `python`."""

    name: str
    arguments: Sequence[str]
    deployed: bool = False


def static_checks() -> list[CheckCommand]:
    """Format, lint, types, import contracts: need no server."""
    return [
        CheckCommand("format", ["-m", "ruff", "format", "--check", "--quiet", "."]),
        CheckCommand("lint", ["-m", "ruff", "check", "--quiet", "."]),
        CheckCommand("types", ["-m", "mypy"]),
        CheckCommand("import contracts", ["-c", "from importlinter.cli import lint_imports_command as run; run()"]),
    ]


def django_checks() -> list[CheckCommand]:
    """Missing migrations, unsafe production settings."""
    return [
        CheckCommand("migrations", ["manage.py", "makemigrations", "--check", "--dry-run"]),
        CheckCommand(
            "production settings", ["manage.py", "check", "--deploy", "--fail-level", "WARNING"], deployed=True
        ),
    ]


def run_fast_checks(options: Options) -> int:
    """The fast part: static checks and unit tests, without servers."""
    env = environment.environment_for_tests(options, database_url=NO_DATABASE, redis_url=NO_BROKER)
    failed = _run_checks(options, static_checks(), env)
    print_line("Running the unit tests.")
    folders = [folder for folder in UNIT_TESTS if (options.top / folder).is_dir()]
    return 1 if _python(options, ["-m", "pytest", "-q", *folders], env) or failed else 0


def run_all_tests(options: Options) -> int:
    """Everything. What failed before the tests is named before them: their closing line comes last."""
    browser = chromium.ensure_chromium(options)
    with use_backing_servers(options, purpose="test") as servers:
        env = _test_environment(options, servers.owner_url, servers.redis_url, browser)
        failed = _run_checks(options, [*static_checks(), *django_checks()], env)
        without_browser = browser is None and _say_what_is_missing(options, env)
        if failed:
            print_line(f"These checks failed: {', '.join(failed)}. The tests run all the same.")
        markers = "not long and not browser" if browser is None else "not long"
        code = _python(options, ["-m", "pytest", *TWO_PROCESSES, "-m", markers], env)
    return 1 if code or failed or (without_browser and options.flag("CI")) else 0


def run_fault_tests(options: Options) -> int:
    """The long runs: outages, kills, freezes."""
    with use_backing_servers(options, purpose="test") as servers:
        env = _test_environment(options, servers.owner_url, servers.redis_url, chromium.find_chromium(options.given))
        return _python(options, ["-m", "pytest", "tests/faults"], env)


def run_benchmarks(options: Options) -> int:
    """The benchmarks, each of which prints a table."""
    with use_backing_servers(options, purpose="test") as servers:
        env = _test_environment(options, servers.owner_url, servers.redis_url, chromium.find_chromium(options.given))
        return _python(options, ["-m", "benchmarks.run", *options.text("ONLY").split()], env)


def _test_environment(options: Options, database_url: str, redis_url: str, browser: str | None) -> Env:
    env = environment.environment_for_tests(options, database_url=database_url, redis_url=redis_url)
    return env if browser is None else {**env, "CHROMIUM": browser}


def _run_checks(options: Options, checks: Sequence[CheckCommand], env: Env) -> list[str]:
    """Run them all and return the names of those that failed."""
    failed = []
    for each in checks:
        print_line(f"Checking: {each.name}.")
        if _python(options, each.arguments, environment.production_environment(env) if each.deployed else env):
            print_line(f"FAILED: {each.name}; run it alone with `.venv/bin/python {' '.join(each.arguments)}`.")
            failed.append(each.name)
    return failed


def _say_what_is_missing(options: Options, env: Env) -> bool:
    """Name the browser tests that will not run; True if there are any."""
    print_line("WARNING: there is no Chromium here, so these browser tests DO NOT RUN (install chromium to run them):")
    arguments = ["-m", "pytest", "--collect-only", "-q", "--no-header", "--no-summary", "-m", "browser"]
    return _python(options, arguments, env) == 0


def _python(options: Options, arguments: Sequence[str], env: Env) -> int:
    # pytest tidies up on SIGINT, and not on SIGTERM.
    return child_processes.run_process([options.python, *arguments], cwd=options.top, env=env, first=signal.SIGINT)
