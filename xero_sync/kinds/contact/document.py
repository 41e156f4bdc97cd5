"""A client as the sync reads it: frozen input to the mapping."""

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, kw_only=True)
class ContactDocument:
    """A client as billing had it when it was read. `number_sent` is the client number as first sent to Xero."""

    object_id: int
    client_number: str
    name: str
    is_person: bool
    first_name: str = ""
    last_name: str = ""
    emails: tuple[str, ...] = ()
    phones: tuple[tuple[str, str], ...] = ()
    address_lines: tuple[str, ...] = ()
    city: str = ""
    region: str = ""
    postal_code: str = ""
    country: str = ""
    tax_number: str = ""
    xero_id: str = ""
    xero_status: str = ""
    number_sent: str = ""
    # The name in Xero where it is not the client's own, and the number that somebody else gave the contact in Xero.
    name_in_xero: str = ""
    number_in_xero: str = ""
    # The contact in Xero that the client was linked to before keeps the number, and Xero takes each number once.
    without_number: bool = False

    kind: ClassVar[str] = "CONTACT"
    # A client always goes, has no total and no lines, and is never ended in Xero.
    standing: ClassVar[None] = None
    is_void: ClassVar[bool] = False
    expected_amounts: ClassVar[None] = None
    line_keys: ClassVar[tuple[int, ...]] = ()

    @property
    def is_archived(self) -> bool:
        """Whether the contact is archived in Xero as far as we know: its next sending restores it."""
        return self.xero_status == "ARCHIVED"
