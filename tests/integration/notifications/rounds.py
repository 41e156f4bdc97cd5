"""Mails of a firm as a test speaks of them: causes that opened, rounds of the two tasks, what left."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import time_machine
from django.core import mail
from django.utils import timezone

from firms.models import Firm, Role, User
from firms.scope import firm_scope
from notifications.queue_mails import write_due_mails
from notifications.send_mails import send_due_mails
from tests.factories import ContactFactory, InvoiceFactory, UserFactory
from tests.outcomes import bills_end, connect, settle
from xero_sync import outbox
from xero_sync.domain.errors import Fault
from xero_sync.models import Cause, XeroConnection


def archived(code: str) -> Fault:
    return Fault(
        f"Account code '{code}' has been archived, or has been deleted. Each line item must reference a valid account."
    )


def join(firm: Firm, role: Role = Role.STAFF, **values: Any) -> User:
    """Somebody new at the firm."""
    user: User = UserFactory.create(**values)
    firm.memberships.create(user=user, role=role)
    return user


def refuse(firm: Firm, fault: Fault, *, bills: int = 1, actor: User | None = None) -> Any:
    """So many bills of one client, refused for this; the cause they wait for."""
    with firm_scope(firm):
        connection = XeroConnection.objects.filter(firm=firm).first() or connect(firm)
        client = ContactFactory(firm=firm)
        made = [InvoiceFactory(firm=firm, contact=client, approved=True, actor=actor) for _ in range(bills)]
        settle(firm, connection, bills_end(fault))
        return firm.sync_jobs.get(kind="INVOICE", object_id=made[0].pk).cause


def release_all(firm: Firm) -> None:
    """The causes were fixed: everything leaves them."""
    outbox.release(firm=firm, codes=set(Cause.objects.values_list("code", flat=True)), now=timezone.now())


@contextmanager
def after(seconds: float) -> Iterator[None]:
    """So many seconds from now."""
    with time_machine.travel(timezone.now() + timedelta(seconds=seconds), tick=True):
        yield


def round_of_mails(seconds: float = 61) -> list[Any]:
    """Both tasks, so many seconds from now; the mails that left."""
    with after(seconds):
        write_due_mails(now=timezone.now())
        send_due_mails(now=timezone.now())
    sent = list(mail.outbox)
    mail.outbox.clear()
    return sent


def subjects(seconds: float = 61) -> list[str]:
    return [message.subject for message in round_of_mails(seconds)]
