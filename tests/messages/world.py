"""A firm, its Xero and the people at both: what tests of messages arrange, look at and fix."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import urllib3
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from billing.models import Contact, Invoice
from expense_categories.models import ExpenseCategory
from firms.models import Firm, User
from tests.factories import CategoryFactory, ContactFactory, InvoiceFactory, OperatorFactory, expense_line
from tests.integration.xero_sync.browsing import connected_by_page
from tests.messages.page import Page, PageWords
from tests.processes.person import Person
from tests.xero import HTTP, Xero, job_of, read_chart_of, sync
from xero_sync.domain.errors import BY_CODE, Fault, Owner, recognise
from xero_sync.domain.holds import FIRM_HOLDS
from xero_sync.domain.states import State
from xero_sync.engine import Turned
from xero_sync.facts.remedy import Remedy, describe_fault
from xero_sync.models import FirmPreference, SyncJob

Document = Contact | Invoice
FIXTURES = Path(__file__).parents[1] / "fixtures" / "xero_messages"
OWNER_WORDS = {
    Owner.STAFF: "Anyone at your firm can do this.",
    Owner.ADMIN: "A firm admin can do this.",
    Owner.US: "We do this. You need do nothing.",
}


def captured(code: str) -> Any:
    """Xero's answer as captured, for a message of its list."""
    text = (FIXTURES / f"{BY_CODE[code].number:02}.json").read_text(encoding="utf-8")
    return json.loads(text)


def printed(code: str) -> str:
    """The words Xero prints."""
    return BY_CODE[code].sample


@dataclass
class World:
    """A connected firm whose admin sits at the pages; `bills` must all end In Xero."""

    firm: Firm
    xero: Xero
    admin: User
    bills: list[Invoice] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.person = Person(user=self.admin)
        self._seen: set[str] = set()

    # What is there before.

    def off(self, *keys: str) -> None:
        FirmPreference.objects.filter(firm=self.firm, key__in=keys).update(on=False)

    def client(self, **values: Any) -> Contact:
        """A client who is in Xero."""
        contact: Contact = ContactFactory(firm=self.firm, **values)
        self.syncs()
        return contact

    def bill(self, contact: Contact | None = None, approved: bool = True, **values: Any) -> Invoice:
        """A bill that has to end In Xero; of a new client, unless one is named."""
        bill: Invoice = InvoiceFactory(firm=self.firm, contact=contact, approved=approved, **values)
        self.bills.append(bill)
        return bill

    def bill_in_xero(self, **values: Any) -> Invoice:
        bill = self.bill(**values)
        self.syncs()
        assert job_of(bill).state == State.IN_XERO, job_of(bill).faults
        return bill

    def category(self, code: str) -> ExpenseCategory:
        made: ExpenseCategory = CategoryFactory(firm=self.firm, account_code=code)
        return made

    def travels(self, category: ExpenseCategory) -> Invoice:
        """A bill with an expense of this category."""
        return self.bill(lines=[expense_line(category)])

    # What Xero says.

    def says(self, message: str, *, path: str = "Invoices", method: str = "", warnings: Sequence[str] = ()) -> None:
        """Xero refuses one element of the next write with these words."""
        self.xero.fault(kind="refuse", path=path, method=method, messages=[message], warnings=list(warnings))

    def answers(self, status: int, body: Any, *, path: str = "Invoices", method: str = "PUT", **more: Any) -> None:
        """The next write gets this answer, and nothing is done."""
        text = body if isinstance(body, str) else json.dumps(body)
        self.xero.fault(kind="status", status=status, body=text, path=path, method=method, **more)

    def act(self, name: str, **body: Any) -> None:
        self.xero.act(name, **body)

    # What happens by itself.

    def syncs(self, times: int = 3) -> None:
        """Turns until nothing is due, at most so many."""
        for _ in range(times):
            if sync(self.firm) in (Turned.IDLE, Turned.HELD):
                break

    def later(self) -> None:
        """The time has come for what waits for one."""
        SyncJob.objects.filter(firm=self.firm).update(due_at=timezone.now())
        self.syncs()

    def reads_chart(self) -> None:
        read_chart_of(self.firm)

    # What people do.

    def path(self, name: str, *args: Any) -> str:
        return reverse(name, args=[self.firm.slug, *args])

    def opens(self, document: Document) -> str:
        return self.person.opens(self.path(f"billing:{document._meta.model_name}", document.pk))

    def edits(self, document: Document, **typed: str) -> None:
        """By its form, with these fields changed."""
        self._goes_to(self.path(f"billing:{document._meta.model_name}-edit", document.pk))
        self.person.presses("Save", **typed)

    def describes(self, bill: Invoice) -> None:
        self.edits(bill, **{"lines-0-description": "Advice, and a letter"})

    def retries(self, document: Document) -> None:
        self.opens(document)
        self.person.presses("Retry")

    def sends_as_new(self, document: Document) -> None:
        """The decision to make once more in Xero what is gone there."""
        self.person.opens(self.path("xero_sync:decide-document", job_of(document).pk, "send-as-new"))
        self.person.presses("Send it again as new")

    def chooses(self, **typed: str) -> None:
        """On Settings > Bill Syncing."""
        self.presses_in_settings("Save settings", **typed)

    def presses_in_settings(self, button: str, **typed: str | list[str]) -> None:
        self._goes_to(self.path("xero_sync:settings"))
        self.person.presses(button, **typed)

    def _goes_to(self, address: str) -> None:
        """Unless the link that was followed last led there."""
        if self.person.address.partition("#")[0] != address:
            self.person.opens(address)

    def codes(self, category: ExpenseCategory, code: str) -> None:
        """Another account for a category."""
        self._goes_to(self.path("expense_categories:edit", category.pk))
        self.person.presses("Save", account_code=code)

    def reconnects(self) -> None:
        browser = Client()
        browser.force_login(self.admin, backend="django.contrib.auth.backends.ModelBackend")
        assert connected_by_page(browser, self.firm, self.xero).status_code == 302

    def operator_retries(self, code: str) -> None:
        """We fixed our fault, and released the documents that waited for the fix."""
        operator = Person(user=OperatorFactory())
        operator.opens(f"/ops/failures/{code}/retry/")
        operator.presses("Retry 1 document")

    # What people see.

    def page_says(self, document: Document, code: str) -> PageWords:
        """What the document's page (or, if the whole firm is held, Needs you) tells of this known error."""
        job, known = job_of(document), BY_CODE[code]
        if job.state == State.ON_HOLD and job.hold in [hold.value for hold in FIRM_HOLDS]:
            html = self.person.opens(self.path("xero_sync:needs-you"))
            blocks = Page.of(html, "card").blocks["card"]
        else:
            assert code in [fault["code"] for fault in job.faults], (job.state, job.hold, job.faults)
            blocks = Page.of(self.opens(document), "fault").blocks["fault"]
        expected = self._words_for(job, code)
        found = [block for block in blocks if all(words in block.words for words in expected)]
        assert found, f"Nothing tells {expected}: {[block.words for block in blocks]}"
        assert OWNER_WORDS[known.owner] in found[0].words
        return found[0]

    def _words_for(self, job: SyncJob, code: str) -> list[str]:
        """What happened, why, and what to do, with the names Xero gave."""
        stored = [describe_fault(fault) for fault in job.faults if fault["code"] == code]
        known = recognise(Fault("", code=code, parts={"person": str(self.admin)}))
        remedy = stored[0] if stored else Remedy(fault=known)
        return [remedy.title, remedy.why, remedy.fix_here]

    def check_page_says(self, document: Document, code: str, place: str) -> None:
        """The document's page speaks of it in its story, or in the card that says how it stands."""
        [block] = Page.of(self.opens(document), place).blocks[place]
        assert BY_CODE[code].title.partition("{")[0].strip() in block.words, block.words

    def follows(self, block: PageWords) -> None:
        """Each link of it leads to a page, and to a field that stands there."""
        for address in block.links:
            if address.startswith("http"):
                assert HTTP.request("GET", address).status == 200, address
            elif not address.startswith("/help/"):
                self._opens(address)

    def follows_badge(self, document: Document) -> None:
        """The link beside the badge does too, as a list's cell shows it when it is brought up to date."""
        name = f"state-{job_of(document).kind}-{document.pk}"
        asked = f"?{document._meta.model_name}s={document.pk}"
        html = self.person.opens(self.path("xero_sync:states") + asked)
        for address in Page.of(html, name).blocks[name][0].links:
            self._opens(address)

    def _opens(self, address: str) -> None:
        if address in self._seen:
            return
        self._seen.add(address)
        field_id = urllib3.util.parse_url(address).fragment
        html = self.person.opens(address)
        field_id = urllib3.util.parse_url(self.person.address).fragment or field_id
        assert not field_id or field_id in Page.of(html).ids, f"{address} leads to no field {field_id}"

    def all_arrived(self, document: Document) -> None:
        """The document is In Xero, and so is every bill, once, with its total."""
        assert job_of(document).state == State.IN_XERO, job_of(document).faults
        for bill in self.bills:
            bill.refresh_from_db()
            job = job_of(bill)
            assert job.state == State.IN_XERO, (job.state, job.hold, job.faults)
            totals = [Decimal(str(row["total"])) for row in self.xero.numbered(bill.number)]
            assert totals == [bill.total]
