"""What people read of a known error: short sentences in everyday words, for a reader of twelve."""

import json
import re
from pathlib import Path

import pytest

from xero_sync.domain import errors
from xero_sync.domain.errors import Fault, KnownError

FIXTURES = Path(__file__).parents[3] / "fixtures"
OWN_WORDINGS: dict[str, list[str]] = json.loads((FIXTURES / "own_wordings.json").read_text(encoding="utf-8"))
# School years; a reader of twelve is in the seventh.
HARDEST = 7.0
LONGEST_WORD = 14
LONGEST_SENTENCE = 25
every_entry = pytest.mark.parametrize("entry", errors.TABLE, ids=lambda entry: entry.code)


def _wordings(entry: KnownError) -> list[str]:
    """The sentences of an entry, as they read when Xero named nothing."""
    known = errors.recognise(Fault("", code=entry.code, source="preflight"))
    texts = [known.sentence, known.why, known.fix_here, known.fix_in_xero, entry.meanwhile, entry.recheck]
    ended = " ".join(text if text.endswith((".", "?")) else f"{text}." for text in texts if text)
    return [sentence for sentence in re.split(r"(?<=[.!?]) ", ended) if sentence]


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W\d_]+(?:['’-][^\W\d_]+)*", text)


def _syllables(word: str) -> int:
    groups = len(re.findall(r"[aeiouy]+", word.lower()))
    silent = word.lower().endswith("e") and not word.lower().endswith("le") and groups > 1
    return max(groups - silent, 1)


def _school_year(sentences: list[str]) -> float:
    """Flesch and Kincaid's measure: long sentences and long words make a text hard."""
    words = [word for sentence in sentences for word in _words(sentence)]
    syllables = sum(_syllables(word) for word in words)
    return 0.39 * len(words) / len(sentences) + 11.8 * syllables / len(words) - 15.59


@every_entry
def test_a_reader_of_twelve_follows_it(entry: KnownError) -> None:
    assert _school_year(_wordings(entry)) <= HARDEST


@every_entry
def test_sentences_and_words_are_short(entry: KnownError) -> None:
    sentences = _wordings(entry)
    assert len(sentences) >= 4
    for sentence in sentences:
        words = _words(sentence)
        assert 1 <= len(words) <= LONGEST_SENTENCE, sentence
        assert max(map(len, words)) <= LONGEST_WORD, sentence


@every_entry
def test_nothing_reads_as_if_a_word_were_missing(entry: KnownError) -> None:
    text = " ".join(_wordings(entry))
    assert not re.search(r"\b(\w+) \1\b|named this name|[{}]| ,| \.", text), text


@pytest.mark.parametrize(("code", "words"), [(code, words) for code, said in OWN_WORDINGS.items() for words in said])
def test_what_is_not_on_the_published_list_is_recognised_too(code: str, words: str) -> None:
    assert errors.recognise(Fault(words)).code == code
    assert errors.recognise(Fault(f"A validation exception occurred. {words} Please contact support.")).code == code


def test_every_entry_with_words_of_xero_has_three_wordings() -> None:
    ours = {entry.code for entry in errors.TABLE if entry.patterns and not entry.number}
    assert set(OWN_WORDINGS) == ours
    assert all(len(set(said)) >= 3 for said in OWN_WORDINGS.values())
