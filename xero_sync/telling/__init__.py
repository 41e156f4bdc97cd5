"""Telling people by mail: what is to be said is written as rows first, then sent, so that nobody is told twice.

The words are in `pages.mail`; who is told, and when, is decided in `domain.telling`.
"""

from xero_sync.telling.choosing import choose, write_test
from xero_sync.telling.sending import Waiting, send_due, waiting
from xero_sync.telling.writing import write_due

__all__ = ["Waiting", "choose", "send_due", "waiting", "write_due", "write_test"]
