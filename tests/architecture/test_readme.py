"""What README and the pages under docs/ name is in the repository: settings, make targets, commands, links."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import get_commands

from config.database import BY_PROCESS_KIND

TOP = Path(settings.BASE_DIR)
README = (TOP / "README.md").read_text()
SETTINGS = (TOP / "docs" / "settings.md").read_text()
CONTRIBUTING = (TOP / "docs" / "contributing.md").read_text()
RUNBOOK = (TOP / "docs" / "runbook.md").read_text()
PAGES = [TOP / "README.md", *sorted((TOP / "docs").glob("*.md"))]
READ = re.compile(r"""\benv\.\w+\(\s*"([A-Z][A-Z_]+)\"""")
GIVEN = re.compile(r"""\.(?:text|flag|port|get)\("([A-Z][A-Z_]+)\"|name="([A-Z]+_PORT)\"""")
COMPOSE = re.compile(r"\$\{([A-Z_]+)")
ROW = re.compile(r"^\| (`[^|]+) \|", re.MULTILINE)
LINK = re.compile(r"\]\(([^)#:]+)(?:#[^)]*)?\)")
APPS = ("firms", "expense_categories", "billing", "xero_sync", "notifications", "help_center", "ops")
# Only for those who know what they are doing with the file itself, or set by other programs.
NOT_IN_EXAMPLE = {"ENV_FILE"}


def settings_read() -> set[str]:
    """Every variable that the settings ask the environment for."""
    return {name for file in (TOP / "config").glob("*.py") for name in READ.findall(file.read_text())}


def documented() -> set[str]:
    """Every variable that has a row in the page of settings."""
    return {name for row in ROW.findall(SETTINGS) for name in re.findall(r"`([A-Z][A-Z_]+)`", row)}


def in_example() -> set[str]:
    return set(re.findall(r"^#?([A-Z][A-Z_]+)=", (TOP / ".env.example").read_text(), re.MULTILINE))


def launcher_reads() -> set[str]:
    found = [GIVEN.findall(file.read_text()) for file in (TOP / "launcher").glob("*.py")]
    return {one or other for names in found for one, other in names} - {"PATH"}


def test_the_settings_are_found_at_all() -> None:
    assert len(settings_read()) > 25
    assert {"WEB_PORT", "EMULATOR_PORT", "CHROMIUM"} <= launcher_reads()


def test_every_setting_is_documented() -> None:
    assert settings_read() - documented() == set()
    assert launcher_reads() - documented() == set()


def test_every_setting_is_in_the_example() -> None:
    assert settings_read() - in_example() == NOT_IN_EXAMPLE


def test_what_docker_compose_reads_is_documented_and_in_the_example() -> None:
    read = set(COMPOSE.findall((TOP / "docker-compose.yml").read_text()))
    assert read - documented() == set()
    assert read - in_example() == set()


def test_no_setting_is_documented_that_nothing_reads() -> None:
    read = settings_read() | launcher_reads() | set(COMPOSE.findall((TOP / "docker-compose.yml").read_text()))
    assert documented() - read - {"LOCAL_DIR"} == set()


def test_the_documented_defaults_are_the_settings() -> None:
    plain = re.compile(r"""env\.\w+\(\s*"([A-Z_]+)",\s*default="?([^"()\s]+?)"?\)""")
    found = [pair for file in (TOP / "config").glob("*.py") for pair in plain.findall(file.read_text())]
    assert len(found) > 15
    for name, default in found:
        row = next(line for line in SETTINGS.splitlines() if line.startswith("|") and f"`{name}`" in line)
        said = {{"[]": "none", "False": "false"}.get(default, default)}
        if default.startswith("_patience."):
            said = {f"`{getattr(each, default.partition('.')[2])}`" for each in BY_PROCESS_KIND.values()}
        assert said == {each for each in said if each in row}, row


@pytest.mark.parametrize("target", sorted(set(re.findall(r"`make (\w+)", README))))
def test_every_make_target_named_exists(target: str) -> None:
    targets = re.search(r"^\.PHONY: (.+)$", (TOP / "Makefile").read_text(), re.MULTILINE)
    assert targets is not None
    assert target in targets[1].split()


def test_every_command_is_named_and_every_command_named_exists() -> None:
    ours = {name for name, app in get_commands().items() if app in APPS}
    section = RUNBOOK.split("## Commands")[1].split("\n## ")[0]
    named = {name for row in ROW.findall(section) for name in re.findall(r"`([a-z_]+)", row)}
    assert named == ours


def test_every_folder_on_the_map_exists() -> None:
    section = README.split("## Find your way")[1].split("[docs/architecture.md]")[0]
    folders = [name for row in ROW.findall(section) for name in re.findall(r"`([\w/]+)/`", row)]
    assert len(folders) > 8
    assert [name for name in folders if not (TOP / name).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_leads_to_a_file(page: Path) -> None:
    assert [name for name in LINK.findall(page.read_text()) if not (page.parent / name).exists()] == []


def test_readme_links_every_page_under_docs() -> None:
    assert {f"docs/{page.name}" for page in PAGES[1:]} - set(LINK.findall(README)) == set()


def test_every_path_of_the_change_map_exists() -> None:
    """A row that names a module which has moved is a row that nobody can follow."""
    table = CONTRIBUTING.split("## The change map")[1].split("\n## ")[0]
    rows = [line for line in table.splitlines() if line.startswith("| ") and "---" not in line]
    paths = {path for row in rows for path in re.findall(r"`([\w./-]*(?:/|\.\w+)[\w./-]*)`", row)}
    beside = {path for path in paths if "/" not in path and (TOP / "xero_emulator" / "domain" / path).exists()}
    assert len(rows) > 14
    assert len(paths) > 25
    assert sorted(path for path in paths - beside if not (TOP / path).exists()) == []


def test_each_sentence_of_the_faq_has_its_test_in_the_table() -> None:
    table = README.split("## The FAQ, sentence by sentence")[1].split("\n## ")[0]
    faq_tests = (TOP / "tests" / "functional" / "test_faq.py").read_text()
    assert re.findall(r"`(test_[a-z]\w+)` \|", table) == re.findall(r"^def (test_\w+)\(", faq_tests, re.MULTILINE)
