"""Is the process alive, is it ready for people, and what do the figures say: for machines that watch us."""

import hmac
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import redis
from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache

from firms.scope import all_firms
from ops.gauges import gauges
from ops.metrics import rendered
from xero_sync.models import SYNC_WORKERS, WorkerHeartbeat

HEARTBEAT_SECONDS = 60


@never_cache
def alive(request: HttpRequest) -> HttpResponse:
    """The process answers; nothing else is asked."""
    return JsonResponse({"alive": True})


@never_cache
def ready(request: HttpRequest) -> HttpResponse:
    """Everything a save needs is there: 200, or 503 with what is missing."""
    checks = {name: _passes(check) for name, check in CHECKS.items()}
    all_well = all(checks.values())
    return JsonResponse({"ready": all_well, **checks}, status=200 if all_well else 503)


@never_cache
def metrics(request: HttpRequest) -> HttpResponse:
    """Prometheus text, for operators and for a scraper that has the token or a listed address; else a 404."""
    if not _may_read(request):
        raise Http404
    with all_firms():
        text = rendered(gauges(now=timezone.now()))
    return HttpResponse(text, content_type="text/plain; version=0.0.4; charset=utf-8")


def _may_read(request: HttpRequest) -> bool:
    user: Any = request.user
    if user.is_authenticated and user.is_staff:
        return True
    scheme, _, given = request.headers.get("Authorization", "").partition(" ")
    token = settings.METRICS_TOKEN
    if token and scheme == "Bearer" and hmac.compare_digest(given.encode(), token.encode()):
        return True
    return _is_direct(request) and request.META.get("REMOTE_ADDR") in settings.METRICS_ADDRESSES


def _is_direct(request: HttpRequest) -> bool:
    """Behind a proxy everybody comes from the proxy's address, which says nothing of who asks."""
    return not any(name in request.headers for name in ("X-Forwarded-For", "X-Forwarded-Proto", "Forwarded"))


def _passes(check: Callable[[], bool]) -> bool:
    try:
        return check()
    except (DatabaseError, redis.RedisError, OSError):
        return False


def _database() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        return bool(cursor.fetchone() == (1,))


def _broker() -> bool:
    client = redis.Redis.from_url(settings.REDIS_URL, socket_connect_timeout=1, socket_timeout=1)
    try:
        return bool(client.ping())
    finally:
        client.close()


def _migrations() -> bool:
    executor = MigrationExecutor(connection)
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())


def _workers() -> bool:
    """A worker that syncs; a save needs none of those that import files."""
    since = timezone.now() - timedelta(seconds=HEARTBEAT_SECONDS)
    return WorkerHeartbeat.objects.filter(SYNC_WORKERS, seen_at__gte=since).exists()


CHECKS: dict[str, Callable[[], bool]] = {
    "database": _database,
    "broker": _broker,
    "migrations": _migrations,
    "workers": _workers,
}
