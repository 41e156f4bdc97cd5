"""What the index of Xero keeps of a contact."""

from xero_sync.kinds.contact.index_columns import index_columns


def test_a_contact_is_kept_with_its_number_and_name_folded() -> None:
    document = {
        "ContactID": "id-1",
        "ContactNumber": "C-7",
        "Name": "O’Hara  Ltd",
        "EmailAddress": "Ann@OHara.example",
        "ContactStatus": "ARCHIVED",
        "Phones": [{"PhoneType": "FAX"}],
    }
    assert index_columns(document) == {
        "xero_id": "id-1",
        "number": "C-7",
        "number_key": "c-7",
        "name": "O’Hara  Ltd",
        "name_key": "o'hara ltd",
        "email": "Ann@OHara.example",
        "status": "ARCHIVED",
    }


def test_what_xero_leaves_out_is_empty() -> None:
    assert set(index_columns({}).values()) == {""}


def test_nothing_is_longer_than_its_column() -> None:
    keys = ("ContactID", "ContactNumber", "Name", "EmailAddress", "ContactStatus")
    lengths = {key: len(value) for key, value in index_columns(dict.fromkeys(keys, "n" * 600)).items()}
    assert lengths == {
        "xero_id": 36, "number": 255, "number_key": 255, "name": 500, "name_key": 500, "email": 255, "status": 12
    }  # fmt: skip


def test_a_name_that_grows_when_it_is_folded_still_fits() -> None:
    assert len(index_columns({"Name": "ß" * 500})["name_key"]) == 500
    assert len(index_columns({"ContactNumber": "İ" * 255})["number_key"]) == 500
