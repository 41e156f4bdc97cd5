"""Many bills at once: copies of one saved bill, each with its lines and its place in line, in a few statements."""

from billing.models import Invoice, InvoiceLine
from xero_sync.models import SyncJob

STEP = 1000


def copies(bill: Invoice, count: int) -> None:
    """So many more bills like this one, with numbers of their own."""
    lines, job = list(bill.lines.all()), SyncJob.objects.get(kind="INVOICE", object_id=bill.pk)
    start = Invoice.objects.count()
    rows = [Invoice(**(_fields(bill) | {"number": f"{bill.number}-{start + n}"})) for n in range(count)]
    made = Invoice.objects.bulk_create(rows, batch_size=STEP)
    InvoiceLine.objects.bulk_create(
        [InvoiceLine(**(_fields(line) | {"invoice_id": each.pk})) for each in made for line in lines], batch_size=STEP
    )
    SyncJob.objects.bulk_create([SyncJob(**(_fields(job) | {"object_id": each.pk})) for each in made], batch_size=STEP)


def _fields(row: Invoice | InvoiceLine | SyncJob) -> dict[str, object]:
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields if not field.primary_key}
