"""A connected firm and settled documents without Xero: rows as the outbox writes them when answers come back."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

from django.test import Client
from django.utils import timezone

from billing.models import Invoice
from firms.models import Firm, User
from xero_sync import outbox
from xero_sync.domain.errors import Fault
from xero_sync.domain.notes import Note
from xero_sync.domain.record import RecordChanges
from xero_sync.domain.states import Event, Outcome
from xero_sync.kinds.invoice.spec import INVOICE
from xero_sync.models import BillSyncSettings, SyncJob, XeroChart, XeroConnection, XeroCredential
from xero_sync.outbox import Answer, Frozen, Result

ARCHIVED = Fault(
    "Account code '420' has been archived, or has been deleted. Each line item must reference a valid account."
)
NAME_TAKEN = Fault(
    "The contact name John Smith is already assigned to another contact. "
    "The contact name must be unique across all active contacts."
)
GONE = Fault("An existing Invoice with the specified InvoiceID could not be found")
LOCKED = Fault("The document date cannot be before the period lock date, currently set at 15-Nov-2026")
UNREACHABLE = Fault("", code="xero-unavailable", source="transport")
ACCOUNTS = (
    ("200", "Legal fees", "REVENUE", "ACTIVE"),
    ("405", "Expenses recovered", "REVENUE", "ACTIVE"),
    ("412", "Disbursements", "LIABILITY", "ACTIVE"),
    ("420", "Travel", "REVENUE", "ARCHIVED"),
)


def connect(firm: Firm) -> XeroConnection:
    """A live connection with a chart, default accounts, and the first send confirmed."""
    organisation = str(uuid4())
    credential = XeroCredential.objects.create(
        xero_user_id=str(uuid4()), sealed_tokens="sealed", access_expires_at=timezone.now()
    )
    connection = XeroConnection.objects.create(
        firm=firm,
        credential=credential,
        xero_connection_id=organisation,
        xero_tenant_id=organisation,
        organisation_name="Harrow Lane Pty",
        checked_at=timezone.now(),
    )
    accounts = [
        {"Code": code, "Name": name, "Type": "SALES", "Class": klass, "Status": status, "TaxType": "OUTPUT"}
        for code, name, klass, status in ACCOUNTS
    ]
    XeroChart.objects.create(
        firm=firm,
        xero_tenant_id=organisation,
        organisation={"Name": "Harrow Lane Pty", "ShortCode": "!hL4n3", "BaseCurrency": "AUD"},
        accounts=accounts,
        tax_rates=[{"TaxType": "OUTPUT", "Name": "GST", "EffectiveRate": "10", "Status": "ACTIVE"}],
        currencies=["AUD"],
        refreshed_at=timezone.now(),
    )
    BillSyncSettings.objects.filter(firm=firm).update(
        services_account="200", expenses_account="405", confirmed_at=timezone.now()
    )
    outbox.rejudge(firm=firm, now=timezone.now())
    return connection


def settle(firm: Firm, connection: XeroConnection, end: Callable[[SyncJob], Result] | None = None) -> None:
    """Claim, freeze and settle everything that is due; each document ends as `end` says, or arrives."""
    lane = outbox.take_lane(firm=firm, holder="worker-1", lease_seconds=60)
    assert lane is not None
    while claimed := outbox.claim(lane=lane, xero_connection=connection, now=_soon(), limit=50):
        entries = [Frozen(job=job, position=place) for place, job in enumerate(claimed.jobs)]
        outbox.freeze(lane=lane, claimed=claimed, entries=entries, body="{}", task_id="task-77", worker="worker-1")
        results = [(end or arrived)(job) for job in claimed.jobs]
        answer = Answer(http_status=200, duration_ms=420, correlation_id="reference-77")
        outbox.settle(batch=claimed.batch, results=results, answer=answer, now=timezone.now())
    outbox.leave_lane(lane=lane)


def arrived(job: SyncJob, *, notes: tuple[Note, ...] = (), **changes: Any) -> Result:
    """Xero took it, with our totals."""
    in_xero: RecordChanges = {"xero_id": str(uuid4()), "xero_tenant_id": "organisation", "status": "ACTIVE"}
    if job.kind == INVOICE.code:
        bill = Invoice.objects.get(pk=job.object_id)
        in_xero |= {"status": "AUTHORISED", "subtotal": bill.total - bill.tax_total}
        in_xero |= {"tax": bill.tax_total, "total": bill.total}
    return Result(
        job_id=job.pk,
        version=job.desired_version,
        event=Event.ACCEPTED,
        outcome=Outcome.NOTES if notes else Outcome.ACCEPTED,
        record={**in_xero, **changes},
        notes=notes,
    )


def bills_end(fault: Fault, *, event: Event = Event.REFUSED, **changes: Any) -> Callable[[SyncJob], Result]:
    """Contacts arrive; each bill meets this fault."""
    return lambda job: _ended(job, fault, event, changes) if job.kind == INVOICE.code else arrived(job)


def contacts_end(fault: Fault) -> Callable[[SyncJob], Result]:
    """Each contact is refused for this fault; bills never get a turn."""
    return lambda job: _ended(job, fault, Event.REFUSED, {})


def words(answer: Any) -> str:
    """The text of a page that was answered, each run of blanks as one."""
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def signed_in(user: User) -> Client:
    """A browser signed in as this person."""
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def _ended(job: SyncJob, fault: Fault, event: Event, changes: dict[str, Any]) -> Result:
    return Result(
        job_id=job.pk,
        version=job.desired_version,
        event=event,
        outcome=Outcome(event.value),
        changes=changes,
        faults=(fault,),
    )


def _soon() -> Any:
    # Later than the three seconds between two sends of one document, earlier than any retry.
    return timezone.now() + timedelta(seconds=4)
