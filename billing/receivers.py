"""A new firm gets a default tax rate, by its currency."""

from decimal import Decimal
from typing import Any

from django.dispatch import receiver

from billing.models import TaxRate
from firms.models import Firm
from firms.signals import firm_created

NO_TAX = ("No tax", Decimal(0))
USUAL_RATE = {"AUD": ("GST", Decimal(10)), "GBP": ("VAT", Decimal(20)), "NZD": ("GST", Decimal(15))}


@receiver(firm_created, dispatch_uid="billing.default_tax_rate")
def create_default_tax_rate(*, firm: Firm, **_: Any) -> None:
    name, percent = USUAL_RATE.get(firm.currency, NO_TAX)
    rates = [TaxRate(firm=firm, name=name, percent=percent, is_default=True)]
    if name != NO_TAX[0]:
        rates.append(TaxRate(firm=firm, name=NO_TAX[0], percent=NO_TAX[1]))
    TaxRate.objects.bulk_create(rates)
