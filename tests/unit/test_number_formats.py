"""A workbook's values as the text that people saw in its cells."""

from datetime import date, datetime, time

import pytest

from billing.imports.number_formats import shown_value


def moment(*parts: int) -> datetime:
    return datetime(*parts)  # type: ignore[arg-type]  # noqa: DTZ001  (a workbook's times have no zone)


@pytest.mark.parametrize(
    ("value", "number_format", "shown"),
    [
        (8111, "0000000", "0008111"),
        (8111, "General", "8111"),
        (8111.5, "General", "8111.5"),
        (0.1, "General", "0.1"),
        (1e-7, "General", "0.0000001"),
        (99, "", "99"),
        (12, "@", "12"),
        (811300000000, "General", "811300000000"),
        (2000, "#,##0", "2,000"),
        (0, "#,##0", "0"),
        (1234567, "#,##0.00_);(#,##0.00)", "1,234,567.00"),
        (1234.5, '"$"#,##0.00', "$1,234.50"),
        (0.5, "0%", "50%"),
        (12.5, "0.00", "12.50"),
        (123456789, "000-00-0000", "123-45-6789"),
        (2079460909, "(000) 000-0000", "(207) 946-0909"),
        (411234567, '"+61 "000 000 000', "+61 411 234 567"),
        (12345, "0 0 0 0 0", "1 2 3 4 5"),
        (7, "0-00", "0-07"),
        (-5, "0", "-5"),
        (-5, "0;(0)", "(5)"),
        (1000, "[$-409]0", "1000"),
        # In a format we do not follow the digits are plain, and all there.
        (5, "0.00E+00", "5"),
        (2.5, "# ?/?", "2.5"),
        (8.113e20, "General", "8.11300E+20"),
        (float("nan"), "0", "NAN"),
        (True, "General", "TRUE"),
        (None, "General", ""),
        ("0041", "General", "0041"),
        (moment(2026, 3, 1), "mm-dd-yy", "2026-03-01"),
        (moment(2026, 3, 1), "General", "2026-03-01"),
        (moment(2026, 3, 1, 9, 5), "General", "2026-03-01 09:05"),
        (moment(2026, 3, 1), "dd/mm/yyyy", "01/03/2026"),
        (moment(2026, 2, 1), "d-mmm", "1-Feb"),
        (moment(2026, 2, 1, 15, 4), "yyyy-mm-dd hh:mm", "2026-02-01 15:04"),
        (moment(2026, 2, 1, 15, 4), "h:mm AM/PM", "3:04 PM"),
        (time(9, 5), "General", "09:05"),
        (date(2026, 1, 2), 'd" of "mmmm', "2 of January"),
    ],
)
def test_a_value_is_shown_by_its_format(value: object, number_format: str, shown: str) -> None:
    assert shown_value(value, number_format) == shown
