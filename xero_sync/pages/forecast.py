"""The forecast of one document: what would become of it if it were sent now, in the words its page uses then."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.urls import reverse
from django.utils import timezone

from billing.models import Contact, Invoice, InvoiceLine, InvoiceState
from xero_sync.domain.errors import Place
from xero_sync.domain.holds import SENTENCES, Hold
from xero_sync.engine.preflight import Judged, Verdict
from xero_sync.engine.preflight.check import Ground, PreflightAnswer, PreflightQuestion, check
from xero_sync.facts import account_uses, places
from xero_sync.facts.remedy import Link, Remedy
from xero_sync.facts.request_context import RequestContext
from xero_sync.facts.status import format_moment
from xero_sync.kinds.contact.spec import CONTACT
from xero_sync.kinds.invoice.spec import INVOICE
from xero_sync.organisation import index
from xero_sync.outbox.conditions import conditions_from

NOT_CONNECTED = (
    "Before Xero is connected nobody can say what is in Xero: accounts, tax types, lock dates, contacts, numbers."
)
NOT_READ_YET = "Xero's contacts and bills have not been read to the end yet."


@dataclass(frozen=True, kw_only=True)
class Knowledge:
    """How old the data of a forecast is, as a sentence. `missing` says what has not been read at all."""

    words: str
    is_old: bool = False
    missing: str = ""


@dataclass(frozen=True, kw_only=True)
class Forecast:
    """The forecast for one document. `title` is a whole sentence, `faults` say what would stop the document."""

    title: str
    tone: str
    faults: tuple[Remedy, ...]
    notes: tuple[str, ...]
    hold: str
    knowledge: Knowledge


def build_ground(context: RequestContext) -> Ground:
    """The firm's mappings and settings that preflight judges with."""
    return Ground(
        xero_tenant_id=context.connection.xero_tenant_id if context.connection else "",
        books=context.books,
        start_date=context.settings.start_date,
        preferences=context.preferences,
    )


def describe_knowledge(*, checked: PreflightAnswer, context: RequestContext, now: datetime) -> Knowledge:
    """How old the data is: counted as old over an hour while bills are being sent, else over a day."""
    if context.connection is None:
        return Knowledge(words="", missing=NOT_CONNECTED)
    if checked.chart_at is None:
        return Knowledge(words="", is_old=True, missing="Nothing has been read from Xero yet.")
    firm, limit = context.firm, index.BUSY_AGE if checked.busy else index.IDLE_AGE
    accounts = f"Accounts as of {format_moment(checked.chart_at, firm=firm)}"
    if checked.index_at is None:
        return Knowledge(words=f"{accounts}.", is_old=True, missing=NOT_READ_YET)
    words = f"{accounts}; contacts and bills as of {format_moment(checked.index_at, firm=firm)}."
    return Knowledge(words=words, is_old=now - min(checked.chart_at, checked.index_at) > limit)


def describe_firm_hold(context: RequestContext) -> str:
    """The hold of the whole firm as a sentence; empty without one."""
    state = context.connection.state if context.connection else None
    hold = conditions_from(state=state, settings=context.settings).hold
    if hold is None:
        return ""
    by = f" by {context.settings.paused_by}" if hold is Hold.PAUSED and context.settings.paused_by else ""
    return SENTENCES[hold].format(by=by)


def forecast_bill(*, context: RequestContext, bill: Invoice, lines: Sequence[InvoiceLine] | None = None) -> Forecast:
    """Forecast a saved bill, or with `lines` a typed one, as if it were approved and saved now."""
    typed = None if lines is None else {bill.pk: lines}
    checked = check(
        firm=context.firm,
        ground=build_ground(context),
        asked=PreflightQuestion(bills=[bill], lines=typed, approved=True),
    )
    judged = checked.bills[bill.pk]
    approves = "approve it" if bill.state != InvoiceState.APPROVED else ""
    saves = "save it" if typed is not None or not approves else ""
    when = f"If you {' and '.join(filter(None, (saves, approves)))} now".replace("save it and", "save and")
    target = places.Target(kind=INVOICE.code, object_id=bill.pk, contact_id=bill.contact_id)
    return _build_forecast(judged, when, checked, context, target)


def forecast_contact(*, context: RequestContext, contact: Contact) -> Forecast:
    """Forecast a saved contact as if it were saved again now."""
    checked = check(firm=context.firm, ground=build_ground(context), asked=PreflightQuestion(contacts=[contact]))
    target = places.Target(kind=CONTACT.code, object_id=contact.pk, contact_id=contact.pk)
    return _build_forecast(checked.contacts[contact.pk], "If you save it now", checked, context, target)


def describe_approved_bill(invoice: Invoice) -> str:
    """The sentence that the message after an approval adds: what becomes of the bill."""
    context = RequestContext(invoice.firm)
    bill = Invoice.objects.select_related("contact", "matter", "firm").get(firm=invoice.firm, pk=invoice.pk)
    checked = check(firm=context.firm, ground=build_ground(context), asked=PreflightQuestion(bills=[bill], stored=True))
    judged, held = checked.bills[bill.pk], describe_firm_hold(context)
    leading = judged.leading
    if judged.waits_for and judged.reason is not None:
        return "It waits for its contact, which was left out of Xero."
    if leading is not None and judged.waits_for:
        return f"It waits for its contact: {_lower_first(leading.title)}."
    if leading is not None:
        return (
            f"{'It waits' if judged.verdict is Verdict.HELD else 'Xero will refuse it'}: {_lower_first(leading.title)}."
        )
    if judged.reason is not None:
        return SENTENCES[judged.reason].format(noun=INVOICE.labels.noun)
    return held or "It goes to Xero now."


def _build_forecast(
    judged: Judged, when: str, checked: PreflightAnswer, context: RequestContext, target: places.Target
) -> Forecast:
    title, tone = _describe_verdict(judged, when, connected=context.connection is not None)
    forecast_context = ForecastContext(context, checked)
    return Forecast(
        title=title,
        tone=tone,
        faults=tuple(forecast_context.locate(Remedy(fault=known), target) for known in judged.recognised),
        notes=tuple(note.text for note in judged.notes if note.text),
        hold=describe_firm_hold(context) if judged.arrives else "",
        knowledge=describe_knowledge(checked=checked, context=context, now=timezone.now()),
    )


def _describe_verdict(judged: Judged, when: str, *, connected: bool) -> tuple[str, str]:
    if judged.waits_for and judged.reason is not None:
        return f"{when}, it waits for its contact, which was left out of Xero.", "warning"
    if judged.waits_for:
        return f"{when}, it waits for its contact, which Xero will refuse.", "error"
    if judged.verdict is Verdict.REFUSED:
        return f"{when}, Xero will refuse it.", "error"
    if judged.verdict is Verdict.HELD:
        return f"{when}, it waits.", "warning"
    if judged.verdict is Verdict.NOT_SENT and judged.reason is not None:
        return f"{when}, it is not sent. {SENTENCES[judged.reason].format(noun=INVOICE.labels.noun)}", "info"
    if judged.verdict is Verdict.UNCHANGED:
        return "Xero has exactly this already.", "success"
    if not connected:
        return "Nothing here stops it from going to Xero.", "info"
    return f"{when}, it goes to Xero{', with a note' if judged.verdict is Verdict.NOTES else ''}.", "success"


class ForecastContext:
    """Finds the fields that fix a forecast's faults without a query; `checked` knows the lines' categories."""

    def __init__(self, context: RequestContext, checked: PreflightAnswer) -> None:
        self.context, self.firm = context, context.firm
        # Version 0: links need no version.
        known = sorted(checked.categories.items(), key=lambda item: item[1])
        self.categories = [account_uses.Category(pk, name, code, 0) for pk, (name, code) in known]

    def locate(self, remedy: Remedy, target: places.Target) -> Remedy:
        """The remedy with links to every field that fixes it, without a query."""
        return replace(remedy, links=tuple(self._find_links(remedy, target)))

    def _find_links(self, remedy: Remedy, target: places.Target) -> list[Link]:
        if remedy.place is not Place.CATEGORY_EDIT:
            found = places.find_field_link(remedy=remedy, target=target, firm=self.firm) if target.object_id else None
            return [found] if found else []
        chart = self.context.chart
        if chart is None:
            return []
        chosen = account_uses.find_account_uses(
            known=remedy.fault, settings=self.context.settings, categories=self.categories, chart=chart
        )
        return [self._account_link(place) for place in chosen]

    def _account_link(self, place: account_uses.AccountPlace) -> Link:
        if place.is_category:
            url = reverse("expense_categories:edit", args=[self.firm.slug, place.category_id])
            return Link(f"{url}#id_account_code", f"Choose an account for {place.name}")
        url = reverse("xero_sync:settings", args=[self.firm.slug])
        return Link(f"{url}#default-accounts", f"Choose another default for {place.name}")


def _lower_first(title: str) -> str:
    return title[:1].lower() + title[1:] if not title[1:2].isupper() else title
