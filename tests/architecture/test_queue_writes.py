"""Only the outbox writes queue rows and causes: each module's syntax tree is read for writes elsewhere."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

TOP = Path(__file__).resolve().parents[2]
PACKAGES = ("config", "launcher", "firms", "expense_categories", "billing", "xero_sync", "ops", "xero_emulator")
OUTBOX = TOP / "xero_sync" / "outbox"
ROWS = {"SyncJob", "SyncBatch", "SyncAttempt", "SyncLane", "Cause"}
WRITES = {
    "save",
    "create",
    "update",
    "bulk_create",
    "bulk_update",
    "delete",
    "get_or_create",
    "update_or_create",
}


def root_name(node: ast.expr) -> str | None:
    """The name, or the last name of `models.SyncJob`, on which a chain of calls and attributes stands."""
    while True:
        match node:
            case ast.Attribute(attr=attr) if attr in ROWS:
                return attr
            case ast.Attribute(value=inner) | ast.Subscript(value=inner) | ast.Call(func=inner):
                node = inner
            case ast.Name(id=name):
                return name
            case _:
                return None


def bindings(tree: ast.AST) -> Iterator[tuple[ast.expr, ast.expr]]:
    for node in ast.walk(tree):
        match node:
            case ast.Assign(targets=targets, value=value):
                yield from ((target, value) for target in targets)
            case ast.AnnAssign(target=target, value=ast.expr() as value) | ast.NamedExpr(target=target, value=value):
                yield target, value
            case ast.For(target=target, iter=value):
                yield target, value


def annotated(tree: ast.AST) -> set[str]:
    return {
        node.arg
        for node in ast.walk(tree)
        if isinstance(node, ast.arg) and node.annotation is not None and root_name(node.annotation) in ROWS
    }


def writes_in(source: str) -> list[str]:
    """The writes of queue rows and causes, by name or by a variable that was bound to such rows in one function."""
    tree = ast.parse(source)
    return sorted({write for scope in scopes(tree) for write in writes_of_scope(scope)})


def scopes(tree: ast.Module) -> list[ast.AST]:
    return [tree, *(node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))]


def writes_of_scope(scope: ast.AST) -> Iterator[str]:
    known = ROWS if isinstance(scope, ast.Module) else ROWS | annotated(scope)
    if not isinstance(scope, ast.Module):
        for target, value in bindings(scope):
            if isinstance(target, ast.Name) and root_name(value) in known:
                known = known | {target.id}
    for node in ast.walk(scope):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in WRITES:
            root = root_name(node.func.value)
            if root in known:
                yield f"{node.lineno}: {root} .{node.func.attr}"


def test_only_the_outbox_writes_queue_rows_and_causes() -> None:
    modules = [
        path
        for package in PACKAGES
        for path in (TOP / package).rglob("*.py")
        if "migrations" not in path.parts and OUTBOX not in path.parents
    ]
    found = {str(path.relative_to(TOP)): writes for path in modules if (writes := writes_in(path.read_text()))}

    assert found == {}


def test_the_outbox_itself_is_seen_to_write() -> None:
    assert any(writes_in(path.read_text()) for path in OUTBOX.rglob("*.py"))


@pytest.mark.parametrize(
    "source",
    [
        "SyncJob.objects.filter(pk=1).update(state='x')",
        "models.SyncBatch.objects.create()",
        "Cause(firm=firm).save()",
        "def change():\n    job = SyncJob.objects.get(pk=1)\n    job.save()",
        "def change():\n    for attempt in SyncAttempt.objects.all():\n        attempt.delete()",
        "def change(lane: SyncLane):\n    lane.save(update_fields=['turn'])",
    ],
)
def test_a_planted_write_is_found(source: str) -> None:
    assert writes_in(source)


def test_reading_a_row_and_writing_another_is_no_write() -> None:
    assert writes_in("def look(bill):\n    SyncJob.objects.filter(bill=bill).first()\n    bill.save()") == []
