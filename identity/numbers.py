"""The number of a client or bill as it is compared."""


def fold_number_as_xero(number: str) -> str:
    """The key under which Xero takes each number once: its case does not count, every other character does.

    Source: developer.xero.com, Accounting API, Invoices and Contacts, for "once". Whether case counts is not
    documented and not tried on a live organisation; the emulator supposes the same.
    """
    return number.casefold()
