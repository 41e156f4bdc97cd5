"""The way in and out."""

from typing import Any

import pytest
from axes.utils import reset
from django.test import Client, RequestFactory

from firms import lockout
from firms.models import Firm, User
from tests.factories import PASSWORD, MembershipFactory, OperatorFactory, UserFactory

pytestmark = pytest.mark.django_db


def sign_in(client: Client, email: str, password: str, **extra: str) -> object:
    return client.post("/sign-in/", {"username": email, "password": password, **extra})


def test_somebody_with_one_firm_goes_straight_to_its_invoices(client: Client, admin: User, firm: Firm) -> None:
    answer = client.post("/sign-in/", {"username": f" {admin.email.upper()} ", "password": PASSWORD}, follow=True)
    assert answer.redirect_chain[-1][0] == f"/{firm.slug}/invoices/"


def test_the_last_sign_in_is_shown(client: Client, admin: User) -> None:
    sign_in(client, admin.email, PASSWORD)
    client.post("/sign-out/")
    answer = client.post("/sign-in/", {"username": admin.email, "password": PASSWORD}, follow=True)
    assert "You last signed in on" in answer.content.decode()


def test_an_unknown_person_a_wrong_password_and_a_leaver_get_the_same_reply(client: Client, admin: User) -> None:
    UserFactory(email="left@example.com", is_active=False)
    replies = set()
    for email, password in (
        ("nobody@example.com", PASSWORD),
        (admin.email, "wrong password 1"),
        ("left@example.com", PASSWORD),
    ):
        page = client.post("/sign-in/", {"username": email, "password": password}).content.decode()
        assert "do not belong together" in page
        start = page.index("You are not signed in")
        replies.add(page[start : start + 200])
    assert len(replies) == 1


def test_guessing_rests_after_ten_tries_however_the_address_is_written(client: Client, admin: User) -> None:
    reset()
    for attempt in range(10):
        email = admin.email.upper() if attempt % 2 else admin.email
        client.post("/sign-in/", {"username": email, "password": "wrong password 1"})
    locked = client.post("/sign-in/", {"username": admin.email, "password": PASSWORD})
    assert locked.status_code == 429
    assert "Too many tries" in locked.content.decode()
    elsewhere = client.post("/sign-in/", {"username": admin.email, "password": PASSWORD}, REMOTE_ADDR="192.0.2.9")
    assert elsewhere.status_code == 302


@pytest.mark.parametrize(
    "address", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"]
)
def test_signing_in_never_leads_to_another_site(client: Client, admin: User, address: str) -> None:
    answer = client.post("/sign-in/", {"username": admin.email, "password": PASSWORD, "next": address})
    assert answer["Location"] == "/"


def test_operators_go_to_their_own_pages(client: Client) -> None:
    client.force_login(OperatorFactory(), backend="django.contrib.auth.backends.ModelBackend")
    assert client.get("/")["Location"] == "/ops/"


def test_an_operator_who_belongs_to_a_firm_sees_both_ways(client: Client, firm: Firm) -> None:
    person = MembershipFactory(firm=firm, user=OperatorFactory()).user
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    page = client.get("/").content.decode()
    assert f"/{firm.slug}/invoices/" in page
    assert "/ops/" in page


def test_every_reply_carries_a_reference_and_the_error_page_shows_it(staff_page: Client, firm: Firm) -> None:
    answer = staff_page.get(f"/{firm.slug}/expense-categories/new/")
    assert answer.status_code == 403
    assert answer["X-Reference"] in answer.content.decode()
    assert "admin" in answer.content.decode()


def test_a_forged_form_is_refused_in_words(admin: User) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(admin, backend="django.contrib.auth.backends.ModelBackend")
    answer = strict.post("/sign-out/")
    assert answer.status_code == 403
    assert "open too long" in answer.content.decode()


def test_the_django_admin_is_for_platform_staff_and_only_to_look(admin: User, firm: Firm) -> None:
    page = Client()
    page.force_login(admin, backend="django.contrib.auth.backends.ModelBackend")
    assert page.get("/admin/firms/firm/").status_code == 302
    page.force_login(OperatorFactory(), backend="django.contrib.auth.backends.ModelBackend")
    for model in (
        "firms/firm",
        "firms/user",
        "firms/auditevent",
        "billing/invoice",
        "expense_categories/expensecategory",
    ):
        assert page.get(f"/admin/{model}/").status_code == 200
        assert page.get(f"/admin/{model}/add/").status_code == 403
    assert page.post(f"/admin/firms/firm/{firm.pk}/delete/").status_code == 403
    assert "argon2" not in page.get(f"/admin/firms/user/{admin.pk}/change/").content.decode()


def test_guessing_at_the_admins_own_door_rests_too_however_the_address_is_written(client: Client) -> None:
    reset()
    operator = OperatorFactory(email="maya@example.com")
    for email in ["maya@example.com", "Maya@example.com"] * 5:
        client.post("/admin/login/", {"username": email, "password": "wrong password 1"})
    for email in ("mAya@example.com", " maya@example.com"):
        assert client.post("/admin/login/", {"username": email, "password": PASSWORD}).status_code == 429
    assert client.post("/sign-in/", {"username": operator.email, "password": PASSWORD}).status_code == 429


def test_with_a_proxy_a_strangers_guesses_do_not_lock_the_owner_out(client: Client, admin: User, settings: Any) -> None:
    reset()
    settings.PROXY_ADDRESS_HEADER = "X-Forwarded-For"
    for attempt in range(10):
        # What a stranger writes into the header himself stands before what the proxy adds.
        forged = {"X-Forwarded-For": f"192.0.2.{attempt}, 203.0.113.7"}
        client.post("/sign-in/", {"username": admin.email, "password": "wrong password 1"}, headers=forged)
    owner, stranger = ({"X-Forwarded-For": each} for each in ("198.51.100.4", "203.0.113.7"))
    right = {"username": admin.email, "password": PASSWORD}
    assert client.post("/sign-in/", right, headers=stranger).status_code == 429
    assert client.post("/sign-in/", right, headers=owner).status_code == 302


@pytest.mark.parametrize(
    ("peer", "place"),
    [
        ("192.0.2.9", "192.0.2.9"),
        ("2001:db8:1:2:aaaa::1", "2001:db8:1:2::"),
        ("2001:db8:1:2:bbbb::2", "2001:db8:1:2::"),
        ("::ffff:192.0.2.9", "192.0.2.9"),
        ("", None),
    ],
)
def test_one_network_is_one_place(rf: RequestFactory, peer: str, place: str | None) -> None:
    assert lockout.address(rf.get("/", REMOTE_ADDR=peer)) == place


def test_after_a_sign_in_to_sign_in_people_are_at_home(staff_page: Client) -> None:
    assert staff_page.get("/sign-in/?next=/sign-in/")["Location"] == "/"


def test_a_button_pressed_after_the_session_ended_leads_back_to_its_page(admin: User, firm: Firm) -> None:
    page, bill = f"/{firm.slug}/invoices/5/", Client()
    answer = bill.post(f"{page}approve/", {"version": 1}, headers={"Referer": f"http://testserver{page}?a=b"})
    assert answer["Location"] == f"/sign-in/?next={page}%3Fa%3Db"
    assert "nothing was saved" in bill.get(answer["Location"]).content.decode()
    elsewhere = bill.post(f"{page}approve/", {"version": 1}, headers={"Referer": "https://evil.example/x"})
    assert elsewhere["Location"] == "/sign-in/?next=/"


def test_a_page_that_asks_by_itself_hears_that_nobody_is_signed_in(client: Client, firm: Firm) -> None:
    assert client.get(f"/{firm.slug}/activity/states/", headers={"HX-Request": "true"}).status_code == 401
    assert client.get(f"/{firm.slug}/invoices/").status_code == 302


def test_a_firms_pages_are_kept_by_no_shared_cache(staff_page: Client, firm: Firm) -> None:
    for path in ("", f"{firm.slug}/invoices/", f"{firm.slug}/contacts/"):
        assert staff_page.get(f"/{path}")["Cache-Control"] == "private"


def test_somebody_who_left_the_firm_or_the_product_is_out_at_once(admin: User, firm: Firm) -> None:
    person = MembershipFactory(firm=firm).user
    page = Client()
    page.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    assert page.get(f"/{firm.slug}/invoices/").status_code == 200
    person.memberships.all().delete()
    assert page.get(f"/{firm.slug}/invoices/").status_code == 404
    MembershipFactory(firm=firm, user=person)
    person.is_active = False
    person.save()
    assert page.get(f"/{firm.slug}/invoices/").status_code == 302
