"""The ways Xero says no to a whole request; refusals of one element are plain sentences from the rules."""

from dataclasses import dataclass, field
from datetime import date

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@dataclass
class RequestRefused(Exception):
    """A request refused as a whole with HTTP 400: ``number`` and ``kind`` are Xero's ErrorNumber and Type."""

    number: int
    kind: str
    message: str


def post_data_invalid(message: str) -> RequestRefused:
    """The body could not be read (ErrorNumber 14)."""
    return RequestRefused(number=14, kind="PostDataInvalidException", message=message)


def malformed_json() -> RequestRefused:
    """The body, or the type of one field in it, is not what the endpoint reads (message 64)."""
    return post_data_invalid("JSON for post data was invalid")


def no_data_processed(endpoint: str) -> RequestRefused:
    """The envelope held nothing for this endpoint (ErrorNumber 17)."""
    noun = endpoint.removesuffix("s")
    message = (
        "No data has been processed for this endpoint. "
        f"This endpoint is expecting {noun} data to be specifed in the request body."
    )
    return RequestRefused(number=17, kind="NoDataProcessedException", message=message)


def bad_query(message: str) -> RequestRefused:
    """A filter or an order that Xero cannot parse (ErrorNumber 16)."""
    return RequestRefused(number=16, kind="QueryParseException", message=message)


@dataclass
class ValidationRefused(Exception):
    """At least one element was refused and the caller asked for one answer for the whole request."""

    elements: list[dict[str, object]] = field(default_factory=list)


def lock_date_text(day: date) -> str:
    """A date the way the lock date messages print it, such as 30-Nov-2018."""
    return f"{day.day:02d}-{MONTHS[day.month - 1]}-{day.year}"
