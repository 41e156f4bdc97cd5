"""Names, e-mails and numbers are compared by `identity` alone: nobody else folds text to compare it."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

TOP = Path(__file__).resolve().parents[2]
SYNC = TOP / "xero_sync"
FOLDS = {"casefold", "lower", "upper", "swapcase"}
# What may be folded elsewhere, by the folded expression, and why that compares no client, address or number.
ALLOWED = {
    r"\w+(\.\w+)*_id": "ids of Xero are GUIDs",
    r"(str|read_text)\(.*(ContactID|InvoiceID).*\)": "ids of Xero are GUIDs",
    r"answer\.headers\.get\(.*": "HTTP headers",
    r"str\(value\)": "the gateway checks that Xero's answers stand in the order of the request",
    r"\w+\[:?[01]:?1?\]|row\.label|state|xero_side\.status": "words for people begin or go on in small letters",
    r"before\.rstrip\(.*|word|part|text|word\[0\]": "the wording of an unknown error",
    r"account\.name|name|rate\.name": "Xero's accounts and tax rates, suggested to a person",
    r"category\.name": "the order of a list",
}
# Where the bare words of the table are what it says, and nothing else.
ONLY_IN = {
    r"before\.rstrip\(.*|word|part|text|word\[0\]": {"domain/errors/proposing.py"},
    r"account\.name|name|rate\.name": {"domain/chart.py", "domain/fixes.py", "organisation/defaults.py"},
    r"str\(value\)": {"gateway/reading.py"},
}


def folded_expressions(source: str) -> Iterator[str]:
    """Everything in the source that is folded, called or passed on as a function."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Attribute(value=value, attr=attr) if attr in FOLDS:
                yield ast.unparse(value)
            case ast.Import(names=names) if any(each.name == "unicodedata" for each in names):
                yield "unicodedata"
            case ast.ImportFrom(module="unicodedata"):
                yield "unicodedata"


def is_allowed(expression: str, file: str) -> bool:
    return any(re.fullmatch(pattern, expression) and file in ONLY_IN.get(pattern, {file}) for pattern in ALLOWED)


def folds_outside(sources: dict[str, str]) -> list[str]:
    return sorted(
        f"{file}: {expression}"
        for file, source in sources.items()
        for expression in folded_expressions(source)
        if not is_allowed(expression, file)
    )


def product() -> dict[str, str]:
    files = [path for path in SYNC.rglob("*.py") if "migrations" not in path.parts]
    return {str(path.relative_to(SYNC)): path.read_text() for path in files}


def test_nothing_outside_identity_folds_text_to_compare_it() -> None:
    sources = product()
    assert len(sources) > 100
    assert folds_outside(sources) == []


def test_every_exception_is_still_needed() -> None:
    found = [(file, each) for file, source in product().items() for each in folded_expressions(source)]
    unused = [
        pattern
        for pattern in ALLOWED
        if not any(re.fullmatch(pattern, each) and file in ONLY_IN.get(pattern, {file}) for file, each in found)
    ]
    assert unused == []


@pytest.mark.parametrize(
    "planted",
    [
        "same = row.name.casefold() == contact.name.lower()",
        "same = there.email.strip().casefold() in ours",
        "keys = list(map(str.casefold, names))",
        "import unicodedata",
        "from unicodedata import normalize",
        "same = there.number.upper() == bill.number",
        "same = name.casefold() == other",
    ],
)
def test_a_comparison_planted_elsewhere_is_found(planted: str) -> None:
    assert folds_outside({"engine/planted.py": planted})
