"""Names carry the words of docs/glossary.md and none that it rules out."""

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

TOP = Path(__file__).resolve().parents[2]
PRODUCT = tomllib.loads((TOP / "pyproject.toml").read_text())["tool"]["importlinter"]["root_packages"]
FOLDERS = (*PRODUCT, "tests", "benchmarks", "samples")
# Folders whose attributes, parameters and variables do not all keep to the words yet, and which names are left. Their
# modules, classes and functions do keep to them.
NOT_YET_HELD = {
    "tests": "variables for documents in Xero, for sentences on pages and for exceptions",
}
WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
ENDINGS = ("s", "ed", "ing")
DEFINITIONS = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


def ruled_out() -> set[str]:
    """The first column of the glossary's last table."""
    rows = (TOP / "docs" / "glossary.md").read_text().partition("| not | say |")[2].splitlines()
    return {row.split("|")[1].strip() for row in rows if row.startswith("| ") and "---" not in row}


def words_of(name: str) -> set[str]:
    """The words of a name, and each without its ending: "mends" and "mended" are "mend"."""
    words = {word.lower() for word in WORD.findall(name)}
    return words | {word.removesuffix(ending) for word in words for ending in ENDINGS}


def names_of(module: str, source: str) -> Iterator[str]:
    """The names of the module and its folders, and of its classes and functions."""
    yield from Path(module).parts
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, DEFINITIONS):
            yield node.name


def values_of(source: str) -> Iterator[str]:
    """The names of attributes, parameters, keyword arguments, variables and imports."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Name(id=name) | ast.Attribute(attr=name) | ast.arg(arg=name) | ast.keyword(arg=str(name)):
                yield name
            case ast.alias(name=name, asname=alias):
                yield alias or name.rpartition(".")[2]


def offenders(module: str, source: str, *, with_values: bool = False) -> list[str]:
    names = [*names_of(module, source), *(values_of(source) if with_values else ())]
    return [name for name in names if words_of(name) & ruled_out()]


def is_held(file: Path) -> bool:
    """Whether the file's attributes, parameters and variables have to keep to the words."""
    return not any(file.is_relative_to(folder) for folder in NOT_YET_HELD)


def test_no_module_class_or_function_carries_a_word_the_glossary_rules_out() -> None:
    files = [file for folder in FOLDERS for file in (TOP / folder).rglob("*.py") if "migrations" not in file.parts]

    found = {
        str(file.relative_to(TOP)): offenders(str(file.relative_to(TOP).with_suffix("")), file.read_text())
        for file in files
    }

    assert len(files) > 400
    assert {file: names for file, names in found.items() if names} == {}


def test_attributes_parameters_and_variables_of_the_held_folders_keep_to_the_words_too() -> None:
    files = [file for folder in FOLDERS for file in (TOP / folder).rglob("*.py") if "migrations" not in file.parts]
    held = [file.relative_to(TOP) for file in files if is_held(file.relative_to(TOP))]

    found = {str(file): sorted(set(offenders("", (TOP / file).read_text(), with_values=True))) for file in held}

    assert len(held) > 200
    assert {file: names for file, names in found.items() if names} == {}


@pytest.mark.parametrize("folder", NOT_YET_HELD)
def test_a_folder_that_is_not_held_yet_has_names_to_change(folder: str) -> None:
    assert any(
        offenders("", file.read_text(), with_values=True)
        for file in (TOP / folder).rglob("*.py")
        if "migrations" not in file.parts
    )


@pytest.mark.parametrize(
    "source",
    [
        "sight = 1",
        "print(row.behind)",
        "def show(*, there: int) -> None: ...",
        "show(told=1)",
        "import foretold",
        "from page import fixes as mends",
        "for desk in desks: ...",
        "words = f'{told}'",
    ],
)
def test_a_planted_value_is_found(source: str) -> None:
    assert offenders("page", source, with_values=True)
    assert not offenders("page", source)


def test_the_glossary_rules_out_nine_words() -> None:
    assert ruled_out() == {"told", "foretold", "sight", "behind", "there", "mend", "losing", "doubts", "desk"}


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("look_behind", ""),
        ("xero_sync/doubts/__init__", ""),
        ("page", "def mends() -> None: ..."),
        ("page", "def told2() -> None: ..."),
        ("page", "class MendedDesks: ..."),
        ("page", "class Desk: ..."),
        ("page", "class ContactThere: ..."),
        ("page", "def _may_mend() -> None: ..."),
        ("page", "async def told() -> None: ..."),
        ("page", "def outer() -> None:\n    def is_there() -> None: ..."),
    ],
)
def test_a_planted_name_is_found(module: str, source: str) -> None:
    assert offenders(module, source)


def test_a_word_inside_another_word_is_not_meant() -> None:
    assert offenders("recommend", "def oversight() -> None: ...\nclass Desktop: ...") == []
