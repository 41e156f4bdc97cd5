"""What is known of a document in Xero, as its row keeps it, and one way to ask for it."""

import json

import pytest
from django.db import connection

from firms.models import Firm
from tests.factories import ContactFactory
from tests.xero import job_of
from xero_sync.domain.link import NO_LINK, Link
from xero_sync.models import SyncJob, XeroRecord

pytestmark = pytest.mark.django_db
LINK = Link(evidence="by-hand", note="Linked.", stands_for="Ann", tries={"restore": 1})


@pytest.fixture
def job(firm: Firm) -> SyncJob:
    return job_of(ContactFactory(firm=firm))


def test_a_job_of_whose_document_nothing_is_known_has_an_empty_record_that_is_not_saved(job: SyncJob) -> None:
    record = job.xero_record
    assert (record.job_id, record.firm_id, record.xero_id, record.link) == (job.pk, job.firm_id, "", NO_LINK)
    assert record is job.xero_record
    assert not XeroRecord.objects.filter(job=job).exists()
    assert SyncJob().xero_record.link == NO_LINK


def test_the_record_of_a_job_is_the_saved_one(job: SyncJob) -> None:
    XeroRecord.objects.create(job=job, firm=job.firm, xero_id="x1", xero_tenant_id="org-1")
    record = SyncJob.objects.select_related("record").get(pk=job.pk).xero_record
    assert (record.xero_id, record.id_in("org-1"), record.id_in("org-2")) == ("x1", "x1", "")


def test_a_link_goes_into_its_column_and_comes_out_as_it_was(job: SyncJob) -> None:
    record = XeroRecord.objects.create(job=job, firm=job.firm, link=LINK)
    with connection.cursor() as cursor:
        cursor.execute("SELECT link FROM xero_sync_xerorecord WHERE job_id = %s", [job.pk])
        assert json.loads(cursor.fetchone()[0]) == LINK.as_stored()
    record.refresh_from_db()
    assert record.link == LINK
    assert XeroRecord.objects.filter(job=job).values_list("link", flat=True).get() == LINK


def test_to_migrations_a_link_is_plain_json() -> None:
    _, path, _, options = XeroRecord._meta.get_field("link").deconstruct()
    assert (path, options["default"]) == ("django.db.models.JSONField", dict)
