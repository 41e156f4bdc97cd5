"""The sample firm's 60 invented clients; domains and telephone numbers are ones set aside for examples."""

import unicodedata
from typing import NamedTuple


class Place(NamedTuple):
    """A city with the shape of its telephone numbers."""

    city: str
    region: str
    postal_code: str
    country: str
    telephone: str


class Client(NamedTuple):
    """One sample client, in the columns of contacts.csv."""

    client_number: str
    kind: str
    name: str
    first_name: str
    last_name: str
    emails: str
    phones: str
    phone_mobile: str
    address_line1: str
    address_line2: str
    city: str
    region: str
    postal_code: str
    country: str
    tax_number: str


INVALID_EMAIL_CLIENT = "C-1013"
SAME_NAME_CLIENTS = ("C-1007", "C-1042")

_PLACES = {
    "syd": Place("Sydney", "NSW", "2000", "Australia", "+61 2 5550 {:04}"),
    "mel": Place("Melbourne", "VIC", "3000", "Australia", "+61 3 5550 {:04}"),
    "bne": Place("Brisbane", "QLD", "4000", "Australia", "+61 7 5550 {:04}"),
    "per": Place("Perth", "WA", "6000", "Australia", "+61 8 5550 {:04}"),
    "akl": Place("Auckland", "", "1010", "New Zealand", "+64 9 555 {:04}"),
    "lon": Place("London", "", "EC2V 7NQ", "United Kingdom", "+44 20 7946 {:04}"),
    "edi": Place("Edinburgh", "", "EH2 2BY", "United Kingdom", "+44 131 496 {:04}"),
    "dub": Place("Dublin", "", "D02 X285", "Ireland", "+353 20 913 {:04}"),
    "nyc": Place("New York", "NY", "10004", "United States", "+1 212 555 {:04}"),
    "sfo": Place("San Francisco", "CA", "94104", "United States", "+1 415 555 {:04}"),
    "van": Place("Vancouver", "BC", "V6C 1A1", "Canada", "+1 604 555 {:04}"),
    "sin": Place("Singapore", "", "048616", "Singapore", "+65 6555 {:04}"),
    "ham": Place("Hamburg", "", "20457", "Germany", "+49 40 66969 {:04}"),
    "par": Place("Paris", "", "75002", "France", "+33 1 99 00 {:04}"),
    "tyo": Place("Tokyo", "", "100-0005", "Japan", "+81 3 5555 {:04}"),
}

# Kind, name, place, street; in the order of client numbers from C-1001.
_TABLE = """
company|Aldgate Harbour Holdings Pty Ltd|syd|Level 9, 14 Bridge Street
company|Blue Wren Childcare Pty Ltd|mel|212 Smith Street
company|Corrigan & Daughters Builders|bne|7 Wickham Terrace
person|Amelia Okafor|lon|Flat 3, 18 Roman Road
company|Delacroix Vins SARL|par|22 rue du Sentier
company|Eastgate Rail Consortium Ltd|lon|40 Coleman Street
person|John Smith|syd|81 Darling Street
company|Ferngully Aged Care Ltd|per|300 Hay Street
person|Priya Raman|mel|5/17 Lygon Street
company|Greywacke Quarries Limited|akl|66 Quay Street
company|Hamish Orr Whisky Co. Ltd|edi|9 Thistle Street
person|Séamus Ó Briain|dub|31 Merrion Row
company|Brandt Logistik GmbH|ham|Am Sandtorkai 50
company|Ironbark Timber Co-operative|bne|118 Eagle Street
company|Jacaranda Hotels Group Ltd|bne|2 Queens Wharf Road
person|Margaret Whitlam-Jones|syd|4 Wolseley Road
company|Kestrel Aviation Leasing DAC|dub|25 Grand Canal Dock
company|Lantern & Finch Publishing|nyc|77 Water Street
person|Tomás Herrera|sfo|540 Sansome Street
company|Marlowe Biotech, Inc.|sfo|101 Montgomery Street
company|Northlight Solar Pty Ltd|per|12 St Georges Terrace
company|O'Rourke Marine Services|per|1 Victoria Quay
person|Grace Liang|sin|8 Cross Street
company|Pemberton, Tran & Associates|mel|Level 3, 480 Bourke Street
company|Quillfeather Insurance Ltd|lon|12 Leadenhall Place
company|Redgum Dairy Farmers Ltd|mel|90 Collins Street
person|Benjamin Achterberg|nyc|19 Pearl Street
company|Saltbush Mining NL|per|45 Adelaide Terrace
company|Tanaka Precision K.K.|tyo|1-9-1 Marunouchi
person|Eleni Papadopoulos|mel|62 Lonsdale Street
company|Umbra Film Productions Ltd|lon|3 Soho Square
company|Vantage Point Surveyors|syd|Suite 5, 20 Loftus Street
company|Westhaven Community Housing|akl|14 Westhaven Drive
person|Daniel Kowalczyk|edi|27 Leith Walk
company|Xanthe Textiles Pty Ltd|mel|33 Flinders Lane
company|Yarrow & Pike Solicitors|lon|6 Gray's Inn Place
company|Zephyr Wind Partners LP|van|1055 Canada Place
person|Sofia Lindqvist|lon|44 Marylebone Lane
company|Apex Freight Forwarders Pte Ltd|sin|10 Collyer Quay
company|Bayside Veterinary Clinic|bne|250 Sandgate Road
person|Hugo Marchetti|syd|16 Norton Street
person|John Smith|lon|102 Borough High Street
company|Copperfield Estates Ltd|edi|58 George Street
company|Driftwood Surf Supplies|syd|9 The Corso
person|Naledi Mokoena|lon|71 Camden Passage
company|Emberley Foundry Ltd|akl|5 Neilson Street
company|Foxglove Pharmacy Group|mel|400 Chapel Street
person|William Te Rangi|akl|29 Ponsonby Road
company|Gannet Offshore Ltd|edi|11 Constitution Street
company|Hollis & Wren Architects|syd|88 Foveaux Street
company|Inverness Malt Merchants|edi|73 Princes Street
person|Chloé Fontaine|par|9 rue Vivienne
company|Juniper Street Bakery|nyc|130 Front Street
company|Kingfisher Water Trust|bne|55 Ann Street
person|Oliver Stanhope|lon|14 Cheyne Row
company|Lodestar Robotics, Inc.|sfo|235 Pine Street
company|Mulberry Schools Foundation|lon|29 Tavistock Square
person|Yuki Nakamura|tyo|2-4-3 Ginza
company|Nightjar Media Pty Ltd|syd|31 Market Street
company|Orchard Lane Developments|dub|8 Baggot Street
"""

_EMAILS = {
    "C-1007": "john.smith@smithjoinery.example",
    INVALID_EMAIL_CLIENT: "accounts(at)brandt.example",
    "C-1020": "ap@marlowebiotech.example; legal@marlowebiotech.example",
    "C-1042": "jsmith@boroughmusic.example",
}


def clients() -> list[Client]:
    """The 60 clients, C-1001 to C-1060."""
    rows = _TABLE.strip().splitlines()
    return [_client(1001 + index, *row.split("|")) for index, row in enumerate(rows)]


def _client(number: int, kind: str, name: str, place_key: str, street: str) -> Client:
    place = _PLACES[place_key]
    client_number = f"C-{number}"
    first, _, last = name.partition(" ") if kind == "person" else ("", "", "")
    local = "accounts" if kind == "company" else first
    email = _EMAILS.get(client_number, f"{_ascii(local)}@{_ascii(last or name)}.example")
    first_street, comma, second_street = street.partition(", ")
    return Client(
        client_number=client_number,
        kind=kind,
        name=name,
        first_name=first,
        last_name=last,
        emails=email,
        phones=place.telephone.format(number - 900) if kind == "company" else "",
        phone_mobile=place.telephone.format(number - 900) if kind == "person" else "",
        address_line1=first_street if comma else street,
        address_line2=second_street,
        city=place.city,
        region=place.region,
        postal_code=place.postal_code,
        country=place.country,
        tax_number=f"DE{900000000 + number}" if place.country == "Germany" else "",
    )


def _ascii(text: str) -> str:
    folded = unicodedata.normalize("NFKD", text.lower())
    return "".join(character for character in folded if character.isascii() and character.isalnum())
