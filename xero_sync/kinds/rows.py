"""The rows of jobs, for every kind."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.db.models import BigIntegerField, Case, CharField, DecimalField, F, OuterRef, Subquery, Value, When
from django.db.models.functions import Cast, JSONObject

from firms.models import Firm
from xero_sync.domain.kinds import KindSpec
from xero_sync.kinds.registry import KINDS, find_kind
from xero_sync.models import SyncJob

_BY_MODEL = {spec.rows.model: spec for spec in KINDS}


def kind_of_row(row: Any) -> KindSpec:
    """Which kind of document a row of billing's is. Raises KeyError for a row that no kind has."""
    return _BY_MODEL[type(row)]


def rows_of(*, firm: Firm, kind: KindSpec) -> Any:
    """The firm's rows of this kind, as a manager."""
    return getattr(firm, kind.rows.manager)


def find_row(*, firm: Firm, job: SyncJob) -> Any:
    """The row of this job, or None once it is gone. One query."""
    return rows_of(firm=firm, kind=find_kind(job.kind)).filter(pk=job.object_id).first()


def find_rows(*, firm: Firm, jobs: Iterable[SyncJob]) -> dict[int, Any]:
    """The rows of these jobs by job id; one that is gone is absent. One query for each kind among them."""
    by_kind: dict[str, dict[int, int]] = defaultdict(dict)
    for job in jobs:
        by_kind[job.kind][job.object_id] = job.pk
    return {
        job_ids[pk]: row
        for code, job_ids in by_kind.items()
        for pk, row in rows_of(firm=firm, kind=find_kind(code)).in_bulk(list(job_ids)).items()
    }


def lock_rows(*, firm: Firm, jobs: Iterable[SyncJob]) -> None:
    """Lock the rows of these jobs before the firm, as each save does: otherwise two would wait for each other."""
    listed = list(jobs)
    for kind in KINDS:
        ids = [job.object_id for job in listed if job.kind == kind.code]
        if ids:
            list(rows_of(firm=firm, kind=kind).select_for_update(no_key=True).filter(pk__in=ids).order_by("pk"))


def summarise_row(*, of: str = "") -> Case:
    """An annotation of jobs: the row's values that lists show (domain/kinds.py, Rows.summary); null once it is gone.

    `of` is the way to another job, such as "waits_for__", whose row is meant. Amounts are text, since JSON's own
    numbers would come back as binary fractions.
    """
    return Case(*(When(**{f"{of}kind": spec.code}, then=Subquery(_summary_of(spec, of)[:1])) for spec in KINDS))


def total_of_row() -> Case:
    """An annotation of jobs: the row's total; null for a kind without one."""
    return _column_of_row("total", DecimalField(max_digits=14, decimal_places=2))


def currency_of_row() -> Case:
    """An annotation of jobs: the currency of the row's total; null for a kind without one."""
    return _column_of_row("currency", CharField())


def import_of_row() -> Case:
    """An annotation of jobs: the id of the import that brought the row in; null for a row of another origin."""
    return Case(
        *(
            When(kind=spec.code, then=Subquery(_row_of(spec).values(spec.rows.standing["import"])[:1]))
            for spec in KINDS
            if "import" in spec.rows.standing
        ),
        output_field=BigIntegerField(),
    )


def place_in_line() -> Case:
    """An annotation of jobs: the place of the kind in the registry; kinds that others wait for come first."""
    return Case(*(When(kind=spec.code, then=Value(place)) for place, spec in enumerate(KINDS)))


def client_of_job(*, itself: bool) -> Case:
    """An annotation of jobs: the id of the client that the document waits for or, with `itself`, is."""
    clients = [spec.code for spec in KINDS if spec.is_client]
    own = [When(kind__in=clients, then=F("object_id"))] if itself else []
    return Case(*own, When(waits_for__kind__in=clients, then=F("waits_for__object_id")))


def find_contact_id(*, job: Any) -> int | None:
    """The id of the client that a job's document is, or is for; None for a document without a client."""
    found = next((each for each in (job, job.waits_for) if each and find_kind(each.kind).is_client), None)
    return found.object_id if found else None


def _column_of_row(name: str, kind_of_column: Any) -> Case:
    whens = [
        When(kind=spec.code, then=Subquery(_row_of(spec).values(spec.rows.summary[name])[:1]))
        for spec in KINDS
        if name in spec.rows.summary
    ]
    return Case(*whens, output_field=kind_of_column)


def _row_of(spec: KindSpec, of: str = "") -> Any:
    return spec.rows.model.objects.filter(pk=OuterRef(f"{of}object_id"))


def _summary_of(spec: KindSpec, of: str) -> Any:
    columns: dict[str, Any] = dict(spec.rows.summary)
    if "total" in columns:
        columns["total"] = Cast(columns["total"], CharField())
    return _row_of(spec, of).values(found=JSONObject(**columns))
