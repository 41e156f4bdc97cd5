"""The facts about kinds of documents that the sync needs: one KindSpec a kind, listed by kinds/registry.py. Pure."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Literal, Protocol

from xero_sync.domain.automatic_fixes import AutomaticFix, Fixed
from xero_sync.domain.books import Books
from xero_sync.domain.documents import Document, Standing
from xero_sync.domain.errors import Fault
from xero_sync.domain.in_xero import KnownInXero
from xero_sync.domain.notes import Note
from xero_sync.domain.payloads import Mapped
from xero_sync.domain.preferences import Preferences
from xero_sync.domain.record import DocumentInXero, RecordChanges
from xero_sync.domain.side_decisions import Accepted
from xero_sync.domain.three_sides import Sides


class Operation(StrEnum):
    CREATE = "CREATE"
    UPDATE = "UPDATE"
    LOOK_UP = "LOOK_UP"


# The columns of a record that keep amounts.
Amount = Literal["subtotal", "tax", "total"]


@dataclass(frozen=True, kw_only=True)
class Calls:
    """How Xero's accounting API names a kind: the gateway makes its calls from this.

    `create`, `update` and `read` are methods of the SDK's AccountingApi. `status_key` is the document's status in
    Xero's JSON, `totals` its amounts by the column that keeps them.
    """

    collection: str
    id_key: str
    number_key: str
    status_key: str
    create: str
    update: str
    read: str
    # The option that asks for a list of numbers; where there is none, documents changed since a moment are read.
    numbers_option: str = ""
    # Options of each write, and of each reading with lines.
    amount_options: Mapping[str, Any] = field(default_factory=dict)
    # Of each reading of changed documents, beside their order by id.
    read_options: Mapping[str, Any] = field(default_factory=dict)
    # How many documents a page of a reading has, and the options that ask for that many and for documents without
    # lines; empty where the endpoint has no such option. One whose pages have a fixed size does not count them either.
    page_size: int = 1000
    size_option: str = "page_size"
    summary_option: str = "summary_only"
    # The filter, and the same as fields, for documents of this kind where the API lists other kinds beside them.
    where: str = ""
    only: Mapping[str, str] = field(default_factory=dict)
    totals: Mapping[Amount, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Labels:
    """The words for a kind that people read, and the addresses of its pages.

    `named` makes a title of the document's own name or number, and `listed` its name in a list of several kinds.
    The names that end in `_page`, and `page`, are names of URLs and take the row's id; a kind without such a page
    leaves them empty, and one without a page of its own is shown by its attempts. `place` and `edit_place` are those
    of a known error's places that mean the first two, and `fields` the id in the form of each field that a known error
    names. `relink_words` offer another document in Xero for a linked one; empty for a kind that is not linked again.
    `live` is the parameter under which a list asks for its states. `xero_page` is the address in Xero after the
    organisation's part, `stand_in_page` that at the stand-in for Xero; empty where there is no such page.
    `sent_as` says what a firm's documents become in Xero, and `unjudged` why one is not sent that has no place in line.
    """

    noun: str
    plural: str
    title: str
    named: str
    listed: str
    page: str = ""
    edit_page: str = ""
    link_page: str = ""
    link_words: str = ""
    relink_words: str = ""
    leave_out_page: str = ""
    handled_page: str = ""
    preflight_page: str = ""
    sides_page: str = ""
    place: str = ""
    edit_place: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)
    live: str
    xero_page: str = ""
    stand_in_page: str = ""
    sent_as: str = ""
    unjudged: str = "Saved before bill syncing. Save it once more to send it."

    @property
    def sent_words(self) -> str:
        """The documents that are sent, such as "your bills as sales invoices"."""
        return self.sent_as or f"your {self.plural}"

    def count(self, number: int) -> str:
        """ "1 bill" or "2,000 bills"."""
        return f"{number:,} {self.noun if number == 1 else self.plural}"


@dataclass(frozen=True, kw_only=True)
class SavedDocument:
    """One saved row, as its kind reads it for the outbox.

    `waits_for` is the row's id of the document that has to be in Xero before it; `standing` is None for what always
    goes.
    """

    object_id: int
    waits_for: int | None = None
    standing: Standing | None = None

    @property
    def is_held(self) -> bool:
        """Whether the import that brought it in keeps it back."""
        return self.standing is not None and self.standing.held


class Rows(Protocol):
    """How a kind's rows become documents: the one part of a kind that knows the database.

    `model` is the rows' model, `manager` the firm's related manager of them, `audit` the name under which the audit
    trail has them. `standing` names the columns of a `Standing`, "state",
    "issue_date" and "held", and "import" for the id of the import that brought the row in; a kind that always goes has
    none. `summary` names the column, or the way to it, of what lists show: "name" (a number or a name),
    "code" (without personal data), "beside" (what stands beside the name), and "total" with "currency" where it has
    one.
    """

    model: Any
    manager: str
    audit: str
    standing: Mapping[str, str]
    summary: Mapping[str, str]

    def connect(self, listener: Callable[..., None], *, name: str) -> None:
        """Call `listener(firm=, saved=, bulk=)` in the transaction of each save; `name` keeps it to once."""

    def read_saved(self, *, firm: Any, object_ids: Collection[int]) -> list[SavedDocument]:
        """These rows of the firm as the outbox puts them in line, in the order of their ids."""

    def read_documents(self, *, jobs: Sequence[Any], xero_tenant_id: str) -> dict[int, Document]:
        """The documents of these jobs by job id, in a fixed number of queries; a row that is gone is absent."""


@dataclass(frozen=True, kw_only=True)
class LookAlikes:
    """How a document new to Xero is compared with those there whose names look the same.

    `decide` gives the changes of its record that link it, a note that offers the link to a person, or None.
    """

    is_new: Callable[[Any], bool]
    number: Callable[[Any], str]
    name: Callable[[Any], str]
    decide: Callable[[Any, Preferences, KnownInXero], Fixed | Note | None]


@dataclass(frozen=True, kw_only=True)
class KindSpec:
    """One kind of document. Frozen; the functions are pure, `rows` apart.

    `code` is how rows name the kind (at most 10 letters). `waits_for` is the code of the kind whose document has to be
    in Xero first. `identify` makes of Xero's JSON what a document is looked up by, and `is_ours` compares a frozen
    element with what was found under it; `is_ours_renumbered` with a document that has another number by now.
    `read_in_xero` makes of Xero's JSON what a record keeps of it, and `changes_when_accepted` is what an accepted
    payload changes in the record besides what Xero answers. `gone_code` is the known error that says Xero has no
    document under our id, `changed_code` that for one that somebody changed in Xero, and `ended_code` the one for a
    document that was voided or deleted there while it is live here. `void_hash` is the digest of a void document's
    payload, empty for a kind that cannot be void. `taken_codes` are those that say that the number is in Xero already,
    and `taken_fault` the refusal for a number that an unanswered sending meets. `waited_archived` and `waited_gone`
    are the known errors of the kind for an archived, or missing, document in Xero that it waits for.
    """

    code: str
    labels: Labels
    calls: Calls
    rows: Rows
    waits_for: str = ""
    # Whether the documents are the clients themselves.
    is_client: bool = False
    map_document: Callable[[Any, Preferences, Books], Mapped]
    identify: Callable[[Mapping[str, Any]], str]
    is_ours: Callable[[Mapping[str, Any], Mapping[str, Any]], bool]
    is_ours_renumbered: Callable[[Mapping[str, Any], Mapping[str, Any]], bool] | None = None
    read_in_xero: Callable[[Mapping[str, Any]], DocumentInXero]
    changes_when_accepted: Callable[[Mapping[str, Any]], RecordChanges] = lambda _: {}
    index_columns: Callable[[Mapping[str, Any]], dict[str, Any]]
    gone_code: str = ""
    ended_code: str = ""
    void_hash: str = ""
    changed_code: str = ""
    taken_codes: frozenset[str] = frozenset()
    taken_fault: Fault | None = None
    waited_archived: str = ""
    waited_gone: str = ""
    # Our lines' ids, what was sent and Xero's answer -> Xero's id of each; for a kind without lines, nothing.
    match_lines: Callable[[Sequence[int], Mapping[str, Any], Mapping[str, Any]], dict[str, str]] = lambda *_: {}
    fixes: tuple[AutomaticFix, ...] = ()
    look_alikes: LookAlikes | None = None
    # None: an update of the kind is sent whole, without a look at what is in Xero.
    sides: Sides | None = None
    # The document, the preferences of its save, the one in Xero, the fields that a person accepts as they are there,
    # and the others that differ -> what is written here.
    accept: Callable[[Any, Preferences, Any, Collection[str], Collection[str]], Accepted] = lambda *_: Accepted()

    @property
    def has_money(self) -> bool:
        """Whether a document of the kind has totals."""
        return bool(self.calls.totals)
