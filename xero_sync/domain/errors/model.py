"""Faults, and known errors."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Literal

Source = Literal["xero", "preflight", "transport"]
Feature = Literal["now", "payments", "credit notes", "tracking", "attachments", "items", "accounts"]


@dataclass(frozen=True)
class Fault:
    """One objection of Xero, of preflight or of the connection to a document.

    `code` is a known error's code when the speaker already knows it (preflight always does), else the
    short code that came with the answer. `parts` are named parts the speaker can supply, such as the account code.
    """

    message: str
    code: str = ""
    source: Source = "xero"
    field: str = ""
    is_warning: bool = False
    parts: Mapping[str, str] = dataclasses.field(default_factory=dict, hash=False)


class Owner(StrEnum):
    """Who has to act next."""

    STAFF = "STAFF"
    ADMIN = "ADMIN"
    US = "US"
    NOBODY = "NOBODY"

    @property
    def words(self) -> str:
        """The owner, as a sentence for people."""
        return _OWNER_WORDS[self]


_OWNER_WORDS: Final = {
    Owner.STAFF: "Anyone at your firm can do this.",
    Owner.ADMIN: "A firm admin can do this.",
    Owner.US: "We do this. You need do nothing.",
    Owner.NOBODY: "Nobody needs to do anything.",
}


class ErrorClass(StrEnum):
    """The kind of trouble, which decides whether and when the document is tried again."""

    MAPPING = "mapping"
    DOCUMENT = "document"
    CONTACT = "contact"
    ORGANISATION = "organisation"
    CONNECTION = "connection"
    LIMIT = "limit"
    TRANSIENT = "transient"
    UNCONFIRMED = "unconfirmed"
    OURS = "ours"
    UNKNOWN = "unknown"


class Place(StrEnum):
    """A page that holds the remedy; views turn the ones that are ours into addresses."""

    INVOICE = "invoice"
    INVOICE_EDIT = "invoice-edit"
    CONTACT_EDIT = "contact-edit"
    CATEGORY_EDIT = "category-edit"
    SETTINGS = "settings"
    CONNECTION = "connection"
    PREFERENCES = "preferences"
    ACTIVITY = "activity"
    XERO_CONTACTS = "xero-contacts"
    XERO_INVOICE = "xero-invoice"
    XERO_ACCOUNTS = "xero-accounts"
    XERO_LOCK_DATES = "xero-lock-dates"
    XERO_CURRENCIES = "xero-currencies"
    XERO_PLAN = "xero-plan"
    XERO_USERS = "xero-users"
    XERO_TRACKING = "xero-tracking"
    XERO_STATUS = "xero-status"


@dataclass(frozen=True)
class Where:
    """A page and the field on it."""

    place: Place
    anchor: str = ""


class Recheck(StrEnum):
    """The event after which a refused document is looked at again."""

    ON_SAVE = "on-save"
    ON_CHART = "on-chart"
    ON_CONTACT = "on-contact"
    ON_LOCK_DATES = "on-lock-dates"
    ON_ORGANISATION = "on-organisation"
    ON_XERO_CHANGE = "on-xero-change"
    ON_INDEX = "on-index"
    ON_CONNECTION = "on-connection"
    ON_SWITCH = "on-switch"
    AT_TIME = "at-time"
    ON_LADDER = "on-ladder"
    ON_LOOK_UP = "on-look-up"
    ON_RELEASE = "on-release"
    ON_DECISION = "on-decision"
    NEVER = "never"

    @property
    def words(self) -> str:
        """The event, as a sentence for people."""
        return _RECHECK_WORDS[self]


_RECHECK_WORDS: Final = {
    Recheck.ON_SAVE: "As soon as the bill or its contact is saved.",
    Recheck.ON_CHART: "As soon as another account or tax type is chosen, or Xero tells us of a change to its accounts.",
    Recheck.ON_CONTACT: "As soon as the contact is saved, or Retry is pressed.",
    Recheck.ON_LOCK_DATES: "As soon as the bill is saved, or Xero tells us of another lock date.",
    Recheck.ON_ORGANISATION: "Each time the organisation is read from Xero, or when you press Test now.",
    Recheck.ON_INDEX: "As soon as it is saved or Retry is pressed. And each time we read what Xero has, if nothing is "
    "in the way any more.",
    Recheck.ON_XERO_CHANGE: "As soon as the bill is saved, or Retry is pressed.",
    Recheck.ON_CONNECTION: "As soon as Xero is connected again.",
    Recheck.ON_SWITCH: "As soon as an admin switches it back on or confirms.",
    Recheck.AT_TIME: "At the time Xero gave. It costs no attempt.",
    Recheck.ON_LADDER: "By itself, first after seconds and then at longer steps.",
    Recheck.ON_LOOK_UP: "By itself, within about a minute.",
    Recheck.ON_DECISION: "As soon as one of your firm decides. Until then nothing is sent, also when it is saved.",
    Recheck.ON_RELEASE: "When we have put a fixed version in place.",
    Recheck.NEVER: "There is nothing left to look at.",
}


@dataclass(frozen=True, kw_only=True)
class KnownError:
    """Everything known about one refusal; texts may hold {named} parts.

    `subject` names the part that identifies the cause ("account": one cause per account code), or says which
    object does: "document", "contact" or "organisation". Several part names are separated by a blank.
    `improvement` is a preference key, "always" for what every firm has, or empty. `number` is the row of the
    published list of Xero messages, 0 for our own entries. A `generic` entry is matched after all others.
    """

    code: str
    title: str
    action: str
    why: str
    fix_here: str
    fix_in_xero: str = ""
    owner: Owner
    klass: ErrorClass
    where: Where
    meanwhile: str
    release: Recheck
    improvement: str = ""
    hold: bool = False
    subject: str = "document"
    patterns: tuple[str, ...] = ()
    feature: Feature = "now"
    number: int = 0
    sample: str = ""
    generic: bool = False

    @property
    def recheck(self) -> str:
        """When the refused document is looked at again, as a sentence."""
        return self.release.words
