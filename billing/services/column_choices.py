"""What a firm's people chose for the columns of a client file, kept for the next file with the same header."""

from collections.abc import Mapping, Sequence

from django.utils import timezone

from billing.imports.contacts_csv import ColumnUse
from billing.models import ColumnChoice
from firms.models import Firm

# Headers of one firm that are looked at, the last chosen first.
MOST_REMEMBERED = 200


def remembered_columns(*, firm: Firm) -> Mapping[str, Sequence[str]]:
    """The field of each column, by the shape of the header."""
    return dict(ColumnChoice.objects.filter(firm=firm).values_list("shape", "fields")[:MOST_REMEMBERED])


def remember_columns(*, firm: Firm, shape: str, columns: Sequence[ColumnUse]) -> None:
    """Keep what these columns fill, in the caller's transaction and scope; what was chosen before is replaced."""
    chosen = {"fields": [column.field for column in columns], "chosen_at": timezone.now()}
    ColumnChoice.objects.update_or_create(firm=firm, shape=shape, defaults=chosen)
