"""The decisions on documents that are gone from Xero, as a card offers them and as a page asks about one of them."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.urls import reverse

from firms.models import Firm
from xero_sync.domain.gone import GoneDecision, list_decisions
from xero_sync.domain.states import State
from xero_sync.facts.cause_impact import count_documents
from xero_sync.facts.chosen_documents import ChosenDocuments
from xero_sync.facts.remedy import describe_leading_fault
from xero_sync.kinds.registry import KINDS, find_kind
from xero_sync.models import SyncJob


@dataclass(frozen=True, kw_only=True)
class OfferedDecision:
    """One decision on a card: where it leads, its words and its consequence."""

    url: str
    label: str
    icon: str
    consequence: str


@dataclass(frozen=True, kw_only=True)
class AskedDecision:
    """The page that asks before a decision: `danger` marks one that cannot be taken back."""

    question: str
    consequences: tuple[str, ...]
    button: str
    danger: bool = False


@dataclass(frozen=True)
class _Words:
    """The label for one document and for several, the icon, and the consequence."""

    one: str
    several: str
    icon: str
    consequence: str

    def label(self, total: int) -> str:
        return self.one if total == 1 else self.several.format(total)


WORDS: Mapping[GoneDecision, _Words] = {
    GoneDecision.VOID_HERE: _Words(
        "Void it here", "Void all {} here", "ban", "Void here too, for ever. Nothing is sent."
    ),
    GoneDecision.SEND_AS_NEW: _Words(
        "Send it again as new",
        "Send all {} again as new",
        "arrow-up",
        "The link to what is gone is dropped, and Xero gets a new one.",
    ),
    GoneDecision.LEAVE: _Words(
        "Leave it as it is",
        "Leave all {} as they are",
        "pause",
        "Not sent, with your reason. You are asked again once it is saved.",
    ),
}


def offer_for_cause(*, firm: Firm, cause_id: int, code: str, counts: Mapping[str, int]) -> tuple[OfferedDecision, ...]:
    """The decisions on what a cause of this code holds, by `counts` of each kind; none for other causes."""
    for kind in KINDS:
        total = counts.get(kind.code, 0)
        if total and (offered := list_decisions(kind=kind, code=code)):
            return tuple(_offer(each, total, _build_cause_url(firm, cause_id, each)) for each in offered)
    return ()


def offer_for_document(*, firm: Firm, job: SyncJob | None) -> tuple[OfferedDecision, ...]:
    """The decisions on one document; none where nothing is to be decided."""
    leading = describe_leading_fault(job.faults) if job and job.state == State.NEEDS_YOU else None
    if job is None or leading is None:
        return ()
    offered = list_decisions(kind=find_kind(job.kind), code=leading.code)
    return tuple(_offer(each, 1, _build_document_url(firm, job, each)) for each in offered)


def ask_about(*, decision: GoneDecision, chosen: ChosenDocuments) -> AskedDecision:
    """The question before a decision on these documents is carried out."""
    button = WORDS[decision].label(chosen.total)
    what = f"{chosen.words}," if chosen.money else chosen.words
    if decision is GoneDecision.VOID_HERE:
        final = "This cannot be taken back: a void bill never changes again, and its number stays taken."
        unsent = "Nothing is sent to Xero, where it is gone or void already."
        return AskedDecision(question=f"Void {what} here?", consequences=(final, unsent), button=button, danger=True)
    dropped = "The link to what is gone is dropped, and Xero gets a new document. Look there first, so that nothing is "
    found = (f"{dropped}entered twice.", *_describe_numbers(chosen), *_describe_waiting(chosen))
    return AskedDecision(question=f"Send {what} again as new?", consequences=found, button=button)


def _build_cause_url(firm: Firm, cause_id: int, decision: GoneDecision) -> str:
    if decision is GoneDecision.LEAVE:
        return reverse("xero_sync:cause-leave-out", args=[firm.slug, cause_id])
    return reverse("xero_sync:decide-cause", args=[firm.slug, cause_id, decision.value])


def _build_document_url(firm: Firm, job: SyncJob, decision: GoneDecision) -> str:
    leave_out_page = find_kind(job.kind).labels.leave_out_page
    if decision is GoneDecision.LEAVE and leave_out_page:
        return reverse(leave_out_page, args=[firm.slug, job.object_id])
    return reverse("xero_sync:decide-document", args=[firm.slug, job.pk, decision.value])


def _offer(decision: GoneDecision, total: int, url: str) -> OfferedDecision:
    words = WORDS[decision]
    return OfferedDecision(url=url, label=words.label(total), icon=words.icon, consequence=words.consequence)


def _describe_numbers(chosen: ChosenDocuments) -> tuple[str, ...]:
    if not chosen.money:
        return ()
    taken = "Xero keeps the numbers of bills that were voided there; then you are asked for another."
    return (f"It goes under the same number if that is free in Xero. {taken}",)


def _describe_waiting(chosen: ChosenDocuments) -> tuple[str, ...]:
    total = chosen.waiting.total()
    if not total:
        return ()
    verbs = ("waits", "goes") if total == 1 else ("wait", "go")
    return (f"{count_documents(chosen.waiting)} {verbs[0]} for it and {verbs[1]} after it.",)
