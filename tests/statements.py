"""Counting SQL statements, BEGIN and COMMIT among them."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection
from django.test.utils import CaptureQueriesContext


@contextmanager
def counted_statements() -> Iterator[list[str]]:
    """Every statement this process sends inside the block, in order, BEGIN and COMMIT included."""
    sent: list[str] = []
    with CaptureQueriesContext(connection) as captured:
        yield sent
    sent += [query["sql"] for query in captured.captured_queries]
