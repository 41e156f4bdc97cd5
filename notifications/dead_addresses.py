"""Addresses that the mail server refuses for good, for operators and for the firm's admins."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, F, OuterRef

from firms.models import Firm
from notifications.models import Mail


@dataclass(frozen=True, kw_only=True)
class DeadAddress:
    """One person's address at one firm, which was refused for good and has taken no mail since."""

    firm: Firm
    user_id: int
    person: str
    address: str
    refused_at: datetime


def find_dead_addresses(*, firm: Firm | None = None) -> list[DeadAddress]:
    """The dead addresses of one firm's people, or of all firms inside `all_firms`; one query."""
    arrived = Mail.objects.filter(firm=OuterRef("firm"), user=OuterRef("user"), sent_at__gt=OuterRef("refused_at"))
    refused = Mail.objects.filter(
        ~Exists(arrived),
        refused_at__isnull=False,
        refused_address=F("user__email"),
        user__is_active=True,
        user__memberships__firm=F("firm"),
    )
    if firm is not None:
        refused = refused.filter(firm=firm)
    newest = refused.order_by("firm", "user", "-refused_at").distinct("firm", "user").select_related("firm", "user")
    return [
        DeadAddress(
            firm=mail.firm,
            user_id=mail.user_id,
            person=str(mail.user),
            address=mail.refused_address,
            refused_at=mail.refused_at,
        )
        for mail in newest
        if mail.refused_at is not None
    ]
