"""Every act of a person in Xero, by the name that controls and forms call it."""

from xero_emulator.domain import bookkeeping, corrections, setting_up
from xero_emulator.domain.by_hand import Act

ACTS: dict[str, Act] = {**bookkeeping.ACTS, **corrections.ACTS, **setting_up.ACTS}
