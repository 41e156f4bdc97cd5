"""Preflight repeats what Xero refused while nothing has changed since, and its page never promises more."""

import pytest
from django.urls import reverse

from firms.models import Firm, User
from tests.factories import ContactFactory, InvoiceFactory
from tests.outcomes import signed_in
from tests.xero import Xero, job_of, sync
from xero_sync.domain.states import State

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_bill_xero_refused_in_words_of_its_own_is_not_said_to_go(connected: Firm, admin: User, xero: Xero) -> None:
    client = ContactFactory(firm=connected)
    sync(connected)
    xero.fault(kind="refuse", messages=["The moon is in the wrong house."], path="Invoices")
    bill = InvoiceFactory(firm=connected, contact=client, approved=True)
    sync(connected)
    assert job_of(bill).state == State.NEEDS_YOU
    page = signed_in(admin).get(reverse("xero_sync:preflight", args=[connected.slug])).content.decode()
    assert "Of 1 bill none will go" in " ".join(page.split())
    assert "Xero said: “The moon is in the wrong house”." in page
