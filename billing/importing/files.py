"""The file of an import: kept in parts for a day, read back whole, then deleted in small steps."""

import hashlib
import tempfile
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import IO

from django.db import connection

from billing.domain.import_states import AT_WORK
from billing.models import FilePurpose, Import, ImportFilePart

PART_BYTES = 1024 * 1024
KEPT = timedelta(hours=24)
IN_MEMORY = 4 * PART_BYTES
# Parts deleted in one statement: about 20 MB.
STEP = 20
# Of a report: rows of the file as a person looked at them before the import.
OF_THE_FILE = ["samples", "sample_heads", "encoding_samples", "columns"]


class FileNotKept(Exception):
    """The file was deleted, a day after it came. It has to be uploaded again."""


def cut(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """The same bytes in parts of PART_BYTES, the last one shorter."""
    rest = b""
    for chunk in chunks:
        rest += chunk
        while len(rest) >= PART_BYTES:
            yield rest[:PART_BYTES]
            rest = rest[PART_BYTES:]
    if rest:
        yield rest


def store_file(*, source: Import, parts: Iterable[bytes], purpose: FilePurpose) -> tuple[int, str]:
    """Write the file's parts in the caller's transaction; its size in bytes and its SHA-256."""
    size, digest = 0, hashlib.sha256()
    for position, data in enumerate(parts):
        row = ImportFilePart(
            firm_id=source.firm_id, source_import=source, purpose=purpose, position=position, data=data
        )
        row.save(force_insert=True)
        size += len(data)
        digest.update(data)
    return size, digest.hexdigest()


def open_file(*, source: Import, purpose: FilePurpose = FilePurpose.UPLOADED) -> IO[bytes]:
    """The whole file, from its start; a large one lies on disk meanwhile. Raises FileNotKept."""
    parts = ImportFilePart.objects.filter(source_import=source, purpose=purpose).order_by("position")
    file = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 - the caller closes it
    for position in range(parts.count()):
        file.write(bytes(parts.values_list("data", flat=True).get(position=position)))
    if not file.tell():
        file.close()
        raise FileNotKept
    file.seek(0)
    return file


def drop_old_files(*, now: datetime) -> int:
    """Delete the parts of files whose day is over, in small steps, and the rows of theirs that a report shows.

    Those a worker still reads stay. How many parts.

    The platform's own work: called outside any firm's scope.
    """
    dropped = 0
    while count := _drop_step(now):
        dropped += count
    _drop_samples(now)
    return dropped


def _drop_samples(now: datetime) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE billing_import SET report = report - %s::text[]
            WHERE file_until < %s AND NOT state = ANY(%s) AND report ?| %s::text[]
            """,
            [OF_THE_FILE, now, [state.value for state in AT_WORK], OF_THE_FILE],
        )


def _drop_step(now: datetime) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            """
            DELETE FROM billing_importfilepart WHERE id IN (
                SELECT part.id FROM billing_importfilepart part
                JOIN billing_import source ON source.id = part.source_import_id
                WHERE source.file_until < %s AND NOT source.state = ANY(%s) LIMIT %s)
            """,
            [now, [state.value for state in AT_WORK], STEP],
        )
        return int(cursor.rowcount)
