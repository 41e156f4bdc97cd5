"""Pages and facts never write: each module's syntax tree is read for calls that write or lock rows, and for such SQL.

A write is found by the name of the method, on any object, so a dictionary there has no `update` either. Of
the packages that move rows or ask Xero, only what is listed here by name may be used.
"""

import ast
import re
from collections.abc import Iterator
from importlib import import_module
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
# All that pages and facts may use of the packages that move rows; each other name of theirs is taken for a write.
GUARDED = ("xero_sync.outbox", "xero_sync.organisation", "xero_sync.engine")
READERS = {
    "xero_sync.outbox": {
        "ChangedJobs",
        "firm_conditions",
        "handled_as",
        "in_group",
        "list_open",
        "name_of",
        "read_preferences",
        "select_changed",
        "select_groups",
        "select_gone",
        "waiting_ids",
    },
    "xero_sync.outbox.conditions": {"conditions_from", "firm_conditions", "read_preferences"},
    "xero_sync.organisation.chart": {"stored"},
    "xero_sync.organisation.connections": {"build_books", "find_connection"},
    "xero_sync.organisation.defaults": {"firm_rates", "suggest_tax_type"},
    "xero_sync.organisation.index": {"BUSY_AGE", "IDLE_AGE"},
    "xero_sync.organisation.limits": {"Day", "remaining_today"},
    "xero_sync.organisation.renumbered_accounts": {"FOLLOWED"},
    "xero_sync.organisation.search": {
        "ContactReading",
        "ContactChoices",
        "find_other_bill",
        "read_contact_document",
        "read_invoice_document",
        "find_owners",
    },
    "xero_sync.organisation.upkeep": {"NotNow"},
    "xero_sync.engine.preflight": {"Judged", "STOPPED", "Verdict"},
    "xero_sync.engine.preflight.check": {"Ground", "MOST_BILLS", "PreflightAnswer", "PreflightQuestion", "check"},
}
# The pages on which a person links by hand read Xero for that person. Such a question counts its calls, may renew the
# tokens, and holds the firm's jobs where Xero answers that the connection is lost; no other page writes anything.
ASKS_XERO = {"xero_sync.organisation.search": {"find_invoice_in_xero", "find_contact_choices", "read_contact"}}
FOR_LINKING = (TOP / "xero_sync" / "pages" / "linking.py", TOP / "xero_sync" / "facts" / "link_refusals.py")
SQL = re.compile(r"\b(INSERT\s+INTO|UPDATE\s+\w+\s+SET|DELETE\s+FROM|TRUNCATE)\b")


def imported_by(node: ast.AST) -> dict[str, str]:
    """What an import statement may bring in, in full, by the name under which the module uses it."""
    match node:
        case ast.Import(names=names):
            return {each.asname or each.name: each.name for each in names}
        case ast.ImportFrom(module=str() as module, names=names):
            return {module: module} | {each.asname or each.name: f"{module}.{each.name}" for each in names}
    return {}


def is_guarded(name: str) -> bool:
    return any(name == package or name.startswith(f"{package}.") for package in GUARDED)


def is_module(name: str) -> bool:
    path = TOP / name.replace(".", "/")
    return path.is_dir() or path.with_suffix(".py").is_file()


def is_read(name: str, *, asks_xero: bool) -> bool:
    """Whether a page may use this name of a guarded package."""
    module, _, last = name.rpartition(".")
    return last in READERS.get(module, ()) or (asks_xero and last in ASKS_XERO.get(module, ()))


def guarded_uses(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Every name of a guarded package that a module imports, or takes from an imported module, in full."""
    modules = {}
    for node in ast.walk(tree):
        for alias, name in imported_by(node).items():
            if not is_guarded(name):
                continue
            if isinstance(node, ast.Import):
                yield node.lineno, f"import {name}"
            elif is_module(name):
                modules[alias] = name
            else:
                yield node.lineno, name
    for node in ast.walk(tree):
        match node:
            case ast.Attribute(value=ast.Name(id=alias), attr=attribute) if alias in modules:
                yield node.lineno, f"{modules[alias]}.{attribute}"


def writes_in(source: str, *, asks_xero: bool = False) -> list[str]:
    """What in a module writes, or reaches for something that does."""
    tree = ast.parse(source)
    found = [f"{line}: {name}" for line, name in guarded_uses(tree) if not is_read(name, asks_xero=asks_xero)]
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Attribute(attr=name)) if name in WRITES:
                found.append(f"{node.lineno}: .{name}")
            case ast.Constant(value=str() as text) if SQL.search(text):
                found.append(f"{node.lineno}: SQL")
            case ast.Import() | ast.ImportFrom():
                names = imported_by(node).values()
                found += [f"{node.lineno}: {name}" for name in sorted(set(names) & WRITERS)]
    return found


def writes_of(path: Path) -> list[str]:
    return writes_in(path.read_text(), asks_xero=path in FOR_LINKING)


def test_pages_and_facts_write_nothing() -> None:
    modules = [path for folder in FOLDERS for path in folder.rglob("*.py")]

    found = {str(path.relative_to(TOP)): writes for path in modules if (writes := writes_of(path))}

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
        "from xero_sync import outbox\noutbox.retry(firm=firm, job_ids=[], now=now)",
        "from xero_sync.outbox import retry",
        "from xero_sync.outbox.release import retry",
        "from firms import audit",
        "from xero_sync import gateway",
        "from billing import services as billing",
        "from billing.services import save_invoice",
        "import xero_sync.actions",
        "import xero_sync.outbox",
        "import xero_sync.engine as engine",
        "from xero_sync.outbox import release\nrelease.retry(firm=firm, job_ids=[], now=now)",
        "from xero_sync.organisation import upkeep\nupkeep.refresh_chart(firm=firm)",
        "from xero_sync.organisation.upkeep import refresh_chart",
        "from xero_sync.organisation import chart\nchart.doubt(firm=firm, now=now)",
        "from xero_sync.organisation import chart as known\nknown.store(firm=firm)",
        "from xero_sync.organisation.connection_loss import lose_connection",
        "from xero_sync.engine import sync_firm\nsync_firm(firm=firm)",
        "from xero_sync.engine.preflight.recheck import recheck_refusals",
        "from xero_sync.organisation import search\nsearch.look(firm=firm)",
    ],
)
def test_a_planted_write_is_found(source: str) -> None:
    assert writes_in(source)


def test_reading_is_no_write() -> None:
    source = "from xero_sync import outbox\nfrom xero_sync.outbox.conditions import conditions_from\n"
    assert writes_in(f"{source}ids = outbox.waiting_ids(firm=firm, chosen=q)\nrows = firm.causes.filter(pk=1)") == []


def test_only_the_pages_for_linking_ask_xero() -> None:
    source = "from xero_sync.organisation import search\nsearch.read_contact(firm=firm)"
    assert writes_in(source, asks_xero=True) == []
    assert writes_in(source)
    for path in FOR_LINKING:
        assert writes_in(path.read_text()), f"{path.name} does not ask Xero any more: take it out of the exception."


@pytest.mark.parametrize(
    ("module", "name"),
    [(module, name) for part in (READERS, ASKS_XERO) for module, names in part.items() for name in sorted(names)],
)
def test_what_pages_may_use_exists(module: str, name: str) -> None:
    assert hasattr(import_module(module), name)
