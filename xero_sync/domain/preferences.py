"""The sync preferences, and the improvements every firm has: the tables that forms, defaults and help pages read."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

CUTOVER: Final = date(2019, 7, 1)
Helps = Literal["prevents", "repairs", "explains"]


@dataclass(frozen=True, kw_only=True)
class Preference:
    """One switch: its effect on and off, the errors it prevents, and its value when a firm is created."""

    key: str
    label: str
    help: str
    off_help: str
    prevents: str
    kind: Helps = "prevents"
    messages: tuple[int, ...] = ()
    default_before_july_2019: bool = False
    default_after: bool = True
    ready: bool = True


@dataclass(frozen=True, kw_only=True)
class Improvement:
    """One improvement that every firm has and that has no switch."""

    title: str
    does: str
    kind: Helps
    messages: tuple[int, ...] = ()


PREFERENCES: Final = (
    Preference(
        key="category_account_codes",
        label="Account codes by expense category",
        help="Each expense line goes to the Xero account of its expense category.",
        off_help="Every expense line goes to your default expense account.",
        prevents="Stops bills being refused because an expense line has no account that Xero accepts.",
        messages=(11, 12, 13, 14, 18),
    ),
    Preference(
        key="default_for_dead_accounts",
        label="Use the default when an account is gone",
        help="A line whose account was archived or deleted in Xero goes to your default account, with a note.",
        off_help="The bill waits until someone chooses another account.",
        prevents="Stops bills being held up when someone tidies the chart of accounts in Xero.",
        kind="repairs",
        messages=(11, 12, 14, 18),
    ),
    Preference(
        key="only_approved",
        label="Send approved bills only",
        help="A bill goes to Xero once it is approved.",
        off_help="Drafts go to Xero too, as drafts.",
        prevents="Stops drafts being changed on both sides until Xero refuses one of the changes.",
        messages=(23, 24),
    ),
    Preference(
        key="match_existing_contacts",
        label="Link contacts that are already in Xero",
        help="A client whose name and e-mail address are already in Xero is linked to that contact.",
        off_help="A new contact is made, or Xero refuses it because the name is taken.",
        prevents="Stops the same client being entered twice and being refused for a name that is taken.",
        kind="repairs",
        messages=(1, 2, 5),
    ),
    Preference(
        key="distinct_contact_names",
        label="Tell clients of the same name apart",
        help="A second client of the same name goes to Xero with the client number added, as in “Name (C-1042)”.",
        off_help="The second client waits until someone gives it another name.",
        prevents="Stops a client being refused because another contact in Xero has the same name.",
        kind="repairs",
        messages=(1, 2, 3),
    ),
    Preference(
        key="restore_archived_contacts",
        label="Restore archived contacts",
        help="A contact that was archived in Xero is restored there when it is billed again.",
        off_help="The bill waits until someone restores the contact in Xero.",
        prevents="Stops bills being refused because their contact was archived in Xero.",
        kind="repairs",
        messages=(6, 7),
    ),
    Preference(
        key="drop_invalid_emails",
        label="Leave out e-mail addresses Xero refuses",
        help="An e-mail address that Xero refuses is left out, with a note, and the first good one is used.",
        off_help="The contact, and so its bills, wait until someone corrects the address.",
        prevents="Stops a slip in an e-mail address from holding back a client and all of its bills.",
        messages=(8,),
    ),
    Preference(
        key="adopt_existing_invoices",
        label="Link bills that are already in Xero",
        help="A bill that someone entered in Xero with the same number, contact and total is linked to yours.",
        off_help="The bill waits, because its number is already taken in Xero.",
        prevents="Stops a bill being refused, or entered twice, because someone typed it into Xero first.",
        kind="repairs",
        messages=(21,),
    ),
    Preference(
        key="matter_as_reference",
        label="Matter number as the Xero reference",
        help="The matter number is written into the reference of the bill in Xero.",
        off_help="The reference in Xero is left empty.",
        prevents="Saves looking up by hand which matter a bill in Xero belongs to.",
    ),
)
BY_KEY: Final = {preference.key: preference for preference in PREFERENCES}

ALWAYS_ON: Final = (
    Improvement(
        title="A tax type on every line",
        does="Each line carries the tax type you chose for its rate, or else the account's own, or else none.",
        kind="prevents",
        messages=(15, 16, 17, 18),
    ),
    Improvement(
        title="Texts and amounts that fit",
        does="Long texts are cut with a note, empty descriptions are filled, and quantities and prices are put the "
        "way Xero takes them.",
        kind="prevents",
        messages=(14, 33, 34, 35, 62, 63, 65),
    ),
    Improvement(
        title="Settled bills are left alone",
        does="A bill that was paid or credited in Xero is not sent again; the difference is shown.",
        kind="prevents",
        messages=(23, 25, 26, 27, 28, 29),
    ),
    Improvement(
        title="Locked periods are respected",
        does="A bill dated in a locked period waits, says so, and goes when the lock date moves.",
        kind="explains",
        messages=(39, 40, 41),
    ),
    Improvement(
        title="Found again after a lost answer",
        does="When Xero's answer is lost, our own earlier bill or contact is found by its id or number before "
        "anything is sent again.",
        kind="repairs",
        messages=(4, 5, 21, 30, 66),
    ),
    Improvement(
        title="One refused bill holds back no other",
        does="Bills are judged one by one, so the rest of a batch goes through.",
        kind="prevents",
        messages=(9, 32),
    ),
    Improvement(
        title="Every failure is explained",
        does="Each refusal says what happened, why, who has to act, and leads to the field that puts it right.",
        kind="explains",
        messages=tuple(range(1, 77)),
    ),
    Improvement(
        title="Limits are waited out",
        does="When Xero asks us to slow down, bills wait in line and go by themselves at the time it gave.",
        kind="repairs",
        messages=(73, 74),
    ),
    Improvement(
        title="One renewal of access at a time",
        does="Access to Xero is renewed by one worker at a time, so that a connection is never lost through us.",
        kind="prevents",
        messages=(67, 68),
    ),
    Improvement(
        title="Accounts, tax rates and lock dates are watched",
        does="They are read from Xero before a run, and a choice that no longer works is marked before a bill fails.",
        kind="prevents",
        messages=(11, 12, 14, 15, 16, 17, 39, 40, 42),
    ),
)


@dataclass(frozen=True)
class Difference:
    """One preference whose value today differs from its value when a document was saved."""

    preference: Preference
    was_on: bool
    is_on: bool


class Preferences(Mapping[str, bool]):
    """The value of every preference, for one firm or for one document; never changes."""

    def __init__(self, on: Mapping[str, bool]) -> None:
        # Only a stored True counts: a key that is missing, or anything else, is the old behaviour.
        self._on = {key: on.get(key) is True for key in BY_KEY}

    @classmethod
    def from_stored(cls, stored: Mapping[str, object]) -> "Preferences":
        """The preferences from JSON; missing keys are off, unknown keys are dropped."""
        return cls({key: value is True for key, value in stored.items()})

    def on(self, key: str) -> bool:
        """Whether the preference is on; raises KeyError for an unknown key."""
        return self._on[key]

    def as_stored(self) -> dict[str, bool]:
        """A plain dict of all keys, to be stored with a document."""
        return dict(self._on)

    def __getitem__(self, key: str) -> bool:
        return self._on[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._on)

    def __len__(self) -> int:
        return len(self._on)

    def __hash__(self) -> int:
        return hash(tuple(self._on.values()))

    def __repr__(self) -> str:
        return f"Preferences(on={[key for key, on in self._on.items() if on]})"


def is_new_firm(created_on: date) -> bool:
    """Whether a firm created on this day, by its own calendar, starts with the improvements on."""
    return created_on >= CUTOVER


def defaults_for(created_on: date) -> dict[str, bool]:
    """The value of each preference when a firm is created on this day, by its own calendar."""
    new = is_new_firm(created_on)
    return {each.key: each.default_after if new else each.default_before_july_2019 for each in PREFERENCES}


def differences(stored: Mapping[str, object], current: Mapping[str, object]) -> tuple[Difference, ...]:
    """The differences between the preferences stored with a document and today's, in the table's order."""
    was, now = Preferences.from_stored(stored), Preferences.from_stored(current)
    return tuple(
        Difference(each, was.on(each.key), now.on(each.key))
        for each in PREFERENCES
        if was.on(each.key) != now.on(each.key)
    )
