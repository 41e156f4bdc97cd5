"""Pages and facts never write: each module's syntax tree is read for calls that write or lock rows, and for such SQL.

A write is found by the name of the method, whatever it is called on, so a dictionary there has no `update` either.
"""

import ast
import re
from pathlib import Path

import pytest

TOP = Path(__file__).resolve().parents[2]
FOLDERS = (TOP / "xero_sync" / "pages", TOP / "xero_sync" / "facts")
SYNCHRONOUS = {"save", "create", "update", "bulk_create", "bulk_update", "delete", "get_or_create", "update_or_create"}
LOCKS = {"select_for_update", "atomic"}
WRITES = SYNCHRONOUS | {f"a{name}" for name in SYNCHRONOUS} | LOCKS
WRITERS = {
    "billing.services",
    "expense_categories.services",
    "firms.audit",
    "firms.services",
    "xero_sync.actions",
    "xero_sync.gateway",
}
# What pages and facts may use of the outbox; everything else of it moves rows.
READERS = {"conditions_from", "firm_conditions", "handled_as", "name_of", "read_preferences", "waiting_ids"}
SQL = re.compile(r"\b(INSERT\s+INTO|UPDATE\s+\w+\s+SET|DELETE\s+FROM|TRUNCATE)\b")


def imported_by(node: ast.AST) -> set[str]:
    """Every module and name that an import statement may bring in, in full."""
    match node:
        case ast.Import(names=names):
            return {each.name for each in names}
        case ast.ImportFrom(module=str() as module, names=names):
            return {module} | {f"{module}.{each.name}" for each in names}
    return set()


def writes_in(source: str) -> list[str]:
    """What in a module writes, or reaches for something that does."""
    found = []
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Call(func=ast.Attribute(attr=name)) if name in WRITES:
                found.append(f"{node.lineno}: .{name}")
            case ast.Attribute(value=ast.Name(id="outbox"), attr=name) if name not in READERS:
                found.append(f"{node.lineno}: outbox.{name}")
            case ast.Constant(value=str() as text) if SQL.search(text):
                found.append(f"{node.lineno}: SQL")
            case ast.Import() | ast.ImportFrom():
                names = imported_by(node)
                found += [f"{node.lineno}: {name}" for name in sorted(names & WRITERS)]
                of_outbox = {name for name in names if re.match(r"xero_sync\.outbox(\.\w+)*\.\w+$", name)}
                modules = {f"xero_sync.outbox.{path.stem}" for path in (TOP / "xero_sync/outbox").glob("*.py")}
                found += [
                    f"{node.lineno}: {name}"
                    for name in sorted(of_outbox - modules)
                    if name.rpartition(".")[2] not in READERS
                ]
    return found


def test_pages_and_facts_write_nothing() -> None:
    modules = [path for folder in FOLDERS for path in folder.rglob("*.py")]

    found = {str(path.relative_to(TOP)): writes for path in modules if (writes := writes_in(path.read_text()))}

    assert len(modules) > 25
    assert found == {}


def test_actions_are_seen_to_write() -> None:
    assert any(writes_in(path.read_text()) for path in (TOP / "xero_sync" / "actions").glob("*.py"))


@pytest.mark.parametrize(
    "source",
    [
        "Mail.objects.create(firm=firm)",
        "settings.save(update_fields=['enabled'])",
        "FirmPreference.objects.filter(firm=firm).update(on=True)",
        "Release.objects.bulk_create([])",
        "cause.delete()",
        "MailChoice.objects.update_or_create(user=user)",
        "BillSyncSettings.objects.select_for_update().get(firm=firm)",
        "with transaction.atomic():\n    pass",
        "cursor.execute('UPDATE xero_sync_syncjob SET state = 1')",
        "outbox.retry(firm=firm, job_ids=[], now=now)",
        "from xero_sync.outbox import retry",
        "from xero_sync.outbox.release import retry",
        "from firms import audit",
        "from xero_sync import gateway",
        "from billing import services as billing",
        "from billing.services import save_invoice",
        "import xero_sync.actions",
    ],
)
def test_a_planted_write_is_found(source: str) -> None:
    assert writes_in(source)


def test_reading_is_no_write() -> None:
    source = "from xero_sync import outbox\nfrom xero_sync.outbox.conditions import conditions_from\n"
    assert writes_in(f"{source}ids = outbox.waiting_ids(firm=firm, chosen=q)\nrows = firm.causes.filter(pk=1)") == []
