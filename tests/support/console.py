"""The console as a clerk's browser uses it: real sign-in, real CSRF tokens, forms filled as the page shows them."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from backend.console import accounts
from backend.services import staff
from backend.wiring import Container

PASSWORD = "correct horse battery"
PLACE = "/staff/places/attraction:geziwo"
ARTICLE = "/staff/articles/article:student_tickets"


def add_staff(app: Flask, parts: Container, role: str, name: str = "", lang: str = "zh") -> str:
    """An account with this role; its email address."""
    staff.ensure_roles(parts.db)
    email = f"{name or role}@example.org"
    with app.app_context():
        accounts.create_staff(parts.db, email, PASSWORD, role, name or role)
    known = staff.find_account(parts.db, email)
    assert known is not None
    staff.change_account(parts.db, known.id, {"lang": lang})
    return email


class Forms(HTMLParser):
    """Every form of a page: `{action: {field: value}}`, as a browser would send it."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: dict[str, dict[str, Any]] = {}
        self._fields: dict[str, Any] = {}
        self._text: tuple[str, list[str]] | None = None
        self._select = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        name = given.get("name") or ""
        if tag == "form":
            self._fields = self.found.setdefault(given.get("action") or "", {})
        elif tag == "input" and name:
            if given.get("type") == "checkbox":
                if "checked" in given:
                    value = given.get("value") or "y"
                    old = self._fields.get(name)
                    self._fields[name] = value if old is None else [*(old if isinstance(old, list) else [old]), value]
            else:
                self._fields[name] = given.get("value") or ""
        elif tag == "textarea":
            self._text = (name, [])
        elif tag == "select":
            self._select = name
        elif tag == "option" and self._select and ("selected" in given or self._select not in self._fields):
            self._fields[self._select] = given.get("value") or ""

    def handle_data(self, data: str) -> None:
        if self._text is not None:
            self._text[1].append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea" and self._text is not None:
            # HTML drops the line break that follows the opening tag.
            self._fields[self._text[0]] = re.sub(r"\A\r?\n", "", "".join(self._text[1]))
            self._text = None
        elif tag == "select":
            self._select = ""


class Clerk:
    """A member of staff with a browser."""

    def __init__(self, app: Flask, email: str = "", **client: Any) -> None:
        self.client: FlaskClient = app.test_client(**client)
        if email:
            answer = self.sign_in(email)
            assert answer.status_code == 302, answer.text

    def sign_in(self, email: str, password: str = PASSWORD, **fields: Any) -> TestResponse:
        """Fills in the sign-in form."""
        return self.client.post(
            "/staff/login", data={"csrf_token": self.token(), "email": email, "password": password, **fields}
        )

    def token(self, path: str = "/staff/login") -> str:
        """A CSRF token as any page of the session carries it."""
        page = self.client.get(path, follow_redirects=True).text
        found = re.search(r'name="csrf_token" value="([^"]+)"', page)
        assert found is not None, page
        return found[1]

    def get(self, path: str, **kwargs: Any) -> TestResponse:
        """Opens a page."""
        return self.client.get(path, **kwargs)

    def form(self, path: str, action: str = "") -> dict[str, Any]:
        """A form of a page, filled as the page shows it."""
        answer = self.get(path)
        assert answer.status_code == 200, answer.text
        return Forms(answer.text).found[action or path]

    def press(self, path: str, **fields: Any) -> TestResponse:
        """A button with a form of its own."""
        return self.client.post(path, data={"csrf_token": self.token("/staff/account"), **fields})

    def save(self, path: str = PLACE, follow: bool = True, **changed: Any) -> TestResponse:
        """Opens a place, changes fields, presses save."""
        return self.client.post(path, data={**self.form(path), **changed}, follow_redirects=follow)
