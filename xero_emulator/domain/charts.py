"""The organisations one can start from: chart of accounts, tax rates and currencies for AU, UK and US."""

from dataclasses import dataclass
from decimal import Decimal

ALL = frozenset({"ASSET", "EQUITY", "EXPENSE", "LIABILITY", "REVENUE"})
COSTS = ALL - {"REVENUE"}

AccountRow = tuple[str, str, str, str, str]
RateRow = tuple[str, str, str, frozenset[str], str, str]


@dataclass(frozen=True)
class Chart:
    """What a new organisation of one country starts with.

    ``accounts`` are (code, name, type, tax type, system account); ``rates`` are (tax type, name, percent,
    account classes, report type, status).
    """

    country: str
    version: str
    currency: str
    timezone: str
    sales_tax: str
    no_tax: str
    accounts: tuple[AccountRow, ...]
    rates: tuple[RateRow, ...]
    currencies: tuple[tuple[str, str], ...]


def _accounts(*, sales: str, purchases: str, none: str) -> tuple[AccountRow, ...]:
    return (
        ("090", "Business Bank Account", "BANK", none, ""),
        ("091", "Client Trust Account", "BANK", none, ""),
        ("200", "Fees", "REVENUE", sales, ""),
        ("260", "Other Revenue", "REVENUE", sales, ""),
        ("270", "Interest Income", "REVENUE", none, ""),
        ("310", "Direct Costs", "DIRECTCOSTS", purchases, ""),
        ("400", "Advertising", "EXPENSE", purchases, ""),
        ("404", "Bank Fees", "EXPENSE", none, ""),
        ("405", "Expenses Recovered", "REVENUE", sales, ""),
        ("412", "Disbursements", "DIRECTCOSTS", purchases, ""),
        ("415", "Court and Filing Fees", "DIRECTCOSTS", none, ""),
        ("420", "Travel", "EXPENSE", purchases, ""),
        ("425", "Postage and Couriers", "EXPENSE", purchases, ""),
        ("429", "General Expenses", "EXPENSE", purchases, ""),
        ("433", "Photocopying", "EXPENSE", purchases, ""),
        ("461", "Printing and Stationery", "EXPENSE", purchases, ""),
        ("489", "Telephone and Internet", "EXPENSE", purchases, ""),
        ("498", "Unrealised Currency Gains", "EXPENSE", none, "UNREALISEDCURRENCYGAIN"),
        ("610", "Accounts Receivable", "CURRENT", none, "DEBTORS"),
        ("710", "Office Equipment", "FIXED", purchases, ""),
        ("800", "Accounts Payable", "CURRLIAB", none, "CREDITORS"),
        ("820", "Sales Tax", "CURRLIAB", none, "GST"),
        ("825", "Client Money Held", "CURRLIAB", none, ""),
        ("850", "Suspense", "CURRLIAB", none, ""),
        ("860", "Rounding", "CURRLIAB", none, "ROUNDING"),
        ("960", "Retained Earnings", "EQUITY", none, "RETAINEDEARNINGS"),
    )


AU = Chart(
    country="AU",
    version="AU",
    currency="AUD",
    timezone="AUSEASTERNSTANDARDTIME",
    sales_tax="OUTPUT",
    no_tax="BASEXCLUDED",
    accounts=_accounts(sales="OUTPUT", purchases="INPUT", none="BASEXCLUDED"),
    rates=(
        ("OUTPUT", "GST on Income", "10", ALL, "OUTPUT", "ACTIVE"),
        ("INPUT", "GST on Expenses", "10", COSTS, "INPUT", "ACTIVE"),
        ("EXEMPTOUTPUT", "GST Free Income", "0", ALL, "EXEMPTOUTPUT", "ACTIVE"),
        ("EXEMPTEXPENSES", "GST Free Expenses", "0", COSTS, "EXEMPTEXPENSES", "ACTIVE"),
        ("EXEMPTEXPORT", "GST Free Exports", "0", ALL, "EXEMPTEXPORT", "ACTIVE"),
        ("INPUTTAXED", "Input Taxed", "0", ALL, "INPUTTAXED", "ACTIVE"),
        ("BASEXCLUDED", "BAS Excluded", "0", ALL, "BASEXCLUDED", "ACTIVE"),
        ("TAX001", "Old Levy on Income", "12.5", ALL, "OUTPUT", "DELETED"),
    ),
    currencies=(("AUD", "Australian Dollar"), ("USD", "United States Dollar")),
)

UK = Chart(
    country="GB",
    version="UK",
    currency="GBP",
    timezone="GMTSTANDARDTIME",
    sales_tax="OUTPUT2",
    no_tax="NONE",
    accounts=_accounts(sales="OUTPUT2", purchases="INPUT2", none="NONE"),
    rates=(
        ("OUTPUT2", "20% (VAT on Income)", "20", ALL, "OUTPUT", "ACTIVE"),
        ("INPUT2", "20% (VAT on Expenses)", "20", COSTS, "INPUT", "ACTIVE"),
        ("RROUTPUT", "5% (VAT on Income)", "5", ALL, "OUTPUT", "ACTIVE"),
        ("RRINPUT", "5% (VAT on Expenses)", "5", COSTS, "INPUT", "ACTIVE"),
        ("ZERORATEDOUTPUT", "Zero Rated Income", "0", ALL, "OUTPUT", "ACTIVE"),
        ("ZERORATEDINPUT", "Zero Rated Expenses", "0", COSTS, "INPUT", "ACTIVE"),
        ("EXEMPTOUTPUT", "Exempt Income", "0", ALL, "EXEMPTOUTPUT", "ACTIVE"),
        ("NONE", "No VAT", "0", ALL, "NONE", "ACTIVE"),
        ("OUTPUT", "17.5% (VAT on Income)", "17.5", ALL, "OUTPUT", "DELETED"),
    ),
    currencies=(("GBP", "British Pound"), ("EUR", "Euro")),
)

US = Chart(
    country="US",
    version="US",
    currency="USD",
    timezone="EASTERNSTANDARDTIME",
    sales_tax="TAX001",
    no_tax="NONE",
    accounts=_accounts(sales="NONE", purchases="NONE", none="NONE"),
    rates=(
        ("TAX001", "Sales Tax", "8.875", ALL, "OUTPUT", "ACTIVE"),
        ("INPUT", "Tax on Purchases", "0", COSTS, "INPUT", "ACTIVE"),
        ("NONE", "Tax Exempt", "0", ALL, "NONE", "ACTIVE"),
        ("TAX002", "City Levy", "2.5", ALL, "OUTPUT", "DELETED"),
    ),
    currencies=(("USD", "United States Dollar"),),
)

CHARTS = {"AU": AU, "UK": UK, "US": US}

DEMO_ORGANISATIONS = (
    ("AU", "Demo Organisation (AU)"),
    ("UK", "Demo Organisation (UK)"),
    ("US", "Demo Organisation (US)"),
)


def percent(text: str) -> Decimal:
    """A rate in a chart as a number."""
    return Decimal(text)
