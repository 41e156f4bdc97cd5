"""The table of known errors: complete, unambiguous, in plain words, and found from captured answers."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from xero_sync.domain import errors, preferences
from xero_sync.domain.errors import ErrorClass, Fault, KnownError, Owner, Place
from xero_sync.domain.errors.table import TableFault, _joined
from xero_sync.domain.errors.words import PART_NAMES, parts_of

FIXTURES = Path(__file__).parents[3] / "fixtures" / "xero_messages"
REASONS = {401: "Unauthorized", 403: "Forbidden", 429: "Too Many Requests", 500: "Internal Server Error"}
every_entry = pytest.mark.parametrize("entry", errors.TABLE, ids=lambda entry: entry.code)


def texts(entry: KnownError) -> list[str]:
    return [
        entry.title,
        entry.action,
        entry.why,
        entry.fix_here,
        entry.fix_in_xero,
        entry.meanwhile,
        entry.recheck,
    ]


def messages_in(answer: object) -> Iterator[str]:
    """Every validation message in an answer, wherever it hangs."""
    if isinstance(answer, list):
        for each in answer:
            yield from messages_in(each)
    if isinstance(answer, dict):
        for key in ("ValidationErrors", "Warnings"):
            yield from (each["Message"] for each in answer.get(key, ()))
        yield from messages_in([value for value in answer.values() if isinstance(value, dict | list)])


def said_in(captured: dict[str, object]) -> list[str]:
    body = captured["body"]
    found = list(messages_in(body))
    if found:
        return found
    if isinstance(body, dict):
        return [str(body.get("Detail") or body.get("Message") or body["error"])]
    return [f"HTTP {captured['status']} {REASONS[int(str(captured['status']))]}"]


@pytest.mark.parametrize("number", range(1, 77))
def test_a_captured_answer_of_every_row_is_recognised(number: int) -> None:
    captured = json.loads((FIXTURES / f"{number:02}.json").read_text(encoding="utf-8"))
    assert [errors.recognise(Fault(message=said)).known.number for said in said_in(captured)] == [number]


def test_the_table_holds_all_76_rows_once() -> None:
    assert sorted(errors.BY_NUMBER) == list(range(1, 77))


@pytest.mark.parametrize(
    "code",
    [
        "no-account-code",
        "no-tax-type",
        "negative-total",
        "three-decimal-currency",
        "number-too-long",
        "text-too-long",
        "not-connected",
        "connection-lost",
        "contact-refused",
        "xero-unavailable",
        "total-differs",
        "settled-in-xero",
        "invoice-number-taken",
        "void-with-payment",
        "missing-in-xero",
        "paused",
        "switched-off",
        "first-send-unconfirmed",
        "wrong-organisation",
        "unknown",
    ],
)
def test_our_own_reasons_are_in_the_table(code: str) -> None:
    assert errors.BY_CODE[code].code == code


@every_entry
def test_codes_are_kebab_case(entry: KnownError) -> None:
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", entry.code)


@every_entry
def test_a_sample_is_recognised_as_its_own_entry(entry: KnownError) -> None:
    if entry.patterns:
        assert errors.recognise(Fault(message=entry.sample)).known is entry
    else:
        assert errors.recognise(Fault(message=entry.sample, code=entry.code)).known is entry


@every_entry
def test_titles_have_at_most_60_characters(entry: KnownError) -> None:
    long_parts = dict.fromkeys(parts_of(entry.title), "Worshipful Company of Scriveners and Notaries " * 6)
    assert len(entry.title) <= 60
    assert len(errors.plain_title(entry)) <= 60
    assert len(errors.recognise(Fault("", code=entry.code, source="preflight", parts=long_parts)).title) <= 60


@every_entry
def test_every_text_uses_known_parts_only(entry: KnownError) -> None:
    named = {name for text in texts(entry) for name in parts_of(text)}
    subject = {"document", "contact", "organisation"}
    assert named <= PART_NAMES
    assert set(entry.subject.split()) <= PART_NAMES | subject


@every_entry
def test_every_entry_says_what_why_who_and_what_next(entry: KnownError) -> None:
    assert all((entry.title, entry.action, entry.why, entry.fix_here, entry.meanwhile, entry.recheck, entry.sample))


@every_entry
def test_texts_are_whole_sentences_in_short_words(entry: KnownError) -> None:
    for text in (entry.why, entry.fix_here, entry.fix_in_xero, entry.meanwhile, entry.recheck):
        sentences = [sentence for sentence in re.split(r"(?<=[.!?]) ", text) if sentence]
        assert not text or text.endswith(".")
        assert max((len(sentence.split()) for sentence in sentences), default=0) <= 25, text
    assert not entry.title.endswith(".")
    assert not entry.action.endswith(".")


@every_entry
def test_no_text_blames_anybody_or_shows_a_raw_code(entry: KnownError) -> None:
    words = " ".join(texts(entry)).lower()
    forbidden = (
        r"\b(failed|illegal|you forgot|your fault|error|exception|payload|tenant|token|json|http|null|sync job)\b"
    )
    assert not re.search(forbidden, words)
    assert entry.code not in words or "-" not in entry.code


@every_entry
def test_who_acts_follows_from_the_class(entry: KnownError) -> None:
    usual = {
        ErrorClass.MAPPING: Owner.ADMIN,
        ErrorClass.DOCUMENT: Owner.STAFF,
        ErrorClass.CONTACT: Owner.STAFF,
        ErrorClass.ORGANISATION: Owner.ADMIN,
        ErrorClass.CONNECTION: Owner.ADMIN,
    }
    assert entry.owner in {usual.get(entry.klass, Owner.US), Owner.NOBODY}


@every_entry
def test_what_a_person_must_change_in_xero_is_explained(entry: KnownError) -> None:
    if entry.where.place.startswith("xero-") and entry.where.place is not Place.XERO_STATUS:
        assert entry.fix_in_xero


def test_an_improvement_is_always_on_or_a_preference_that_lists_the_message() -> None:
    assert len(errors.TABLE) >= 76
    for entry in errors.TABLE:
        assert entry.improvement in {"", "always", *preferences.BY_KEY}
        if entry.number and entry.improvement in preferences.BY_KEY:
            assert entry.number in preferences.BY_KEY[entry.improvement].messages


def test_what_waits_for_a_later_feature_is_named() -> None:
    waiting = {entry.number: entry.feature for entry in errors.TABLE if entry.feature != "now"}
    assert {waiting[number] for number in range(44, 55)} == {"payments"}
    assert {waiting[number] for number in (22, 55, 56, 57)} == {"credit notes"}
    assert (waiting[58], waiting[59], waiting[76]) == ("tracking", "tracking", "attachments")


def test_the_general_entries_are_looked_for_last() -> None:
    generic = [entry.generic for entry in errors.TABLE]
    assert generic.count(True) > 1
    assert generic == sorted(generic)


def entry_like(code: str, number: int) -> KnownError:
    return replace(errors.TABLE[0], code=code, number=number)


@pytest.mark.parametrize(
    ("entries", "named"),
    [
        ([entry_like("a", 1), entry_like("a", 2)], "used twice: a"),
        ([entry_like("a", 1), entry_like("b", 1)], "used twice: 1"),
    ],
)
def test_two_entries_cannot_claim_the_same_code_or_row(entries: list[KnownError], named: str) -> None:
    with pytest.raises(TableFault, match=named):
        _joined([entries[:1], entries[1:]])


def test_entries_of_our_own_have_no_row_to_share() -> None:
    assert len(_joined([[entry_like("a", 0), entry_like("b", 0)]])) == 2
