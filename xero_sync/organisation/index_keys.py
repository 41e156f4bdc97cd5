"""The keys by which the index finds contacts whose names look the same, computed anew."""

from typing import Any

from django.db.models import QuerySet

from identity import fold_name

STEP = 1000


def fold_names(*, rows: QuerySet[Any]) -> int:
    """Write the key of each row's name where it differs, in short steps, each its own transaction; returns how many."""
    rows, last, folded = rows.exclude(name="").order_by("pk"), 0, 0
    while step := list(rows.filter(pk__gt=last).only("pk", "name", "name_key")[:STEP]):
        last = step[-1].pk
        for row in step:
            key = fold_name(row.name)[:500]
            if key != row.name_key:
                # A reading may have renamed the contact meanwhile; it wrote the key itself.
                folded += rows.filter(pk=row.pk, name=row.name).update(name_key=key)
    return folded
