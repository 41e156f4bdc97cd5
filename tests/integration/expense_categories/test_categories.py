"""Expense categories and the account each posts to."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from expense_categories import services
from expense_categories.models import CategoryKind, ExpenseCategory
from expense_categories.signals import account_codes_changed
from firms.models import AuditEvent, Firm
from firms.refusals import EditConflict, Refused
from tests.factories import CategoryFactory, FirmFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("inside")]

HARD, SOFT = CategoryKind.DISBURSEMENT, CategoryKind.EXPENSE_RECOVERY


@pytest.fixture
def announced() -> Iterator[list[str]]:
    """The names of the categories whose account code changed."""
    names: list[str] = []

    def listen(*, categories: list[ExpenseCategory], **_: Any) -> None:
        names.extend(category.name for category in categories)

    account_codes_changed.connect(listen)
    yield names
    account_codes_changed.disconnect(listen)


def edit(category: ExpenseCategory, **values: Any) -> ExpenseCategory:
    usual = {"name": category.name, "kind": CategoryKind(category.kind), "account_code": category.account_code}
    return services.save_category(
        firm=category.firm, actor=None, category=category, expected_version=category.version, **{**usual, **values}
    )


def test_a_changed_account_is_announced_and_on_record(firm: Firm, announced: list[str]) -> None:
    category = CategoryFactory(firm=firm, name="Barristers")
    edit(category, account_code="412")
    assert announced == ["Barristers"]
    event = AuditEvent.objects.get(action="expense_category.edited")
    assert (event.before, event.after) == ({"account_code": ""}, {"account_code": "412"})


def test_a_changed_name_alone_is_not_announced(firm: Firm, announced: list[str]) -> None:
    edit(CategoryFactory(firm=firm), name="Counsel")
    assert announced == []


def test_all_disbursements_get_one_account_and_recoveries_keep_theirs(firm: Firm, announced: list[str]) -> None:
    changed = services.set_account_for_kind(firm=firm, actor=None, kind=HARD, account_code="412")
    hard = firm.expense_categories.filter(kind=HARD)
    assert changed == hard.count() == len(announced)
    assert set(hard.values_list("account_code", flat=True)) == {"412"}
    assert set(firm.expense_categories.filter(kind=SOFT).values_list("account_code", flat=True)) == {""}
    assert AuditEvent.objects.filter(action="expense_category.edited").count() == changed
    assert services.set_account_for_kind(firm=firm, actor=None, kind=HARD, account_code="412") == 0


def test_setting_all_reaches_no_other_firm(firm: Firm) -> None:
    other = FirmFactory()
    services.set_account_for_kind(firm=firm, actor=None, kind=HARD, account_code="412")
    theirs = CategoryFactory(firm=other)
    assert theirs.account_code == ""


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("name", {"name": " "}),
        ("name", {"name": "x" * 81}),
        ("name", {"name": "COURT FEES"}),
        ("account_code", {"account_code": "12345678901"}),
        ("account_code", {"account_code": "<b>"}),
        ("utbms_code", {"utbms_code": "E-1"}),
        ("utbms_code", {"utbms_code": "e112"}),
    ],
)
def test_what_is_not_right_is_refused_by_field(firm: Firm, field: str, values: dict[str, Any]) -> None:
    with pytest.raises(Refused) as refusal:
        services.save_category(firm=firm, actor=None, **{"name": "New", "kind": HARD, **values})
    assert list(refusal.value.faults) == [field]


def test_the_second_of_two_people_hears_of_the_first(firm: Firm) -> None:
    category = CategoryFactory(firm=firm)
    edit(category, account_code="412")
    with pytest.raises(EditConflict):
        edit(category, account_code="405")


def test_staff_read_and_admins_edit(staff_page: Client, admin_page: Client, firm: Firm) -> None:
    category = firm.expense_categories.get(utbms_code="E112")
    listing = f"/{firm.slug}/expense-categories/"
    assert "A firm admin can change them" in staff_page.get(listing).content.decode()
    for path in ("new/", "set-all/", f"{category.pk}/edit/"):
        for answer in (staff_page.get(listing + path), staff_page.post(listing + path, {"name": "x"})):
            assert answer.status_code == 403
        assert admin_page.get(listing + path).status_code == 200
    assert ExpenseCategory.objects.count() == 24


def test_the_pages_set_accounts(admin_page: Client, firm: Firm) -> None:
    listing = f"/{firm.slug}/expense-categories/"
    done = admin_page.post(f"{listing}set-all/", {"kind": HARD, "account_code": "412"}, follow=True)
    assert "now post to account 412" in done.content.decode()
    category = firm.expense_categories.get(utbms_code="E112")
    values = {"name": category.name, "kind": category.kind, "account_code": "420", "utbms_code": "E112", "version": 2}
    admin_page.post(f"{listing}{category.pk}/edit/", values)
    category.refresh_from_db()
    assert category.account_code == "420"
    stale = admin_page.post(f"{listing}{category.pk}/edit/", {**values, "account_code": "499"}).content.decode()
    assert "saved this while you had it open" in stale
    assert "Maya Kerr" in stale
