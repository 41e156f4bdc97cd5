"""The files of clients that we know, as data: which column of which program fills which field of a client."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

# Field -> its name in words.
FIELDS: Final[Mapping[str, str]] = {
    "client_number": "client number",
    "kind": "person or company",
    "name": "name",
    "first_name": "first name",
    "middle_name": "first name, after the first",
    "last_name": "last name",
    "company": "company, the client's name where no person is named",
    "emails": "e-mail addresses",
    "phones": "telephone",
    "phone_direct": "direct line",
    "phone_mobile": "mobile",
    "phone_fax": "fax",
    "address_line1": "address",
    "address_line2": "address, second line",
    "city": "city",
    "region": "state or region",
    "postal_code": "postcode",
    "country": "country",
    "tax_number": "tax number",
}
ADDRESS: Final = ("address_line1", "address_line2", "city", "region", "postal_code", "country")
SEVERAL: Final = frozenset({"emails", "phones", "phone_direct", "phone_mobile", "phone_fax"})
# Fields that several columns may fill.
FILLED_BY_SEVERAL: Final = SEVERAL | {"address_line2"}
# A field of the address that is taken where the first address is empty.
SECOND: Final = "second "


@dataclass(frozen=True)
class ClientLayout:
    """One program's columns, each without case, blanks and punctuation.

    `marks`: sets of columns, any of which tells that the file is of this layout. `code` is how a command names it.
    """

    code: str
    title: str
    marks: tuple[frozenset[str], ...]
    columns: Mapping[str, str]


def _layout(code: str, title: str, marks: Sequence[str], fields: Mapping[str, str]) -> ClientLayout:
    """A layout from `field -> its columns`, separated by blanks, as the tables below are written."""
    columns = {column: field for field, names in fields.items() for column in names.split()}
    return ClientLayout(code, title, tuple(frozenset(mark.split()) for mark in marks), columns)


def _address(prefix: str, group: str = "") -> dict[str, str]:
    """The address as Clio and Outlook name its columns."""
    names = {
        "address_line1": "street",
        "address_line2": "street2 street3",
        "city": "city",
        "region": "state",
        "postal_code": "postalcode",
        "country": "country countryregion",
    }
    return {group + field: " ".join(prefix + name for name in text.split()) for field, text in names.items()}


def _xero_address(prefix: str, group: str = "") -> dict[str, str]:
    lines = f"{prefix}addressline2 {prefix}addressline3 {prefix}addressline4"
    plain = {f"{group}{name}": f"{prefix}{name.replace('_', '')}" for name in ADDRESS if not name.startswith("address")}
    return {f"{group}address_line1": f"{prefix}addressline1", f"{group}address_line2": lines} | plain


def _google_address(number: int, group: str = "") -> dict[str, str]:
    plain = {f"{group}{name}": f"address{number}{name.replace('_', '')}" for name in ADDRESS[2:]}
    lines = {"address_line1": f"address{number}street", "address_line2": f"address{number}extendedaddress"}
    return {group + field: column for field, column in lines.items()} | plain


_PERSON = {
    "first_name": "firstname firstnames givenname givennames",
    "middle_name": "middlename middlenames additionalname",
    "last_name": "lastname surname familyname",
}

LAYOUTS: Final = (
    _layout(
        "xero",
        "Xero's contacts",
        ["contactname emailaddress poaddressline1"],
        _PERSON
        | _xero_address("po")
        | _xero_address("sa", SECOND)
        | {
            "client_number": "accountnumber",
            "name": "contactname",
            "emails": "emailaddress",
            "phones": "phonenumber",
            "phone_direct": "ddinumber",
            "phone_mobile": "mobilenumber",
            "phone_fax": "faxnumber",
            "tax_number": "taxnumber",
        },
    ),
    _layout(
        "clio",
        "Clio's contact migration template",
        ["firstname lastname company emailaddress primaryphone"],
        _PERSON
        | _address("business")
        | _address("home", SECOND)
        | {
            "company": "company",
            "emails": "emailaddress",
            "phones": "primaryphone businessphone homephone",
            "phone_mobile": "mobilephone",
            "phone_fax": "fax faxnumber businessfax",
        },
    ),
    _layout(
        "outlook",
        "Outlook's contacts",
        ["firstname lastname emailaddress businessphone", "firstname lastname emailaddress email2address"],
        _PERSON
        | _address("business")
        | _address("home", SECOND)
        | {
            "company": "company",
            "emails": "emailaddress email2address email3address",
            "phones": "businessphone businessphone2 companymainphone primaryphone homephone homephone2 otherphone",
            "phone_mobile": "mobilephone",
            "phone_fax": "businessfax homefax otherfax",
        },
    ),
    _layout(
        "google",
        "Google's contacts",
        ["email1value", "phone1value"],
        _PERSON
        | _google_address(1)
        | _google_address(2, SECOND)
        | {
            "name": "name",
            "company": "organizationname organization1name",
            "emails": " ".join(f"email{number}value" for number in range(1, 11)),
            "phones": " ".join(f"phone{number}value" for number in range(1, 11)),
        },
    ),
    _layout(
        "quickbooks",
        "QuickBooks' customers",
        ["customerfullname", "name openbalance", "name openingbalance", "customer mainemail", "customer billto1"],
        _PERSON
        | {
            "name": "customerfullname customer name displayname",
            "company": "company companyname",
            "client_number": "accountno accountnumber",
            "emails": "email mainemail ccemail",
            "phones": "phone phonenumber phonenumbers mainphone altphone workphone",
            "phone_mobile": "mobile mobilephone",
            "phone_fax": "fax",
            "address_line1": "billingstreet billingaddress street streetaddress address billto1",
            "address_line2": "billto2 billto3 billto4 billto5",
            "city": "billingcity city",
            "region": "billingstate billingprovince state province",
            "postal_code": "billingzip billingpostalcode zip zipcode postalcode",
            "country": "billingcountry country",
            "tax_number": "taxid resalenumber taxregno abn",
        },
    ),
    _layout(
        "practicepanther",
        "PracticePanther's contacts",
        ["displayname phonemobile", "companyname phonemobile", "companyname addressstreet1"],
        _PERSON
        | {
            "client_number": "number accountnumber contactnumber",
            "name": "displayname accountname",
            "company": "companyname company",
            "emails": "email",
            "phones": "phonework phoneoffice phonehome",
            "phone_mobile": "phonemobile",
            "phone_fax": "phonefax",
            "address_line1": "addressstreet1 addressstreet",
            "address_line2": "addressstreet2",
            "city": "addresscity",
            "region": "addressstate",
            "postal_code": "addresszipcode addresszip",
            "country": "addresscountry",
        },
    ),
    _layout(
        "leap",
        "cards as LEAP writes them",
        ["surname suburb", "lastname suburb", "cardname suburb", "cardname cardtype"],
        _PERSON
        | {
            "client_number": "clientcode clientnumber cardcode",
            "kind": "cardtype type",
            "name": "cardname fullname",
            "company": "company companyname organisation organisationname",
            "emails": "email emailaddress email1 email2",
            "phones": "phone workphone phonework businessphone telephone homephone",
            "phone_direct": "directphone directline",
            "phone_mobile": "mobile mobilephone",
            "phone_fax": "fax",
            "address_line1": "street streetaddress address address1 addressline1",
            "address_line2": "address2 addressline2",
            "city": "suburb",
            "region": "state",
            "postal_code": "postcode",
            "country": "country",
            "tax_number": "abn acn",
        },
    ),
)

# Whatever no program above has written: our own columns, and what others call them.
PLAIN: Final = _layout(
    "plain",
    "a plain spreadsheet",
    [],
    {field: field.replace("_", "") for field in FIELDS}
    | _PERSON
    | {
        "client_number": "clientnumber clientno clientid clientcode customernumber customerid contactnumber",
        "kind": "kind type clienttype contacttype",
        "name": "name clientname customername contactname fullname displayname client customer",
        "company": "company companyname organisation organization organisationname organizationname",
        "emails": "emails email emailaddress emailaddresses email1 email2 primaryemail primaryemailaddress",
        "phones": "phones phone phonenumber telephone telephonenumber workphone businessphone primaryphone "
        "primaryphonenumber",
        "phone_mobile": "phonemobile mobile mobilephone mobilenumber cellphone",
        "phone_fax": "phonefax fax faxnumber",
        "address_line1": "addressline1 address1 address street streetaddress",
        "address_line2": "addressline2 address2 street2",
        "city": "city town suburb",
        "region": "region state county province",
        "postal_code": "postalcode postcode zip zipcode",
        "tax_number": "taxnumber taxid vatnumber abn",
    },
)

# Columns that a person chose, this time or for an earlier file of the same columns.
CHOSEN: Final = ClientLayout("chosen", "columns chosen by hand", (), {})
LAYOUT_CODES: Final[Mapping[str, ClientLayout]] = {layout.code: layout for layout in (*LAYOUTS, PLAIN)}


def recognise(header: Sequence[str]) -> ClientLayout:
    """The layout whose marks are all among these columns, else the plain one."""
    named = {plain_column(name) for name in header}
    found = (layout for layout in LAYOUTS if any(mark <= named for mark in layout.marks))
    return next(found, PLAIN)


def plain_column(name: str) -> str:
    """A column's name as it is compared: in small letters, without blanks, punctuation and what stands in brackets."""
    outside, _, _ = name.partition("(")
    return "".join(character for character in (outside.strip() or name).lower() if character.isalnum())


def label_columns(column: str) -> tuple[str, ...]:
    """The columns that may say of which type the numbers of this one are, as Google writes them."""
    if not column.startswith("phone") or not column.endswith("value"):
        return ()
    return tuple(column.removesuffix("value") + word for word in ("label", "type"))
