"""Each import contract bites: what it forbids is planted in a copy of the product, and the check refuses it."""

import re
import shutil
import subprocess
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path

import pytest

TOP = Path(__file__).resolve().parents[2]
LINTER = tomllib.loads((TOP / "pyproject.toml").read_text())["tool"]["importlinter"]
PACKAGES = LINTER["root_packages"]
CHECK = "from importlinter.cli import lint_imports_command as run; run()"
# The module that gets the import, the import, and the contract that has to refuse it.
PLANTS = (
    ("xero_sync/engine/turn.py", "import xero_python", "Only the gateway imports Xero's SDK"),
    ("xero_sync/pages/activity.py", "from xero_python import api_client", "Only the gateway imports Xero's SDK"),
    ("ops/board.py", "import xero_python", "Only the gateway imports Xero's SDK"),
    ("xero_sync/domain/states.py", "import django", "The sync's domain and the rules of its kinds are pure"),
    (
        "xero_sync/kinds/contact/preflight.py",
        "from firms.models import Firm",
        "The sync's domain and the rules of its kinds are pure",
    ),
    ("ops/board.py", "import launcher", "The product imports nothing of the launcher"),
    ("launcher/cli.py", "import config.settings", "The launcher starts the product and imports nothing of it"),
    ("billing/domain/money.py", "import django", "Money, LEDES and UTBMS are pure"),
    ("billing/models/signals.py", "import xero_sync", "The apps stand on each other in one direction"),
    (
        "xero_sync/outbox/causes.py",
        "import notifications.queue_mails",
        "The apps stand on each other in one direction",
    ),
    ("xero_sync/facts/places.py", "import help_center.pages", "The apps stand on each other in one direction"),
    ("notifications/write_letter.py", "import help_center.pages", "The apps stand on each other in one direction"),
    ("help_center/views.py", "import notifications.send_mails", "The apps stand on each other in one direction"),
    (
        "notifications/plan_mails.py",
        "import notifications.models",
        "Who is notified, and when, is decided in pure modules",
    ),
    ("xero_emulator/server.py", "import firms", "The emulator knows nothing of the product, Django or the SDK"),
    ("firms/clock.py", "import xero_emulator", "The product does not lean on the emulator"),
    ("xero_sync/gateway/answers.py", "import xero_sync.models", "The gateway knows no rows"),
    (
        "xero_sync/engine/turn.py",
        "from firms.bulk_insert import insert_rows",
        "Rows are inserted by the thousand only where they may be written",
    ),
    (
        "xero_sync/outbox/claim.py",
        "import xero_sync.engine.turn",
        "Inside the sync, what knows more stands on what knows less",
    ),
    (
        "xero_sync/actions/retry_documents.py",
        "import xero_sync.pages.cards",
        "Inside the sync, what knows more stands on what knows less",
    ),
    (
        "xero_sync/pages/cards.py",
        "from xero_sync.actions import retry_documents",
        "Inside the sync, what knows more stands on what knows less",
    ),
    (
        "xero_sync/facts/status.py",
        "import xero_sync.pages.activity",
        "Inside the sync, what knows more stands on what knows less",
    ),
)


@dataclass(frozen=True)
class Planted:
    """The number of each planted line, by its module and text, and what the check printed."""

    lines: dict[tuple[str, str], int]
    output: str

    def faults_of(self, contract: str) -> str:
        """What the check printed about a broken contract, on one line; each contract's name is underlined."""
        titles = r"\n([^\n]+)\n-+\n"
        _, *parts = re.split(titles, self.output.partition("Broken contracts")[2].partition("\n")[2])
        return " ".join(dict(zip(parts[::2], parts[1::2], strict=True)).get(contract, "").split())


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The product's modules and its contracts, to plant in."""
    folder = tmp_path_factory.mktemp("product")
    shutil.copy(TOP / "pyproject.toml", folder)
    for package in PACKAGES:
        shutil.copytree(TOP / package, folder / package, ignore=shutil.ignore_patterns("__pycache__", "static"))
    return folder


def check_contracts(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", CHECK], cwd=folder, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def planted(copy: Path) -> Planted:
    """Every import planted at once, and one check: a contract names each import that breaks it, with its line."""
    sources = {module: (copy / module).read_text() for module, _, _ in PLANTS}
    lines: dict[tuple[str, str], int] = {}
    try:
        for module, line, _ in PLANTS:
            source = (copy / module).read_text() + f"\n{line}\n"
            (copy / module).write_text(source)
            lines[module, line] = source.count("\n")
        return Planted(lines, check_contracts(copy).stdout)
    finally:
        for module, source in sources.items():
            (copy / module).write_text(source)


def test_every_contract_has_a_planted_import() -> None:
    assert {contract for _, _, contract in PLANTS} == {contract["name"] for contract in LINTER["contracts"]}


def test_the_product_as_it_is_keeps_every_contract(copy: Path) -> None:
    found = check_contracts(copy)

    assert found.returncode == 0, found.stdout
    assert " 0 broken" in found.stdout


@pytest.mark.parametrize(("module", "line", "contract"), PLANTS)
def test_a_planted_import_is_refused(planted: Planted, module: str, line: str, contract: str) -> None:
    importer = module.removesuffix(".py").replace("/", ".")
    refused = rf"- {re.escape(importer)} -> [\w.]+ \((l\.\d+, )*l\.{planted.lines[module, line]}\)"

    assert re.search(refused, planted.faults_of(contract)), planted.output
