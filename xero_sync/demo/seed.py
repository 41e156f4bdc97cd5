"""Create the demo's firms, each step as a person would do it; a second run changes nothing."""

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from billing import importing
from billing.domain.import_choices import ImportChoices
from billing.models import ImportKind
from billing.services.import_words import in_words
from expense_categories import services as categories
from expense_categories.models import CategoryKind
from firms import services as firm_services
from firms.models import Firm, User
from firms.refusals import Refused
from firms.scope import firm_scope
from xero_sync.actions import change_settings, connect_organisation
from xero_sync.actions.confirm_first_send import confirm_first_send
from xero_sync.demo import cast
from xero_sync.demo.cast import DemoFirm, Person
from xero_sync.demo.stand_in import StandIn
from xero_sync.demo.start_over import delete_demo_firm
from xero_sync.facts.first_send import count_first_send
from xero_sync.models import BillSyncSettings
from xero_sync.organisation.connections import find_connection

Say = Callable[[str], object]


def seed_demo_firms(*, say: Say) -> None:
    """Both firms, their people and the operator, their organisations, settings and bills. Raises Refused."""
    stand_in = StandIn.configured()
    _create_operator()
    for demo in cast.FIRMS:
        firm = _find_known_firm(demo, stand_in, say)
        if firm is not None and _is_complete(firm):
            say(f"{demo.name} is here already; nothing was changed.")
            continue
        _seed_firm(demo, firm or _create_firm(demo), stand_in, say)


def _create_operator() -> None:
    if not firm_services.known_person(email=cast.OPERATOR.email):
        firm_services.create_operator(email=cast.OPERATOR.email, name=cast.OPERATOR.name, password=cast.PASSWORD)


def _find_known_firm(demo: DemoFirm, stand_in: StandIn, say: Say) -> Firm | None:
    """The firm from an earlier run, unless the emulator has forgotten it: then it starts over."""
    firm = Firm.objects.filter(slug=demo.slug).first()
    if firm is None:
        return None
    if not firm.memberships.filter(user__email=demo.admin.email).exists():
        raise Refused({"": f"The address {demo.slug} belongs to a firm that is not the demo's. Use another database."})
    with firm_scope(firm):
        connection = find_connection(firm=firm)
    if connection is None or connection.xero_tenant_id in stand_in.organisations().values():
        return firm
    say(f"The emulated Xero was restarted and remembers nothing, so {demo.name} starts over.")
    delete_demo_firm(firm=firm)
    return None


def _is_complete(firm: Firm) -> bool:
    with firm_scope(firm):
        return BillSyncSettings.objects.filter(firm=firm, confirmed_at__isnull=False).exists()


def _create_firm(demo: DemoFirm) -> Firm:
    return firm_services.create_firm(
        name=demo.name,
        slug=demo.slug,
        timezone=cast.TIMEZONE,
        currency=cast.CURRENCY,
        admin_email=demo.admin.email,
        admin_name=demo.admin.name,
        password=cast.PASSWORD,
        created_on=demo.created_on,
    )


def _seed_firm(demo: DemoFirm, firm: Firm, stand_in: StandIn, say: Say) -> None:
    for person in demo.people[1:]:
        _add_person(firm, person)
    admin = User.objects.get(email=demo.admin.email)
    organisation_id = stand_in.organisation(name=demo.organisation)
    with firm_scope(firm):
        _connect_organisation(firm, admin, organisation_id, stand_in)
        say(f"{demo.name} is connected to {demo.organisation}.")
        _choose_accounts(firm, admin)
        _set_traps(organisation_id, stand_in)
        _import_samples(firm, admin, say)
        _confirm_first_send(demo, firm, admin, say)


def _add_person(firm: Firm, person: Person) -> None:
    if person.role is not None and not firm.memberships.filter(user__email=person.email).exists():
        firm_services.create_member(
            firm=firm, email=person.email, name=person.name, password=cast.PASSWORD, role=person.role, actor=None
        )


def _connect_organisation(firm: Firm, admin: User, organisation_id: str, stand_in: StandIn) -> None:
    """The OAuth flow with every request of it, through the same use cases as the pages."""
    if find_connection(firm=firm) is not None:
        return
    session = f"seed_demo {firm.slug}"
    url = connect_organisation.begin_connection(firm=firm, actor=admin, session_key=session, now=timezone.now())
    answer = stand_in.consent(url=url, organisation_id=organisation_id, user=f"{firm.slug} {admin.email}")
    landing = connect_organisation.finish_connection(
        state=answer.get("state", ""),
        code=answer.get("code", ""),
        error=answer.get("error", ""),
        session_key=session,
        actor=admin,
        now=timezone.now(),
    )
    if not landing.success:
        raise Refused({"": landing.message or f"{firm} was not connected: the consent named several organisations."})


def _choose_accounts(firm: Firm, admin: User) -> None:
    row = BillSyncSettings.objects.get(firm=firm)
    change_settings.save_settings(
        firm=firm,
        actor=admin,
        expected_version=row.version,
        typed=change_settings.SettingsInput(
            enabled=True,
            start_date=cast.START_DATE,
            services_account=cast.SERVICES_ACCOUNT,
            expenses_account=cast.EXPENSES_ACCOUNT,
            tax_types={("GST", Decimal(10)): "OUTPUT", ("No tax", Decimal(0)): "EXEMPTOUTPUT"},
        ),
        now=timezone.now(),
    )
    categories.set_account_for_kind(
        firm=firm, actor=admin, kind=CategoryKind.DISBURSEMENT, account_code=cast.DISBURSEMENTS_ACCOUNT
    )
    travel = firm.expense_categories.get(utbms_code=cast.TRAVEL_UTBMS)
    categories.save_category(
        firm=firm,
        actor=admin,
        category=travel,
        expected_version=travel.version,
        name=travel.name,
        kind=CategoryKind(travel.kind),
        account_code=cast.TRAVEL_ACCOUNT,
    )


def _set_traps(organisation_id: str, stand_in: StandIn) -> None:
    """Do what the bookkeeper did meanwhile; a bill that was entered before is not entered twice."""
    numbers = {invoice["number"] for invoice in stand_in.books(organisation_id=organisation_id).invoices}
    for action, values in cast.TRAPS:
        if values.get("InvoiceNumber") not in numbers:
            stand_in.do_as_bookkeeper(organisation_id=organisation_id, action=action, values=values)


def _import_samples(firm: Firm, admin: User, say: Say) -> None:
    samples = Path(settings.BASE_DIR) / "samples"
    for name, kind, noun in (
        ("contacts.csv", ImportKind.CONTACTS, "contact"),
        ("bills.ledes", ImportKind.BILLS, "bill"),
    ):
        data = (samples / name).read_bytes()
        report = importing.import_file(
            firm=firm, actor=admin, kind=kind, data=data, choices=ImportChoices(), file_name=name
        )
        say(f"{firm}: {in_words(report=report, noun=noun)}")


def _confirm_first_send(demo: DemoFirm, firm: Firm, admin: User, say: Say) -> None:
    going = count_first_send(firm=firm, start_date=cast.START_DATE)
    confirm_first_send(
        firm=firm, actor=admin, start_date=cast.START_DATE, expected_bills=going.bills, now=timezone.now()
    )
    say(f"{demo.name}: {going.bills} bills go to Xero, from {cast.START_DATE:%-d %B %Y}.")
