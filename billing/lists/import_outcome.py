"""What came of an import and what may become of it, in words."""

from dataclasses import dataclass

from billing.domain.import_choices import ImportChoices, Then
from billing.domain.import_states import ImportState
from billing.services.import_words import refusal, sentence
from billing.services.imports import ImportReport


@dataclass(frozen=True)
class ThenOption:
    """One of the ways to import, as a radio button."""

    value: str
    label: str
    help: str
    checked: bool


def list_options(*, of_bills: bool, proposed: Then) -> list[ThenOption]:
    """The ways to import; drafts are for bills alone."""
    what = "bills" if of_bills else "clients"
    offered = [
        (Then.SEND, "Import and send", f"The {what} go on at once."),
        (Then.HOLD, "Import and hold", "Nothing leaves until you release it, and the import can be taken back whole."),
    ]
    if of_bills:
        offered.append((Then.DRAFT, "As drafts", "The bills stand here as drafts, to be approved one by one."))
    return [ThenOption(then.value, label, words, then is proposed) for then, label, words in offered]


def skip_words(*, report: ImportReport, noun: str) -> str:
    """ "Import the 38 good bills (31,200.00), leave out 2 (3,410.00)": money as it is here, and as the file has it."""
    several = len({each.currency for each in report.sums} | {currency for currency, _ in report.refused_sums}) > 1
    left = ", ".join(f"{total:,.2f}{f' {currency}' if several else ''}" for currency, total in report.refused_sums)
    good = count_words(report=report, noun=noun)
    return (
        f"Import the {good.replace(' ', ' good ', 1)}, leave out {report.rows_refused:,}{f' ({left})' if left else ''}"
    )


def count_words(*, report: ImportReport, noun: str) -> str:
    """ "38 bills (31,200.00)"; with the currencies where they are several, and without the sum where it is nothing."""
    several = len(report.sums) > 1
    sums = [f"{each.total_here:,.2f}{f' {each.currency}' if several else ''}" for each in report.sums]
    amount = f" ({', '.join(sums)})" if sums else ""
    return f"{report.created:,} {noun}{'' if report.created == 1 else 's'}{amount}"


def describe_outcome(*, state: ImportState, report: ImportReport, choices: ImportChoices, noun: str) -> str:
    """What came of the import, in a sentence or two."""
    what = count_words(report=report, noun=noun)
    if state is ImportState.CHECKED:
        return refusal(report) if report.refused else f"Not imported yet. {sentence(report=report, noun=noun)}"
    if state is ImportState.HELD:
        return f"{what} imported and held. Nothing of it leaves before it is released."
    if state is ImportState.DONE:
        as_drafts = ", as drafts" if choices.then is Then.DRAFT else ""
        left = f" {report.rows_refused:,} refused and left out." if report.skips else ""
        return f"{what} imported{as_drafts}.{left}"
    return _OTHER.get(state, "").format(what=what)


_OTHER = {
    ImportState.READING: "The file is being read.",
    ImportState.IMPORTING: "{what} are being imported.",
    ImportState.RELEASING: "{what} are being released.",
    ImportState.UNDOING: "What was imported is being taken back.",
    ImportState.UNDONE: "Nothing of this file stands: it was taken back or put away. It can be imported again.",
    ImportState.FAILED: (
        "Something in our own software failed over this file, several times. What is written is held: none of it "
        "leaves, and it can be taken back."
    ),
}
