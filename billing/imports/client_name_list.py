"""A list of clients' names by number, which goes with a file of bills that has numbers alone. Pure."""

from billing.domain.contact_limits import LONGEST
from billing.imports.cells import unwrapped
from billing.imports.files import FaultLog, FileRefused
from billing.imports.tables import TableRow, open_table
from identity.text import clean_text

COLUMNS = ("client_number", "name")


def read_client_names(*, data: bytes, encoding: str = "") -> dict[str, str] | FileRefused:
    """The names by client number of a CSV file or workbook with these two columns, or its refusal by line."""
    faults = FaultLog()
    table = open_table(data=data, faults=faults, notes=FaultLog(), encoding=encoding)
    header = [unwrapped(cell).casefold() for cell in table.header.cells] if table else []
    if not faults.count and not set(COLUMNS) <= set(header):
        faults.add(line_number=1, message="The first line of the names must be client_number,name.")
    names: dict[str, str] = {}
    for row in table.rows if table and not faults.count else ():
        _add(names, row, header, faults)
    return FileRefused(faults.shown, faults.count) if faults.count else names


def _add(names: dict[str, str], row: TableRow, header: list[str], faults: FaultLog) -> None:
    cells = dict(zip(header, (clean_text(unwrapped(cell)) for cell in row.cells), strict=False))
    number, name = cells.get("client_number", ""), cells.get("name", "")
    if not number or not name:
        faults.add(line_number=row.line_number, message="Every line of the names needs a client_number and a name.")
    elif len(name) > LONGEST["name"] or len(number) > LONGEST["client_number"]:
        message = f"A name has at most {LONGEST['name']} characters, a client_number {LONGEST['client_number']}."
        faults.add(line_number=row.line_number, message=message)
    elif names.setdefault(number, name) != name:
        message = f"Client {number} has two names in this list. Keep one of them."
        faults.add(line_number=row.line_number, field="name", message=message)
