""" "Was this helpful?": answered by anybody, with or without script, and read by operators."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from firms.models import Firm, Role, User
from firms.scope import all_firms
from help_center import feedback
from help_center.models import HelpFeedback, HelpReason
from tests.factories import FirmFactory, OperatorFactory
from tests.integration.xero_sync.browsing import alerts, join, signed_in

pytestmark = pytest.mark.django_db

FEEDBACK = "/help/xero-sync/feedback/"


@pytest.fixture
def reader(firm: Firm) -> User:
    return join(firm, Role.STAFF)


def answer(client: Client, **fields: str) -> Any:
    return client.post(FEEDBACK, {"page": "improvements", **fields})


def answers() -> list[HelpFeedback]:
    with all_firms():
        return list(HelpFeedback.objects.all())


def ops_page(query: str = "") -> str:
    shown = signed_in(OperatorFactory.create()).get(f"/ops/feedback/{query}")
    assert shown.status_code == 200
    return " ".join(shown.content.decode().split())


def test_a_yes_is_kept_and_thanked_for(reader: User, firm: Firm) -> None:
    reply = answer(signed_in(reader), helpful="yes", firm=firm.slug)
    assert reply["Location"] == f"/help/xero-sync/improvements/?firm={firm.slug}"
    assert "Thank you" in alerts(reply)
    (kept,) = answers()
    assert (kept.page, kept.helpful, kept.reason, kept.firm, kept.user) == ("improvements", True, "", firm, reader)


@pytest.mark.parametrize("reason", HelpReason.values)
def test_a_no_is_kept_with_its_reason_and_comment(client: Client, reason: str) -> None:
    reply = answer(client, page="errors/email-invalid", helpful="no", reason=reason, comment="Which one?")
    assert reply["Location"] == "/help/xero-sync/errors/email-invalid/"
    (kept,) = answers()
    assert (kept.helpful, kept.reason, kept.comment, kept.firm, kept.user) == (False, reason, "Which one?", None, None)


def test_the_page_offers_the_three_reasons(client: Client) -> None:
    html = client.get("/help/xero-sync/").content.decode()
    assert [words for words in HelpReason.labels if words not in html] == []


def test_a_no_without_a_reason_is_asked_for_one_and_keeps_the_comment(client: Client) -> None:
    html = answer(client, helpful="no", comment="I am lost").content.decode()
    assert "Choose the reason that fits best." in html
    assert "I am lost" in html
    assert answers() == []


def test_a_comment_of_more_than_1000_characters_is_not_cut_in_silence(client: Client) -> None:
    html = answer(client, helpful="no", reason="WRONG", comment="x" * 1001).content.decode()
    assert "at most 1000 characters" in html
    assert answers() == []


@pytest.mark.parametrize("page", ["errors/moon-full", "../ops", "x" * 90, "a\0b"])
def test_an_answer_about_no_page_of_ours_is_refused(client: Client, page: str) -> None:
    assert answer(client, page=page, helpful="yes").status_code == 200
    assert answers() == []


def test_a_firm_that_is_not_the_readers_own_is_not_named(reader: User) -> None:
    answer(signed_in(reader), helpful="yes", firm=FirmFactory(slug="another").slug)
    (kept,) = answers()
    assert kept.firm is None


def test_reading_the_address_of_the_form_does_nothing(client: Client) -> None:
    assert client.get(FEEDBACK).status_code == 405


def test_strangers_cannot_fill_the_table(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feedback, "ALL_STRANGERS", 2)
    replies = [answer(client, helpful="yes") for _ in range(3)]
    assert "was not kept" in alerts(replies[2])
    assert len(answers()) == 2
    with all_firms():
        HelpFeedback.objects.update(at=timezone.now() - timedelta(minutes=61))
    assert "Thank you" in alerts(answer(client, helpful="yes"))


def test_a_flood_of_strangers_does_not_stop_somebody_signed_in(
    client: Client, reader: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feedback, "ALL_STRANGERS", 1)
    answer(client, helpful="yes")
    answer(client, helpful="yes")
    assert "Thank you" in alerts(answer(signed_in(reader), helpful="yes"))


def test_the_database_refuses_a_no_without_a_reason(firm: Firm) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        HelpFeedback.objects.create(page="", helpful=False)


def test_operators_see_the_answers_by_page_and_reason_and_the_newest_comments(
    client: Client, reader: User, firm: Firm
) -> None:
    answer(client, helpful="yes")
    answer(client, page="", helpful="no", reason="ELSEWHERE", comment="An older remark")
    answer(signed_in(reader), firm=firm.slug, helpful="no", reason="WRONG", comment="<b>What</b> is a switch?")
    answer(client, helpful="no", reason="DISLIKED")
    html = ops_page()
    row = html.split('<th scope="row"><a href="?page=improvements">Improvements</a>', 1)[1].split("</tr>", 1)[0]
    assert [part.split("<", 1)[0] for part in row.split('class="number">')[1:]] == ["1", "2", "1", "0", "1"]
    assert "&lt;b&gt;What&lt;/b&gt; is a switch?" in html
    assert html.index("is a switch?") < html.index("An older remark")
    assert firm.name in html
    assert reader.email not in html


def test_operators_read_the_comments_on_one_page(client: Client) -> None:
    answer(client, page="", helpful="no", reason="WRONG", comment="About the questions")
    answer(client, helpful="no", reason="WRONG", comment="About the list")
    assert "About the list" not in ops_page("?page=")
    assert "About the questions" not in ops_page("?page=improvements")


def test_operators_see_what_the_page_is_for_while_nobody_answered() -> None:
    assert "No answers yet" in ops_page()


def test_a_firms_people_do_not_find_the_answers(reader: User) -> None:
    assert signed_in(reader).get("/ops/feedback/").status_code == 404
