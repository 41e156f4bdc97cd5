"""For machines that watch us: alive, ready, and the figures."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from firms.models import Firm
from firms.scope import firm_scope
from tests.factories import FirmFactory, InvoiceFactory, OperatorFactory, admin_of
from tests.outcomes import connect, settle, signed_in
from xero_sync.models import WorkerHeartbeat

pytestmark = pytest.mark.django_db


def beat(seconds_ago: float, *, name: str = "worker-1@a") -> None:
    now = timezone.now()
    WorkerHeartbeat.objects.create(name=name, started_at=now, seen_at=now - timedelta(seconds=seconds_ago))


def test_a_living_process_says_so(client: Client, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        assert client.get("/healthz").json() == {"alive": True}


def test_with_a_worker_everything_is_ready(client: Client) -> None:
    beat(5)
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json() == {"ready": True, "database": True, "broker": True, "migrations": True, "workers": True}


def test_a_worker_of_files_alone_is_not_ready_for_a_save(client: Client) -> None:
    beat(5, name="imports@a")
    assert client.get("/readyz").json()["workers"] is False


@pytest.mark.promise("P34")
def test_without_a_recent_heartbeat_it_is_not_ready(client: Client) -> None:
    beat(61)
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["workers"] is False


def test_without_a_broker_it_is_not_ready_and_the_queue_is_unknown(client: Client, settings: Any) -> None:
    beat(5)
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    settings.METRICS_TOKEN = "a-token"
    assert client.get("/readyz").json()["broker"] is False
    text = client.get("/metrics", headers={"Authorization": "Bearer a-token"}).content.decode()
    assert "bill_syncing_queue_length" not in text


@pytest.mark.promise("P36")
def test_the_metrics_are_prometheus_text(client: Client, firm: Firm, settings: Any) -> None:
    settings.METRICS_TOKEN = "a-token"
    beat(5)
    with firm_scope(firm):
        InvoiceFactory(firm=firm, approved=True)
        settle(firm, connect(firm))
    answer = client.get("/metrics", headers={"Authorization": "Bearer a-token"})
    assert answer["Content-Type"].startswith("text/plain; version=0.0.4")
    lines = answer.content.decode().splitlines()
    assert 'bill_syncing_jobs{state="in_xero"} 2' in lines
    assert 'bill_syncing_attempts_last_hour{outcome="accepted"} 2' in lines
    assert "bill_syncing_workers_alive 1" in lines
    assert "bill_syncing_oldest_waiting_seconds 0" in lines
    assert any(line.startswith("bill_syncing_queue_length ") for line in lines)
    assert "# TYPE bill_syncing_jobs gauge" in lines


def test_the_metrics_are_for_operators_tokens_and_listed_addresses_only(client: Client, settings: Any) -> None:
    settings.METRICS_TOKEN, settings.METRICS_ADDRESSES = "a-token", []
    assert client.get("/metrics").status_code == 404
    assert client.get("/metrics", headers={"Authorization": "Bearer another"}).status_code == 404
    assert signed_in(admin_of(FirmFactory())).get("/metrics").status_code == 404
    assert signed_in(OperatorFactory()).get("/metrics").status_code == 200
    settings.METRICS_TOKEN = ""
    assert client.get("/metrics", headers={"Authorization": "Bearer "}).status_code == 404
    settings.METRICS_ADDRESSES = ["127.0.0.1"]
    assert client.get("/metrics").status_code == 200
    for header in ("X-Forwarded-For", "X-Forwarded-Proto"):
        # Everybody who comes through the proxy has its address.
        assert client.get("/metrics", headers={header: "https"}).status_code == 404
