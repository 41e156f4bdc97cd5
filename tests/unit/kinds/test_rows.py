"""The rows of jobs: which kind a row is, and where a firm has the rows of a kind."""

from dataclasses import dataclass, field
from typing import Any

import pytest

from billing.models import Contact, Invoice, Matter
from xero_sync.kinds.registry import find_kind
from xero_sync.kinds.rows import find_contact_id, find_row, find_rows, kind_of_row, rows_of
from xero_sync.models import SyncJob


@dataclass
class Shelf:
    """A firm's rows of one kind by id, which counts how often it is asked."""

    rows: dict[int, str]
    asked: int = 0

    def in_bulk(self, ids: list[int]) -> dict[int, str]:
        self.asked += 1
        return {pk: self.rows[pk] for pk in ids if pk in self.rows}

    def filter(self, *, pk: int) -> "Shelf":
        self.asked += 1
        return Shelf({pk: self.rows[pk]} if pk in self.rows else {})

    def first(self) -> str | None:
        return next(iter(self.rows.values()), None)


@dataclass
class FirmOfShelves:
    contacts: Shelf = field(default_factory=lambda: Shelf({7: "Ann"}))
    invoices: Shelf = field(default_factory=lambda: Shelf({7: "10421", 8: "10422"}))


def job(pk: int, kind: str, object_id: int) -> SyncJob:
    return SyncJob(pk=pk, kind=kind, object_id=object_id)


@pytest.mark.parametrize(("row", "code"), [(Contact(), "CONTACT"), (Invoice(), "INVOICE")])
def test_a_row_is_of_the_kind_that_stands_for_it(row: Any, code: str) -> None:
    assert kind_of_row(row) is find_kind(code)


def test_a_row_that_no_kind_has_is_a_mistake() -> None:
    with pytest.raises(KeyError):
        kind_of_row(Matter())


def test_each_kind_has_its_own_rows_of_the_firm() -> None:
    firm: Any = FirmOfShelves()
    assert rows_of(firm=firm, kind=find_kind("CONTACT")) is firm.contacts
    assert rows_of(firm=firm, kind=find_kind("INVOICE")) is firm.invoices


@pytest.mark.parametrize(
    ("kind", "object_id", "expected"), [("CONTACT", 7, "Ann"), ("INVOICE", 7, "10421"), ("CONTACT", 8, None)]
)
def test_the_row_of_a_job_is_found_by_its_kind_and_id(kind: str, object_id: int, expected: str | None) -> None:
    firm: Any = FirmOfShelves()
    assert find_row(firm=firm, job=job(1, kind, object_id)) == expected


def test_rows_of_many_jobs_are_found_with_one_question_a_kind_and_those_that_are_gone_are_absent() -> None:
    firm: Any = FirmOfShelves()
    jobs = [job(1, "CONTACT", 7), job(2, "INVOICE", 7), job(3, "INVOICE", 8), job(4, "INVOICE", 9)]
    assert find_rows(firm=firm, jobs=jobs) == {1: "Ann", 2: "10421", 3: "10422"}
    assert (firm.contacts.asked, firm.invoices.asked) == (1, 1)
    assert find_rows(firm=firm, jobs=[]) == {}


@pytest.mark.parametrize(
    ("kind", "waits_for", "expected"),
    [("CONTACT", None, 7), ("INVOICE", "CONTACT", 9), ("INVOICE", "INVOICE", None), ("INVOICE", None, None)],
)
def test_the_client_of_a_document_is_the_client_itself_or_the_one_it_waits_for(
    kind: str, waits_for: str | None, expected: int | None
) -> None:
    waited = job(2, waits_for, 9) if waits_for else None
    assert find_contact_id(job=SyncJob(pk=1, kind=kind, object_id=7, waits_for=waited)) == expected
