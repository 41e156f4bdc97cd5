"""Invented clients, and writers of the files in which each practice system would export them."""

import csv
import io
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import openpyxl

FIRST = ("Zoë", "Ivo", "Ada", "Siân", "João", "Ngọc", "Łukasz", "Maeve", "Владимир", "美玲", "Jean-Luc", "D'Arcy")
LAST = ("Sand", "O’Hara", "Núñez", "van der Berg", "Æther", "Müller", "Lefèvre", "Kowalski-Reed", "Þórsdóttir")
FIRMS = ("Marsh Hen Farms", "Rook & Daw LLP", 'The "Old" Mill', "Tern; Boats, Ltd", "Grün & Söhne GmbH", "3 Fen Trust")
STREETS = ("1 Weir Lane", "Storgatan 4, 2 tr", "Flat 2\n9 Quay St", "Rue de l’Église 7", "PO Box 12")
TOWNS = (
    ("Leeds", "West Yorkshire", "LS1 4AB", "UK"),
    ("Göteborg", "", "411 06", "Sweden"),
    ("Carlton", "VIC", "3053", ""),
)
# Every value a client may have, by our field; those that a layout cannot carry are not compared.
Fields = dict[str, object]


@dataclass(frozen=True)
class Client:
    """A client as a practice system holds it; a person has a first and a last name, a company a name."""

    number: str
    first: str = ""
    last: str = ""
    company: str = ""
    emails: tuple[str, ...] = ()
    phones: Mapping[str, str] = field(default_factory=dict)
    street: str = ""
    street2: str = ""
    city: str = ""
    region: str = ""
    postcode: str = ""
    country: str = ""
    tax_number: str = ""

    @property
    def name(self) -> str:
        return self.company or f"{self.first} {self.last}"


def make_clients(count: int, *, seed: int) -> list[Client]:
    """Clients whose names are each their own, in any letters."""
    chance = random.Random(seed)
    return [_client(chance, index) for index in range(1, count + 1)]


def _client(chance: random.Random, index: int) -> Client:
    person = chance.random() < 0.5
    phones = {kind: f"+44 20 {chance.randrange(10**6):06} {index}" for kind in _TYPES if chance.random() < 0.4}
    city, region, postcode, country = chance.choice(TOWNS)
    return Client(
        number=f"C-{index:05}",
        first=chance.choice(FIRST) if person else "",
        last=f"{chance.choice(LAST)} {index}" if person else "",
        company="" if person else f"{chance.choice(FIRMS)} {index}",
        emails=tuple(f"p{index}.{each}@client.example" for each in range(chance.randrange(4))),
        phones=phones,
        street=chance.choice(STREETS),
        street2="Rear" if chance.random() < 0.2 else "",
        city=city,
        region=region,
        postcode=postcode,
        country=country,
        tax_number=f"00{index}" if chance.random() < 0.5 else "",
    )


_TYPES = ("WORK", "DIRECT", "MOBILE", "FAX")


@dataclass(frozen=True)
class Program:
    """How one program writes a client: column -> value; and what of the client its file can carry."""

    code: str
    row: Callable[[Client], dict[str, str]]
    emails: int = 1
    phones: tuple[str, ...] = ("WORK",)
    without: frozenset[str] = frozenset()

    def expected(self, client: Client) -> Fields:
        """What should be read of the client, by the fields of a row."""
        found: Fields = {
            "client_number": client.number,
            "kind": "COMPANY" if client.company else "PERSON",
            "name": client.name,
            "first_name": client.first,
            "last_name": client.last,
            "emails": client.emails[: self.emails],
            "phones": tuple((kind, client.phones[kind]) for kind in self.phones if kind in client.phones),
            "address_line1": client.street,
            "address_line2": client.street2,
            "city": client.city,
            "region": client.region,
            "postal_code": client.postcode,
            "country": client.country,
            "tax_number": client.tax_number,
        }
        return {name: "" if name in self.without else value for name, value in found.items()}


def _clio(client: Client) -> dict[str, str]:
    return {
        "title": "",
        "job_title": "",
        "first_name": client.first,
        "last_name": client.last,
        "company": client.company,
        "business_street": client.street,
        "business_city": client.city,
        "business_state": client.region,
        "business_postal_code": client.postcode,
        "business_country": client.country,
        "email_address": _at(client.emails, 0),
        "primary_phone": client.phones.get("WORK", ""),
    }


def _xero(client: Client) -> dict[str, str]:
    return {
        "*ContactName": client.name,
        "AccountNumber": client.number,
        "EmailAddress": _at(client.emails, 0),
        "FirstName": client.first,
        "LastName": client.last,
        "POAttentionTo": "",
        "POAddressLine1": client.street,
        "POAddressLine2": client.street2,
        "POCity": client.city,
        "PORegion": client.region,
        "POPostalCode": client.postcode,
        "POCountry": client.country,
        "PhoneNumber": client.phones.get("WORK", ""),
        "FaxNumber": client.phones.get("FAX", ""),
        "MobileNumber": client.phones.get("MOBILE", ""),
        "DDINumber": client.phones.get("DIRECT", ""),
        "TaxNumber": client.tax_number,
    }


def _outlook(client: Client) -> dict[str, str]:
    return {
        "First Name": client.first,
        "Middle Name": "",
        "Last Name": client.last,
        "E-mail Address": _at(client.emails, 0),
        "E-mail 2 Address": _at(client.emails, 1),
        "E-mail 3 Address": _at(client.emails, 2),
        "Home Phone": "",
        "Business Phone": client.phones.get("WORK", ""),
        "Mobile Phone": client.phones.get("MOBILE", ""),
        "Business Fax": client.phones.get("FAX", ""),
        "Company": client.company,
        "Business Street": client.street,
        "Business Street 2": client.street2,
        "Business City": client.city,
        "Business State": client.region,
        "Business Postal Code": client.postcode,
        "Business Country/Region": client.country,
    }


def _google(client: Client) -> dict[str, str]:
    numbers = [(label, client.phones.get(kind, "")) for kind, label in _GOOGLE.items()]
    return {
        "First Name": client.first,
        "Middle Name": "",
        "Last Name": client.last,
        "Organization Name": client.company,
        "E-mail 1 - Label": "* ",
        "E-mail 1 - Value": " ::: ".join(client.emails),
        **{f"Phone {at} - Label": label for at, (label, _) in enumerate(numbers, start=1)},
        **{f"Phone {at} - Value": number for at, (_, number) in enumerate(numbers, start=1)},
        "Address 1 - Street": client.street,
        "Address 1 - Extended Address": client.street2,
        "Address 1 - City": client.city,
        "Address 1 - Region": client.region,
        "Address 1 - Postal Code": client.postcode,
        "Address 1 - Country": client.country,
    }


_GOOGLE = {"WORK": "Work", "MOBILE": "Mobile", "FAX": "Work Fax"}


def _quickbooks(client: Client) -> dict[str, str]:
    return {
        "Customer full name": client.name,
        "Company name": client.company,
        "First name": client.first,
        "Last name": client.last,
        "Billing Street": client.street,
        "Billing City": client.city,
        "Billing State": client.region,
        "Billing ZIP": client.postcode,
        "Billing Country": client.country,
        "Phone": client.phones.get("WORK", ""),
        "Mobile": client.phones.get("MOBILE", ""),
        "Fax": client.phones.get("FAX", ""),
        "Email": _at(client.emails, 0),
        "Open balance": "0.00",
    }


def _leap(client: Client) -> dict[str, str]:
    return {
        "Client Code": client.number,
        "Card Name": client.name,
        "Card Type": "Organisation" if client.company else "Person",
        "Given Names": client.first,
        "Surname": client.last,
        "Street": client.street,
        "Suburb": client.city,
        "State": client.region,
        "Postcode": client.postcode,
        "Country": client.country,
        "Phone": client.phones.get("WORK", ""),
        "Direct Line": client.phones.get("DIRECT", ""),
        "Mobile": client.phones.get("MOBILE", ""),
        "Fax": client.phones.get("FAX", ""),
        "Email": _at(client.emails, 0),
        "ABN": client.tax_number,
    }


def _practicepanther(client: Client) -> dict[str, str]:
    return {
        "Number": client.number,
        "Display Name": client.name,
        "Company Name": client.company,
        "First Name": client.first,
        "Last Name": client.last,
        "Email": _at(client.emails, 0),
        "Phone Mobile": client.phones.get("MOBILE", ""),
        "Phone Work": client.phones.get("WORK", ""),
        "Phone Fax": client.phones.get("FAX", ""),
        "Address Street 1": client.street,
        "Address Street 2": client.street2,
        "Address City": client.city,
        "Address State": client.region,
        "Address Zip Code": client.postcode,
        "Address Country": client.country,
    }


def _plain(client: Client) -> dict[str, str]:
    return {
        "Client No.": client.number,
        "Type": "company" if client.company else "person",
        "Client name": client.name,
        "First name": client.first,
        "Last name": client.last,
        "E-mail": "; ".join(client.emails),
        "Phone": client.phones.get("WORK", ""),
        "phone_direct": client.phones.get("DIRECT", ""),
        "Mobile": client.phones.get("MOBILE", ""),
        "Fax": client.phones.get("FAX", ""),
        "Address": client.street,
        "Address 2": client.street2,
        "Town": client.city,
        "County": client.region,
        "Postcode": client.postcode,
        "Country": client.country,
        "VAT number": client.tax_number,
    }


_ALL, _THREE = _TYPES, ("WORK", "MOBILE", "FAX")
PROGRAMS = (
    Program("clio", _clio, without=frozenset({"client_number", "address_line2", "tax_number"})),
    Program("xero", _xero, phones=_ALL),
    Program("outlook", _outlook, emails=3, phones=_THREE, without=frozenset({"client_number", "tax_number"})),
    Program("google", _google, emails=9, phones=_THREE, without=frozenset({"client_number", "tax_number"})),
    Program(
        "quickbooks", _quickbooks, phones=_THREE, without=frozenset({"client_number", "address_line2", "tax_number"})
    ),
    Program("leap", _leap, phones=_ALL, without=frozenset({"address_line2"})),
    Program("practicepanther", _practicepanther, phones=_THREE, without=frozenset({"tax_number"})),
    Program("plain", _plain, emails=9, phones=_ALL),
)


def write_csv(
    program: Program, clients: Sequence[Client], *, separator: str = ",", encoding: str = "utf-8", end: str = "\r\n"
) -> bytes:
    """The clients as the program exports them to CSV."""
    out = io.StringIO()
    # Where lines end with \r alone Python's writer would leave a \n in a value without quotes.
    quoting = csv.QUOTE_ALL if end == "\r" else csv.QUOTE_MINIMAL
    csv.writer(out, delimiter=separator, lineterminator=end, quoting=quoting).writerows(_table(program, clients))
    return out.getvalue().encode(encoding)


def write_xlsx(program: Program, clients: Sequence[Client], *, before: Sequence[str] = ()) -> bytes:
    """The clients as a workbook, after empty sheets of these names."""
    book = openpyxl.Workbook(write_only=True)
    for name in before:
        book.create_sheet(name)
    sheet = book.create_sheet("Clients")
    for row in _table(program, clients):
        sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _table(program: Program, clients: Sequence[Client]) -> Iterator[list[str]]:
    rows = [program.row(client) for client in clients]
    yield list(rows[0])
    yield from (list(row.values()) for row in rows)


def _at(values: Sequence[str], place: int) -> str:
    return values[place] if place < len(values) else ""
