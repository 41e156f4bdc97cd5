"""Nothing outside kinds/ asks which kind a document is: each module and template is searched for the question.

Choosing rows of a named kind (`filter(kind=INVOICE.code)`) is no question; comparing with one is.
"""

import tomllib
from pathlib import Path

import pytest

from tests.architecture.kind_questions import CLASSES, FLAGS, find_questions, find_questions_in_template
from xero_sync.kinds.contact import document as contact_document
from xero_sync.kinds.contact import in_xero as contact_in_xero
from xero_sync.kinds.contact import snapshot as contact_snapshot
from xero_sync.kinds.invoice import document as invoice_document
from xero_sync.kinds.invoice import in_xero as invoice_in_xero
from xero_sync.kinds.invoice import snapshot as invoice_snapshot
from xero_sync.kinds.registry import KINDS

TOP = Path(__file__).resolve().parents[2]
PACKAGES = set(tomllib.loads((TOP / "pyproject.toml").read_text())["tool"]["importlinter"]["root_packages"])
# Billing knows clients and bills by name, and the stand-in for Xero is no part of the product.
ASKING = PACKAGES - {"billing", "xero_emulator", "launcher"}
# The questions that are right, and why.
ALLOWED = {
    ("xero_sync/facts/cause_impact.py", "When(kind=INVOICE.code, then=Subquery(bill[:1]))"): (
        "the values that a bill's fix starts from; a client's id may be a bill's id too"
    ),
    ("xero_sync/actions/decide_gone.py", "{INVOICE.code: _void_bill}"): (
        "the folder of a kind only reads its rows; billing's service voids one, and what calls it is an action"
    ),
    ("xero_sync/actions/decide_sides.py", "{INVOICE.code: _correct_bill, CONTACT.code: _correct_client}"): (
        "as above: billing has a service for each, and what calls it is an action"
    ),
    ("templates/xero_sync/card.html", "{% if kind.has_money or not faults and not shown.can_retry %}"): (
        "amounts are compared with Xero's where there are amounts, and their place stands there before"
    ),
    ("templates/xero_sync/card.html", "{% if kind.has_money %}"): "the title of that place",
}


def list_questions() -> list[tuple[str, str]]:
    """Each file outside kinds/ with a question it asks."""
    modules = [
        file
        for package in ASKING
        for file in (TOP / package).rglob("*.py")
        if "migrations" not in file.parts and TOP / "xero_sync" / "kinds" not in file.parents
    ]
    templates = list((TOP / "templates").rglob("*.html"))
    assert len(modules) > 200
    assert len(templates) > 50
    return [
        (str(file.relative_to(TOP)), question)
        for files, find in ((modules, find_questions), (templates, find_questions_in_template))
        for file in files
        for question in find(file.read_text())
    ]


def test_nothing_outside_kinds_asks_which_kind_a_document_is_but_for_a_reason() -> None:
    assert sorted(list_questions()) == sorted(ALLOWED)


def test_the_classes_and_flags_that_are_looked_for_are_those_of_the_kinds() -> None:
    modules = (
        contact_document,
        contact_in_xero,
        contact_snapshot,
        invoice_document,
        invoice_in_xero,
        invoice_snapshot,
    )
    assert {name for name in CLASSES if any(hasattr(module, name) for module in modules)} == CLASSES
    assert {"has_money", "is_client"} <= FLAGS


@pytest.mark.parametrize(
    "planted",
    [
        "if job.kind == INVOICE.code: ...",
        "page = 'a' if batch.kind != 'CONTACT' else 'b'",
        "if kind is INVOICE: ...",
        "if job.kind in (CONTACT.code, INVOICE.code): ...",
        "if not job.kind in {'CONTACT'}: ...",
        "read = {CONTACT.code: a, INVOICE.code: b}[job.kind]",
        "VOIDS = {INVOICE.code: void_bill}",
        "act = dict(CONTACT=link_contact)",
        "if isinstance(document, InvoiceDocument): ...",
        "what = isinstance(row, Contact | Invoice)",
        "if type(row) is Contact: ...",
        "match job.kind:\n    case INVOICE.code: ...",
        "match document:\n    case InvoiceDocument(number=number): ...",
        "sql = \"SELECT 1 WHERE kind = 'INVOICE'\"",
        "bill = Case(When(kind=INVOICE.code, then=total))",
        # The code under another name.
        "BILL = INVOICE.code\nif job.kind == BILL: ...",
        "bill: str = INVOICE.code\nwhole = bill\nif whole == job.kind: ...",
        "if job.kind == (client := 'CONTACT'): ...",
        "CLIENTS = frozenset({CONTACT.code})\nif job.kind in CLIENTS: ...",
        "from xero_sync.kinds.invoice.spec import INVOICE as BILL\nif kind is BILL: ...",
        "if job.kind == ContactDocument.kind: ...",
        "if kind is KINDS[0]: ...",
        "first = KINDS[0]\nif kind == first: ...",
        "if job.kind.startswith('CONTACT'): ...",
        "if operator.eq(job.kind, INVOICE.code): ...",
        "if INVOICE.code.__eq__(job.kind): ...",
        # What stands for the code.
        "if kind.is_client: ...",
        "counts = [each for each in KINDS if not each.has_money]",
        "if kind.labels.noun == 'bill': ...",
        # The order of the codes' letters.
        "rows = jobs.order_by('kind', 'pk')",
        "rows = jobs.order_by('-waits_for__kind')",
        "groups = ('cause', 'kind')\nrows = jobs.order_by(*groups)",
        "rows = sorted(jobs, key=lambda job: (job.kind, job.pk))",
        "rows = sorted(jobs, key=attrgetter('kind'))",
        "class Meta:\n    ordering = ['kind']",
        "sql = 'SELECT 1 ORDER BY firm_id, job.kind DESC'",
    ],
)
def test_a_question_is_found(planted: str) -> None:
    assert find_questions(planted)


@pytest.mark.parametrize(
    "allowed",
    [
        "rows = SyncJob.objects.filter(kind=INVOICE.code)",
        "labels = find_kind(job.kind).labels",
        "if line.kind == LineKind.EXPENSE: ...",
        "if isinstance(reason, NotSent): ...",
        "ids = {CONTACT.code: [each.pk for each in contacts]}",
        "bills = counts[INVOICE.code]",
        "labels = CONTACT.labels\nif place == labels.place: ...",
        "rows = jobs.order_by(place_in_line(), 'target_kind')",
        "sql = 'ORDER BY priority, array_position(%(order)s, kind::text), due_at'",
    ],
)
def test_a_choice_of_rows_is_no_question(allowed: str) -> None:
    assert not find_questions(allowed)


@pytest.mark.parametrize(
    ("tag", "asks"),
    [
        ("{% if kind.is_client and shown %}", True),
        ("{% if shown.job.kind == 'INVOICE' %}", True),
        ("{% if kind.labels.noun == bill %}", True),
        ("{% if 'bill' == kind.labels.noun %}", True),
        ("{{ kind.has_money|yesno }}", True),
        ("{% if kind.labels.link_page %}", False),
        ("{{ kind.labels.noun }}", False),
        ("<p class='CONTACT'>", False),
    ],
)
def test_a_question_in_a_template_is_found(tag: str, asks: bool) -> None:
    assert bool(find_questions_in_template(f"<p>{tag}</p>")) is asks


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
