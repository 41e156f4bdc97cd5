"""Nothing outside kinds/ asks which kind a document is: each module's syntax tree is read for either-ors.

Choosing rows of a named kind (`filter(kind=INVOICE.code)`) is no question; comparing with one is.
"""

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from xero_sync.kinds.registry import KINDS

TOP = Path(__file__).resolve().parents[2]
PACKAGES = set(tomllib.loads((TOP / "pyproject.toml").read_text())["tool"]["importlinter"]["root_packages"])
# Billing knows clients and bills by name, and the stand-in for Xero is no part of the product.
ASKING = PACKAGES - {"billing", "xero_emulator", "launcher"}
CODES = {spec.code for spec in KINDS}
SPECS = CODES
CLASSES = {"Contact", "Invoice", "ContactDocument", "InvoiceDocument"}
IN_SQL = re.compile(rf"kind\s*(=|<>|!=|IN\s*\()\s*'({'|'.join(CODES)})'", re.IGNORECASE)


def names_a_kind(node: ast.AST) -> bool:
    """Whether an expression holds a kind, its code or, in a tuple or set, several."""
    match node:
        case ast.Constant(value=value):
            return value in CODES
        case ast.Name(id=name):
            return name in SPECS
        case ast.Attribute(value=ast.Name(id=name)):
            return name in SPECS or name == "Kind"
        case ast.Tuple(elts=parts) | ast.Set(elts=parts) | ast.List(elts=parts):
            return any(map(names_a_kind, parts))
    return False


def chooses(keys: list[ast.expr | None], values: list[ast.expr]) -> bool:
    """Whether a dictionary holds an act or a word for each kind; rows and ids by kind are only data."""
    kinds = [key for key in keys if key is not None and names_a_kind(key)]
    return len(kinds) > 1 and any(isinstance(value, ast.Name | ast.Attribute | ast.Constant) for value in values)


def either_ors(source: str) -> Iterator[int]:
    """The lines on which a module asks which kind something is."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Compare(left=left, comparators=others) if any(map(names_a_kind, [left, *others])):
                yield node.lineno
            case ast.Dict(keys=keys, values=values) if chooses(keys, values):
                yield node.lineno
            case ast.Call(func=ast.Name(id="isinstance"), args=[_, classes]) if CLASSES & {
                each.id for each in ast.walk(classes) if isinstance(each, ast.Name)
            }:
                yield node.lineno
            case ast.match_case(pattern=ast.MatchValue(value=value)) if names_a_kind(value):
                yield value.lineno
            case ast.Constant(value=str() as text) if IN_SQL.search(text):
                yield node.lineno


def test_nothing_outside_kinds_asks_which_kind_a_document_is() -> None:
    files = [
        file
        for package in ASKING
        for file in (TOP / package).rglob("*.py")
        if "migrations" not in file.parts and TOP / "xero_sync" / "kinds" not in file.parents
    ]
    found = {str(file.relative_to(TOP)): sorted(either_ors(file.read_text())) for file in files}

    assert len(files) > 200
    assert {file: lines for file, lines in found.items() if lines} == {}


@pytest.mark.parametrize(
    "planted",
    [
        "if job.kind == INVOICE.code: ...",
        "page = 'a' if batch.kind != 'CONTACT' else 'b'",
        "if kind is INVOICE: ...",
        "if job.kind in (CONTACT.code, INVOICE.code): ...",
        "read = {CONTACT.code: a, INVOICE.code: b}[job.kind]",
        "if isinstance(document, InvoiceDocument): ...",
        "what = isinstance(row, Contact | Invoice)",
        "match job.kind:\n    case INVOICE.code: ...",
        "sql = \"SELECT 1 WHERE kind = 'INVOICE'\"",
    ],
)
def test_an_either_or_is_found(planted: str) -> None:
    assert list(either_ors(planted))


@pytest.mark.parametrize(
    "allowed",
    [
        "rows = SyncJob.objects.filter(kind=INVOICE.code)",
        "labels = find_kind(job.kind).labels",
        "if line.kind == LineKind.EXPENSE: ...",
        "if isinstance(reason, NotSent): ...",
    ],
)
def test_a_choice_of_rows_is_no_either_or(allowed: str) -> None:
    assert not list(either_ors(allowed))


# What every kind has; `snapshot` knows the database and `spec` ties it all together.
EVERY_KIND_HAS = {"calls", "document", "identity", "in_xero", "index_columns", "labels", "mapping", "snapshot", "spec"}
NOT_PURE = {"snapshot", "spec"}


def folders() -> dict[str, set[str]]:
    """The folders of kinds with the names of their modules."""
    found = [path for path in (TOP / "xero_sync" / "kinds").iterdir() if (path / "__init__.py").is_file()]
    return {path.name: {file.stem for file in path.glob("*.py")} - {"__init__"} for path in found}


def test_each_folder_is_a_kind_of_the_registry_and_has_the_same_modules() -> None:
    assert {spec.rows.__class__.__module__.split(".")[2] for spec in KINDS} == set(folders())
    assert {folder: missing for folder, names in folders().items() if (missing := EVERY_KIND_HAS - names)} == {}


def test_the_contract_of_pure_modules_names_every_module_of_a_kind_but_two() -> None:
    contracts = tomllib.loads((TOP / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    pure = {name for contract in contracts for name in contract.get("source_modules", [])}
    named = {f"xero_sync.kinds.*.{name}" for names in folders().values() for name in names - NOT_PURE}

    assert named - pure == set()
