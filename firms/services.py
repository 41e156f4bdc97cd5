"""Firms, their people and the platform's operators come into being here."""

import re
import zoneinfo
from datetime import date, datetime
from functools import cache

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils import timezone as clock

from firms import audit, signals
from firms.clock import local_date
from firms.currencies import currency_fault
from firms.models import RESERVED_SLUGS, Firm, Membership, Role, User
from firms.refusals import Refused
from firms.scope import firm_scope

_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


def create_firm(
    *,
    name: str,
    slug: str,
    timezone: str,
    currency: str,
    admin_email: str,
    admin_name: str = "",
    password: str | None = None,
    created_on: date | None = None,
    actor: User | None = None,
) -> Firm:
    """Create a firm with its first admin; a person who is known already keeps their password. Raises Refused."""
    faults = _firm_faults(name=name, slug=slug, timezone=timezone, currency=currency)
    email = admin_email.strip().lower()
    faults |= _person_faults(email=email, password=password, field="admin_email")
    if faults:
        raise Refused(faults)
    with transaction.atomic():
        admin = _person(email=email, name=admin_name, password=password)
        firm = Firm.objects.create(
            name=name.strip(),
            slug=slug,
            timezone=timezone,
            currency=currency,
            created_on=created_on or local_date(timezone=timezone, now=clock.now()),
        )
        with firm_scope(firm):
            _record_firm(firm, actor)
            add_member(firm=firm, user=admin, role=Role.ADMIN, actor=actor)
            signals.firm_created.send(sender=Firm, firm=firm, actor=actor)
    return firm


def add_member(*, firm: Firm, user: User, role: Role, actor: User | None) -> Membership:
    """Let a person into a firm. Raises Refused if they are in it already."""
    if firm.memberships.filter(user=user).exists():
        raise Refused({"user": f"{user} belongs to {firm} already."})
    with transaction.atomic():
        membership = firm.memberships.create(user=user, role=role)
        audit.record(
            firm=firm,
            actor=actor,
            action="member.added",
            target=membership,
            after={"email": user.email, "role": role.value},
        )
    return membership


def create_member(*, firm: Firm, email: str, name: str, password: str | None, role: Role, actor: User | None) -> User:
    """Create a person, unless they are known already, and let them into a firm. Raises Refused."""
    address = email.strip().lower()
    faults = _person_faults(email=address, password=password, field="email")
    if faults:
        raise Refused(faults)
    with transaction.atomic():
        user = _person(email=address, name=name, password=password)
        add_member(firm=firm, user=user, role=role, actor=actor)
    return user


def create_operator(*, email: str, password: str, name: str = "", actor: User | None = None) -> User:
    """Create a platform operator. Raises Refused if the address is taken or the password too weak."""
    address = email.strip().lower()
    faults = _person_faults(email=address, password=password, field="email")
    if known_person(email=address):
        faults["email"] = f"{address} has an account already. Give the operator an address of their own."
    if faults:
        raise Refused(faults)
    with transaction.atomic():
        user = User.objects.create_user(email=address, password=password, name=name, is_staff=True)
        audit.record(firm=None, actor=actor, action="operator.created", target=user, after={"email": address})
    return user


def known_person(*, email: str) -> bool:
    """Whether somebody signs in with this address already."""
    return User.objects.filter(email=email.strip().lower()).exists()


@cache
def _time_zones() -> frozenset[str]:
    return frozenset(zoneinfo.available_timezones())


def _firm_faults(*, name: str, slug: str, timezone: str, currency: str) -> dict[str, str]:
    faults = {}
    if not 0 < len(name.strip()) <= 150:
        faults["name"] = "Give the firm a name of at most 150 characters."
    if not _SLUG.fullmatch(slug) or len(slug) > 60:
        faults["slug"] = f"“{slug}” cannot be an address: use small letters, digits and single hyphens, at most 60."
    elif slug in RESERVED_SLUGS:
        faults["slug"] = f"“{slug}” is an address of Bill Syncing itself. Choose another."
    elif Firm.objects.filter(slug=slug).exists():
        faults["slug"] = f"Another firm has the address “{slug}”. Choose another."
    if timezone not in _time_zones():
        faults["timezone"] = f"“{timezone}” is not a time zone. Give a name such as Australia/Sydney."
    wrong_currency = currency_fault(currency)
    if wrong_currency:
        faults["currency"] = wrong_currency
    return faults


def _person_faults(*, email: str, password: str | None, field: str) -> dict[str, str]:
    try:
        validate_email(email)
    except ValidationError:
        return {field: f"“{email}” is not an e-mail address."}
    if known_person(email=email):
        return {}
    if not password:
        return {"password": f"{email} is new here and needs a password."}
    try:
        validate_password(password, User(email=email))
    except ValidationError as weak:
        return {"password": " ".join(weak.messages)}
    return {}


def _person(*, email: str, name: str, password: str | None) -> User:
    known = User.objects.filter(email=email).first()
    return known or User.objects.create_user(email=email, password=password, name=name.strip())


def _record_firm(firm: Firm, actor: User | None) -> None:
    after: dict[str, str | date | datetime] = {
        "name": firm.name,
        "slug": firm.slug,
        "timezone": firm.timezone,
        "currency": firm.currency,
        "created_on": firm.created_on,
    }
    audit.record(firm=firm, actor=actor, action="firm.created", target=firm, after=after)
