"""Plain text for mails: lines without unseen characters, sentences, and blocks wrapped to a width."""

import re
import textwrap
from collections.abc import Iterable

WIDTH = 76
_UNSEEN = re.compile(r"[\s\x00-\x1f\x7f-\x9f\u2028\u2029\u200b]+")


def put_on_one_line(text: str) -> str:
    """The text without line ends and unseen characters: fit for a header, even where Xero or a person wrote them."""
    return _UNSEEN.sub(" ", text).strip()


def end_sentence(text: str) -> str:
    """The text on one line, with a full stop if it has no ending of its own."""
    plain = put_on_one_line(text)
    return plain if plain.endswith((".", "?", "!")) else f"{plain}."


def join_blocks(blocks: Iterable[str]) -> str:
    """Blocks with a blank line between, wrapped; an address stands whole on its own line."""
    return "\n\n".join("\n".join(_wrap(line) for line in block.split("\n")) for block in blocks) + "\n"


def _wrap(line: str) -> str:
    if line.startswith(("http://", "https://", "-- ")):
        return line
    indent = "  " if line.startswith("- ") else ""
    return textwrap.fill(
        put_on_one_line(line), WIDTH, break_long_words=False, break_on_hyphens=False, subsequent_indent=indent
    )
