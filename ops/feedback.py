"""The answers of the help pages' readers, by page and reason: two queries."""

from dataclasses import dataclass

from django.db.models import Count, Max, Q

from help_center.models import HelpFeedback, HelpReason
from help_center.pages import find_page_title

COMMENTS = 50


@dataclass(frozen=True, kw_only=True)
class AboutPage:
    """The answers about one help page."""

    key: str
    title: str
    yes: int
    wrong: int
    elsewhere: int
    disliked: int

    @property
    def no(self) -> int:
        return self.wrong + self.elsewhere + self.disliked


def by_page() -> list[AboutPage]:
    """Every page with an answer, the one with the most complaints first."""
    rows = (
        HelpFeedback.objects.order_by()
        .values("page")
        .annotate(
            yes=Count("pk", filter=Q(helpful=True)),
            wrong=Count("pk", filter=Q(reason=HelpReason.WRONG)),
            elsewhere=Count("pk", filter=Q(reason=HelpReason.ELSEWHERE)),
            disliked=Count("pk", filter=Q(reason=HelpReason.DISLIKED)),
            latest=Max("at"),
        )
        .order_by("-latest")
    )
    pages = [
        AboutPage(
            key=row["page"],
            title=find_page_title(row["page"]),
            yes=row["yes"],
            wrong=row["wrong"],
            elsewhere=row["elsewhere"],
            disliked=row["disliked"],
        )
        for row in rows
    ]
    return sorted(pages, key=lambda page: -page.no)


def comments(*, page: str | None) -> list[HelpFeedback]:
    """The newest answers that say more than a reason, about one page or all."""
    found = HelpFeedback.objects.exclude(comment="").select_related("firm")
    if page is not None:
        found = found.filter(page=page)
    return list(found[:COMMENTS])
