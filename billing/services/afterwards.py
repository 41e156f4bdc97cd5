"""The words that other apps add to the message after a bill was approved, without billing knowing who they are."""

from collections.abc import Callable

from billing.models import Invoice

Words = Callable[[Invoice], str]

_registered: list[Words] = []


def register(words: Words) -> None:
    """Let the message after an approval end in `words(invoice)`; call from AppConfig.ready."""
    if words not in _registered:
        _registered.append(words)


def of_approval(invoice: Invoice) -> str:
    """Everything there is to add, as one text; empty if there is nothing."""
    return " ".join(filter(None, (words(invoice) for words in _registered)))
