"""A page as somebody reads it: its words, the faults on it, where their links go, and which fields it has."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = {"br", "hr", "img", "input", "link", "meta", "use", "path", "circle", "line", "rect", "polyline", "polygon"}


@dataclass
class PageWords:
    """One block of a page (a fault, a cause, a state's sentence): its words and its links by address."""

    words: str = ""
    links: dict[str, str] = field(default_factory=dict)


class Page(HTMLParser):
    """A page read once; `blocks` are those elements that have one of the wanted classes or ids, outermost first."""

    def __init__(self, html: str, *, wanted: tuple[str, ...]) -> None:
        super().__init__()
        self.ids: set[str] = set()
        self.blocks: dict[str, list[PageWords]] = {name: [] for name in wanted}
        self._open: list[list[PageWords]] = []
        self._link = ""
        self.feed(html)

    @classmethod
    def of(cls, html: str, *wanted: str) -> "Page":
        return cls(html, wanted=wanted)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        names = {*given.get("class", "").split(), given.get("id", "")}
        if given.get("id"):
            self.ids.add(given["id"])
        if tag in VOID:
            return
        new = [PageWords() for name in self.blocks if name in names]
        for name, block in zip((name for name in self.blocks if name in names), new, strict=True):
            self.blocks[name].append(block)
        self._open.append(new)
        if tag == "a":
            self._link = given.get("href", "")
            for block in self._within():
                block.links.setdefault(self._link, "")

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID or not self._open:
            return
        if tag == "a":
            self._link = ""
        self._open.pop()

    def handle_data(self, data: str) -> None:
        words = " ".join(data.split())
        if not words:
            return
        for block in self._within():
            block.words = f"{block.words} {words}".strip()
            if self._link in block.links:
                block.links[self._link] = f"{block.links[self._link]} {words}".strip()

    def _within(self) -> list[PageWords]:
        return [block for group in self._open for block in group]
