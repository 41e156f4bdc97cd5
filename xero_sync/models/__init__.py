"""The sync's rows: connections, settings, the outbox and its history."""

from xero_sync.models.causes import Cause, Release, Resolution
from xero_sync.models.connection import (
    ConnectionState,
    OrganisationCalls,
    XeroChart,
    XeroConnection,
    XeroConsent,
    XeroCredential,
)
from xero_sync.models.index import XeroDocument, XeroIndex
from xero_sync.models.queue import SYNC_WORKERS, SyncAttempt, SyncBatch, SyncJob, SyncLane, WorkerHeartbeat
from xero_sync.models.record import XeroRecord
from xero_sync.models.settings import BillSyncSettings, FirmPreference, TaxMapping

__all__ = [
    "SYNC_WORKERS",
    "BillSyncSettings",
    "Cause",
    "ConnectionState",
    "FirmPreference",
    "OrganisationCalls",
    "Release",
    "Resolution",
    "SyncAttempt",
    "SyncBatch",
    "SyncJob",
    "SyncLane",
    "TaxMapping",
    "WorkerHeartbeat",
    "XeroChart",
    "XeroConnection",
    "XeroConsent",
    "XeroCredential",
    "XeroDocument",
    "XeroIndex",
    "XeroRecord",
]
