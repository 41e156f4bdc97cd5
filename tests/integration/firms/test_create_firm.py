"""A firm comes into being with its first admin, its categories, its rates and its record."""

import io
from datetime import UTC, date, datetime

import pytest
import time_machine
from django.core.management import CommandError, call_command

from firms import services
from firms.models import RESERVED_SLUGS, AuditEvent, Firm, Role, User
from firms.refusals import Refused
from firms.scope import all_firms, firm_scope
from tests.factories import PASSWORD, FirmFactory, UserFactory

pytestmark = pytest.mark.django_db


def create(**values: object) -> Firm:
    usual = {
        "name": "Harrow & Lane LLP",
        "slug": "harrow-lane",
        "timezone": "Australia/Sydney",
        "currency": "AUD",
        "admin_email": "maya@example.com",
        "admin_name": "Maya Kerr",
        "password": PASSWORD,
    }
    return services.create_firm(**{**usual, **values})  # type: ignore[arg-type]


def test_a_new_firm_has_an_admin_the_ready_made_categories_and_its_usual_tax() -> None:
    firm = create()
    with firm_scope(firm):
        assert [(m.user.email, m.role) for m in firm.memberships.all()] == [("maya@example.com", Role.ADMIN)]
        assert firm.expense_categories.count() == 24
        assert firm.expense_categories.get(utbms_code="E112").name == "Court fees"
        assert str(firm.tax_rates.get(is_default=True)) == "GST (10%)"
        assert {"firm.created", "member.added"} <= set(firm.audit_events.values_list("action", flat=True))


@pytest.mark.parametrize(
    ("currency", "rate"),
    [("AUD", "GST (10%)"), ("GBP", "VAT (20%)"), ("NZD", "GST (15%)"), ("USD", "No tax (0%)"), ("EUR", "No tax (0%)")],
)
def test_the_usual_tax_follows_the_currency(currency: str, rate: str) -> None:
    firm = create(currency=currency)
    with firm_scope(firm):
        assert str(firm.tax_rates.get(is_default=True)) == rate


def test_the_day_of_creation_is_the_firms_own() -> None:
    with time_machine.travel(datetime(2019, 6, 30, 15, 0, tzinfo=UTC), tick=False):
        assert create().created_on == date(2019, 7, 1)
        assert FirmFactory(timezone="Europe/London", created_on=None).created_on == date(2019, 6, 30)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("slug", "Harrow Lane"),
        ("slug", "ops"),
        ("slug", "-harrow"),
        ("timezone", "Sydney"),
        ("timezone", "../../etc/passwd"),
        ("currency", "aud"),
        ("currency", "AUDX"),
        ("currency", "ABC"),
        ("currency", "XAU"),
        ("name", " "),
        ("admin_email", "maya"),
        ("password", "short"),
    ],
)
def test_what_is_not_right_is_refused_and_nothing_is_created(field: str, value: str) -> None:
    with pytest.raises(Refused) as refusal:
        create(**{field: value})
    assert list(refusal.value.faults) == [field]
    assert not Firm.objects.exists()
    assert not User.objects.exists()


def test_three_letters_that_are_no_currency_are_refused_by_name() -> None:
    with pytest.raises(Refused, match="“ABC” is not a currency of ISO 4217"):
        create(currency="ABC")


def test_every_address_of_the_product_itself_is_reserved() -> None:
    for slug in RESERVED_SLUGS:
        with pytest.raises(Refused, match="address of Bill Syncing itself"):
            create(slug=slug)


def test_two_firms_never_share_an_address() -> None:
    create()
    with pytest.raises(Refused, match="Another firm has the address"):
        create(admin_email="other@example.com")


def test_a_person_known_already_keeps_their_password_and_joins_the_second_firm() -> None:
    person = UserFactory(email="maya@example.com")
    before = person.password
    firm = create(password=None)
    person.refresh_from_db()
    assert person.password == before
    assert firm.memberships.get().user == person


def test_the_command_reads_the_password_from_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{PASSWORD}\n"))
    out = io.StringIO()
    call_command(
        "create_firm",
        name="Harrow",
        slug="harrow",
        timezone="Europe/London",
        currency="GBP",
        admin="maya@example.com",
        created_on=date(2017, 5, 2),
        stdout=out,
    )
    assert "/harrow/invoices/" in out.getvalue()
    assert Firm.objects.get().created_on == date(2017, 5, 2)
    assert User.objects.get().check_password(PASSWORD)


def test_a_refused_command_says_why_and_exits_with_1(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{PASSWORD}\n"))
    with pytest.raises(CommandError, match="is an address of Bill Syncing itself") as refusal:
        call_command("create_firm", name="Ops", slug="ops", timezone="UTC", currency="GBP", admin="maya@example.com")
    assert refusal.value.returncode == 1


def test_an_operator_is_created_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{PASSWORD}\n{PASSWORD}\n"))
    call_command("create_operator", "ops@example.com", stdout=io.StringIO())
    assert User.objects.get().is_staff
    with pytest.raises(CommandError, match="has an account already"):
        call_command("create_operator", "OPS@example.com")
    with all_firms():
        assert AuditEvent.objects.filter(action="operator.created").count() == 1
