"""The demo's closing table: the two firms side by side, where to look, how to sign in, what to try. 100 columns."""

import textwrap
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal

from xero_sync.demo import cast
from xero_sync.demo.outcome import DemoOutcome, Tally

WIDTH = 100
LABEL = 48
CELL = (WIDTH - LABEL) // 2
COUNT = 8
ACCOUNTS = {"200": "Fees", "405": "Expenses Recovered", "412": "Disbursements", "420": "Travel"}
TRIES = """
As {admin.name}, open {old.name} > Needs you and fix the e-mail address of Brandt Logistik GmbH on its card: its two
bills follow it into Xero.

Open {old.name} > Settings > Bill Syncing and switch on “Account codes by expense category”. Nothing that was sent
changes; then edit and save one bill, and its disbursements move to account 412.

In Xero's books ({books}/) open {new.organisation} > Settings and clear the lock date; then, in {new.name} > Settings >
Bill Syncing, press Test now: bills 10401 to 10403 go.

Write a bill at {web}{new.slug}/invoices/new/, approve it, and watch its state change on the open page. Beforehand,
Invoices > Check before sending says what would become of any month's bills.

As {operator.name}, open {web}ops/: what is held up, across both firms, grouped by cause.
"""
Causes = Mapping[tuple[str, str], Tally]


def write_demo_table(*, outcomes: Sequence[DemoOutcome], web: str, emulator: str) -> Iterator[str]:
    """The whole text, line by line."""
    yield from _write_table(outcomes)
    yield ""
    yield from _write_addresses(web, emulator)
    yield ""
    yield from _write_things_to_try(web, emulator)


def _write_table(outcomes: Sequence[DemoOutcome]) -> Iterator[str]:
    yield "=" * WIDTH
    yield _format_row("", [outcome.firm.name for outcome in outcomes])
    yield _format_row("", [f"created {outcome.firm.created_on:%-d %b %Y}" for outcome in outcomes])
    yield "-" * WIDTH
    yield _format_row("Improvements switched on", [f"{each.switched_on} of {each.switches}" for each in outcomes])
    yield _format_row("", [f"{'bills':>{COUNT}}{'AUD':>{CELL - COUNT}}" for _ in outcomes])
    yield _format_tallies("Bills here", outcomes, lambda outcome: outcome.bills)
    yield _format_tallies("In Xero", outcomes, lambda outcome: outcome.in_xero)
    yield _format_tallies("  of these with notes", outcomes, lambda outcome: outcome.with_notes)
    yield from _write_causes("Needs someone", outcomes, lambda outcome: outcome.needs_you)
    yield from _write_causes("On hold", outcomes, lambda outcome: outcome.on_hold)
    yield "Accounts used in Xero, before tax"
    for code in sorted({code for outcome in outcomes for code in outcome.accounts}):
        cells = [_format_amount(outcome.accounts.get(code)) for outcome in outcomes]
        yield _format_row(f"  {code} {ACCOUNTS.get(code, '')}", cells)
    yield _format_row(
        "Total here, of the bills in Xero", [_format_amount(outcome.in_xero.money) for outcome in outcomes]
    )
    yield _format_row(
        "Total in Xero, of the same bills", [_format_amount(outcome.total_in_xero) for outcome in outcomes]
    )
    yield _format_row("Calls made to Xero", [str(outcome.calls) for outcome in outcomes])
    yield "=" * WIDTH


def _write_causes(title: str, outcomes: Sequence[DemoOutcome], of: Callable[[DemoOutcome], Causes]) -> Iterator[str]:
    yield title
    causes = dict.fromkeys(title for outcome in outcomes for _, title in sorted(of(outcome)))
    if not causes:
        yield _format_row("  nothing", ["-" for _ in outcomes])
    for cause in causes:
        head, *rest = textwrap.wrap(cause, LABEL - 4)
        yield _format_row(f"  {head}", [_format_tally(_merge_causes(of(outcome), cause)) for outcome in outcomes])
        yield from (f"    {more}" for more in rest)


def _merge_causes(causes: Causes, title: str) -> Tally:
    """The causes of one title as one: three bills in one locked period are three causes with the same words."""
    same = [tally for (_, known), tally in causes.items() if known == title]
    return Tally(sum(tally.count for tally in same), sum((tally.money for tally in same), Decimal(0)))


def _format_tallies(label: str, outcomes: Sequence[DemoOutcome], of: Callable[[DemoOutcome], Tally]) -> str:
    return _format_row(label, [_format_tally(of(outcome)) for outcome in outcomes])


def _format_tally(tally: Tally) -> str:
    if not tally.count:
        return "-"
    return f"{tally.count:>{COUNT},}{tally.money:>{CELL - COUNT},.2f}"


def _format_amount(amount: Decimal | None) -> str:
    return "-" if amount is None else f"{amount:,.2f}"


def _format_row(label: str, cells: Sequence[str]) -> str:
    return (f"{label:<{LABEL}}" + "".join(f"{cell:>{CELL}}" for cell in cells)).rstrip()


def _write_addresses(web: str, emulator: str) -> Iterator[str]:
    yield f"Bill Syncing  {web}"
    yield f"Xero's books  {emulator}/  (a stand-in: this is not Xero)"
    yield ""
    yield f"Sign in with the password {cast.PASSWORD}"
    yield f"  {'firm admin, of both firms':<28}{cast.ADMIN.email}"
    yield f"  {'billing staff, of one':<28}{cast.STAFF.email}"
    yield f"  {'operator of the platform':<28}{cast.OPERATOR.email}  at {web}ops/"


def _write_things_to_try(web: str, emulator: str) -> Iterator[str]:
    old, new = cast.FIRMS
    words = {"old": old, "new": new, "web": web, "books": emulator, "admin": cast.ADMIN, "operator": cast.OPERATOR}
    yield "Five things to try"
    for number, text in enumerate(TRIES.format(**words).strip().split("\n\n"), start=1):
        yield from textwrap.wrap(text, WIDTH, initial_indent=f"  {number}. ", subsequent_indent="     ")
