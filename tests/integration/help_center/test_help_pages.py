"""The help pages: open to anybody, made from the tables, and linked from what they explain."""

import re
from html import unescape
from typing import Any
from urllib.parse import urldefrag

import pytest
from django.test import Client

from expense_categories.models import CategoryKind
from firms.models import Firm, Role, User
from firms.scope import firm_scope
from help_center.articles import write_article
from help_center.glossary import list_state_meanings
from help_center.improvements import list_always_on, list_switches
from help_center.messages import find_messages
from help_center.pages import PAGES
from tests.factories import CategoryFactory, FirmFactory, InvoiceFactory
from tests.integration.xero_sync.browsing import join, signed_in
from tests.outcomes import ARCHIVED, bills_end, connect, settle
from xero_sync.domain.errors import BY_NUMBER, TABLE, plain_title
from xero_sync.domain.preferences import ALWAYS_ON, PREFERENCES

pytestmark = pytest.mark.django_db

HELP = "/help/xero-sync/"
ADDRESSES = [f"{HELP}{key}/" if key else HELP for key in PAGES]


@pytest.fixture
def reader(firm: Firm) -> Client:
    return signed_in(join(firm, Role.STAFF))


def html_of(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return " ".join(unescape(answer.content.decode()).split())


def links_of(html: str) -> set[str]:
    return set(re.findall(r'href="((?:/help/|#)[^"]*)"', html))


@pytest.mark.parametrize("address", ADDRESSES)
def test_anybody_can_read_the_help_without_signing_in(client: Client, address: str) -> None:
    assert "Was this helpful?" in html_of(client, address)


@pytest.mark.parametrize("entry", TABLE, ids=lambda entry: entry.code)
def test_every_known_error_has_an_article_that_says_what_why_who_and_when(client: Client, entry: Any) -> None:
    html = html_of(client, f"{HELP}errors/{entry.code}/")
    article = write_article(entry.code)
    texts = (article.title, article.why, article.fix_here, article.who, article.meanwhile, article.recheck)
    assert [text for text in texts if not text or text not in html] == []
    assert article.fix_in_xero in html
    assert "{" not in html.split("<article", 1)[1].split("</article>", 1)[0]


def test_a_message_that_is_not_known_has_no_article(client: Client) -> None:
    assert client.get(f"{HELP}errors/moon-full/").status_code == 404


def test_every_link_of_the_help_leads_to_a_page_and_a_place_on_it(client: Client) -> None:
    seen: dict[str, str] = {address: html_of(client, address) for address in ADDRESSES}
    broken = []
    for address, html in list(seen.items()):
        for link in links_of(html):
            page, anchor = urldefrag(link)
            page = page or address
            if page not in seen and page != f"{HELP}feedback/":
                seen[page] = html_of(client, page)
            if anchor and f'id="{anchor}"' not in seen[page]:
                broken.append(link)
    assert broken == []


def test_the_list_of_improvements_is_made_from_the_tables(client: Client) -> None:
    html = html_of(client, f"{HELP}improvements/")
    assert (len(PREFERENCES), len(ALWAYS_ON)) == (9, 10)
    for preference in PREFERENCES:
        assert f'id="{preference.key}"' in html
        assert preference.label in html
        assert preference.help in html
        assert preference.off_help in html
    for improvement in ALWAYS_ON:
        assert improvement.title in html
        assert improvement.does in html
    about = {number for each in PREFERENCES for number in each.messages}
    assert [n for n in about if f'{HELP}errors/{BY_NUMBER[n].code}/"' not in html] == []


def test_each_improvement_says_what_it_does_to_an_error_and_whether_it_has_a_switch() -> None:
    by_anchor = {each.anchor: each for each in (*list_switches(), *list_always_on())}
    assert by_anchor["restore_archived_contacts"].kind == "Fixes an error"
    assert by_anchor["category_account_codes"].kind == "Prevents an error"
    assert by_anchor["locked-periods-are-respected"].kind == "Explains an error"
    assert by_anchor["matter_as_reference"].kind == "Saves work"
    assert (len(list_switches()), len(list_always_on())) == (9, 10)
    assert all(each.has_switch for each in list_switches())
    assert not any(each.has_switch for each in list_always_on())


@pytest.mark.parametrize(
    "question",
    [
        "How does account code mapping work?",
        "What changed, and why?",
        "Which errors do the improvements prevent, fix or explain?",
        "How do I switch them on?",
        "What about firms created in July 2019 and later?",
        "Do they change bills I already have?",
        "How do I use them on a bill I already have?",
        "Edit the invoice",
        "Edit the contact",
        "Where can I learn more?",
    ],
)
def test_the_questions_of_the_faq_are_answered(client: Client, question: str) -> None:
    assert re.search(rf"<h[23] id=\"[a-z-]+\">{re.escape(question)}</h[23]>", html_of(client, HELP))


def test_every_state_is_in_the_glossary(client: Client) -> None:
    html = html_of(client, f"{HELP}glossary/")
    assert len(list_state_meanings()) == 9
    assert [each.label for each in list_state_meanings() if each.words not in html or each.label not in html] == []


@pytest.mark.parametrize("entry", [entry for entry in TABLE if entry.patterns], ids=lambda entry: entry.code)
def test_what_xero_said_pasted_into_the_search_finds_its_article_first(entry: Any) -> None:
    assert find_messages(entry.sample)[0].code == entry.code


def test_the_search_finds_words_of_a_title_and_says_so_when_it_finds_nothing(client: Client) -> None:
    assert plain_title(BY_NUMBER[12]) in html_of(client, f"{HELP}errors/?q=archived")
    assert "We do not know this message" in html_of(client, f"{HELP}errors/?q=moon+is+full")
    assert html_of(client, f"{HELP}errors/?q=%00")


def test_the_help_leads_back_to_the_readers_own_firm(reader: Client, firm: Firm) -> None:
    html = html_of(reader, f"{HELP}?firm={firm.slug}")
    assert f'Back<span class="help-firm"> to {firm.name}<' in html
    assert f"{HELP}improvements/?firm={firm.slug}" in html


def test_the_help_never_says_whether_another_firm_exists(reader: Client) -> None:
    FirmFactory(name="Somebody Else LLP", slug="somebody-else")
    theirs, nowhere = (html_of(reader, f"{HELP}?firm={slug}") for slug in ("somebody-else", "no-such-firm"))
    assert "Somebody Else" not in theirs
    assert "help-firm" not in theirs + nowhere


def test_settings_lead_to_the_help_about_each_switch_and_field(admin: User, firm: Firm) -> None:
    html = html_of(signed_in(admin), f"/{firm.slug}/settings/bill-syncing/")
    tail = f"?firm={firm.slug}"
    wanted = [f"{HELP}improvements/{tail}#{each.key}" for each in PREFERENCES if each.ready]
    wanted += [f"{HELP}configure/{tail}#{part}" for part in ("default-accounts", "master-switch", "start-date")]
    assert [link for link in wanted if f'href="{link}"' not in html] == []


def test_the_account_of_a_category_leads_to_the_help_about_account_codes(admin: User, firm: Firm) -> None:
    category = CategoryFactory(firm=firm, name="Couriers", kind=CategoryKind.DISBURSEMENT)
    html = html_of(signed_in(admin), f"/{firm.slug}/expense-categories/{category.pk}/edit/")
    assert f'href="{HELP}account-codes/?firm={firm.slug}"' in html


def test_a_fault_leads_to_its_article_from_the_bill_and_from_needs_you(reader: Client, firm: Firm) -> None:
    with firm_scope(firm):
        connection = connect(firm)
        invoice = InvoiceFactory(firm=firm, approved=True)
        settle(firm, connection, bills_end(ARCHIVED))
    link = f'href="{HELP}errors/account-archived/?firm={firm.slug}"'
    assert link in html_of(reader, f"/{firm.slug}/invoices/{invoice.pk}/")
    assert link in html_of(reader, f"/{firm.slug}/needs-you/")


def test_the_side_bar_leads_to_the_help_and_back(reader: Client, firm: Firm) -> None:
    assert f'href="{HELP}?firm={firm.slug}"' in html_of(reader, f"/{firm.slug}/activity/")


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_stranger_reading_the_help_costs_no_query(
    client: Client, address: str, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(0):
        client.get(address)
