"""The tenant, the people who may enter it, and the record of what they did."""

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.core.validators import MaxValueValidator, RegexValidator
from django.db import models
from django.db.models.functions import Lower
from django.utils.timezone import now

from firms.managers import FirmManager

# Addresses of the product itself; a firm of that name could not be reached.
RESERVED_SLUGS = frozenset(
    {"admin", "firms", "healthz", "help", "metrics", "ops", "readyz", "sign-in", "sign-out", "static", "xero"}
)


class UserManager(BaseUserManager["User"]):
    def create_user(self, *, email: str, password: str | None, name: str = "", is_staff: bool = False) -> "User":
        """A person who signs in with an e-mail address; `is_staff` makes a platform operator."""
        user = self.model(email=self.normalize_email(email).lower(), name=name, is_staff=is_staff)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email=(username or "").strip().lower())


class User(AbstractBaseUser, PermissionsMixin):
    """A person. `is_staff` means platform operator: they see all firms, under /ops/ only."""

    email = models.EmailField(unique=True)
    name = models.CharField(max_length=120, blank=True)
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField("platform operator", default=False)
    joined_at = models.DateTimeField(default=now)

    objects = UserManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(Lower("email"), name="one_user_per_email")]

    def __str__(self) -> str:
        return self.name or self.email

    @property
    def initials(self) -> str:
        words = (self.name or self.email.split("@")[0]).replace(".", " ").split()
        return "".join(word[0] for word in words[:2]).upper()


class Firm(models.Model):
    """A law firm. `created_on` is its own local date at creation and never moves."""

    name = models.CharField(max_length=150)
    slug = models.SlugField(
        max_length=60,
        unique=True,
        validators=[RegexValidator(r"^[a-z0-9]+(-[a-z0-9]+)*$", "Use small letters, digits and hyphens.")],
    )
    timezone = models.CharField(max_length=60, default="UTC")
    currency = models.CharField(max_length=3, validators=[RegexValidator(r"^[A-Z]{3}$", "Use a three-letter code.")])
    payment_terms_days = models.PositiveSmallIntegerField(default=14, validators=[MaxValueValidator(365)])
    created_on = models.DateField()
    created_at = models.DateTimeField(default=now)

    def __str__(self) -> str:
        return self.name

    @property
    def timezone_name(self) -> str:
        """The zone as people say it: "Sydney" for "Australia/Sydney"."""
        return self.timezone.rpartition("/")[2].replace("_", " ")


class Role(models.TextChoices):
    ADMIN = "ADMIN", "Firm admin"
    STAFF = "STAFF", "Billing staff"


class Membership(models.Model):
    """One person's place in one firm; a person may belong to several."""

    firm = models.ForeignKey(Firm, on_delete=models.CASCADE, related_name="memberships")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=5, choices=Role)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["firm", "user"], name="one_membership_per_firm")]

    def __str__(self) -> str:
        return f"{self.user} at {self.firm}"

    @property
    def is_admin(self) -> bool:
        return self.role == Role.ADMIN


class AuditEvent(models.Model):
    """One act of a person: who, what, before, after, when. Rows are only ever added."""

    firm = models.ForeignKey(Firm, null=True, on_delete=models.PROTECT, related_name="audit_events")
    actor = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    actor_label = models.CharField(max_length=254)
    action = models.CharField(max_length=60)
    target_kind = models.CharField(max_length=60)
    target_id = models.CharField(max_length=40, blank=True)
    target_label = models.CharField(max_length=255, blank=True)
    before: "models.JSONField[Any, Any]" = models.JSONField(default=dict)
    after: "models.JSONField[Any, Any]" = models.JSONField(default=dict)
    at = models.DateTimeField(default=now)

    objects = FirmManager()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["firm", "-at"], name="audit_by_firm"),
            models.Index(fields=["firm", "target_kind", "target_id", "-at"], name="audit_by_target"),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.target_label}"
