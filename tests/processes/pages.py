"""Writing bills as a person does: through the pages."""

from typing import Any

from django.test import Client
from django.urls import reverse

from billing.models import Contact, Invoice
from firms.models import Firm, User


class BillWriter:
    """A signed-in person's browser."""

    def __init__(self, *, firm: Firm, user: User) -> None:
        self._firm = firm
        self._client = Client(raise_request_exception=False)
        self._client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")

    def write(self, *, contact: Contact, price: str = "100.00") -> Invoice:
        """Save a new bill and approve it; each page must answer with a redirect, never with an error."""
        form = {
            "contact_id": contact.pk,
            "issue_date": "2026-08-03",
            "tax_mode": "EXCLUSIVE",
            "lines-TOTAL_FORMS": "1",
            "lines-INITIAL_FORMS": "0",
            "lines-0-kind": "TIME",
            "lines-0-description": "Advice",
            "lines-0-quantity": "1",
            "lines-0-unit_price": price,
            "lines-0-tax_name": "GST",
        }
        page = self._post(reverse("billing:invoice-new", args=[self._firm.slug]), form)
        bill = Invoice.objects.get(pk=int(page["Location"].rstrip("/").rsplit("/", 1)[-1]))
        self._post(reverse("billing:invoice-approve", args=[self._firm.slug, bill.pk]), {"version": bill.version})
        return bill

    def _post(self, url: str, form: dict[str, Any]) -> Any:
        answer = self._client.post(url, form)
        assert answer.status_code == 302, f"{url} answered {answer.status_code}"
        return answer
