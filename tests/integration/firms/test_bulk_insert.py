"""Rows inserted by the thousand are the rows that one save each would have made."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, models, transaction

from billing.models import Contact, InvoiceLine
from firms.bulk_insert import insert_rows
from firms.models import AuditEvent, Firm
from firms.scope import firm_scope
from tests.factories import FirmFactory, InvoiceFactory
from tests.statements import counted_statements

pytestmark = pytest.mark.django_db

MOMENT = datetime(2026, 11, 28, 9, 30, 15, 123457, tzinfo=UTC)


def values(row: models.Model) -> dict[str, Any]:
    stored = type(row)._base_manager.get(pk=row.pk)
    return {
        field.attname: getattr(stored, field.attname) for field in row._meta.concrete_fields if not field.primary_key
    }


def rows(firm: Firm) -> list[models.Model]:
    """A row of each kind of column we have: texts, lists, JSON, times, dates, amounts, flags, nothing at all."""
    with firm_scope(firm):
        bill = InvoiceFactory(firm=firm)
    return [
        Contact(
            firm=firm,
            client_number="AUK-1",
            name="Zoë \"Auk\" \\ Ltd\n{'a', %s}",
            emails=["a,b@c.example", 'x"y', "NULL", ""],
            phones=[{"type": "WORK", "number": "1"}, {"type": "FAX", "number": "ü"}],
            created_at=MOMENT,
            updated_at=MOMENT,
        ),
        InvoiceLine(
            firm=firm,
            invoice=bill,
            position=99,
            kind="TIME",
            date=date(2026, 7, 1),
            quantity=Decimal("1.5000"),
            unit_price=Decimal("0.1"),
            discount=Decimal("-70.25"),
            amount=Decimal("9999999999.99"),
        ),
        AuditEvent(firm=None, actor=None, action="x", before={}, after={"a": [1, None, "é"]}, at=MOMENT),
    ]


@pytest.mark.parametrize("kind", [Contact, InvoiceLine, AuditEvent])
def test_a_row_is_the_same_as_if_it_had_been_saved(kind: type[models.Model]) -> None:
    firm, other = FirmFactory(), FirmFactory()
    with firm_scope(firm):
        (inserted,) = [row for row in rows(firm) if isinstance(row, kind)]
        insert_rows([inserted])
        one = values(inserted)
    with firm_scope(other):
        (saved,) = [row for row in rows(other) if isinstance(row, kind)]
        saved.save()
        assert one | {"firm_id": 0, "invoice_id": 0} == values(saved) | {"firm_id": 0, "invoice_id": 0}
    assert not inserted._state.adding


def test_keys_follow_the_order_of_the_rows_in_two_statements(firm: Firm) -> None:
    contacts = [Contact(firm=firm, client_number=str(number), name="Auk") for number in (5, 3, 9)]
    with firm_scope(firm), counted_statements() as sent:
        insert_rows(contacts)
    assert len([statement for statement in sent if "SELECT" in statement]) == 2
    assert [contact.pk for contact in contacts] == sorted(contact.pk for contact in contacts)
    with firm_scope(firm):
        assert list(Contact.objects.order_by("pk").values_list("client_number", flat=True)) == ["5", "3", "9"]


def test_a_row_that_exists_already_is_refused_or_left_out(firm: Firm) -> None:
    def contacts() -> list[Contact]:
        return [Contact(firm=firm, client_number=number, name=number) for number in ("1", "2")]

    with firm_scope(firm):
        insert_rows(contacts()[:1])
        with pytest.raises(IntegrityError), transaction.atomic():
            insert_rows(contacts())
        assert Contact.objects.count() == 1
        insert_rows(contacts(), ignore_conflicts=True)
        assert Contact.objects.count() == 2


def test_no_rows_are_no_statement() -> None:
    with counted_statements() as sent:
        insert_rows([])
    assert sent == []
