"""The gauges as Prometheus text, written by hand: so few need no library."""

from collections.abc import Iterable, Mapping

from ops.gauges import Gauges
from xero_sync.domain.states import Outcome, State


def rendered(gauges: Gauges) -> str:
    """The text format 0.0.4. A gauge that cannot be read is left out, so that an alert on its absence works."""
    lines = [
        *_labelled("bill_syncing_jobs", "Documents by state.", "state", _all(gauges.jobs, [s.value for s in State])),
        *_plain("bill_syncing_oldest_waiting_seconds", "Age of the oldest save in line.", gauges.oldest_waiting_s),
        *_labelled(
            "bill_syncing_attempts_last_hour",
            "Attempts of the last hour by outcome.",
            "outcome",
            _all(gauges.attempts_last_hour, [outcome.value for outcome in Outcome]),
        ),
        *_plain("bill_syncing_workers_alive", "Workers heard of in the last minute.", gauges.workers_alive),
        *_plain("bill_syncing_mails_waiting", "Mails written and not sent.", gauges.mails_waiting),
        *_plain("bill_syncing_oldest_mail_seconds", "Age of the oldest mail not sent.", gauges.oldest_mail_s),
        *_plain("bill_syncing_dead_addresses", "Addresses the mail server refuses.", gauges.dead_addresses),
    ]
    if gauges.queue_length is not None:
        lines += _plain("bill_syncing_queue_length", "Nudges in the broker's queue.", gauges.queue_length)
    return "\n".join(lines) + "\n"


def _all(counts: Mapping[str, int], names: Iterable[str]) -> dict[str, int]:
    return {name: counts.get(name, 0) for name in names}


def _plain(name: str, words: str, value: float) -> list[str]:
    return [*_head(name, words), f"{name} {value:g}"]


def _labelled(name: str, words: str, label: str, values: Mapping[str, int]) -> list[str]:
    return [*_head(name, words), *(f'{name}{{{label}="{key.lower()}"}} {value}' for key, value in values.items())]


def _head(name: str, words: str) -> list[str]:
    return [f"# HELP {name} {words}", f"# TYPE {name} gauge"]
