"""Documents in Xero that stand for another row of the firm by now: asked under the firm's lock, before linking."""

from collections.abc import Mapping

from xero_sync.models import XeroRecord


def find_taken_links(*, firm_id: int, kind: str, wanted: Mapping[int, str]) -> set[int]:
    """Of these jobs of one kind, those whose document in Xero is another job's by now, or an earlier one's of them.

    `wanted` is the Xero id by job id. One query, none for none. The caller has the firm's lock.
    """
    if not wanted:
        return set()
    others = XeroRecord.objects.filter(firm_id=firm_id, job__kind=kind, xero_id__in=set(wanted.values()))
    owners = dict(others.exclude(job__in=wanted).values_list("xero_id", "job_id"))
    return {job_id for job_id, xero_id in wanted.items() if owners.setdefault(xero_id, job_id) != job_id}
