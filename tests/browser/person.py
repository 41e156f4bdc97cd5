"""Somebody at a browser."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Literal

from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, Response, ViewportSize

from firms.models import User
from tests.factories import PASSWORD

WIDE: ViewportSize = {"width": 1440, "height": 1000}
NARROWEST: ViewportSize = {"width": 320, "height": 640}
Theme = Literal["light", "dark"]
# An address that is not there is news of the test's own making.
EXPECTED = re.compile(r"the server responded with a status of 40[34]")


@dataclass
class Person:
    """One browser with one page; `faults` is what its console complained of."""

    page: Page
    base: str
    faults: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("console", self._hear)
        self.page.on("pageerror", lambda error: self.faults.append(f"{self.page.url}: {error}"))

    def opens(self, path: str) -> Response:
        """Go to a page of the product."""
        answer = self.page.goto(self.base + path)
        assert answer is not None
        return answer

    def signs_in(self, user: User) -> None:
        """By the form, with the password all made people have."""
        self.opens("/sign-in/")
        self.page.get_by_label("E-mail").fill(user.email)
        self.page.get_by_label("Password").fill(PASSWORD)
        self.presses("Sign in")
        assert "/sign-in/" not in self.page.url, self.page.inner_text("main")

    def presses(self, name: str) -> None:
        """A button or link with exactly this name."""
        button = self.page.get_by_role("button", name=name, exact=True)
        button.or_(self.page.get_by_role("link", name=name, exact=True)).first.click()

    def reads(self, words: str | re.Pattern[str]) -> None:
        """These words stand on the page, or come within the usual patience of five seconds."""
        self.page.get_by_text(words).filter(visible=True).first.wait_for(timeout=5000)

    def chooses(self, label: str | re.Pattern[str], typed: str) -> None:
        """The first that is found by typing into a box that finds as one types."""
        self.page.get_by_role("combobox", name=label).fill(typed)
        self.page.locator("[role=listbox]:visible [role=option]").first.click()

    def looks(self, *, size: ViewportSize, theme: Theme) -> None:
        """Through a window of this size, with the system's theme."""
        if self.page.viewport_size != size:
            self.page.set_viewport_size(size)
            self.page.emulate_media(color_scheme=theme)

    @property
    def head(self) -> Locator:
        """The state beside the heading."""
        return self.page.locator("#sync-head")

    @contextmanager
    def without_reload(self) -> Iterator[None]:
        """The page that is open stays the same document."""
        self.page.evaluate("window.stillHere = true")
        yield
        assert self.page.evaluate("window.stillHere === true"), "the page was loaded again"

    @property
    def overflow(self) -> int:
        """By how many pixels the page can be scrolled sideways."""
        wide: int = self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        return wide

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"} and not EXPECTED.search(message.text):
            self.faults.append(f"{self.page.url}: {message.text}")


def arrives(browser: Browser, *, base: str, script: bool = True) -> Person:
    """Open a browser of one's own; close it with `person.page.context.close()`."""
    context = browser.new_context(viewport=WIDE, java_script_enabled=script, locale="en-AU", reduced_motion="reduce")
    context.set_default_timeout(10_000)
    return Person(page=context.new_page(), base=base)
