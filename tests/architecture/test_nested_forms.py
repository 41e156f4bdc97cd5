"""No template puts a form into a form, by itself or by what it includes."""

import re
from pathlib import Path

import pytest
from django.conf import settings

from tests.nested_forms import find_nested_forms

FOLDER = Path(settings.BASE_DIR) / "templates"
TEMPLATES = sorted(str(path.relative_to(FOLDER)) for path in FOLDER.rglob("*.html"))
COMMENT = re.compile(r"\{% comment %\}.*?\{% endcomment %\}|\{#.*?#\}", re.DOTALL)
INCLUDE = re.compile(r"\{%\s*include\s+(\S+)[^%]*%\}")
DEEPEST = 10


def with_includes(name: str, depth: int = 0) -> str:
    """The template's text with the text of what it includes in its place."""
    assert depth < DEEPEST, f"{name} includes itself"
    text = COMMENT.sub("", (FOLDER / name).read_text())
    return INCLUDE.sub(lambda found: with_includes(found[1].strip("\"'"), depth + 1), text)


@pytest.mark.parametrize("name", TEMPLATES)
def test_no_template_puts_a_form_into_a_form(name: str) -> None:
    assert find_nested_forms(with_includes(name)) == []


def test_no_template_leaves_a_form_open_around_a_block_that_others_fill() -> None:
    parents = [name for name in TEMPLATES if Path(name).name.startswith("base")]
    assert len(parents) > 4
    around = re.compile(r"<form\b(?:(?!</form>).)*\{%\s*block\b", re.DOTALL)
    assert [name for name in parents if around.search(with_includes(name))] == []


@pytest.mark.parametrize(
    ("html", "nested"),
    [
        ("<form><button></button></form><FORM></FORM>", []),
        ('<form><div><form id="b"></form></div></form>', ['<form id="b">']),
        ("</form><form></form>", []),
        ("<form><formula></formula></form>", []),
    ],
)
def test_a_form_inside_a_form_is_found(html: str, nested: list[str]) -> None:
    assert find_nested_forms(html) == nested
