"""Each module that decides has a unit test module at the same place under tests/unit, which imports it and tests it.

A module that holds only data decides nothing: it has no function with a body. What its data is good for is tested where
it is used (the entries of the known errors in `errors/test_table.py`, the calls of a kind through the gateway).
"""

import ast
from pathlib import Path

import pytest

TOP = Path(__file__).resolve().parents[2]
MIRRORED = ("identity", "xero_sync/domain", "xero_sync/kinds")


def decides(source: str) -> bool:
    """Whether a module has a function that does something; a protocol's methods have a docstring alone."""
    functions = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.FunctionDef)]
    return any(not isinstance(line, ast.Expr | ast.Pass) for function in functions for line in function.body)


def place_of_its_tests(module: Path) -> Path:
    """`xero_sync/domain/errors/words.py` -> `tests/unit/domain/errors/test_words.py`."""
    inside = module.relative_to(TOP / "xero_sync" if "xero_sync" in module.parts else TOP)
    return TOP / "tests" / "unit" / inside.with_name(f"test_{inside.name}")


def is_tested_by(*, module: str, defined: set[str], source: str) -> bool:
    """Whether this source imports the dotted module, or what it defines out of its package, and asserts in a test."""
    package, _, name = module.rpartition(".")
    tree = ast.parse(source)
    imported = {
        each.name if node.module == package else name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module in {module, package}
        for each in node.names
    }
    tests = [node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")]
    asserts = any(isinstance(node, ast.Assert) for test in tests for node in ast.walk(test))
    return asserts and bool(imported & {name, *defined})


def defined_in(source: str) -> set[str]:
    """The functions and classes of a module."""
    return {node.name for node in ast.parse(source).body if isinstance(node, ast.FunctionDef | ast.ClassDef)}


def modules() -> list[Path]:
    found = [path for folder in MIRRORED for path in (TOP / folder).rglob("*.py") if path.name != "__init__.py"]
    return [path for path in found if decides(path.read_text())]


def test_some_modules_decide() -> None:
    assert len(modules()) > 25


@pytest.mark.parametrize("module", modules(), ids=lambda path: str(path.relative_to(TOP)))
def test_a_module_that_decides_has_its_unit_tests(module: Path) -> None:
    tests = place_of_its_tests(module)
    dotted = ".".join(module.relative_to(TOP).with_suffix("").parts)
    assert tests.is_file(), f"{tests.relative_to(TOP)} is missing"
    assert is_tested_by(module=dotted, defined=defined_in(module.read_text()), source=tests.read_text())


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("ENTRIES = (1, 2)", False),
        ("class Kind(StrEnum):\n    A = 'a'", False),
        ("class Rows(Protocol):\n    def read(self) -> int:\n        '''The rows.'''", False),
        ("def decide() -> int:\n    return 1", True),
        ("class Rate:\n    @property\n    def is_usable(self) -> bool:\n        return True", True),
    ],
)
def test_data_decides_nothing_and_a_function_does(source: str, expected: bool) -> None:
    assert decides(source) is expected


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("from a.b.words import render\ndef test_it(): assert render()", True),
        ("from a.b import words\ndef test_it(): assert words.render()", True),
        ("from a.b import render\ndef test_it(): assert render()", True),
        ("from a.b.words import render", False),
        ("from a.b import text\ndef test_it(): assert text", False),
        ("from a.b.words import render\ndef test_it(): render()", False),
    ],
)
def test_tests_without_the_module_or_without_an_assertion_do_not_count(source: str, expected: bool) -> None:
    assert is_tested_by(module="a.b.words", defined={"render"}, source=source) is expected
