"""Notes: things the sync did to a document that a person may want to know. Pure."""

from dataclasses import dataclass
from typing import Any

# The note that names what stays in Xero as it is there.
KEPT_IN_XERO = "kept-in-xero"


@dataclass(frozen=True)
class Note:
    """Something the sync did to a document that a person may want to know. `code` names the improvement.

    A quiet note reports the normal work of a switch; nobody has to look at the document for it.
    """

    code: str
    text: str
    quiet: bool = False

    def as_stored(self) -> dict[str, Any]:
        """The note as JSON for a job or an attempt."""
        return {"code": self.code, "text": self.text} | ({"quiet": True} if self.quiet else {})
