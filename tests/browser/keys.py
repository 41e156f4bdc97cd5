"""Somebody who has no mouse: Tab, Enter, Space, arrows and letters, and eyes that follow the focus."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Page

MOST_STOPS = 250
FIRST_STOP = "Skip to the page"
SEARCH = "Find a bill by number, client or matter"
# What has the focus, read off the page and never set: its name, whether it is marked, and whether anything covers it.
LOOK = """async () => {
  // What moves with the focus has arrived a frame later.
  await new Promise((look) => requestAnimationFrame(() => requestAnimationFrame(look)));
  const it = document.activeElement;
  if (!it || it === document.body || it === document.documentElement) return null;
  const words = (node) => (node?.innerText || node?.textContent || "").replace(/\\s+/g, " ").trim();
  const labelled = (it.getAttribute("aria-labelledby") || "").split(/\\s+/).filter(Boolean)
    .map((id) => words(document.getElementById(id))).join(" ");
  const style = getComputedStyle(it);
  const box = it.getBoundingClientRect();
  const at = document.elementFromPoint(
    Math.min(Math.max(box.left + box.width / 2, 0), innerWidth - 1),
    Math.min(Math.max(box.top + Math.min(box.height / 2, 20), 0), innerHeight - 1));
  const inView = box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth;
  return {
    name: it.getAttribute("aria-label") || labelled || words(it.labels?.[0]) || words(it) || it.title || "",
    tag: it.tagName.toLowerCase(),
    role: it.getAttribute("role") || it.type || it.tagName.toLowerCase(),
    checked: it.checked === true,
    marked: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 1 && style.outlineColor !== "transparent",
    seen: inView && Boolean(at) && (it === at || it.contains(at) || at.contains(it) || at.closest("label")?.control === it),
    above: at ? `${at.tagName}.${at.className}` : "",
  };
}"""


@dataclass
class Keys:
    """The keyboard of one page."""

    page: Page

    @property
    def here(self) -> dict[str, Any]:
        found: dict[str, Any] | None = self.page.evaluate(LOOK)
        return found or {"name": "", "tag": "", "role": "", "checked": False, "marked": True, "seen": True}

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def types(self, text: str) -> None:
        self.page.keyboard.type(text)

    def goes_to(self, name: str | re.Pattern[str], *, role: str = "", back: bool = False) -> dict[str, Any]:
        """Tab (Shift+Tab) until what has the focus is called this; every stop on the way must be seen to be one."""
        return self._tab_until(
            lambda here: self._is(here, name, role), what=f"{name} {role}".strip(), key="Shift+Tab" if back else "Tab"
        )

    def enters_main(self) -> None:
        """By the link that skips what every page begins with."""
        self.goes_to(FIRST_STOP)
        self.press("Enter")

    def opens_by_the_menu(self, name: str) -> None:
        """Back from the search field, which comes after the menu."""
        self.goes_to(SEARCH)
        self.goes_to(name, back=True)
        self.leaves_by("Enter")

    def opens(self, name: str | re.Pattern[str]) -> None:
        """Go to a link or button and press it."""
        self.goes_to(name)
        self.leaves_by("Enter")

    def leaves_by(self, key: str) -> None:
        """Press a key that leads to another page, and wait for that page."""
        with self.page.expect_navigation():
            self.press(key)

    def picks(self, label: str, typed: str, shown: str) -> None:
        """Find by typing in a combobox, and choose with Enter."""
        self.goes_to(label, role="combobox")
        self.types(typed)
        self.press("Enter")
        value = self.page.evaluate("document.activeElement.value")
        assert value.startswith(shown), f"{label} says {value!r}"

    def _tab_until(self, found: Callable[[dict[str, Any]], bool], *, what: str, key: str) -> dict[str, Any]:
        stops: list[str] = []
        for _ in range(MOST_STOPS):
            self.press(key)
            here = self.here
            stops.append(here["name"])
            if here["tag"]:
                assert here["marked"], f"{self.page.url}: nobody sees that {here} has the focus"
                assert here["seen"], f"{self.page.url}: {here} has the focus and is hidden"
            if found(here):
                return here
            if stops.count(FIRST_STOP) == 2:
                break
        raise AssertionError(f"{self.page.url}: {what} is not reached by {key}, only {stops}")

    @staticmethod
    def _is(here: dict[str, Any], name: str | re.Pattern[str], role: str) -> bool:
        named = bool(name.search(here["name"])) if isinstance(name, re.Pattern) else here["name"] == name
        return named and (not role or here["role"] == role)
