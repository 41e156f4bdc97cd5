"""From words that Xero said for the first time to an entry of the table, for somebody to look over. Pure.

Anything that may belong to a client is left out: quoted words, numbers, dates, addresses, and capitalised words that
the table never uses.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from xero_sync.domain.errors.matching import _NUMBERS, _QUOTED, _QUOTES, _tidy
from xero_sync.domain.errors.table import BY_CODE, TABLE
from xero_sync.domain.errors.words import shorten

_LONGEST: Final = 120
_FEWEST: Final = 2
_WORD: Final = re.compile(r"[A-Za-z]+")
_MONTH: Final = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*"
_DATE: Final = (
    rf"\d{{1,2}}[-/. ]{_MONTH}[-/. ,]+\d{{2,4}}|\b{_MONTH} \d{{1,2}},? \d{{4}}|\d{{1,4}}[-/.]\d{{1,2}}[-/.]\d{{2,4}}"
)
_BLANK: Final = re.compile(
    rf"(?P<date>'?(?i:{_DATE})'?)|(?P<quoted>{_QUOTED.pattern})|(?P<mail>\S+@\S+)|(?P<number>{_NUMBERS.pattern})"
    r"|(?P<name>[A-Z][\w&.'-]*(?: (?:(?:&|and|of|the) )?[A-Z][\w&.'-]*)*)"
)
# The part that a blank stands for, by the words before the blank; the first that fits.
_KINDS: Final = (
    ("account", r"account(?: ?code)?(?: or id)?$"),
    ("tax", r"tax ?type(?: code)?$"),
    ("rate", r"tax ?rate$"),
    ("currency", r"currency(?: code)?$"),
    ("item", r"item(?: code)?$"),
    ("status", r"status(?: of)?$"),
    ("total", r"(?:total|amount)(?: of| is)?$"),
    ("number", r"(?:invoice|number|bill|#)$"),
    ("name", r"(?:name|contact|customer|client)$"),
)
_EXAMPLES: Final = {
    "account": "420",
    "tax": "INPUT",
    "rate": "GST",
    "currency": "EUR",
    "item": "ITEM-1",
    "status": "PAID",
    "total": "110.00",
    "number": "1001",
    "name": "Example Ltd",
    "date": "15-Nov-2026",
}
_FILLING: Final = frozenset(
    re.findall(
        r"\w+",
        "a an and are as at be been being by can cannot could does for from has have if in is it its must not of on or "
        "our should so than that the their there these this to was were when which will with would you your",
    )
)
_STARTS: Final = _FILLING | {"all", "any", "each", "either", "every", "no", "only", "please", "some", "unable"}


def _vocabulary() -> frozenset[str]:
    texts = (" ".join((each.title, each.action, each.why, each.fix_here, each.fix_in_xero)) for each in TABLE)
    patterns = (pattern for each in TABLE for pattern in each.patterns)
    words = {word.lower() for text in (*texts, *patterns) for word in _WORD.findall(text)}
    return frozenset(words) | _STARTS | {"api", "id", "json", "lineitem", "lineitems", "taxtype", "accountcode", "url"}


_KNOWN_WORDS: Final = _vocabulary()


@dataclass(frozen=True)
class Proposal:
    """An entry as text to copy, and the line of the fixture that tests it. `shape` tells equal refusals."""

    code: str
    shape: str
    pattern: str
    sample: str

    @property
    def entry(self) -> str:
        """The entry as Python; whoever copies it writes the words and decides who acts."""
        return f"""KnownError(
    code={json.dumps(self.code)},
    # What happened, in at most 60 characters; {{parts}} of the pattern may stand in every text.
    title="Xero does not accept this yet",
    action="See what Xero says",
    why="Xero gave a reason that we have not explained yet.",
    fix_here="If Xero's words tell you what to change, change it and save.",
    # STAFF, ADMIN, US or NOBODY; then class, place and moment follow from the neighbours in the file.
    owner=Owner.US,
    klass=ErrorClass.UNKNOWN,
    where=Where(Place.INVOICE_EDIT),
    meanwhile=KEPT,
    release=Recheck.ON_RELEASE,
    {self._patterns}
    sample={json.dumps(self.sample, ensure_ascii=False)},
),"""

    @property
    def _patterns(self) -> str:
        if len(_WORD.findall(re.sub(r"\{.*?\}", "", self.pattern))) < _FEWEST:
            return "# Too few words are left to recognise it by; one pattern would match too much.\n    patterns=(),"
        return f'patterns=(r"{self.pattern}",),'

    @property
    def fixture(self) -> str:
        """The line for tests/fixtures/learnt_wordings.json."""
        return f"{json.dumps(self.code)}: [{json.dumps(self.sample, ensure_ascii=False)}]"


@dataclass(frozen=True)
class _Piece:
    """A stretch of the text: Xero's own words, or a blank of some kind."""

    text: str
    kind: str = ""
    quoted: bool = False


def propose(text: str) -> Proposal:
    """The entry for these words of Xero's."""
    pieces = list(_pieces(text))
    code = _code(pieces)
    return Proposal(code=code, shape=_shape(pieces), pattern=_pattern(_first_sentence(pieces)), sample=_sample(pieces))


def without_names(text: str) -> str:
    """The text without anything that may belong to a client, in at most 120 characters."""
    return _shape(list(_pieces(text)))


def _pieces(text: str) -> Iterator[_Piece]:
    plain, end = _tidy(text).translate(_QUOTES), 0
    for found in _BLANK.finditer(plain):
        start, stop = found.span()
        if found["name"] is not None:
            start, stop = _unknown_words(found["name"], start)
            if start == stop:
                continue
        elif found["number"] is not None:
            stop -= len(found[0]) - len(found[0].rstrip(".,;:!?)"))
        before = plain[:start]
        yield from _words(plain[end:start])
        kind = "date" if found["date"] is not None else _kind(before, found.lastgroup or "")
        yield _Piece(plain[start:stop], kind, quoted=found["quoted"] is not None)
        end = stop
    yield from _words(plain[end:])


def _unknown_words(run: str, start: int) -> tuple[int, int]:
    """Where a name stands in a run of capitalised words: all of it, if the table never uses one of them, but for
    words that begin a sentence; else an empty span.
    """
    words = list(re.finditer(r"\S+", run))
    if all(_is_known(word[0]) for word in words):
        return start, start
    first = next(word for word in words if word[0].lower() not in _STARTS)
    return start + first.start(), start + len(run.rstrip(".,;:!?"))


def _is_known(word: str) -> bool:
    # What joins names, such as "&", is none.
    parts = _WORD.findall(word)
    return not parts or all(part.lower() in _KNOWN_WORDS for part in parts)


def _words(text: str) -> Iterator[_Piece]:
    if text:
        yield _Piece(text)


def _kind(before: str, found: str) -> str:
    words = before.rstrip(" :'(").lower()
    usual = "number" if found == "number" else "name"
    return next((kind for kind, pattern in _KINDS if re.search(pattern, words)), usual)


def _shape(pieces: list[_Piece]) -> str:
    return shorten("".join("…" if piece.kind else piece.text for piece in pieces), _LONGEST)


def _sample(pieces: list[_Piece]) -> str:
    return "".join(_example(piece) if piece.kind else piece.text for piece in pieces)


def _example(piece: _Piece) -> str:
    example = _EXAMPLES[piece.kind]
    return f"'{example}'" if piece.quoted else example


def _first_sentence(pieces: list[_Piece]) -> list[_Piece]:
    """Xero adds general sentences to particular ones: the first says most, if it says enough."""
    kept: list[_Piece] = []
    for piece in pieces:
        head, dot, _ = piece.text.partition(". ") if not piece.kind else (piece.text, "", "")
        kept.append(_Piece(head) if dot else piece)
        if dot and sum(len(_WORD.findall(each.text)) for each in kept if not each.kind) > 2:
            return kept
        if dot:
            kept[-1] = piece
    return kept


def _pattern(pieces: list[_Piece]) -> str:
    parts, used = [], set()
    for place, piece in enumerate(pieces):
        if not piece.kind:
            parts.append(_literal(piece.text))
        elif piece.kind in used:
            parts.append(".{0,80}?")
        else:
            used.add(piece.kind)
            if not any(each.kind or _WORD.search(each.text) for each in pieces[place + 1 :]):
                parts.append(f"{{{piece.kind}{'' if piece.kind == 'date' else '$'}}}")
                break
            parts.append(f"{{{piece.kind}}}")
    return "".join(parts).strip(" .").removesuffix("\\")


def _literal(text: str) -> str:
    return re.sub(r'([\\.^$*+?{}\[\]|()"])', r"\\\1", text.lower()).replace('\\"', ".")


def _code(pieces: list[_Piece]) -> str:
    words = [word.lower() for piece in pieces if not piece.kind for word in _WORD.findall(piece.text)]
    telling = [word for word in words if word not in _FILLING and len(word) > 1][:4]
    code = "-".join(telling) or "new-refusal"
    return f"{code}-too" if code in BY_CODE else code
