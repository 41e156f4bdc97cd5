"""What the sample bills are about: matters, people, work and expenses, all invented."""

from typing import NamedTuple


class Expense(NamedTuple):
    """A kind of expense: UTBMS code, narrative, cost of a unit, and the most units on a line."""

    code: str
    description: str
    cost: str
    most: int


MATTERS = (
    "Lease of head office",
    "Supply agreement dispute",
    "Purchase of adjoining land",
    "Employment advice",
    "Debt recovery",
    "Trade mark registration",
    "Shareholders' agreement",
    "Building defects claim",
    "Estate administration",
    "Refinancing",
    "Regulatory enquiry",
)

# Number, name, classification, rate an hour.
TIMEKEEPERS = (
    ("1001", "Kerr, Maya", "PARTNR", "560"),
    ("1004", "Osei, Daniel", "PARTNR", "525"),
    ("1012", "Novak, Ines", "ASSOC", "385"),
    ("1015", "Hartley, Tom", "ASSOC", "362.50"),
    ("1021", "Bianchi, Lucia", "ASSOC", "340"),
    ("1030", "Wu, Jia", "LEGALASST", "185"),
    ("1033", "Doyle, Patrick", "PARALEGAL", "165"),
)

# Task code, activity code, narrative.
FEES = (
    ("L110", "A104", "Review client's papers and chronology"),
    ("L120", "A102", "Research limitation and notice requirements"),
    ("L120", "A101", "Plan next steps; note to file"),
    ("L160", "A107", "Correspondence with other side's solicitors on settlement"),
    ("L190", "A110", "Organise and index correspondence files"),
    ("L210", "A103", "Draft statement of claim, first version"),
    ("L210", "A103", "Revise defence after client's comments"),
    ("L230", "A109", "Attend case management conference"),
    ("L240", "A103", "Draft affidavit in support of application"),
    ("L310", "A104", "Review disclosure, boxes 4 to 6"),
    ("L320", "A110", "Prepare list of documents"),
    ("L330", "A109", "Attend examination of witness"),
    ("L410", "A106", "Conference with client and witness"),
    ("L430", "A103", "Draft written submissions"),
    ("L450", "A109", "Attend hearing, first day"),
    ("P240", "A103", "Draft lease and special conditions"),
    ("P300", "A104", "Review contract; mark up clauses 7, 9 and 12"),
    ("P400", "A106", "Telephone client to take instructions"),
    ("P500", "A105", "Confer with partner on completion steps"),
    ("C300", "A106", "Letter of advice to client's board"),
)

EXPENSES = (
    Expense("E101", "Copying, trial bundle", "0.25", 400),
    Expense("E101", "Colour copies of plans", "0.60", 90),
    Expense("E102", "Outside printing, bound volumes", "48.40", 4),
    Expense("E103", "Word processing of transcript", "22.50", 6),
    Expense("E104", "Facsimile to court registry", "1.10", 20),
    Expense("E105", "International telephone calls", "3.85", 12),
    Expense("E106", "Online research charges", "37.25", 5),
    Expense("E107", "Courier, documents to counsel", "28.60", 3),
    Expense("E108", "Registered post", "12.95", 4),
    Expense("E109", "Taxi to court and back", "31.70", 2),
    Expense("E111", "Working lunch during mediation", "64.20", 1),
    Expense("E112", "Court filing fee", "412.00", 1),
    Expense("E112", "Land title searches", "18.70", 6),
    Expense("E113", "Service of subpoena", "85.00", 2),
    Expense("E114", "Witness attendance", "150.00", 2),
    Expense("E115", "Transcript of examination", "4.35", 120),
    Expense("E116", "Daily transcript, first day", "620.00", 1),
    Expense("E117", "Enlarged site plans for hearing", "74.80", 3),
    Expense("E118", "Electronic disclosure hosting, month", "240.00", 1),
    Expense("E119", "Valuer's report", "1650.00", 1),
    Expense("E120", "Process agent's enquiries", "310.00", 1),
    Expense("E121", "Mediator, half share of fee", "1375.00", 1),
    Expense("E122", "Local counsel, Hobart", "890.00", 1),
    Expense("E123", "Translator, certified", "0.22", 900),
    Expense("E124", "Safe custody and file retrieval", "15.40", 2),
)

_REVIEWED = (
    "Item {0}: read letter {0} of the disclosed correspondence and noted what it says on delivery, price and notice"
)
LONG_NARRATIVE_LENGTH = 5000


def _long_narrative() -> str:
    items = "; ".join(_REVIEWED.format(number) for number in range(1, 60))
    text = f"Review of the other side's disclosed correspondence. {items}"
    return text[: LONG_NARRATIVE_LENGTH - 1] + "."


LONG_NARRATIVE = _long_narrative()
