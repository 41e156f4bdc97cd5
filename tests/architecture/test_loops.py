"""A test that asserts in a loop says also that there was something to loop over: an empty loop asserts nothing."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parents[1]
KEEPS_LENGTH = {"enumerate", "list", "reversed", "set", "sorted", "tuple", "zip"}
Written = dict[str, ast.expr]
COMPREHENSIONS = ast.GeneratorExp | ast.ListComp | ast.SetComp


@dataclass
class Asserts:
    """What one test asserts: the names in its plain assertions, and what its loops run over."""

    plain: set[str] = field(default_factory=set)
    looped: list[ast.expr] = field(default_factory=list)


def never_empty(expression: ast.expr, written: Written) -> bool:
    """Whether the expression, as written in this file, has at least one item."""
    match expression:
        case ast.Name(id=name) if name in written:
            return never_empty(written[name], {})
        case ast.Call(func=ast.Attribute(value=ast.Name() as value, attr="items" | "values" | "keys")):
            return never_empty(value, written)
        case ast.ListComp():
            return all(never_empty(part.iter, written) and not part.ifs for part in expression.generators)
        case ast.Tuple() | ast.List() | ast.Set():
            return any(not isinstance(item, ast.Starred) for item in expression.elts)
        case ast.Dict():
            return bool(expression.keys)
        case ast.Constant():
            return bool(expression.value)
        case ast.Call(func=ast.Name(id="range")):
            return all(isinstance(arg, ast.Constant | ast.UnaryOp) for arg in expression.args)
        case ast.Call(func=ast.Name(id=name)) if name in KEEPS_LENGTH:
            return all(never_empty(arg, written) for arg in expression.args)
    return False


def assigned_once(node: ast.AST) -> Written:
    """The names that these statements give a value once, each with the value as written."""
    found: dict[str, list[ast.expr]] = {}
    for child in ast.walk(node):
        match child:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                found.setdefault(name, []).append(value)
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
                found.setdefault(name, []).append(value)
    return {name: values[0] for name, values in found.items() if len(values) == 1}


def names_in(node: ast.AST) -> set[str]:
    return {each.id for each in ast.walk(node) if isinstance(each, ast.Name)} - KEEPS_LENGTH


def iterables_of_all(test: ast.expr) -> list[ast.expr]:
    """What `all(...)` runs over, where the whole assertion is such a call."""
    match test:
        case ast.Call(func=ast.Name(id="all"), args=[given]):
            return [part.iter for part in given.generators] if isinstance(given, COMPREHENSIONS) else [given]
    return []


def collect(node: ast.AST, asserts: Asserts, loops: tuple[ast.expr, ...] = (), *, written: Written) -> None:
    """Walk the statements of a test; `loops` are the loops that stand around them and may run over nothing."""
    for child in ast.iter_child_nodes(node):
        match child:
            case ast.For():
                inner = loops if never_empty(child.iter, written) else (*loops, child.iter)
            case ast.While():
                inner = (*loops, child.test)
            case ast.Assert():
                ran = [*loops, *(each for each in iterables_of_all(child.test) if not never_empty(each, written))]
                asserts.looped += ran
                asserts.plain |= set() if ran else names_in(child)
                continue
            case _:
                inner = loops
        collect(child, asserts, inner, written=written)


def empty_loops(source: str) -> Iterator[str]:
    """Each test with a loop that asserts, and with no plain assertion about what the loop runs over."""
    tree = ast.parse(source)
    constants = {
        name: value
        for statement in tree.body
        if isinstance(statement, ast.Assign | ast.AnnAssign)
        for name, value in assigned_once(statement).items()
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            asserts = Asserts()
            collect(node, asserts, written=constants | assigned_once(node))
            yield from (
                f"{node.name}: {ast.unparse(each)}" for each in asserts.looped if not names_in(each) & asserts.plain
            )


def test_every_loop_that_asserts_has_something_to_loop_over() -> None:
    files = list(TESTS.rglob("test_*.py"))

    found = {str(file.relative_to(TESTS)): sorted(set(empty_loops(file.read_text()))) for file in files}

    assert len(files) > 120
    assert {file: loops for file, loops in found.items() if loops} == {}


@pytest.mark.parametrize(
    "body",
    [
        "for bill in bills: assert bill.total",
        "assert all(bill.total for bill in bills)",
        "assert all(totals)",
        "while lines:\n  assert lines.pop()",
        "for name in ('a', 'b'):\n  for bill in bills[name]: assert bill",
        "for bill in sorted(bills):\n  if bill.sent: assert bill.total",
        "assert firm.name\n for bill in bills: assert bill.total",
        "for number in range(len(bills)): assert bills[number]",
        "bills = []\n for bill in bills: assert bill.total",
        "bills = ['a']\n bills = list_bills()\n for bill in bills: assert bill.total",
        "for bill in [each for each in range(3) if each > 5]: assert bill",
    ],
)
def test_a_planted_loop_that_may_be_empty_is_found(body: str) -> None:
    assert list(empty_loops(f"def test_bills() -> None:\n {body}")) != []


@pytest.mark.parametrize(
    "body",
    [
        "for name in ('a', 'b'): assert name",
        "for number in range(3): assert number >= 0",
        "assert all(name for name in ['a', 'b'])",
        "assert len(bills) == 3\n for bill in bills: assert bill.total",
        "assert bills\n assert all(bill.total for bill in bills)",
        "for bill in bills: bill.save()\n assert saved == 3",
        "bills = {'a': 1}\n for bill in bills.items(): assert bill",
        "bills = [make_bill() for _ in range(3)]\n for bill in bills: assert bill",
    ],
)
def test_a_loop_that_cannot_be_empty_is_no_fault(body: str) -> None:
    assert list(empty_loops(f"def test_bills() -> None:\n {body}")) == []
