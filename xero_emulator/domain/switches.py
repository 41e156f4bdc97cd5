"""Ways of Xero that a test can turn on and off for one organisation."""

from dataclasses import dataclass


@dataclass
class Switches:
    """Each is on where the organisation does as it says; those that public reports tell of Xero are on at first.

    ``new_lines_first``: an update puts lines without a LineItemID before those that were there, and answers so
    (Xero-NetStandard issue 374, xero-python issue 111).
    ``unknown_lines_refused``: an update that names a LineItemID the invoice does not have is refused
    (Nine-Minds/alga-psa pull request 2343); otherwise the line counts as new.
    ``exact_discounts``: a discount, rounded to cents, may not be above quantity by price as it is before rounding
    (xero-php-oauth2 issue 288).
    ``unsent_parts_kept``: of a phone or an address, what is not sent stays; only an empty text empties it
    (xero-php issue 736).
    ``unsent_discounts_kept``: a line sent back by its LineItemID with new figures keeps a discount it does not name.
    Off, because no report says so of discounts; xero-mcp-server issue 158 says that what is not sent stays.
    ``taxes_near_computed``: a TaxAmount that an app sends may be at most one cent off the computed tax. Xero takes one
    for invoices where it refuses any other for bank transactions (xero-node issue 768), and publishes no tolerance.
    """

    new_lines_first: bool = True
    unknown_lines_refused: bool = True
    exact_discounts: bool = True
    unsent_parts_kept: bool = True
    unsent_discounts_kept: bool = False
    taxes_near_computed: bool = True
