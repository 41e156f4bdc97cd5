"""Who is notified of what: each person's choice for a firm, and every mail about a cause, once."""

from typing import ClassVar

from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone

from firms.managers import FirmManager
from firms.models import Firm, User
from xero_sync.models import Cause


class MailChoice(models.Model):
    """When one person wants mails about one firm's causes; without a row: at once. `hour` is in the firm's time zone.

    `digested_on` is the firm's own day whose digest was decided last, sent or not.
    """

    class When(models.TextChoices):
        AT_ONCE = "AT_ONCE", "At once"
        DAILY = "DAILY", "Once a day"
        NEVER = "NEVER", "Never"

    firm = models.ForeignKey(Firm, on_delete=models.CASCADE, related_name="mail_choices")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    when = models.CharField(max_length=8, choices=When, default=When.AT_ONCE)
    hour = models.PositiveSmallIntegerField(default=8, validators=[MaxValueValidator(23)])
    digested_on = models.DateField(null=True, blank=True)

    objects = FirmManager()

    class Meta:
        db_table = "xero_sync_mailchoice"
        constraints: ClassVar = [models.UniqueConstraint(fields=["firm", "user"], name="one_mail_choice_per_person")]

    def __str__(self) -> str:
        return f"{self.user}: {self.get_when_display()}"


class Mail(models.Model):
    """One mail to one person: written before it is sent, so that nobody is notified twice; sent again if it did not go.

    `message_id` stays the same when it is sent again. `tried_at` stands while a try is under way, or if its end is not
    known; `due_at` is when it is tried next. What has nothing left to say is deleted unsent. What is given up is tried
    again only when the person has another address than the refused one.
    """

    class What(models.TextChoices):
        OPENED = "OPENED", "Needs somebody"
        OVER = "OVER", "Is over"
        DIGEST = "DIGEST", "Digest"
        TEST = "TEST", "Test"

    firm = models.ForeignKey(Firm, on_delete=models.CASCADE, related_name="mails")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    what = models.CharField(max_length=8, choices=What)
    # Unique to the mail, but a test mail's is that of its minute. Its lines ensure that nobody is notified twice.
    key = models.CharField(max_length=80)
    message_id = models.CharField(max_length=160, unique=True)
    # As it was sent.
    subject = models.CharField(max_length=255, blank=True)
    written_at = models.DateTimeField(default=timezone.now)
    due_at = models.DateTimeField(default=timezone.now)
    tries = models.PositiveSmallIntegerField(default=0)
    tried_at = models.DateTimeField(null=True, blank=True)
    # The class of the exception, never its text, which may hold an address.
    fault = models.CharField(max_length=120, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    # How often in a row the mail server refused the address for good, which address, and when last.
    refusals = models.PositiveSmallIntegerField(default=0, db_default=0)
    refused_address = models.EmailField(blank=True, default="", db_default="")
    refused_at = models.DateTimeField(null=True, blank=True)
    is_given_up = models.BooleanField(default=False, db_default=False)

    objects = FirmManager()

    class Meta:
        db_table = "xero_sync_mail"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["firm", "user", "key"], name="one_mail_per_person_and_key")
        ]
        indexes: ClassVar = [
            models.Index(fields=["due_at"], condition=Q(sent_at=None), name="mails_to_send"),
            models.Index(fields=["firm", "user", "-written_at"], name="mails_by_person"),
        ]

    def __str__(self) -> str:
        return f"{self.what} to {self.user_id}"


class MailLine(models.Model):
    """One cause in one mail: that it needs somebody, or that it is over.

    `turn` counts a person's notices of the same kind: a cause that was over may go on, and be over again. Two
    workers that decide at once count the same, and one of them is refused.
    """

    class What(models.TextChoices):
        OPENED = "OPENED", "Needs somebody"
        OVER = "OVER", "Is over"

    firm = models.ForeignKey(Firm, on_delete=models.CASCADE, related_name="mail_lines")
    mail = models.ForeignKey(Mail, on_delete=models.CASCADE, related_name="lines")
    cause = models.ForeignKey(Cause, on_delete=models.CASCADE, related_name="mail_lines")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    what = models.CharField(max_length=8, choices=What)
    turn = models.PositiveSmallIntegerField(default=0)

    objects = FirmManager()

    class Meta:
        db_table = "xero_sync_mailline"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["cause", "user", "what", "turn"], name="nobody_is_told_twice"),
        ]

    def __str__(self) -> str:
        return f"{self.what} of cause {self.cause_id}"
