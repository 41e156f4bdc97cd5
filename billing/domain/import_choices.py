"""What a person chose for a file on its way in, as the import keeps it. Pure."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from enum import StrEnum
from typing import Any


class Then(StrEnum):
    """What becomes of what was imported."""

    SEND = "send"  # it goes on at once
    HOLD = "hold"  # it is kept back until a person releases it
    DRAFT = "draft"  # bills stand here as drafts


@dataclass(frozen=True)
class ImportChoices:
    """Empty values leave it to what the file shows.

    `columns` maps a column of the file to our field, `names` a client number to the client's name, and `tax` is a
    TaxTreatment. With `skip_refused` the rows that are refused are left out and the others come in.
    """

    layout: str = ""
    encoding: str = ""
    dates: str = ""
    tax: str = ""
    columns: Mapping[str, str] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    create_contacts: bool = True
    skip_refused: bool = False
    then: Then = Then.SEND

    def to_json(self) -> dict[str, Any]:
        """As the import's row keeps it."""
        return asdict(self)

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "ImportChoices":
        """What `to_json` wrote; a key of another release is passed over."""
        known = {each.name for each in fields(cls)} & set(stored)
        values = {name: stored[name] for name in known}
        return cls(**values | {"then": Then(stored.get("then", Then.SEND))})
