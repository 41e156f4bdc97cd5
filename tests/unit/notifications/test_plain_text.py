"""Texts that Xero or a person wrote become plain lines of a mail."""

import pytest

from notifications.plain_text import WIDTH, end_sentence, join_blocks, put_on_one_line


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("Harrow\r\nBcc: thief@example.com", "Harrow Bcc: thief@example.com"),
        ("  a \u2028 b\u200b\x00c\t", "a b c"),
        ("", ""),
    ],
)
def test_line_ends_and_unseen_characters_become_one_space(text: str, line: str) -> None:
    assert put_on_one_line(text) == line


@pytest.mark.parametrize(
    ("text", "sentence"), [("Archived", "Archived."), ("Why?", "Why?"), ("No!\n", "No!"), ("So.", "So.")]
)
def test_a_sentence_ends_once(text: str, sentence: str) -> None:
    assert end_sentence(text) == sentence


def test_blocks_are_wrapped_and_an_address_stays_whole() -> None:
    address = f"https://bills.example.com/{'a' * 100}"
    text = join_blocks(["word " * 30, f"- {'item ' * 30}\n{address}"])
    first, second = text.removesuffix("\n").split("\n\n")
    *items, last = second.split("\n")
    assert last == address
    assert len(items) == 2
    assert all(line.startswith("  ") for line in items[1:])
    assert max(map(len, [*first.split("\n"), *items])) <= WIDTH
