"""A person's own choice of mails, on record; and a mail to try it."""

from datetime import datetime

from django.db import transaction

from firms import audit
from firms.models import Firm, User
from notifications.models import Mail, MailChoice
from notifications.queue_mails import build_mail
from notifications.timing import find_digest_day


def choose_mails(*, firm: Firm, user: User, when: MailChoice.When, hour: int, now: datetime) -> MailChoice:
    """Save when this person wants to hear of this firm's causes; a day's digest begins with the next such hour."""
    with transaction.atomic():
        choice, _ = MailChoice.objects.select_for_update().get_or_create(firm=firm, user=user)
        before = {"when": choice.when, "hour": choice.hour}
        choice.when, choice.hour = when, hour
        choice.digested_on = find_digest_day(zone=firm.timezone, hour=hour, now=now)
        choice.save()
        after = {"when": choice.when, "hour": choice.hour}
        audit.record(firm=firm, actor=user, action="mail.chosen", target=choice, before=before, after=after)
    return choice


def write_test_mail(*, firm: Firm, user: User, now: datetime) -> bool:
    """Write a test mail to be sent; False if there is one of this minute already."""
    with transaction.atomic():
        mail = build_mail(firm=firm, user_id=user.pk, what=Mail.What.TEST, key=f"test:{now:%Y-%m-%dT%H:%M}", now=now)
        made = Mail.objects.bulk_create([mail], ignore_conflicts=True)
        return bool(made) and Mail.objects.filter(message_id=mail.message_id).exists()
