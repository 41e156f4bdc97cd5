"""A person without script at the pages: opens them, fills in the forms that stand there, presses their buttons."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

from django.test import Client

from firms.models import User
from tests.nested_forms import find_nested_forms

Attributes = dict[str, str]
TICKED = {"checkbox", "radio"}


@dataclass
class PageForm:
    """One form as it stands on a page: where it goes, what is filled in, what can be pressed."""

    action: str = ""
    fields: dict[str, list[str]] = field(default_factory=dict)
    buttons: dict[str, Attributes] = field(default_factory=dict)


class Person:
    """Somebody signed in, with one page open."""

    def __init__(self, *, user: User, may_see: tuple[int, ...] = (200,)) -> None:
        self._may_see = may_see
        self._client = Client()
        self._client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        self.address = ""
        self.page = ""

    def opens(self, address: str) -> str:
        """Go to a page, which must be there; its text with single blanks."""
        return self._show(self._client.get(address, follow=True), address)

    def presses(self, button: str, **typed: str | list[str]) -> str:
        """Fill in the given fields of the form with this button, leave the rest, and press; the page one comes to."""
        form = self._form_with(button)
        missing = sorted(set(typed) - set(form.fields))
        assert not missing, f"The form has no {missing}, only {sorted(form.fields)}"
        pressed = form.buttons[button]
        own = {pressed["name"]: [pressed.get("value", "")]} if "name" in pressed else {}
        body = form.fields | {name: [value] if isinstance(value, str) else value for name, value in typed.items()} | own
        target = pressed.get("formaction") or form.action or self.address
        return self._show(self._client.post(target, body, follow=True), target)

    def _form_with(self, button: str) -> PageForm:
        reader = _Reader()
        reader.feed(self.page)
        found = [form for form in reader.forms if button in form.buttons]
        assert found, f"No button “{button}” on {self.address}: {[[*form.buttons] for form in reader.forms]}"
        return found[0]

    def _show(self, answer: Any, address: str) -> str:
        assert answer.status_code in self._may_see, f"{address} answered {answer.status_code}"
        self.address = answer.redirect_chain[-1][0] if answer.redirect_chain else address
        self.page = " ".join(answer.content.decode().split())
        assert find_nested_forms(self.page) == [], f"Forms in forms on {self.address}"
        return self.page


class _Reader(HTMLParser):
    """The forms of a page, with what a browser would send: nothing disabled, no box that is not ticked."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[PageForm] = []
        self._named: dict[str, PageForm] = {}
        self._form: PageForm | None = None
        self._button: Attributes | None = None
        self._select = ""
        self._area = ""
        self._words = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._begin(given)
        if tag == "input" and "form" in given:
            # It stands elsewhere on the page, maybe before its form.
            self._input(self._named.setdefault(given["form"], PageForm()), given)
            return
        if "disabled" in given:
            return
        if tag == "button":
            # It may stand elsewhere too; what stands inside it is part of its words.
            self._button, self._words = given, ""
        if self._form is None:
            return
        if tag == "input":
            self._input(self._form, given)
        elif tag == "select":
            self._select = given["name"]
            self._form.fields[self._select] = []
        elif tag == "option" and self._select:
            self._option(self._form.fields[self._select], given)
        elif tag == "textarea":
            self._area, self._words = given["name"], ""

    def _begin(self, given: Attributes) -> None:
        self._form = self._named.setdefault(given.get("id", f"form {len(self.forms)}"), PageForm())
        self._form.action = given.get("action", "")
        self.forms.append(self._form)

    def handle_data(self, data: str) -> None:
        self._words += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "button" and self._button is not None and "form" in self._button:
            self._named.setdefault(self._button["form"], PageForm()).buttons[self._words.strip()] = self._button
            self._button = None
        if self._form is None:
            return
        if tag == "form":
            self._form = None
        elif tag == "select":
            self._select = ""
        elif tag == "textarea" and self._area:
            # A browser leaves out the line break right after the tag.
            self._form.fields[self._area] = [self._words.strip()]
            self._area = ""
        elif tag == "button" and self._button is not None:
            self._form.buttons[self._words.strip()] = self._button
            self._button = None

    def _input(self, form: PageForm, given: Attributes) -> None:
        name, kind = given.get("name", ""), given.get("type", "text")
        if not name or "disabled" in given:
            return
        values = form.fields.setdefault(name, [])
        if kind not in TICKED or "checked" in given:
            values.append(given.get("value", "on" if kind in TICKED else ""))

    def _option(self, chosen: list[str], given: Attributes) -> None:
        # The first stands until another is marked as selected.
        if "selected" in given:
            chosen[:] = [given["value"]]
        elif not chosen:
            chosen.append(given.get("value", ""))
