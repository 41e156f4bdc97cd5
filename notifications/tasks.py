"""The tasks that write and send mails. Each makes one call; each may be lost, doubled or late without harm.

A task's name is that of the messages in the broker: an older release may still send them while this one comes up.
"""

from celery import shared_task
from django.utils import timezone

from notifications.queue_mails import write_due_mails
from notifications.send_mails import send_due_mails


@shared_task(name="xero_sync.tell")
def write_mails() -> None:
    """Write the mails that people are to get now."""
    write_due_mails(now=timezone.now())


@shared_task(name="xero_sync.send_mails")
def send_mails() -> None:
    """Send the mails that are written."""
    send_due_mails(now=timezone.now())
