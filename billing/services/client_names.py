"""The names of clients whom a file of bills names by number alone: nobody is ever called by a number."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from billing.domain.contact_limits import LONGEST
from billing.imports.ledes import LedesInvoice
from billing.models import signals
from firms.models import Firm

_WORD = re.compile(r"[^\W\d_]{2,}")


def is_name(client_id: str) -> bool:
    """Whether a CLIENT_ID is the client's name, as some systems write it: two words or more, and no digit."""
    return len(_WORD.findall(client_id)) > 1 and " " in client_id and not any(map(str.isdigit, client_id))


@dataclass
class ClientNames:
    """What a person said (`chosen`, by client number) counts before the file's own name, and that before Xero's.

    A number that is a name itself is the last resort.
    """

    firm: Firm
    chosen: Mapping[str, str]
    _from_file: dict[str, str] = field(default_factory=dict)
    _from_elsewhere: dict[str, str] = field(default_factory=dict)

    def find_missing(self, *, bills: Iterable[LedesInvoice]) -> None:
        """Learn what there is to learn of the clients of these bills, who are not here."""
        numbers = []
        for bill in bills:
            if bill.client_name:
                self._from_file.setdefault(bill.client_id, bill.client_name)
            if bill.client_id not in self._from_elsewhere and not self.find(bill.client_id):
                numbers.append(bill.client_id)
        if numbers:
            self._from_elsewhere |= dict.fromkeys(numbers, "") | _ask(self.firm, numbers)

    def find(self, number: str) -> str:
        """The client's name, or ""."""
        known = self.chosen.get(number) or self._from_file.get(number) or self._from_elsewhere.get(number)
        return known or (number if is_name(number) else "")


def _ask(firm: Firm, numbers: list[str]) -> dict[str, str]:
    """What those above billing know of these numbers."""
    asked = list(dict.fromkeys(numbers))
    answers: list[tuple[Any, Any]] = signals.client_names_asked.send(
        sender=ClientNames, firm=firm, client_numbers=asked
    )
    # Xero's names may be longer than ours.
    return {number: name[: LONGEST["name"]] for _, names in answers for number, name in names.items() if name}
