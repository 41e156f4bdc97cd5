"""The SDK, made safe: what of `xero_python` was measured to do harm is undone here."""

from collections.abc import Callable
from functools import partialmethod
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from xero_python.accounting import AccountingApi
from xero_python.api_client import ApiClient
from xero_python.api_client.configuration import Configuration
from xero_python.api_client.oauth2 import OAuth2Token
from xero_python.identity import IdentityApi

from xero_sync.gateway import http
from xero_sync.gateway.answers import OutcomeUnknown, Trace, Unavailable
from xero_sync.gateway.http import Answer


class _Transport:
    """Stands in for the SDK's RESTClientObject.

    The SDK's own retries a PUT four times, has no timeout unless given ints, reads bodies without a deadline, and
    turns error answers into exceptions whose text holds personal data and crashes when the body is no JSON.
    """

    def __init__(self, deadline: float) -> None:
        self.deadline = deadline

    def request(
        self,
        method: str,
        url: str,
        query_params: Any = None,
        headers: Any = None,
        body: Any = None,
        post_params: Any = None,
        _preload_content: bool = True,
        _request_timeout: Any = None,
    ) -> Answer:
        address = f"{url}?{urlencode(query_params)}" if query_params else url
        payload = body.encode() if isinstance(body, str) else None
        return http.exchange(
            method=method,
            url=address,
            headers=headers or {},
            body=payload,
            deadline=self.deadline,
        )

    GET = partialmethod(request, "GET")
    PUT = partialmethod(request, "PUT")
    POST = partialmethod(request, "POST")
    DELETE = partialmethod(request, "DELETE")


def accounting(access_token: str) -> AccountingApi:
    """The accounting API for one call."""
    return AccountingApi(_client(access_token), base_url=f"{settings.XERO.api}/api.xro/2.0")


def identity(access_token: str) -> IdentityApi:
    """The API of connections for one call."""
    return IdentityApi(_client(access_token), base_url=settings.XERO.api)


def _client(access_token: str) -> ApiClient:
    # A client and a token object per call: a shared pair has sent one firm's request with another firm's token.
    configuration = Configuration()
    # Assigned after construction: the constructor returns a copy of the first Configuration ever made, token and all.
    configuration.oauth2_token = OAuth2Token()
    token = {
        "access_token": access_token,
        # Without expires_at and refresh_token the SDK never refreshes inside a call.
        "expires_in": 1800,
        "token_type": "Bearer",
        "scope": [],
    }
    client = ApiClient(
        configuration,
        oauth2_token_getter=lambda: token,
        oauth2_token_saver=_never_saved,
    )
    client.rest_client = _Transport(settings.SYNC_CALL_DEADLINE_SECONDS)
    client.user_agent = "bill-syncing"
    return client


def _never_saved(_: Any) -> None:
    raise AssertionError("the SDK must not refresh tokens")


def written(call: Callable[..., Any], *arguments: Any, **options: Any) -> Answer:
    """One write. Raises Unavailable if nothing left us, OutcomeUnknown if something did and no answer came."""
    try:
        return _called(call, *arguments, **options)
    except http.NotSent as fault:
        raise Unavailable(fault.reason, trace=Trace(duration_ms=fault.duration_ms)) from None
    except http.NoAnswer as fault:
        raise OutcomeUnknown(fault.reason, trace=Trace(duration_ms=fault.duration_ms)) from None


def ask_xero(call: Callable[..., Any], *arguments: Any, **options: Any) -> Answer:
    """One question. Raises Unavailable for every failure of the exchange."""
    try:
        return _called(call, *arguments, **options)
    except http.WireFault as fault:
        raise Unavailable(fault.reason, trace=Trace(duration_ms=fault.duration_ms)) from None


def _called(call: Callable[..., Any], *arguments: Any, **options: Any) -> Answer:
    # _preload_content=False: the SDK's models raise on nulls and unknown words *after* a successful write.
    answer: Answer = call(*arguments, **options, _preload_content=False)
    return answer
