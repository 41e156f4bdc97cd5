"""A fault and its remedy, as every page, mail and action reads it."""

from xero_sync.domain.errors import BY_CODE, UNKNOWN, ErrorClass, Owner, Place
from xero_sync.domain.fixes import Fix
from xero_sync.facts.remedy import Remedy, describe_cause, describe_code, describe_fault, describe_leading_fault
from xero_sync.models import Cause

ARCHIVED = {"code": "account-archived", "message": "Account 260 is archived.", "parts": {"account": "260"}}
OWN = {"code": "locked-period", "message": "", "source": "preflight", "parts": {"date": "2026-06-30"}}


def test_a_stored_fault_says_what_happened_who_acts_where_and_by_which_fix() -> None:
    remedy = describe_fault(ARCHIVED)

    assert "260" in remedy.title
    assert (remedy.code, remedy.klass) == ("account-archived", ErrorClass.MAPPING)
    assert (remedy.owner, remedy.who) == (Owner.ADMIN, "A firm admin can do this.")
    assert (remedy.place, remedy.fixes) == (Place.CATEGORY_EDIT, (Fix.ACCOUNT,))
    assert remedy.can_be_read_again
    assert not remedy.can_be_linked
    assert remedy.xero_said == "Account 260 is archived."
    assert (remedy.links, remedy.xero_link) == ((), None)


def test_what_xero_did_not_say_is_not_put_in_its_mouth() -> None:
    assert describe_fault(OWN).xero_said == ""


def test_the_title_names_whose_fault_it_is_where_it_has_to() -> None:
    remedy = describe_fault(OWN)

    assert Remedy(fault=remedy.fault, about="Bill 7").title == f"Bill 7: {remedy.title}"


def test_a_fault_of_a_mapping_leads() -> None:
    leading = describe_leading_fault([OWN, ARCHIVED])

    assert leading is not None
    assert leading.code == "account-archived"
    assert describe_leading_fault([]) is None


def test_what_was_unknown_when_it_was_stored_is_asked_again() -> None:
    known = BY_CODE["account-archived"]

    assert describe_fault({"code": UNKNOWN.code, "message": known.sample}).code == known.code


def test_an_unknown_fault_offers_no_action_to_press() -> None:
    remedy = describe_fault({"code": UNKNOWN.code, "message": "Nobody has ever read this."})

    assert remedy.fault.known is UNKNOWN
    assert remedy.action == ""


def test_a_code_that_left_the_table_is_nothing_and_its_cause_goes_by_its_message() -> None:
    assert describe_code("left-the-table") is None
    cause = Cause(code="left-the-table", message=BY_CODE["account-archived"].sample, parts={})
    assert describe_cause(cause).code == "account-archived"
