"""The value of a cell of a workbook as the text that its reader saw: numbers and dates by the cell's number format.

Number formats are those of ECMA-376, part 1, section 18.8.31; of them the ones that client files hold are followed,
and a number in any other is given in plain digits.
"""

import re
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

# Excel keeps fifteen digits of a number; of a longer one the last are lost.
_EXACT: Final = 10**15
_LITERALS: Final = re.compile(r'"([^"]*)"|\\(.)|\[[^\]]*\]|_.|\*.')
_PLACES: Final = re.compile(r"[0#?,.]+")
_DATE_PARTS: Final = re.compile(r"yyyy|yy|mmmm|mmm|mm|m|dddd|ddd|dd|d|hh|h|ss|s|am/pm", re.IGNORECASE)
# How the system's own date format, of which a workbook does not say what people saw, is named by the readers.
_SYSTEM_DATES: Final = frozenset({"mm-dd-yy", "m/d/yy", "m/d/yy h:mm"})


def shown_value(value: object, number_format: str) -> str:
    """The text of a cell; "" for an empty one, a wrong number of digits never: too long a number is 1.23457E+20."""
    if value is None or isinstance(value, str):
        return value or ""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, datetime | date | time):
        return _shown_date(value, number_format)
    if isinstance(value, int | float):
        return _shown_number(value, number_format)
    return str(value) if isinstance(value, timedelta) else ""


def _shown_number(value: float, number_format: str) -> str:
    if value != value or abs(value) >= _EXACT:
        return f"{value:.5E}"
    sections = number_format.split(";")
    own_sign = value < 0 and len(sections) > 1 and sections[1] != ""
    section = sections[1] if own_sign else sections[0]
    number = Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
    layout = _LITERALS.sub(lambda found: "\0" * len(found[1] or found[2] or ""), section)
    if not set(layout) <= set("0#?,.%\0()-+/ :$") or not re.search("[0#?]", layout) or "/" in layout:
        return _plain_digits(number)
    text = _in_places(abs(number), section)
    return text if own_sign or value >= 0 else f"-{text}"


def _plain_digits(number: Decimal) -> str:
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _in_places(number: Decimal, section: str) -> str:
    """The number's digits put into the places of a format such as `00000`, `000-000`, `#,##0.00` or `0%`."""
    plain = _LITERALS.sub(lambda found: f"\0{found[1] or found[2] or ''}\0", section)
    pieces = plain.split("\0")
    layout = "".join(pieces[0::2])
    if "%" in layout:
        number *= 100
    whole_places, _, decimal_places = layout.rpartition(".") if "." in layout else (layout, "", "")
    decimals = sum(decimal_places.count(place) for place in "0#?")
    rounded = number.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)
    whole, _, fraction = f"{rounded:f}".partition(".")
    least = decimal_places.count("0")
    while len(fraction) > least and fraction.endswith("0"):
        fraction = fraction[:-1]
    digits = whole.lstrip("0").rjust(whole_places.count("0"), "0")
    if "," in whole_places:
        digits = f"{int(digits or '0'):,}" if "." in layout or digits else digits
        return _around(pieces, digits + (f".{fraction}" if fraction else ""))
    return _fill(pieces, digits, f".{fraction}" if fraction else "")


def _around(pieces: list[str], number: str) -> str:
    """The number in the place of the first run of digits, with the literals and signs around it."""
    text = "".join(piece if at % 2 else _PLACES.sub("\1", piece) for at, piece in enumerate(pieces))
    return re.sub("\1+", lambda _: number, text, count=1).replace("\1", "").strip()


def _fill(pieces: list[str], digits: str, fraction: str) -> str:
    """The digits from the right into single places, between which literals may stand, as in `000-000`."""
    marks = [(mark, bool(at % 2)) for at, piece in enumerate(pieces) for mark in piece]
    point = next((at for at, (mark, literal) in enumerate(marks) if mark == "." and not literal), len(marks))
    after = [mark for mark, literal in marks[point + 1 :] if literal or mark not in "0#?."]
    filled: list[str] = []
    rest = list(digits)
    first = next(at for at, (mark, literal) in enumerate(marks) if not literal and mark in "0#?")
    for at in range(point - 1, -1, -1):
        mark, literal = marks[at]
        if literal or mark not in "0#?":
            filled.append(mark)
            continue
        if rest:
            filled.append(rest.pop())
        if at == first:
            filled.extend(reversed(rest))
    return ("".join(reversed(filled)) + fraction + "".join(after)).strip()


def _shown_date(value: date | time, number_format: str) -> str:
    """A date as its own format has it; in the system's format, of which nobody knows, as 2026-03-01."""
    section = number_format.partition(";")[0]
    layout = _LITERALS.sub(lambda found: f"\0{found[1] or found[2] or ''}\0", section)
    pieces = layout.split("\0")
    if section in _SYSTEM_DATES or not any(_DATE_PARTS.search(piece) for piece in pieces[0::2]):
        return _iso(value)
    afternoon = "am/pm" in layout.lower()
    shown, after_hours = [], False
    for at, piece in enumerate(pieces):
        if at % 2:
            shown.append(piece)
            continue
        start = 0
        for part in _DATE_PARTS.finditer(piece):
            shown.append(piece[start : part.start()])
            name = part[0].lower()
            shown.append(_date_part(value, name, minutes=after_hours and name in {"m", "mm"}, afternoon=afternoon))
            after_hours = name in {"h", "hh"}
            start = part.end()
        shown.append(piece[start:].replace("@", ""))
    return "".join(shown).strip()


def _date_part(value: date | time, name: str, *, minutes: bool, afternoon: bool) -> str:
    codes = {
        "yyyy": "%Y", "yy": "%y", "mmmm": "%B", "mmm": "%b", "mm": "%m", "m": "%m", "dddd": "%A", "ddd": "%a",
        "dd": "%d", "d": "%d", "hh": "%H", "h": "%H", "ss": "%S", "s": "%S", "am/pm": "%p",
    }  # fmt: skip
    code = "%M" if minutes else codes[name]
    if afternoon and code == "%H":
        code = "%I"
    text = value.strftime(code)
    return text.lstrip("0") or "0" if len(name) == 1 else text


def _iso(value: date | time) -> str:
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(sep=" ", timespec="minutes")
    return value.isoformat() if isinstance(value, date) else value.isoformat(timespec="minutes")
