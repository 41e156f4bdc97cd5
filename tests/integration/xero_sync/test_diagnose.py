"""The doctor says what is wrong with a firm's connection, and how to fix it."""

from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from firms.models import Firm
from tests.xero import Xero
from xero_sync.models import BillSyncSettings, SyncJob, TaxMapping
from xero_sync.organisation import diagnose

pytestmark = pytest.mark.django_db


@pytest.fixture
def healthy(connected: Firm) -> Firm:
    TaxMapping.objects.create(firm=connected, tax_name="GST", tax_percent=10, tax_type="OUTPUT")
    connected.tax_rates.exclude(percent=10).delete()
    return connected


def wrong(firm: Firm, seconds: float = 0) -> dict[str, str]:
    findings = diagnose.examine(firm=firm, now=timezone.now() + timedelta(seconds=seconds))
    return {finding.subject: finding.words for finding in findings if not finding.is_well}


def test_a_healthy_connection_is_called_well_and_the_command_ends_well(healthy: Firm) -> None:
    out = StringIO()
    call_command("xero_check", healthy.slug, stdout=out)
    assert "WRONG" not in out.getvalue()
    assert "accounts take bills" in out.getvalue()


def test_a_firm_without_a_connection_is_asked_to_connect(firm: Firm, xero: Xero) -> None:
    with pytest.raises(CommandError):
        call_command("xero_check", firm.slug, stdout=StringIO())
    assert set(wrong(firm)) == {"connection"}


def test_an_unknown_firm_is_refused(db: None) -> None:
    with pytest.raises(CommandError, match="no firm"):
        call_command("xero_check", "nobody", stdout=StringIO())


def test_archived_accounts_and_unmapped_rates_are_named(healthy: Firm, xero: Xero) -> None:
    xero.act("archive-account", code="405")
    TaxMapping.objects.all().delete()
    found = wrong(healthy)
    assert "405" in found["accounts"]
    assert "10%" in found["tax rates"]


def test_a_clock_that_is_off_is_noticed(healthy: Firm) -> None:
    assert "seconds off" in wrong(healthy, seconds=300)["clock"]


def test_a_disconnection_in_xero_is_noticed_and_nothing_is_changed(healthy: Firm, xero: Xero) -> None:
    xero.act("disconnect")
    jobs = list(SyncJob.objects.values())
    assert "connection-lost" in wrong(healthy)["organisation"]
    assert list(SyncJob.objects.values()) == jobs


def test_a_pause_and_scopes_we_have_no_use_for_are_named(healthy: Firm, settings: Any) -> None:
    settings.XERO_SCOPES += " accounting.transactions"
    BillSyncSettings.objects.update(paused_at=timezone.now(), paused_by="Maya Kerr")
    found = wrong(healthy)
    assert "accounting.transactions" in found["app"]
    assert "Maya Kerr" in found["sending"]
