"""The fields that fix a cause, as its card shows them; `actions.fix_cause` takes what the card posts."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.db.models import CharField, IntegerField, Value

from billing.models import UsedInvoiceNumber
from expense_categories.models import ExpenseCategory
from firms.models import Firm
from xero_sync.domain import fixes
from xero_sync.domain.errors import Recognised
from xero_sync.domain.fixes import Fix
from xero_sync.facts import account_uses
from xero_sync.facts.account_uses import AccountPlace, Category
from xero_sync.facts.cause_impact import CauseImpact
from xero_sync.facts.remedy import Remedy
from xero_sync.facts.request_context import RequestContext
from xero_sync.facts.tax_choices import Rate, find_tax_rates, name_tax_field
from xero_sync.kinds.invoice.spec import INVOICE
from xero_sync.models import XeroDocument
from xero_sync.organisation.defaults import suggest_tax_type

CONTACT_WORDS = {
    "name": ("Name of the client", "Xero allows a name once."),
    "client_number": ("Client number", "Xero allows a client number once."),
    "emails": ("E-mail address", "Several with a comma between them. Empty: none."),
    "country": ("Country", "In letters only."),
}
Groups = list[tuple[str, list[tuple[str, str]]]]


@dataclass(frozen=True, kw_only=True)
class FixControl:
    """One field. `groups` are the choices of a picker: (value, words) under the name of their group."""

    name: str
    id: str
    label: str
    kind: str
    value: str
    hint: str = ""
    error: str = ""
    groups: Groups = field(default_factory=list)

    @property
    def described_by(self) -> str:
        """The ids of the elements that describe the field, for aria-describedby."""
        texts = (("hint", self.hint), ("error", self.error))
        return " ".join(f"{self.id}-{name}" for name, words in texts if words)


@dataclass(frozen=True, kw_only=True)
class FixPanel:
    """The fields of one card. The button reads `button`, the choice, `button_ending`: "Use 260 and send 37 bills"."""

    kind: Fix
    controls: tuple[FixControl, ...]
    button: str
    button_ending: str
    places: tuple[AccountPlace, ...] = ()
    left_out: frozenset[str] = frozenset()
    hidden: tuple[tuple[str, str], ...] = ()
    error: str = ""
    note: str = ""

    @property
    def names_choice(self) -> bool:
        """Whether the button can name what was chosen."""
        return self.kind is Fix.ACCOUNT


@dataclass(frozen=True, kw_only=True)
class RefusedInput:
    """A fix that was posted and refused: values and faults by field; the empty field stands for the whole card."""

    cause_id: int
    values: Mapping[str, str]
    places: frozenset[str]
    faults: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class FixContext:
    """The facts that the panels of a page need besides the request context."""

    context: RequestContext
    is_admin: bool
    categories: Sequence[Category] = ()
    taken: frozenset[str] = frozenset()
    typed: RefusedInput | None = None


def read_fix_context(
    *,
    firm: Firm,
    context: RequestContext,
    is_admin: bool,
    wanted: Iterable[tuple[Remedy, CauseImpact]],
    typed: RefusedInput | None = None,
) -> FixContext:
    """Read what the panels of these causes need, in at most one query besides those of the request context."""
    found = list(wanted)
    kinds = {kind for remedy, _ in found for kind in remedy.fixes}
    near: list[str] = []
    for remedy, impact in found:
        if Fix.NUMBER in remedy.fixes and impact.subject and impact.subject.bill:
            near += fixes.numbers_near(impact.subject.bill["number"])
    rows = _read_categories_and_numbers(firm, context, categories=Fix.ACCOUNT in kinds, numbers=near)
    return FixContext(
        context=context,
        is_admin=is_admin,
        categories=sorted((Category(pk, name, code, version) for what, pk, name, code, version in rows if what == "c")),
        taken=frozenset(name for what, _, name, _, _ in rows if what == "n"),
        typed=typed,
    )


def build_fix_panel(*, cause_id: int, remedy: Remedy, impact: CauseImpact, fix_context: FixContext) -> FixPanel | None:
    """The first fix that can be offered to this person for this cause; None if none can."""
    makers = {
        Fix.ACCOUNT: _build_account_panel,
        Fix.TAX: _build_tax_panel,
        Fix.NUMBER: _build_number_panel,
        Fix.CONTACT: _build_contact_panel,
        Fix.DATE: _build_date_panel,
    }
    for kind in remedy.fixes:
        if kind in fixes.FOR_ADMINS and not fix_context.is_admin:
            return None
        made = makers[kind](_PanelMaker(cause_id, remedy.fault, impact, fix_context))
        if made is not None:
            return made
    return None


class _PanelMaker:
    """Builds the panel of one cause, with the values that were typed and refused before."""

    def __init__(self, cause_id: int, known: Recognised, impact: CauseImpact, fix_context: FixContext) -> None:
        self.cause_id, self.known, self.impact, self.fix_context = cause_id, known, impact, fix_context
        self.context = fix_context.context
        self.typed = fix_context.typed if fix_context.typed and fix_context.typed.cause_id == cause_id else None

    def control(self, name: str, *, label: str, kind: str, value: str, **more: Any) -> FixControl:
        typed, faults = (self.typed.values, self.typed.faults) if self.typed else ({}, {})
        return FixControl(
            name=name,
            id=f"fix-{self.cause_id}-{name.replace(' ', '-')}",
            label=label,
            kind=kind,
            value=typed.get(name, value),
            error=faults.get(name, ""),
            **more,
        )

    def panel(self, kind: Fix, controls: Sequence[FixControl], *, button: str, **more: Any) -> FixPanel:
        named = {control.name for control in controls}
        faults = self.typed.faults if self.typed else {}
        rest = [words for name, words in faults.items() if name not in named]
        button_ending = f" and send {self.impact.count_words}" if self.impact.total else ""
        return FixPanel(
            kind=kind,
            controls=tuple(controls),
            button=button,
            button_ending=button_ending,
            error=" ".join(rest),
            **more,
        )

    @property
    def saved_today(self) -> str:
        return "Saving it uses today\u2019s settings." if self.impact.saved_otherwise else ""


def _build_account_panel(at: _PanelMaker) -> FixPanel | None:
    chart, settings = at.context.chart, at.context.settings
    if chart is None:
        return None
    found = account_uses.find_account_uses(
        known=at.known, settings=settings, categories=at.fix_context.categories, chart=chart
    )
    if not found:
        return None
    dead = found[0].code
    names = [each.name for each in found if each.is_category]
    advice = fixes.suggest_account(chart=chart, dead=dead, names=names, for_services=found[0].key == "services")
    label = "Choose an account for all of these" if len(found) > 1 else f"Choose an account for {found[0].name}"
    control = at.control(
        "account",
        label=label,
        kind="picker",
        value=advice.account.code if advice else "",
        hint=f"We suggest {advice.account.code} {advice.account.name}: {advice.reason}." if advice else "",
        groups=[
            (title, [(account.code, f"{account.code} {account.name}") for account in accounts if account.code != dead])
            for title, accounts in chart.groups_for_sales()
        ],
    )
    ticked = at.typed.places if at.typed else {each.key for each in found}
    left_out = frozenset(each.key for each in found if each.key not in ticked)
    return at.panel(Fix.ACCOUNT, [control], button="Use", places=tuple(found), left_out=left_out)


def _build_tax_panel(at: _PanelMaker) -> FixPanel | None:
    rates = find_tax_rates(known=at.known, context=at.context)
    if at.context.chart is None or not rates:
        return None
    controls = [_build_tax_control(at, rate) for rate in rates]
    if not any(control.groups for control in controls):
        return None
    button = "Use this tax type" if len(controls) == 1 else "Use these tax types"
    return at.panel(Fix.TAX, controls, button=button, hidden=(("version", str(at.context.settings.version)),))


def _build_tax_control(at: _PanelMaker, rate: Rate) -> FixControl:
    name, percent = rate
    chart = at.context.chart
    # For the type checker: a panel is only built with a chart.
    assert chart is not None
    refused = at.known.parts.get("tax", "")
    fitting = [each for each in chart.tax_types_for_rate(percent) if each.tax_type != refused]
    advice = suggest_tax_type(chart=chart, name=name, percent=percent)
    if advice == refused or not advice:
        advice = fitting[0].tax_type if len(fitting) == 1 else ""
    choices = [(each.tax_type, f"{each.name} ({each.percent.normalize():f}%)") for each in fitting]
    missing = f"Your organisation has no other rate of {percent.normalize():f}%. Add it in Xero, then look again."
    return at.control(
        name_tax_field(rate),
        label=f"Xero\u2019s tax rate for {name or 'no tax'} ({percent.normalize():f}%)",
        kind="picker",
        value=advice,
        hint="" if choices else missing,
        groups=[("Of this percentage", choices)] if choices else [],
    )


def _build_number_panel(at: _PanelMaker) -> FixPanel | None:
    subject = at.impact.subject
    if subject is None or not subject.bill or subject.in_xero:
        return None
    old = subject.bill["number"]
    control = at.control(
        "number",
        label=f"Another number for bill {old}",
        kind="text",
        value=fixes.suggest_number(number=old, taken=at.fix_context.taken),
        hint="Your client may have seen the old one, so nothing is renumbered by itself.",
    )
    hidden = (("version", str(subject.bill["version"])),)
    return at.panel(Fix.NUMBER, [control], button="Give it this number", hidden=hidden, note=at.saved_today)


def _build_contact_panel(at: _PanelMaker) -> FixPanel | None:
    subject = at.impact.subject
    if subject is None or not subject.contact:
        return None
    name = fixes.CONTACT_FIELDS.get(at.known.code, "name")
    label, hint = CONTACT_WORDS[name]
    now = subject.contact[name]
    if name == "name":
        hint = (
            f"{hint} A client number tells two clients apart: \u201c{now} ({subject.contact['client_number']})\u201d."
        )
    control = at.control(
        name, label=label, kind="text", value=", ".join(now) if isinstance(now, list) else str(now), hint=hint
    )
    hidden = (("version", str(subject.contact["version"])),)
    return at.panel(Fix.CONTACT, [control], button="Save it", hidden=hidden, note=at.saved_today)


def _build_date_panel(at: _PanelMaker) -> FixPanel | None:
    subject = at.impact.subject
    if subject is None or not subject.bill or at.impact.bills != 1 or at.impact.contacts:
        return None
    lock = at.context.chart.lock_date if at.context.chart else None
    locked = f"Xero is locked to {lock:%-d %b %Y}. " if lock else ""
    control = at.control(
        "issue_date",
        label=f"Date of bill {subject.bill['number']}",
        kind="date",
        value=(lock + timedelta(days=1)).isoformat() if lock else str(subject.bill["issue_date"]),
        hint=f"{locked}A due date before it moves along.",
    )
    hidden = (("version", str(subject.bill["version"])),)
    return at.panel(Fix.DATE, [control], button="Change the date", hidden=hidden, note=at.saved_today)


def _read_categories_and_numbers(
    firm: Firm, context: RequestContext, *, categories: bool, numbers: Sequence[str]
) -> list[tuple[str, int, str, str, int]]:
    """Categories ("c") and bill numbers in use here or in Xero ("n"), as one query with the same columns."""
    blank, none = Value("", output_field=CharField()), Value(0, output_field=IntegerField())
    asked: list[Any] = []
    if categories:
        what = Value("c", output_field=CharField())
        asked.append(
            ExpenseCategory.objects.filter(firm=firm)
            .order_by()
            .values_list(what, "pk", "name", "account_code", "version")
        )
    if numbers:
        what = Value("n", output_field=CharField())
        used = UsedInvoiceNumber.objects.filter(firm=firm, number__in=numbers)
        asked.append(used.order_by().values_list(what, "pk", "number", blank, none))
        known_in_xero = XeroDocument.objects.filter(firm=firm, kind=INVOICE.code, number__in=numbers)
        tenant = context.connection.xero_tenant_id if context.connection else ""
        asked.append(
            known_in_xero.filter(xero_tenant_id=tenant).order_by().values_list(what, "pk", "number", blank, none)
        )
    if not asked:
        return []
    first, *others = asked
    return list(first.union(*others, all=True) if others else first)
