"""How Xero's accounting API names contacts. Data.

Source: developer.xero.com, Accounting API, Contacts, read November 2026. There is no filter by a list of numbers.
"""

from xero_sync.domain.kinds import Calls

CALLS = Calls(
    collection="Contacts",
    id_key="ContactID",
    number_key="ContactNumber",
    status_key="ContactStatus",
    create="create_contacts",
    update="update_or_create_contacts",
    read="get_contacts",
    read_options={"include_archived": "true"},
)
