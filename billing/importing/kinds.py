"""The kinds of files that are imported: one entry each, for the services, the pages and the commands."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import IO, Protocol

from billing.domain.import_choices import ImportChoices
from billing.models import Import, ImportKind
from billing.services.import_contacts import judge_contacts
from billing.services.import_ledes import judge_bills
from billing.services.imports import ImportReport
from firms.models import Firm, User


class Slice(Protocol):
    """What one transaction writes."""

    @property
    def count(self) -> int:
        """Bills or clients in it."""

    def write(self, *, firm: Firm, actor: User | None, source: Import) -> None:
        """Write it in the caller's transaction and scope."""


class Judged(Protocol):
    """A file that was read and judged: what it would do, and how that is written."""

    @property
    def report(self) -> ImportReport:
        """What would be created, or why nothing may be."""

    def close(self) -> None:
        """Let go of the file."""

    def slices(self) -> Iterator[Slice]:
        """What is new, in parts that one transaction writes. Raises Overtaken."""

    def refused_rows(self) -> Iterator[list[str]]:
        """What is refused, for a spreadsheet."""


class Judge(Protocol):
    """Reads a file and compares it with what the firm has; nothing is written."""

    def __call__(self, *, firm: Firm, file: IO[bytes], choices: ImportChoices) -> Judged:
        """In the firm's scope."""


@dataclass(frozen=True, kw_only=True)
class KindOfImport:
    """What is imported: how it is judged, and the words and addresses for it."""

    judge: Judge
    noun: str
    nav: str
    list_url: str
    upload_url: str


KINDS: Mapping[str, KindOfImport] = {
    ImportKind.CONTACTS: KindOfImport(
        judge=judge_contacts,
        noun="contact",
        nav="contacts",
        list_url="billing:contact-list",
        upload_url="billing:contact-import",
    ),
    ImportKind.BILLS: KindOfImport(
        judge=judge_bills,
        noun="bill",
        nav="invoices",
        list_url="billing:invoice-list",
        upload_url="billing:invoice-import",
    ),
}
