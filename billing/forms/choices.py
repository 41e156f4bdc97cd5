"""The choices of a bill's form, read in a fixed number of queries."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from billing.forms.clients import Clients, Option
from billing.models import InvoiceLine, TaxRate
from firms.models import Firm


@dataclass(frozen=True)
class Choosable:
    """A firm's clients with their matters, its expense categories and its tax rates, as choices."""

    contacts: Clients
    categories: Sequence[Option]
    taxes: Sequence[tuple[str, str]]
    rates: Mapping[str, TaxRate]
    usual_tax: str

    def matters_of(self, contact: object) -> list[Option]:
        """The matters to choose from while this client is chosen."""
        return self.contacts.matters_of(contact)


def choosable(*, firm: Firm, lines: Sequence[InvoiceLine]) -> Choosable:
    """Read them; a rate that only these saved lines have stays among the choices."""
    rates = {rate.name: rate for rate in firm.tax_rates.all()}
    former = {line.tax_name: line for line in lines if line.tax_name and line.tax_name not in rates}
    taxes = [(name, str(rate)) for name, rate in rates.items()]
    taxes += [(name, f"{name} ({line.tax_percent.normalize():f}%)") for name, line in former.items()]
    return Choosable(
        contacts=Clients(firm=firm),
        categories=list(firm.expense_categories.order_by("name").values_list("pk", "name")),
        taxes=taxes,
        rates=rates,
        usual_tax=next((rate.name for rate in rates.values() if rate.is_default), ""),
    )
