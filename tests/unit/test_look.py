"""The look keeps its promises: readable in both themes, and nothing a strict content security policy refuses."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
TOKEN = re.compile(r"--([a-z0-9-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\);")
TOKENS = {
    name: (light, dark) for name, light, dark in TOKEN.findall((ROOT / "static" / "css" / "tokens.css").read_text())
}
THEMES = {"light": 0, "dark": 1}

GROUNDS = ("paper", "surface", "raise", "accent-soft")
STATES = ("green", "blue", "amber", "violet", "red", "slate")
TEXT_PAIRS = [
    *((ink, ground) for ink in ("ink", "ink-2", "ink-3", "accent-strong", "red") for ground in GROUNDS),
    *((state, f"{state}-soft") for state in STATES),
    *(("ink", f"{state}-soft") for state in STATES),
    *((state, ground) for state in STATES for ground in ("paper", "surface")),
    ("on-accent", "accent"),
    ("on-accent", "accent-strong"),
    ("float-ink", "float"),
    ("float-ink-2", "float"),
]
PART_PAIRS = [
    *((part, ground) for part in ("edge", "accent") for ground in GROUNDS),
    *(("accent", f"{state}-soft") for state in STATES),
    ("float-line", "float"),
]


def luminance(colour: str) -> float:
    """Relative luminance, 0 to 1, as WCAG 2.2 defines it."""
    channels = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Contrast ratio, 1 to 21."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(("ink", "ground"), TEXT_PAIRS)
def test_text_stands_out_from_its_ground(ink: str, ground: str, theme: str) -> None:
    side = THEMES[theme]

    assert contrast(TOKENS[ink][side], TOKENS[ground][side]) >= 4.5


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(("part", "ground"), PART_PAIRS)
def test_controls_and_focus_rings_stand_out_from_their_ground(part: str, ground: str, theme: str) -> None:
    side = THEMES[theme]

    assert contrast(TOKENS[part][side], TOKENS[ground][side]) >= 3


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_page_carries_a_style_or_a_script_the_policy_refuses(template: Path) -> None:
    markup = template.read_text()

    refused = re.findall(r"<style|\sstyle=|\son[a-z]+=|javascript:|<script(?![^>]*\ssrc=)|hx-on|hx-vals=.js:", markup)

    assert refused == []


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_icon_a_page_names_is_in_the_sprite(template: Path) -> None:
    known = set(re.findall(r'<symbol id="([^"]+)"', (ROOT / "static" / "icons.svg").read_text()))

    named = set(re.findall(r'(?:icon\.html" with name=|icon=)"([a-z0-9-]+)"', template.read_text()))

    assert named <= known


def test_every_style_sheet_is_linked_from_the_base_page() -> None:
    linked = set(re.findall(r"css/([a-z]+\.css)", (ROOT / "templates" / "base.html").read_text()))

    assert linked == {path.name for path in (ROOT / "static" / "css").glob("*.css")}
