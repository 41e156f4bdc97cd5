"""A production start refuses what is unsafe, and says what to do; logs hold no secret."""

import logging
import sys
from typing import Any

import pytest
from cryptography.fernet import Fernet
from django.core.exceptions import ImproperlyConfigured

from config.logs import LineFormatter, WithoutSecrets
from config.safety import refuse_unsafe
from config.xero_urls import XeroUrls

REAL = XeroUrls("https://login.xero.com", "https://identity.xero.com", "https://api.xero.com")
LOCAL = XeroUrls("http://localhost:8100", "http://localhost:8100", "http://localhost:8100")
SAFE: dict[str, Any] = {
    "development": False,
    "debug": False,
    "secret_key": "k3w9-PzQ7_vXt2sLr8YbNd4HmGfAeUcJ6iOoRkTqWxZyBnMs",
    "token_keys": [Fernet.generate_key().decode()],
    "allowed_hosts": ["bills.example.com"],
    "redirect_uri": "https://bills.example.com/xero/callback/",
    "base_url": "https://bills.example.com",
    "xero": REAL,
}
SAFE["secret_key"] += "abcdefgh"


def test_safe_settings_start() -> None:
    refuse_unsafe(**SAFE)


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"debug": True}, "DEBUG is on"),
        ({"secret_key": "short"}, "SECRET_KEY is too weak"),
        ({"secret_key": "a" * 60}, "SECRET_KEY is too weak"),
        ({"secret_key": "django-insecure-" + "abcdefghijklmnopqrstuvwxyz0123456789"}, "SECRET_KEY is too weak"),
        ({"token_keys": []}, "TOKEN_ENCRYPTION_KEYS is empty"),
        ({"token_keys": ["A" * 43 + "="]}, "a key that is not random"),
        ({"metrics_token": "figures"}, "METRICS_TOKEN is too short"),
        ({"trusted_origins": ["https://*.example.com"]}, "CSRF_TRUSTED_ORIGINS must name whole hosts"),
        ({"trusted_origins": ["http://bills.example.com"]}, "CSRF_TRUSTED_ORIGINS must name whole hosts"),
        ({"token_keys": ["not a key"]}, "not a Fernet key"),
        ({"allowed_hosts": []}, "ALLOWED_HOSTS is empty"),
        ({"allowed_hosts": ["*"]}, "allows every host"),
        ({"redirect_uri": "http://bills.example.com/xero/callback/"}, "XERO_REDIRECT_URI"),
        ({"base_url": ""}, "BASE_URL must start with https"),
        ({"base_url": "http://bills.example.com"}, "BASE_URL must start with https"),
        ({"xero": LOCAL}, "Xero's addresses must start with https"),
    ],
)
def test_each_unsafe_setting_stops_a_production_start_with_a_sentence(changed: dict[str, Any], words: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=words):
        refuse_unsafe(**{**SAFE, **changed})


def test_all_reasons_are_given_at_once() -> None:
    with pytest.raises(ImproperlyConfigured) as refusal:
        refuse_unsafe(**{**SAFE, "debug": True, "allowed_hosts": []})
    assert "DEBUG" in str(refusal.value)
    assert "ALLOWED_HOSTS" in str(refusal.value)


def test_development_may_use_plain_http_on_localhost_but_needs_its_keys() -> None:
    refuse_unsafe(**{**SAFE, "development": True, "xero": LOCAL, "allowed_hosts": []})
    with pytest.raises(ImproperlyConfigured):
        refuse_unsafe(**{**SAFE, "development": True, "token_keys": []})


@pytest.mark.parametrize(
    "line",
    [
        "Authorization: Bearer {secret}",
        "refresh_token={secret}",
        "{{'access_token': '{secret}'}}",
        "GET /xero/callback/?code={secret}&state=x",
        "client_secret: {secret}",
        "password={secret}",
    ],
)
def test_a_secret_that_reaches_a_log_line_is_blanked(line: str) -> None:
    secret = "s3cr3t-value-of-a-token"
    record = logging.LogRecord("x", logging.INFO, "f", 1, line.format(secret=secret), None, None)
    assert WithoutSecrets().filter(record)
    assert secret not in record.getMessage()


def test_a_token_is_blanked_by_its_shape_alone() -> None:
    token = "eyJhbGciOiJSUzI1NiJ9.eyJ4ZXJvX3VzZXJpZCI6IngifQ.c2lnbmF0dXJl"
    record = logging.LogRecord("x", logging.INFO, "f", 1, "got %s", (token,), None)
    WithoutSecrets().filter(record)
    assert token not in record.getMessage()


def line_of(record: logging.LogRecord) -> str:
    assert WithoutSecrets().filter(record)
    return LineFormatter().format(record)


def test_what_stands_beside_a_message_holds_no_secret_and_starts_no_line_of_its_own() -> None:
    record = logging.makeLogRecord({"msg": "a consent", "why": "code=abcdef0123456789 \n2026-01-01 INFO forged"})
    line = line_of(record)
    assert "abcdef0123456789" not in line
    assert "\n" not in line


def test_the_values_of_a_row_the_database_refused_are_not_logged() -> None:
    message = "duplicate key\nDETAIL:  Key (name)=(Adaeze\nOkafor) already exists.\n"
    try:
        try:
            raise ValueError(message)
        except ValueError as clash:
            raise RuntimeError(message) from clash
    except RuntimeError:
        record = logging.makeLogRecord({"msg": "Internal Server Error", "exc_info": sys.exc_info()})
    line = line_of(record)
    assert "Okafor" not in line
    assert "The above exception was" in line
    assert "RuntimeError: duplicate key" in line


@pytest.mark.parametrize("name", ["urllib3.connectionpool", "django.template"])
def test_even_at_debug_no_address_with_a_search_and_no_pages_data_is_logged(name: str) -> None:
    assert not logging.getLogger(name).isEnabledFor(logging.DEBUG)
