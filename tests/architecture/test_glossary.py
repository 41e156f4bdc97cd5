"""Names carry the words of docs/glossary.md and none that it rules out."""

import ast
import re
import tomllib
from functools import cache
from pathlib import Path

import pytest

TOP = Path(__file__).resolve().parents[2]
PRODUCT = tomllib.loads((TOP / "pyproject.toml").read_text())["tool"]["importlinter"]["root_packages"]
FOLDERS = (*PRODUCT, "tests", "benchmarks", "samples")
WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
ENDINGS = ("s", "ed", "ing")
# The field of a node of the syntax tree that is a name.
NAMED_BY: dict[type[ast.AST], str] = {
    ast.FunctionDef: "name",
    ast.AsyncFunctionDef: "name",
    ast.ClassDef: "name",
    ast.Name: "id",
    ast.Attribute: "attr",
    ast.arg: "arg",
    ast.keyword: "arg",
}


@cache
def ruled_out() -> frozenset[str]:
    """The first column of the glossary's last table."""
    rows = (TOP / "docs" / "glossary.md").read_text().partition("| not | say |")[2].splitlines()
    return frozenset(row.split("|")[1].strip() for row in rows if row.startswith("| ") and "---" not in row)


def words_of(name: str) -> set[str]:
    """The words of a name, and each without its ending: "mends" and "mended" are "mend"."""
    words = {word.lower() for word in WORD.findall(name)}
    return words | {word.removesuffix(ending) for word in words for ending in ENDINGS}


@cache
def is_ruled_out(name: str) -> bool:
    return not words_of(name).isdisjoint(ruled_out())


def names_of(module: str, source: str) -> set[str]:
    """The names of the module and its folders, and all that it defines, takes, assigns, reads and imports."""
    names = {*Path(module).parts}
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.alias):
            names.add(node.asname or node.name.rpartition(".")[2])
        elif (field := NAMED_BY.get(type(node))) is not None:
            names.add(getattr(node, field) or "")
    return names


def offenders(module: str, source: str) -> list[str]:
    return sorted(filter(is_ruled_out, names_of(module, source)))


def test_no_name_carries_a_word_the_glossary_rules_out() -> None:
    files = [file for folder in FOLDERS for file in (TOP / folder).rglob("*.py") if "migrations" not in file.parts]

    found = {
        str(file.relative_to(TOP)): offenders(str(file.relative_to(TOP).with_suffix("")), file.read_text())
        for file in files
    }

    assert len(files) > 400
    assert {file: names for file, names in found.items() if names} == {}


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
    assert offenders("page", source)


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
