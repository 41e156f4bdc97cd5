"""Bills made up at random, and a writer of them for each format that is read: what was written must be read back."""

import io
import random
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import groupby
from xml.sax.saxutils import escape

from billing.domain.money import TaxMode, line_amount, line_tax
from billing.imports.ledes import EntryType, LedesInvoice, LedesLine
from billing.imports.ledes_fields import FIELDS, INTERNATIONAL

WORDS = (
    "Advice on the lease",
    "Call with “Moss”, then a note",
    "Größe & Söhne v. Nguyễn",
    'Draft of "heads of terms"',
    "Reading 5 < 6 > 4",
    "O'Hara's statement; 2 hours",
    "検討",
)
CLIENTS = (("C7001", "Thornbury Mills Ltd"), ("C7002", "Brandt & Söhne GmbH"), ("A-1/9", "Nguyễn Văn An"))
PEOPLE = (("IO", "Iris Odell"), ("MK", "Maya Kerr"), ("", ""))
_NOTHING = Decimal(0)


def make_bills(*, count: int, seed: int) -> list[LedesInvoice]:
    """Bills with one to six lines of all kinds, on one or two matters, with a tax of 20 or 0 per cent."""
    chance = random.Random(seed)
    return [_bill(chance, f"W{seed}-{number}") for number in range(count)]


def _bill(chance: random.Random, number: str) -> LedesInvoice:
    client, name = chance.choice(CLIENTS)
    day = date(2026, 1, 1) + timedelta(days=chance.randrange(365))
    matters = [f"{client}-{each}" for each in range(1, chance.randint(1, 2) + 1)]
    lines = [_line(chance, item, matters[item * len(matters) // 7], day) for item in range(1, chance.randint(1, 6) + 1)]
    return LedesInvoice(
        line_number=0,
        number=number,
        client_id=client,
        invoice_date=day,
        total=sum((line.amount + (line.tax or 0) for line in lines), _NOTHING),
        billing_start=day - timedelta(days=30) if chance.random() < 0.8 else None,
        billing_end=day if chance.random() < 0.8 else None,
        description=chance.choice(["", *WORDS]),
        lines=tuple(lines),
        currency=chance.choice(["GBP", "AUD"]),
        client_name=name,
    )


def _line(chance: random.Random, item: int, matter: str, day: date) -> LedesLine:
    kind = chance.choices(list(EntryType), weights=(6, 3, 1, 1))[0]
    charged = kind in (EntryType.FEE, EntryType.EXPENSE)
    units = Decimal(chance.randint(1, 900)).scaleb(-2) if charged else _NOTHING
    cost = Decimal(chance.randint(100, 50_000)).scaleb(-2) if charged else _NOTHING
    discount = chance.choice([_NOTHING, _NOTHING, Decimal("12.50"), Decimal("-3.00")]) if charged else _NOTHING
    amount = line_amount(quantity=units, unit_price=cost, discount=discount) if charged else Decimal("-1.25")
    percent = chance.choice([Decimal(20), _NOTHING]) if charged else _NOTHING
    person, full_name = chance.choice(PEOPLE) if kind is EntryType.FEE else ("", "")
    return LedesLine(
        line_number=0,
        item_number=str(item),
        entry_type=kind,
        date=day - timedelta(days=item) if charged else None,
        matter_id=matter,
        client_matter_id="P-7" if matter.endswith("1") else "",
        description=chance.choice(WORDS),
        task_code="L110" if kind is EntryType.FEE else "",
        activity_code="A102" if kind is EntryType.FEE else "",
        expense_code="E112" if kind is EntryType.EXPENSE else "",
        timekeeper_id=person,
        timekeeper_name=full_name,
        timekeeper_classification="PT" if person else "",
        units=units,
        unit_cost=cost,
        adjustment=-discount,
        quantity=units if charged else Decimal(1),
        unit_price=cost if charged else amount,
        discount=discount,
        amount=amount,
        tax=line_tax(amount=amount, percent=percent, mode=TaxMode.EXCLUSIVE) if charged else None,
        tax_percent=percent,
        tax_name="VAT" if percent else "",
        matter_name=f"Matter {matter}",
    )


def without_taxes(bill: LedesInvoice) -> LedesInvoice:
    """The bill as LEDES 1998B can say it: no tax, no currency, no names."""
    plain = {"tax": None, "tax_percent": _NOTHING, "tax_name": "", "matter_name": ""}
    lines = tuple(replace(line, **plain) for line in bill.lines)  # type: ignore[arg-type]
    total = sum((line.amount for line in lines), _NOTHING)
    return replace(bill, lines=lines, total=total, currency="", client_name="")


def without_places(bill: LedesInvoice) -> LedesInvoice:
    """The bill without where it stood in the file."""
    return replace(bill, line_number=0, file="", lines=tuple(replace(line, line_number=0) for line in bill.lines))


def _day(value: date | None, form: str = "%Y%m%d") -> str:
    return value.strftime(form) if value else ""


def _figure(value: Decimal | None, *, shown: bool = True) -> str:
    return f"{value:f}" if shown and value is not None else ""


def _record(bill: LedesInvoice, line: LedesLine) -> dict[str, str]:
    charged = line.date is not None
    total = line.amount + (line.tax or 0)
    return {
        "INVOICE_DATE": _day(bill.invoice_date),
        "INVOICE_NUMBER": bill.number,
        "CLIENT_ID": bill.client_id,
        "LAW_FIRM_MATTER_ID": line.matter_id,
        "INVOICE_TOTAL": f"{bill.total:f}",
        "BILLING_START_DATE": _day(bill.billing_start),
        "BILLING_END_DATE": _day(bill.billing_end),
        "INVOICE_DESCRIPTION": bill.description,
        "LINE_ITEM_NUMBER": line.item_number,
        "EXP/FEE/INV_ADJ_TYPE": line.entry_type.value,
        "LINE_ITEM_NUMBER_OF_UNITS": _figure(line.units, shown=charged),
        "LINE_ITEM_ADJUSTMENT_AMOUNT": _figure(line.adjustment, shown=charged),
        "LINE_ITEM_TOTAL": f"{total:f}",
        "LINE_ITEM_DATE": _day(line.date),
        "LINE_ITEM_TASK_CODE": line.task_code,
        "LINE_ITEM_EXPENSE_CODE": line.expense_code,
        "LINE_ITEM_ACTIVITY_CODE": line.activity_code,
        "TIMEKEEPER_ID": line.timekeeper_id,
        "LINE_ITEM_DESCRIPTION": line.description,
        "LAW_FIRM_ID": "88-222",
        "LINE_ITEM_UNIT_COST": _figure(line.unit_cost, shown=charged),
        "TIMEKEEPER_NAME": line.timekeeper_name,
        "TIMEKEEPER_CLASSIFICATION": line.timekeeper_classification,
        "CLIENT_MATTER_ID": line.client_matter_id,
        "MATTER_NAME": line.matter_name,
        "INVOICE_CURRENCY": bill.currency,
        "CLIENT_NAME": bill.client_name,
        "LINE_ITEM_TAX_RATE": _figure(line.tax_percent / 100, shown=charged),
        "LINE_ITEM_TAX_TOTAL": _figure(line.tax),
        "LINE_ITEM_TAX_TYPE": line.tax_name,
    }


def _write_text(first: str, fields: Sequence[str], bills: Sequence[LedesInvoice]) -> bytes:
    records = [_record(bill, line) for bill in bills for line in bill.lines]
    rows = [[record.get(field, "") for field in fields] for record in records]
    return "".join([first, "|".join(fields), "[]\n", *("|".join(row) + "[]\n" for row in rows)]).encode()


def write_1998b(bills: Sequence[LedesInvoice]) -> bytes:
    """LEDES 1998B, which can say only so much."""
    return _write_text("LEDES1998B[]\n", FIELDS, [without_taxes(bill) for bill in bills])


def write_1998bi(bills: Sequence[LedesInvoice]) -> bytes:
    """LEDES 1998BI, without the last two fields, which came with its second version."""
    return _write_text("LEDES1998BI[]\n", (*FIELDS, *INTERNATIONAL[:-2]), bills)


def write_1998bi_v2(bills: Sequence[LedesInvoice]) -> bytes:
    """LEDES 1998BI V2."""
    return _write_text("LEDES98BI V2[]\n", (*FIELDS, *INTERNATIONAL), bills)


def write_xml(bills: Sequence[LedesInvoice]) -> bytes:
    """LEDES XML 2.1."""
    taxes = "".join(
        _element("tax", {"tx_id": key, "tax_type": name, "tax_rate_percent": rate}) for key, name, rate in TAXES
    )
    clients = "".join(f"<client>{_client(bill)}{_invoice(bill)}</client>\n" for bill in bills)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<ledesxmlebilling2.1 xmlns="http://www.ledes.org/LEDES21.xsd">\n'
        f"<firm><lf_id>88-222</lf_id>{taxes}\n{clients}</firm></ledesxmlebilling2.1>\n"
    ).encode()


TAXES = (("1", "VAT", "0.2"), ("2", "", "0"))


def _element(name: str, values: Mapping[str, str], inner: str = "") -> str:
    texts = "".join(f"<{key}>{escape(value)}</{key}>" for key, value in values.items() if value)
    return f"<{name}>{texts}{inner}</{name}>"


def _client(bill: LedesInvoice) -> str:
    return f"<cl_lf_id>{escape(bill.client_id)}</cl_lf_id><cl_name>{escape(bill.client_name)}</cl_name>"


def _invoice(bill: LedesInvoice) -> str:
    values = {
        "inv_id": bill.number,
        "inv_date": _day(bill.invoice_date, "%Y-%m-%d"),
        "inv_currency": bill.currency,
        "inv_start_date": _day(bill.billing_start, "%Y-%m-%d"),
        "inv_end_date": _day(bill.billing_end, "%Y-%m-%d"),
        "inv_desc": bill.description,
        "inv_total_net_due": f"{bill.total:f}",
    }
    matters = groupby(bill.lines, lambda line: (line.matter_id, line.client_matter_id, line.matter_name))
    return _element("invoice", values, "".join(_matter(key, list(lines)) for key, lines in matters))


def _matter(key: tuple[str, str, str], lines: Sequence[LedesLine]) -> str:
    values = dict(zip(("lf_matter_id", "cl_matter_id", "matter_name"), key, strict=True))
    people = {line.timekeeper_id: line.timekeeper_name for line in lines if line.timekeeper_id}
    names = [
        dict(zip(("tk_id", "tk_fname", "tk_lname"), (person, *name.split()), strict=True))
        for person, name in people.items()
    ]
    known = "".join(_element("tk_sum", each) for each in names)
    return _element("matter", values, known + "".join(map(_charge, lines)))


def _charge(line: LedesLine) -> str:
    if line.date is None:
        kind = "Exp" if line.entry_type is EntryType.EXPENSE_ADJUSTMENT else "Fee"
        values = {"disc_cred_category": kind, "increase_decrease": "Decrease", "disc_cred_amount": f"{-line.amount:f}"}
        return _element("matter_disc_cred", values | {"disc_cred_desc": line.description})
    name = "fee" if line.entry_type is EntryType.FEE else "expense"
    values = {
        "charge_date": _day(line.date, "%Y-%m-%d"),
        "tk_id": line.timekeeper_id,
        "tk_level": line.timekeeper_classification,
        "charge_desc": line.description,
        "task_code": line.task_code,
        "task_activity": line.activity_code,
        "expense_code": line.expense_code,
        "charge_type": "U",
        "units": f"{line.units:f}",
        "rate": f"{line.unit_cost:f}",
        "base_amount": f"{line_amount(quantity=line.units, unit_price=line.unit_cost):f}",
        "item_disc_cred_amount": f"{line.adjustment:f}",
        "total_amount": f"{line.amount + (line.tax or 0):f}",
    }
    tax = {"tx_id": "1" if line.tax_name else "2", "tax_on_charge": f"{line.tax:f}"}
    return _element(name, values, _element(f"tax_item_{name}", tax))


def write_zip(bills: Sequence[LedesInvoice]) -> bytes:
    """A ZIP of three files: XML, 1998BI and 1998BI V2, each with its part of the bills, in that order."""
    third = -(-len(bills) // 3)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, write in enumerate((write_xml, write_1998bi, write_1998bi_v2)):
            if part := bills[number * third : (number + 1) * third]:
                archive.writestr(f"sent/{number}.txt", write(part))
    return packed.getvalue()


WRITERS: Mapping[str, Callable[[Sequence[LedesInvoice]], bytes]] = {
    "LEDES 1998B": write_1998b,
    "LEDES 1998BI": write_1998bi,
    "LEDES 1998BI V2": write_1998bi_v2,
    "LEDES XML 2.1": write_xml,
    "LEDES XML 2.1 and LEDES 1998BI and LEDES 1998BI V2": write_zip,
}
