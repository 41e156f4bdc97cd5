"""The pages' templates, always escaped."""

from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined
from werkzeug.wrappers import Response

HEADERS = {
    # A consent page must be able to lead back to the app, so form targets are not limited to this host.
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; frame-ancestors 'none'; base-uri 'none'",
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
}


@cache
def _environment() -> Environment:
    environment = Environment(loader=PackageLoader("xero_emulator"), autoescape=True, undefined=StrictUndefined)
    environment.filters["money"] = lambda value: f"{value:,.2f}"
    return environment


def render(name: str, *, status: int = 200, **values: object) -> Response:
    """A page from a template."""
    text = _environment().get_template(name).render(**values)
    return Response(text, status=status, headers=HEADERS, content_type="text/html; charset=utf-8")
