"""The field that fixes a cause, as its card shows it; `actions.fix_cause` does what is pressed there."""

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
class Control:
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
        """The ids of what describes it."""
        told = (("hint", self.hint), ("error", self.error))
        return " ".join(f"{self.id}-{name}" for name, words in told if words)


@dataclass(frozen=True, kw_only=True)
class Panel:
    """The fields of one card and what pressing does: `act` + the choice + `then`, as "Use 260 and send 37 bills"."""

    kind: Fix
    controls: tuple[Control, ...]
    act: str
    then: str
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
class Typed:
    """What came back refused: the values by field, the faults by field, the empty one for the whole."""

    cause_id: int
    values: Mapping[str, str]
    places: frozenset[str]
    faults: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class FixContext:
    """What the panels of a page need besides the sight of the firm."""

    sight: RequestContext
    is_admin: bool
    categories: Sequence[Category] = ()
    taken: frozenset[str] = frozenset()
    typed: Typed | None = None


def read_fix_context(
    *,
    firm: Firm,
    sight: RequestContext,
    is_admin: bool,
    wanted: Iterable[tuple[Remedy, CauseImpact]],
    typed: Typed | None = None,
) -> FixContext:
    """Everything the panels of these causes need, in at most one query beside the sight's own."""
    found = list(wanted)
    kinds = {kind for remedy, _ in found for kind in remedy.fixes}
    near: list[str] = []
    for remedy, behind in found:
        if Fix.NUMBER in remedy.fixes and behind.subject and behind.subject.bill:
            near += fixes.numbers_near(behind.subject.bill["number"])
    rows = _rows(firm, sight, categories=Fix.ACCOUNT in kinds, numbers=near)
    return FixContext(
        sight=sight,
        is_admin=is_admin,
        categories=sorted((Category(pk, name, code, version) for what, pk, name, code, version in rows if what == "c")),
        taken=frozenset(name for what, _, name, _, _ in rows if what == "n"),
        typed=typed,
    )


def panel(*, cause_id: int, remedy: Remedy, behind: CauseImpact, desk: FixContext) -> Panel | None:
    """The first field that can be offered to this person for this cause; None if there is none."""
    makers = {
        Fix.ACCOUNT: _account,
        Fix.TAX: _tax,
        Fix.NUMBER: _number,
        Fix.CONTACT: _contact,
        Fix.DATE: _date,
    }
    for kind in remedy.fixes:
        if kind in fixes.FOR_ADMINS and not desk.is_admin:
            return None
        made = makers[kind](_PanelMaker(cause_id, remedy.fault, behind, desk))
        if made is not None:
            return made
    return None


class _PanelMaker:
    """One cause on its way to a panel, with what was typed for it before."""

    def __init__(self, cause_id: int, known: Recognised, behind: CauseImpact, desk: FixContext) -> None:
        self.cause_id, self.known, self.behind, self.desk = cause_id, known, behind, desk
        self.sight = desk.sight
        self.typed = desk.typed if desk.typed and desk.typed.cause_id == cause_id else None

    def control(self, name: str, *, label: str, kind: str, value: str, **more: Any) -> Control:
        typed, faults = (self.typed.values, self.typed.faults) if self.typed else ({}, {})
        return Control(
            name=name,
            id=f"fix-{self.cause_id}-{name.replace(' ', '-')}",
            label=label,
            kind=kind,
            value=typed.get(name, value),
            error=faults.get(name, ""),
            **more,
        )

    def panel(self, kind: Fix, controls: Sequence[Control], *, act: str, **more: Any) -> Panel:
        named = {control.name for control in controls}
        faults = self.typed.faults if self.typed else {}
        rest = [words for name, words in faults.items() if name not in named]
        then = f" and send {self.behind.count_words}" if self.behind.total else ""
        return Panel(kind=kind, controls=tuple(controls), act=act, then=then, error=" ".join(rest), **more)

    @property
    def saved_today(self) -> str:
        return "Saving it uses today\u2019s settings." if self.behind.others else ""


def _account(at: _PanelMaker) -> Panel | None:
    chart, settings = at.sight.chart, at.sight.settings
    if chart is None:
        return None
    found = account_uses.find_account_uses(
        known=at.known, settings=settings, categories=at.desk.categories, chart=chart
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
    return at.panel(Fix.ACCOUNT, [control], act="Use", places=tuple(found), left_out=left_out)


def _tax(at: _PanelMaker) -> Panel | None:
    rates = find_tax_rates(known=at.known, sight=at.sight)
    if at.sight.chart is None or not rates:
        return None
    controls = [_tax_control(at, rate) for rate in rates]
    if not any(control.groups for control in controls):
        return None
    act = "Use this tax type" if len(controls) == 1 else "Use these tax types"
    return at.panel(Fix.TAX, controls, act=act, hidden=(("version", str(at.sight.settings.version)),))


def _tax_control(at: _PanelMaker, rate: Rate) -> Control:
    name, percent = rate
    chart = at.sight.chart
    # For the type checker: no panel without a chart.
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


def _number(at: _PanelMaker) -> Panel | None:
    subject = at.behind.subject
    if subject is None or not subject.bill or subject.in_xero:
        return None
    old = subject.bill["number"]
    control = at.control(
        "number",
        label=f"Another number for bill {old}",
        kind="text",
        value=fixes.suggest_number(number=old, taken=at.desk.taken),
        hint="Your client may have seen the old one, so nothing is renumbered by itself.",
    )
    hidden = (("version", str(subject.bill["version"])),)
    return at.panel(Fix.NUMBER, [control], act="Give it this number", hidden=hidden, note=at.saved_today)


def _contact(at: _PanelMaker) -> Panel | None:
    subject = at.behind.subject
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
    return at.panel(Fix.CONTACT, [control], act="Save it", hidden=hidden, note=at.saved_today)


def _date(at: _PanelMaker) -> Panel | None:
    subject = at.behind.subject
    if subject is None or not subject.bill or at.behind.bills != 1 or at.behind.contacts:
        return None
    lock = at.sight.chart.lock_date if at.sight.chart else None
    told = f"Xero is locked to {lock:%-d %b %Y}. " if lock else ""
    control = at.control(
        "issue_date",
        label=f"Date of bill {subject.bill['number']}",
        kind="date",
        value=(lock + timedelta(days=1)).isoformat() if lock else str(subject.bill["issue_date"]),
        hint=f"{told}A due date before it moves along.",
    )
    hidden = (("version", str(subject.bill["version"])),)
    return at.panel(Fix.DATE, [control], act="Change the date", hidden=hidden, note=at.saved_today)


def _rows(
    firm: Firm, sight: RequestContext, *, categories: bool, numbers: Sequence[str]
) -> list[tuple[str, int, str, str, int]]:
    """Categories ("c") and numbers in use here or in Xero ("n"), as one query with the same columns."""
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
        there = XeroDocument.objects.filter(firm=firm, kind=INVOICE.code, number__in=numbers)
        tenant = sight.connection.xero_tenant_id if sight.connection else ""
        asked.append(there.filter(xero_tenant_id=tenant).order_by().values_list(what, "pk", "number", blank, none))
    if not asked:
        return []
    first, *others = asked
    return list(first.union(*others, all=True) if others else first)
