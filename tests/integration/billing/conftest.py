"""The fixtures these tests share with their neighbours."""

from tests.integration.people import admin, admin_page, contact, firm, inside, staff_page

__all__ = ["admin", "admin_page", "contact", "firm", "inside", "staff_page"]
