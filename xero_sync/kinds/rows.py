"""The rows behind jobs, whatever their kind."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.db.models import Case, CharField, OuterRef, Subquery, When
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


def summarise_row() -> Case:
    """An annotation of jobs: what lists show of the row (domain/kinds.py, Rows.summary); null once it is gone.

    Amounts are text, since JSON's own numbers would come back as binary fractions.
    """
    return Case(*(When(kind=spec.code, then=Subquery(_summary_of(spec)[:1])) for spec in KINDS))


def _summary_of(spec: KindSpec) -> Any:
    columns: dict[str, Any] = dict(spec.rows.summary)
    if "total" in columns:
        columns["total"] = Cast(columns["total"], CharField())
    return spec.rows.model.objects.filter(pk=OuterRef("object_id")).values(found=JSONObject(**columns))
