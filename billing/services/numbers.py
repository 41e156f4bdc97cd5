"""Numbers of bills and clients: the next free one, and never the same twice."""

import re
from collections.abc import Callable
from typing import TypeVar

from django.db import IntegrityError
from django.db.models import BigIntegerField, Max, QuerySet
from django.db.models.functions import Cast

from billing.models import Contact, Invoice, UsedInvoiceNumber
from firms.models import Firm
from firms.refusals import Refused

Saved = TypeVar("Saved")

FIRST_NUMBER = 1001
MOST_TRIES = 5
# Longer runs of digits are somebody's reference, not a count.
_COUNTED = r"^[0-9]{1,12}$"


def next_invoice_number(*, firm: Firm) -> str:
    """The firm's highest numeric bill number ever used, plus one."""
    return _next(UsedInvoiceNumber.objects.filter(firm=firm, number__regex=_COUNTED), "number")


def next_client_number(*, firm: Firm) -> str:
    """The firm's highest numeric client number, plus one."""
    return _next(Contact.objects.filter(firm=firm, client_number__regex=_COUNTED), "client_number")


def is_counted(number: str) -> bool:
    """Whether the next free number is above this one."""
    return bool(re.fullmatch(_COUNTED, number))


def wait_for_turn(*, firm: Firm) -> None:
    """Hold the firm's row, so that of two saves at once the second sees the number the first one took."""
    Firm.objects.select_for_update(no_key=True).only("pk").get(pk=firm.pk)


def saved_under_a_number(*, save: Callable[[], Saved], given: str, constraint: str, field: str, sentence: str) -> Saved:
    """The answer of `save`, a whole transaction. Raises Refused if the number that was given is taken.

    One we chose ourselves may be typed by somebody else before ours is stored; then the next one is chosen.
    """
    for tries_left in reversed(range(MOST_TRIES)):
        try:
            return save()
        except IntegrityError as clash:
            if constraint not in str(clash) or not (given.strip() or tries_left):
                raise
            if given.strip():
                raise Refused({field: sentence}) from clash
    raise AssertionError("the last try returns or raises")


def taken_by_another(*, firm: Firm, number: str, invoice: Invoice) -> bool:
    """Whether another bill of the firm has, or once had, this number."""
    used = UsedInvoiceNumber.objects.filter(firm=firm, number=number)
    return used.exclude(invoice_id=invoice.pk).exists() if invoice.pk else used.exists()


def keep_number(*, invoice: Invoice) -> None:
    """Note the bill's number as used, for ever."""
    # Its own number again, after a change and back, is noted already.
    UsedInvoiceNumber.objects.bulk_create(
        [UsedInvoiceNumber(firm_id=invoice.firm_id, number=invoice.number, invoice=invoice)], ignore_conflicts=True
    )


def _next(rows: QuerySet[UsedInvoiceNumber] | QuerySet[Contact], field: str) -> str:
    highest = rows.aggregate(highest=Max(Cast(field, BigIntegerField())))["highest"]
    return str(FIRST_NUMBER if highest is None else highest + 1)
