"""Rows for tests. Firms and bills come from the product's own services, so that they are as people make them."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import factory

from billing import services as billing_services
from billing.domain.money import TaxMode, add_up, take_stated_tax
from billing.models import Contact, Invoice, LineKind, Matter
from billing.services import ContactValues, InvoiceValues, LineValues
from expense_categories import services as category_services
from expense_categories.models import CategoryKind, ExpenseCategory
from firms import services as firm_services
from firms.models import Firm, Membership, Role, User

PASSWORD = "a long enough password"


class UserFactory(factory.django.DjangoModelFactory):
    """A person. Signs in with PASSWORD."""

    class Meta:
        model = User
        skip_postgeneration_save = True

    email = factory.Sequence(lambda n: f"person{n}@example.com")
    name = factory.Sequence(lambda n: f"Person {n}")
    password = factory.django.Password(PASSWORD)


class OperatorFactory(UserFactory):
    """A platform operator."""

    email = factory.Sequence(lambda n: f"operator{n}@example.com")
    is_staff = True


class FirmFactory(factory.Factory):
    """A firm as `create_firm` makes it, with its first admin, categories, tax rates and preferences."""

    class Meta:
        model = Firm

    name = factory.Sequence(lambda n: f"Firm {n}")
    slug = factory.Sequence(lambda n: f"firm-{n}")
    timezone = "Australia/Sydney"
    currency = "AUD"
    admin_email = factory.Sequence(lambda n: f"admin{n}@example.com")
    admin_name = "Maya Kerr"
    password = PASSWORD
    created_on = date(2021, 3, 1)

    @classmethod
    def _create(cls, model_class: type[Firm], *args: Any, **values: Any) -> Firm:
        return firm_services.create_firm(**values)


class MembershipFactory(factory.django.DjangoModelFactory):
    """Somebody at a firm; billing staff unless another role is given."""

    class Meta:
        model = Membership

    firm = factory.SubFactory(FirmFactory)
    user = factory.SubFactory(UserFactory)
    role = Role.STAFF


class ContactFactory(factory.Factory):
    """A contact saved through the service: pass `firm`, and any of ContactValues' fields."""

    class Meta:
        model = Contact

    name = factory.Sequence(lambda n: f"Client {n}")
    client_number = factory.Sequence(lambda n: f"C-{n}")

    @classmethod
    def _create(cls, model_class: type[Contact], *args: Any, firm: Firm, **values: Any) -> Contact:
        actor = values.pop("actor", None)
        return billing_services.save_contact(firm=firm, actor=actor, values=ContactValues(**values))


class MatterFactory(factory.Factory):
    """A matter saved through the service: pass `contact`."""

    class Meta:
        model = Matter

    number = factory.Sequence(lambda n: f"M-{n}")
    name = "Charterparty"

    @classmethod
    def _create(cls, model_class: type[Matter], *args: Any, contact: Contact, **values: Any) -> Matter:
        return billing_services.save_matter(firm=contact.firm, actor=None, contact=contact, **values)


class CategoryFactory(factory.Factory):
    """An expense category saved through the service: pass `firm`."""

    class Meta:
        model = ExpenseCategory

    name = factory.Sequence(lambda n: f"Category {n}")
    kind = CategoryKind.DISBURSEMENT
    account_code = ""

    @classmethod
    def _create(cls, model_class: type[ExpenseCategory], *args: Any, firm: Firm, **values: Any) -> ExpenseCategory:
        return category_services.save_category(firm=firm, actor=None, **values)


class InvoiceFactory(factory.Factory):
    """A bill saved through the service: pass `firm`; `lines` (one hour at 100.00) and `approved` may be given."""

    class Meta:
        model = Invoice

    issue_date = date(2026, 7, 1)

    @classmethod
    def _create(
        cls,
        model_class: type[Invoice],
        *args: Any,
        firm: Firm,
        contact: Contact | None = None,
        lines: Sequence[LineValues] | None = None,
        approved: bool = False,
        actor: User | None = None,
        **values: Any,
    ) -> Invoice:
        client = contact or ContactFactory(firm=firm)
        invoice = billing_services.save_invoice(
            firm=firm,
            actor=actor,
            values=InvoiceValues(contact_id=client.pk, **values),
            lines=[time_line()] if lines is None else lines,
        )
        if approved:
            return billing_services.approve(firm=firm, actor=actor, invoice=invoice, expected_version=invoice.version)
        return invoice


def time_line(**values: Any) -> LineValues:
    """An hour at 100.00 with the firm's GST, unless other values are given."""
    usual: dict[str, Any] = {
        "kind": LineKind.TIME,
        "quantity": Decimal(1),
        "unit_price": Decimal(100),
        "description": "Advice",
        "tax_name": "GST",
    }
    return LineValues(**{**usual, **values})


def expense_line(category: ExpenseCategory | None = None, **values: Any) -> LineValues:
    """An expense of 50.00 with the firm's GST, unless other values are given."""
    usual: dict[str, Any] = {
        "kind": LineKind.EXPENSE,
        "quantity": Decimal(1),
        "unit_price": Decimal(50),
        "description": "Court filing fee",
        "tax_name": "GST",
        "category_id": category.pk if category else None,
    }
    return LineValues(**{**usual, **values})


def state_taxes(invoice: Invoice, *taxes: str | None) -> Invoice:
    """Give the lines of a bill, in their order, the taxes that its file states; None leaves a line its computed one."""
    mode, lines = TaxMode(invoice.tax_mode), list(invoice.lines.order_by("position"))
    for line, stated in zip(lines, taxes, strict=True):
        if stated is not None:
            line.tax_amount = take_stated_tax(
                stated=Decimal(stated), amount=line.amount, percent=line.tax_percent, mode=mode
            )
            line.tax_is_stated = True
    for line in lines:
        line.save()
    invoice.subtotal, invoice.tax_total, invoice.total = add_up(
        ((each.amount, each.tax_amount) for each in lines), mode
    )
    invoice.save()
    return invoice


def admin_of(firm: Firm) -> User:
    """The firm's first admin."""
    return firm.memberships.filter(role=Role.ADMIN).earliest("pk").user


def staff_of(firm: Firm) -> User:
    """Somebody new of the firm's billing staff, by the name of Ann Lee."""
    user: User = MembershipFactory(firm=firm, user=UserFactory(name="Ann Lee")).user
    return user
