"""What a bill's form lets choose from, read in a fixed number of queries."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from billing.models import InvoiceLine, TaxRate
from firms.models import Firm


@dataclass(frozen=True)
class Choosable:
    """A firm's clients, their matters, its expense categories and its tax rates, as choices."""

    contacts: Sequence[tuple[int, str]]
    matters: Mapping[int, Sequence[tuple[int, str]]]
    categories: Sequence[tuple[int, str]]
    taxes: Sequence[tuple[str, str]]
    rates: Mapping[str, TaxRate]
    usual_tax: str

    def matters_of(self, contact: object) -> list[tuple[int, str]]:
        """The matters of the chosen client, or of all while none is chosen."""
        if str(contact or "").isdecimal():
            return list(self.matters.get(int(str(contact)), ()))
        return [matter for matters in self.matters.values() for matter in matters]


def choosable(*, firm: Firm, lines: Sequence[InvoiceLine]) -> Choosable:
    """Read them; a rate that only these saved lines have stays among the choices."""
    contacts = firm.contacts.order_by("name", "pk").values_list("pk", "name", "client_number")
    matters: defaultdict[int, list[tuple[int, str]]] = defaultdict(list)
    for pk, contact_id, number, name in firm.matters.values_list("pk", "contact_id", "number", "name"):
        matters[contact_id].append((pk, f"{number} {name}".strip()))
    rates = {rate.name: rate for rate in firm.tax_rates.all()}
    former = {line.tax_name: line for line in lines if line.tax_name and line.tax_name not in rates}
    taxes = [(name, str(rate)) for name, rate in rates.items()]
    taxes += [(name, f"{name} ({line.tax_percent.normalize():f}%)") for name, line in former.items()]
    return Choosable(
        contacts=[(pk, f"{name} ({number})") for pk, name, number in contacts],
        matters=matters,
        categories=list(firm.expense_categories.order_by("name").values_list("pk", "name")),
        taxes=taxes,
        rates=rates,
        usual_tax=next((rate.name for rate in rates.values() if rate.is_default), ""),
    )
