"""Figures in words."""


def age(seconds: float) -> str:
    """ "6 s", "4 min", "3 h", "2 days": one unit is enough to decide."""
    if seconds < 120:
        return f"{seconds:.0f} s"
    if seconds < 2 * 3600:
        return f"{seconds / 60:.0f} min"
    if seconds < 48 * 3600:
        return f"{seconds / 3600:.0f} h"
    return f"{seconds / 86400:.0f} days"


def number(value: int, noun: str, plural: str = "") -> str:
    """ "1 firm", "3 firms"."""
    return f"{value:,} {noun if value == 1 else plural or noun + 's'}"
