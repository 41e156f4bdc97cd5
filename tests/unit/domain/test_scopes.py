"""What a Xero user is asked to allow, and what was left out."""

import pytest

from xero_sync.domain.scopes import ALLOWED, SCOPES, ScopeNotAllowed, missing_scopes, read_scopes

DEFAULT = "offline_access accounting.contacts accounting.invoices accounting.settings.read"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (DEFAULT, tuple(DEFAULT.split())),
        ("accounting.contacts\n  offline_access ", ("accounting.contacts", "offline_access")),
        ("offline_access offline_access", ("offline_access",)),
        ("", ()),
    ],
)
def test_the_scopes_of_a_setting_keep_their_order_and_stand_once(text: str, expected: tuple[str, ...]) -> None:
    assert read_scopes(text) == expected


@pytest.mark.parametrize(
    "extra", ["accounting.settings", "accounting.transactions", "payroll.employees", "Offline_access", "accounting"]
)
def test_what_the_product_has_no_use_for_is_never_asked_for(extra: str) -> None:
    with pytest.raises(ScopeNotAllowed, match=f"asks for {extra}, which"):
        read_scopes(f"offline_access {extra}")


def test_every_scope_has_words_and_none_writes_settings() -> None:
    assert {scope.name for scope in SCOPES} == ALLOWED == set(DEFAULT.split())
    assert [scope.name for scope in SCOPES if not scope.words.endswith(".")] == []


@pytest.mark.parametrize(
    ("granted", "expected"),
    [
        (("a", "b", "c"), ()),
        (("c", "a"), ("b",)),
        ((), ("a", "b")),
        (("A", "b"), ("a",)),
    ],
)
def test_what_was_not_granted_is_named_in_the_order_asked(granted: tuple[str, ...], expected: tuple[str, ...]) -> None:
    assert missing_scopes(asked=("a", "b"), granted=granted) == expected
