"""Only the outbox writes queue rows, Xero records and causes: each module's syntax tree is read for writes elsewhere.

Rows are followed by name: through aliases, annotations, assignments, loops, comprehensions and the related managers
of firm, cause, batch and bill. SQL is read for the names of their tables. A row that an unannotated helper returns is
not seen.
"""

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

TOP = Path(__file__).resolve().parents[2]
PACKAGES = tomllib.loads((TOP / "pyproject.toml").read_text())["tool"]["importlinter"]["root_packages"]
OUTBOX = TOP / "xero_sync" / "outbox"
ROWS = {"SyncJob", "SyncBatch", "SyncAttempt", "SyncLane", "XeroRecord", "Cause"}
MANAGERS = {
    "attempts",
    "causes",
    "waiting_jobs",
    "jobs",
    "record",
    "sync_attempts",
    "sync_batches",
    "sync_jobs",
    "sync_lane",
    "xero_records",
}
TABLES = "|".join(sorted(f"xero_sync_{name.lower()}" for name in ROWS))
SQL = re.compile(
    rf"""\b(?:INSERT\s+INTO|UPDATE(?:\s+ONLY)?|DELETE\s+FROM(?:\s+ONLY)?|MERGE\s+INTO|TRUNCATE(?:\s+TABLE)?|COPY)
    \s+"?(?:{TABLES})\b""",
    re.IGNORECASE | re.VERBOSE,
)
SYNCHRONOUS = {"save", "create", "update", "bulk_create", "bulk_update", "delete", "get_or_create", "update_or_create"}
WRITES = SYNCHRONOUS | {f"a{name}" for name in SYNCHRONOUS}


def names_in(node: ast.AST) -> set[str]:
    """Every name, attribute and quoted annotation in an expression."""
    found = set()
    for each in ast.walk(node):
        match each:
            case ast.Name(id=name) | ast.Attribute(attr=name):
                found.add(name)
            case ast.Constant(value=str() as text):
                found |= set(re.findall(r"\w+", text))
    return found


def bindings(tree: ast.AST) -> Iterator[tuple[ast.expr, ast.AST]]:
    """Each target and what its value or annotation is made of."""
    for node in ast.walk(tree):
        match node:
            case ast.Assign(targets=targets, value=value):
                yield from ((target, value) for target in targets)
            case ast.AnnAssign(target=target, annotation=annotation, value=value):
                yield target, annotation
                if value is not None:
                    yield target, value
            case ast.NamedExpr(target=target, value=value):
                yield target, value
            case ast.For(target=target, iter=value) | ast.comprehension(target=target, iter=value):
                yield target, value


def targets_in(node: ast.expr) -> set[str]:
    match node:
        case ast.Name(id=name):
            return {name}
        case ast.Tuple(elts=parts) | ast.List(elts=parts):
            return set().union(*(targets_in(part) for part in parts))
        case ast.Starred(value=inner):
            return targets_in(inner)
        case _:
            return set()


def makes_rows(value: ast.AST, known: set[str]) -> bool:
    """Whether an expression is made of such rows: a chain on them, a call over them, an annotation with them."""
    match value:
        case ast.Call(func=function, args=arguments):
            over = isinstance(function, ast.Name) and any(makes_rows(each, known) for each in arguments)
            return over or makes_rows(function, known)
        case ast.Attribute(value=inner, attr=name):
            return name in ROWS | MANAGERS or makes_rows(inner, known)
        case ast.Subscript(value=inner, slice=part):
            return makes_rows(inner, known) or bool(names_in(part) & ROWS)
        case ast.Name(id=name):
            return name in known
        case ast.BinOp(left=left, right=right):
            return makes_rows(left, known) or makes_rows(right, known)
        case ast.Constant(value=str() as text):
            return text in ROWS
    return False


def aliases(tree: ast.Module) -> set[str]:
    """The names under which a module imports the rows."""
    imported = (name for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) for name in node.names)
    return ROWS | {name.asname for name in imported if name.asname and name.name in ROWS}


def rows_of_scope(scope: ast.AST, rows: set[str]) -> set[str]:
    """The names that stand for such rows in one function or module, found until none is new."""
    known = set(rows)
    if isinstance(scope, ast.FunctionDef | ast.AsyncFunctionDef):
        arguments = [*scope.args.posonlyargs, *scope.args.args, *scope.args.kwonlyargs]
        known |= {each.arg for each in arguments if each.annotation and names_in(each.annotation) & rows}
    while True:
        new = {name for target, value in bindings(scope) if makes_rows(value, known) for name in targets_in(target)}
        if new <= known:
            return known
        known |= new


def sql_writes(tree: ast.AST) -> Iterator[int]:
    """The lines of texts that write one of the tables, named as such or by its model in an f-string."""
    for node in ast.walk(tree):
        match node:
            case ast.Constant(value=str() as text):
                sql = text
            case ast.JoinedStr(values=parts):
                sql = "".join(_as_sql(part) for part in parts)
            case _:
                continue
        if SQL.search(sql):
            yield node.lineno


def _as_sql(part: ast.expr) -> str:
    match part:
        case ast.Constant(value=str() as text):
            return text
        case ast.FormattedValue(value=ast.Attribute(value=ast.Attribute(value=ast.Name(id=name)), attr="db_table")):
            return f"xero_sync_{name.lower()}"
    return "x"


def writes_in(source: str) -> list[str]:
    """The writes of queue rows and causes, by line."""
    tree = ast.parse(source)
    rows = aliases(tree)
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    whole = [node for node in tree.body if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)]
    found = {f"{line}: SQL" for line in sql_writes(tree)}
    for scope in [ast.Module(whole, []), *functions]:
        known = rows_of_scope(scope, rows)
        for node in ast.walk(scope):
            match node:
                case ast.Call(func=ast.Attribute(value=on, attr=name)) if name in WRITES and makes_rows(on, known):
                    found.add(f"{node.lineno}: .{name}")
    return sorted(found)


def test_only_the_outbox_writes_queue_rows_and_causes() -> None:
    modules = [
        path
        for package in PACKAGES
        for path in (TOP / package).rglob("*.py")
        if "migrations" not in path.parts and OUTBOX not in path.parents
    ]

    found = {str(path.relative_to(TOP)): writes for path in modules if (writes := writes_in(path.read_text()))}

    assert len(modules) > 200
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
        "from xero_sync.models import SyncJob as Job\nJob.objects.update(state='x')",
        "job = SyncJob.objects.get()\njob.save()",
        "def change():\n    rows = list(SyncJob.objects.all())\n    for row in rows:\n        row.save()",
        "def change():\n    for place, row in enumerate(SyncJob.objects.all()):\n        row.save()",
        "def change():\n    [job.save() for job in SyncJob.objects.all()]",
        "def change(jobs: list[SyncJob]):\n    for job in jobs:\n        job.save()",
        "def change(jobs: 'QuerySet[SyncJob]'):\n    jobs.delete()",
        "def change(*, cause: Cause | None):\n    cause.save()",
        "def change():\n    job: SyncJob = find()\n    job.save()",
        "def change():\n    get_object_or_404(SyncJob, pk=1).delete()",
        "def change():\n    job, rest = SyncJob.objects.first(), 2\n    SyncJob.objects.aupdate(state='x')",
        "def change(firm):\n    firm.sync_jobs.update(state='x')",
        "def change(bill):\n    record = XeroRecord.objects.get(job__object_id=bill.pk)\n    record.save()",
        "def change(row):\n    row.record.save()",
        "def change(firm, now):\n    firm.causes.filter(closed_at=None).update(closed_at=now)",
        "def change(cause):\n    cause.jobs.update(state='IN_XERO')",
        "def change(batch):\n    batch.jobs.all().delete()",
        "def change(batch):\n    batch.attempts.update(outcome='')",
        "def change(cause):\n    job = cause.jobs.order_by('pk').first()\n    job.save()",
        "cursor.execute(\"UPDATE xero_sync_syncjob SET state = 'IN_XERO'\")",
        "cursor.execute('update only \"xero_sync_syncjob\" set state = %s', [state])",
        "cursor.execute(f'DELETE FROM xero_sync_cause WHERE id IN ({ids})')",
        "SQL = 'WITH old AS (SELECT 1)\\nINSERT INTO\\n  xero_sync_syncattempt SELECT * FROM old'",
        "cursor.execute('TRUNCATE xero_sync_synclane')",
        "SQL = f'UPDATE {SyncJob._meta.db_table} SET state = 1'",
    ],
)
def test_a_planted_write_is_found(source: str) -> None:
    assert writes_in(source)


def test_reading_a_row_and_writing_another_is_no_write() -> None:
    assert writes_in("def look(bill):\n    SyncJob.objects.filter(bill=bill).first()\n    bill.save()") == []


def test_reading_them_in_sql_and_writing_another_table_is_no_write() -> None:
    source = "SQL = 'UPDATE xero_sync_xeroindex SET x = 1 FROM xero_sync_syncjob j WHERE j.id = 1 FOR UPDATE OF j'"
    assert writes_in(f"{source}\nOTHER = 'UPDATE xero_sync_causes_of_old SET x = 1'") == []
