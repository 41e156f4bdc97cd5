"""Finding one of very many clients while writing a bill."""

import pytest

from billing.forms.clients import FEW_CLIENTS
from billing.models import Contact
from firms.models import Firm
from firms.scope import firm_scope
from tests.browser.conftest import MakePerson
from tests.factories import ContactFactory, MatterFactory, MembershipFactory

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]


def test_typing_asks_the_server_and_choosing_brings_the_clients_matters(firm: Firm, person: MakePerson) -> None:
    with firm_scope(firm):
        crowd = (Contact(firm=firm, name=f"Client {n:05}", client_number=f"N-{n}") for n in range(FEW_CLIENTS + 10))
        Contact.objects.bulk_create(crowd)
        meridian = ContactFactory(firm=firm, name="Meridian Shipping Ltd", client_number="C-1042")
        MatterFactory(contact=meridian, number="M-7", name="Charterparty")
        MatterFactory(contact=Contact.objects.earliest("pk"), number="M-8", name="Lease")
    ines = person()
    ines.signs_in(MembershipFactory(firm=firm).user)
    ines.opens(f"/{firm.slug}/invoices/new/")
    assert ines.page.get_by_role("button", name="Find", exact=True).count() == 0

    field = ines.page.get_by_role("combobox", name="Client")
    field.press_sequentially("shipping")
    ines.page.get_by_role("option", name="Meridian Shipping Ltd (C-1042)").click()
    assert field.input_value() == "Meridian Shipping Ltd (C-1042)"
    ines.page.locator("#id_matter_id option", has_text="M-8 Lease").wait_for(state="detached")
    assert ines.page.locator("#id_matter_id option").all_inner_texts() == ["None", "M-7 Charterparty"]

    ines.page.locator("#id_matter_id").select_option(label="M-7 Charterparty")
    ines.page.get_by_label("Price, line 1", exact=True).fill("250")
    ines.presses("Save")
    ines.reads("Draft. Issued")
    ines.reads("matter M-7 Charterparty")
