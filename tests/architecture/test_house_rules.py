"""Rules of the house that a machine can keep."""

import ast
import re
import subprocess
import tomllib
from pathlib import Path

import pytest
from django.apps import apps
from django.db.models import ForeignKey, OneToOneField

from firms.managers import FirmManager
from firms.models import Firm, Membership

ROOT = Path(__file__).resolve().parents[2]
PRODUCT = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["root_packages"]
LONGEST_FILE = 350
LONGEST_FUNCTION = 40
NO_SCOPE = {"Membership"}


def sources() -> list[Path]:
    found = [path for folder in PRODUCT for path in (ROOT / folder).rglob("*.py")]
    return [path for path in found if "migrations" not in path.parts]


def tracked(pattern: str) -> list[Path]:
    listed = subprocess.run(["git", "ls-files", pattern], cwd=ROOT, capture_output=True, text=True, check=True)
    return [ROOT / line for line in listed.stdout.splitlines() if (ROOT / line).is_file()]


def test_no_file_is_longer_than_350_lines() -> None:
    long = {str(path.relative_to(ROOT)): count for path in sources() if (count := _lines(path)) > LONGEST_FILE}
    assert long == {}


def _lines(path: Path) -> int:
    return len(path.read_text().splitlines())


def test_no_function_is_longer_than_40_lines() -> None:
    long = {
        f"{path.relative_to(ROOT)}:{node.name}": length
        for path in sources()
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef) and (length := (node.end_lineno or 0) - node.lineno + 1) > LONGEST_FUNCTION
    }
    assert long == {}


def test_every_firm_owned_model_fails_closed_without_a_firm_in_scope() -> None:
    open_models = [
        model.__name__
        for model in apps.get_models()
        if model.__module__.split(".")[0] in PRODUCT
        and any(
            isinstance(field, ForeignKey | OneToOneField) and field.related_model is Firm
            for field in model._meta.get_fields()
        )
        and not isinstance(model._meta.default_manager, FirmManager)
    ]
    assert set(open_models) == NO_SCOPE == {Membership.__name__}


@pytest.mark.parametrize("name", ["run", "demo", "test"])
def test_lock_files_have_hashes_and_name_no_host(name: str) -> None:
    text = (ROOT / "requirements" / f"{name}.txt").read_text()
    assert "://" not in text
    assert text.count("--hash=sha256:") >= text.count("==") > 0


def test_no_template_or_module_prints_unescaped_text() -> None:
    unescaped = [
        str(path.relative_to(ROOT))
        for path in [*sources(), *(ROOT / "templates").rglob("*.html")]
        if re.search(r"\|\s*safe\b|mark_safe\(|autoescape off", path.read_text())
    ]
    assert unescaped == []


def test_no_test_sleeps_or_is_skipped() -> None:
    lazy = [
        str(path.relative_to(ROOT))
        for path in (ROOT / "tests").rglob("*.py")
        if path.name not in {"test_house_rules.py", "eventually.py"}
        and re.search(r"\btime\.sleep\(|pytest\.skip\(|mark\.skip|mark\.xfail", path.read_text())
    ]
    assert lazy == []


def test_nothing_leans_on_a_machine_of_ours() -> None:
    words = re.compile(r"(?:^|[^\w./])/(?:work|farm|root)/")
    leaning = [
        str(path.relative_to(ROOT))
        for path in tracked("*")
        if path.suffix in {".py", ".md", ".toml", ".yml", ".html", ".txt", ""} and words.search(_text(path))
    ]
    assert leaning == []


def _text(path: Path) -> str:
    try:
        return path.read_text()
    except UnicodeDecodeError:
        return ""


def test_every_source_that_is_named_can_be_opened_by_a_stranger() -> None:
    """A page with a name of its own, cited in code, stands in the repository."""
    cited = re.compile(r"\b([\w-]+\.md)\b")
    pages = {page.name for page in ROOT.rglob("*.md") if not {".venv", ".local"} & set(page.parts)}
    files = [file for package in (*PRODUCT, "tests") for file in (ROOT / package).rglob("*.py")]

    found = {str(file.relative_to(ROOT)): set(cited.findall(file.read_text())) - pages for file in files}

    assert len(pages) > 5
    assert {file: names for file, names in found.items() if names} == {}
