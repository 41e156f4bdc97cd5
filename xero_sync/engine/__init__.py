"""The use case: one firm's turn. Claim, map, freeze, send, settle, until nothing is due or the turn is over."""

from xero_sync.engine.turn import Turned, sync_firm

__all__ = ["Turned", "sync_firm"]
