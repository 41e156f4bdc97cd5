"""What the sync promises, and the tests that carry `@pytest.mark.promise("P01")` because they prove it.

`python -m tests.promises` writes docs/promises.md from both.
"""

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

TOP = Path(__file__).resolve().parents[1]
PAGE = TOP / "docs" / "promises.md"


@dataclass(frozen=True)
class Promise:
    """One promise; `open` names what no test shows yet, and is empty where the tests show all of it."""

    words: str
    open: str = ""


PROMISES: Final[Mapping[str, Promise]] = {
    "P01": Promise(
        "A save that answered success has exactly one sync job at its version; a save that failed has none.",
        "killing the web process at each line of the save",
    ),
    "P02": Promise(
        "The broker may be down, empty or lose messages: saves go on and every bill arrives.",
        "doubled and reordered messages; an emptied broker; how much slower a save may get",
    ),
    "P03": Promise(
        "A worker may die at any moment: nothing is lost and nothing is doubled.",
        "death at every line; the tests choose the moments around the send",
    ),
    "P04": Promise("Never two invoices in Xero for one bill.", "an idempotency memory of Xero of any length"),
    "P05": Promise("Never two contacts in Xero for one client.", "more than two workers; a crash among them"),
    "P06": Promise("The version saved last is what stands in Xero in the end.", "more than one firm at a time"),
    "P07": Promise(
        "Edits of one document in quick succession become few calls: one place in line, 3 s between two sends.",
        "fifty edits in ten seconds, counted",
    ),
    "P08": Promise("An edit during a running send is never swallowed.", "an edit at every line of the send"),
    "P09": Promise(
        "One call at a time for a document, its contact before its bill, its voiding last.",
        "payments, which are not built",
    ),
    "P10": Promise(
        "A worker that froze and wakes leaves no old version in Xero.", "a real process frozen before its call"
    ),
    "P11": Promise(
        "Xero's limits of calls a minute are never broken, by all processes together.",
        "calls at the same moment over processes; clocks that differ; a restart in between",
    ),
    "P12": Promise(
        "The limit of the day is never broken, and its last tenth is kept for people.",
        "a day of Xero's that does not begin at midnight UTC",
    ),
    "P13": Promise("A refusal for its limit is waited out as long as Xero says, and costs no attempt."),
    "P14": Promise("A firm with a long backlog does not slow down the others."),
    "P15": Promise(
        "A person's save goes before a bulk run of the same firm.", "a run of ten thousand bills through real workers"
    ),
    "P16": Promise(
        "Faults that pass heal by themselves, by a ladder of waits from 5 s to 12 h, each with jitter.",
        "each place at which an answer can be cut; that not all documents retry in the same second",
    ),
    "P17": Promise(
        "What Xero refuses for good is sent once, and goes again after the change that helps.",
        "that each known refusal is sent once: shown for unknown words only",
    ),
    "P18": Promise("An outage of Xero stops calls for everybody and is over by itself."),
    "P19": Promise(
        "Tokens are refreshed by one worker at a time, and a lost answer loses no connection.",
        "death at each line of the refresh",
    ),
    "P20": Promise("A firm that sends nothing for months stays connected."),
    "P21": Promise(
        "A disconnection inside Xero is noticed at the next call, holds the firm, costs no attempt, is one mail; "
        "reconnecting releases everything, and to another organisation is refused.",
    ),
    "P22": Promise(
        "A document that breaks its worker harms no other document and no other firm.",
        "endless loops, memory",
    ),
    "P23": Promise("Work in the hands of a killed worker is taken up within 75 s."),
    "P24": Promise("200,000 documents due at once slow down no page and fill no memory."),
    "P25": Promise("Deploying while people work loses nothing and refuses nobody."),
    "P26": Promise("A database that restarts, deadlocks or is full costs no acknowledged save."),
    "P27": Promise(
        "Wrong and changing clocks cause no early call and no digest twice.",
        "clocks that jump or differ between hosts; for digests the changes of summer time are tested",
    ),
    "P28": Promise("Restoring an older database doubles nothing in Xero."),
    "P29": Promise("A bulk run adds up at any moment: total = done + failed + skipped + left."),
    "P30": Promise(
        "Money is exact: our total is Xero's total, or the bill is stopped before it is sent.",
        "currencies without decimals or with three",
    ),
    "P31": Promise("A difference between here and Xero is found."),
    "P32": Promise(
        "A document goes under the preferences of its last save. A later switch changes nothing about it until it is "
        "saved again, or until a person retries it and asks for today's settings; the settings count the documents that "
        "go under older ones."
    ),
    "P33": Promise(
        "Nobody is sent two mails about the same. A mail whose sending broke off, so that nobody knows whether it arrived, "
        "is sent again as the same mail, under its own Message-ID: it may arrive twice, and is never lost.",
        "a crash in a digest; that mail programs show one Message-ID once",
    ),
    "P34": Promise(
        "A part of the product that falls silent is noticed.", "the scheduler, backups; workers are shown to be noticed"
    ),
    "P35": Promise("Xero's webhooks take effect once; forged ones are refused."),
    "P36": Promise(
        "What the operators' board counts is what the attempts say.", "the figures recomputed at random under faults"
    ),
}


def read_markers(*, source: str) -> Iterator[tuple[str, str]]:
    """Each test's name with each promise that it is marked with, read off the text without importing it."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef):
            for decorator in node.decorator_list:
                if isinstance(decorator, ast.Call) and ast.unparse(decorator.func) == "pytest.mark.promise":
                    yield from ((node.name, ast.literal_eval(code)) for code in decorator.args)


@cache
def find_proofs() -> dict[str, list[str]]:
    """For each promise that a test is marked with: the tests, as `file::name`."""
    proofs: dict[str, list[str]] = {}
    for file in sorted((TOP / "tests").rglob("test_*.py")):
        for name, code in read_markers(source=file.read_text(encoding="utf-8")):
            proofs.setdefault(code, []).append(f"{file.relative_to(TOP / 'tests')}::{name}")
    return proofs


def write_promises() -> str:
    """The page's text."""
    proofs = find_proofs()
    proved = sum(1 for code, promise in PROMISES.items() if code in proofs and not promise.open)
    lines = [
        "# Promises",
        "",
        "Written by `python -m tests.promises` from `tests/promises.py` and from the tests that carry a promise's marker.",
        "",
        f"{len(PROMISES)} promises: {proved} proved, {len(proofs) - proved} in part, {len(PROMISES) - len(proofs)} unproved.",
        "In part: what stands under “Not shown” has no test yet. Tests marked `long` run by `make faults` only.",
    ]
    for code, promise in PROMISES.items():
        state = "unproved" if code not in proofs else "in part" if promise.open else "proved"
        lines += ["", f"## {code}, {state}", "", promise.words]
        if code in proofs:
            lines += ["", *(f"- `{test}`" for test in proofs[code])]
            lines += ["", f"Not shown: {promise.open}."] if promise.open else []
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    PAGE.write_text(write_promises(), encoding="utf-8")
