"""A person's way through an import on its pages, with the worker's part done in between."""

import io
from typing import Any

from django.test import Client

from billing.importing.worker import work_once
from billing.models import Import
from firms.models import Firm
from firms.scope import firm_scope


def work() -> None:
    """All that waits for a worker."""
    while work_once():
        pass


def newest(firm: Firm) -> Import:
    with firm_scope(firm):
        return Import.objects.filter(firm=firm).latest("id")


def address(firm: Firm, act: str = "") -> str:
    """Of the newest import's page, or of a button on it."""
    return f"/{firm.slug}/imports/{newest(firm).pk}/{act}"


def send_file(page: Client, firm: Firm, kind: str, data: bytes, name: str = "file.txt") -> Any:
    """The answer to the upload itself; `kind` is "invoices" or "contacts"."""
    file = io.BytesIO(data)
    file.name = name
    return page.post(f"/{firm.slug}/{kind}/import/", {"file": file})


def upload(page: Client, firm: Firm, kind: str, data: bytes) -> str:
    """The page of what we understood."""
    assert send_file(page, firm, kind, data)["Location"] == address(firm)
    work()
    return page.get(address(firm)).content.decode()


def choose_tax(page: Client, firm: Firm, tax: str) -> str:
    """What we understood, with the tax treated like this."""
    page.post(address(firm, "choose/"), {"tax": tax})
    work()
    return page.get(address(firm)).content.decode()


def give_names(page: Client, firm: Firm, **names: str) -> str:
    """What we understood, with these names for clients of whom the file has numbers alone (C_1 for C-1)."""
    numbers = [number.replace("_", "-") for number in names]
    page.post(address(firm, "choose/"), {"client_number": numbers, "client_name": list(names.values())})
    work()
    return page.get(address(firm)).content.decode()


def upload_bills(page: Client, firm: Firm, data: bytes) -> str:
    """The same with names given for clients C-1 and C-2."""
    upload(page, firm, "invoices", data)
    return give_names(page, firm, C_1="Meridian Shipping Ltd", C_2="Brandt GmbH")


def happens(page: Client, firm: Firm) -> str:
    """The page of what would happen."""
    return page.get(address(firm), {"step": "3"}).content.decode()


def confirm(page: Client, firm: Firm, then: str = "send", **more: str) -> str:
    """Press Import; the page of what came of it."""
    page.post(address(firm, "confirm/"), {"then": then, **more})
    work()
    return page.get(address(firm)).content.decode()


def press(page: Client, firm: Firm, act: str) -> str:
    """Press the button of this address; the page once the workers are done."""
    page.post(address(firm, f"{act}/"))
    work()
    return page.get(address(firm)).content.decode()
