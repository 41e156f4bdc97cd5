"""Measured figures beside their goals, as one table."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Figure:
    """One thing that was measured; without a goal it is only told."""

    what: str
    measured: float
    unit: str
    at_most: float | None = None

    @property
    def missed(self) -> bool:
        return self.at_most is not None and self.measured > self.at_most


def table(figures: Sequence[Figure]) -> Iterator[str]:
    """The table, line by line."""
    yield f"{'':<66}{'measured':>12}{'at most':>12}"
    yield "-" * 100
    for figure in figures:
        goal = "" if figure.at_most is None else _number(figure.at_most)
        verdict = "" if figure.at_most is None else ("MISSED" if figure.missed else "met")
        yield f"{f'{figure.what}, {figure.unit}':<66}{_number(figure.measured):>12}{goal:>12}{verdict:>10}".rstrip()


def _number(value: float) -> str:
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:,.3f}"
