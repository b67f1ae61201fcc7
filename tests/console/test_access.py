"""Who gets where: denied by default, by role and by route."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from backend.console.blueprint import OWN_ACCOUNT
from backend.services import staff
from tests.support.console import PLACE, Clerk, add_staff

METHODS = ("GET", "POST")
OPEN = {"console.static", "console.language"}
ARGUMENTS = {"wanted": 1, "filename": "console.css", "question_id": 1, "date": "2027-01-01"}
ARGUMENTS |= {"key": "alert", "broadcast_id": 1, "alert_id": "none", "step": "pause", "endpoint_id": 1}
RECORDS = {"places": "attraction:geziwo", "articles": "article:student_tickets"}


def console_routes(app: Flask) -> list[tuple[str, str, str]]:
    """`(endpoint, method, path)` of every console route."""
    found = []
    for rule in app.url_map.iter_rules():
        if rule.endpoint.startswith("console."):
            for kind in RECORDS if "kind" in rule.arguments else ["places"]:
                values = {**ARGUMENTS, "kind": kind, "record_id": RECORDS[kind]}
                built = rule.build({name: values[name] for name in rule.arguments}, append_unknown=False)
                assert built is not None
                found += [(rule.endpoint, method, built[1]) for method in rule.methods or () if method in METHODS]
    return sorted(found)


def test_every_view_names_a_permission_that_some_role_has(site: Flask) -> None:
    granted = {name for names in staff.ROLES.values() for name in names} | {OWN_ACCOUNT}
    endpoints = {endpoint for endpoint, _, _ in console_routes(site)} - OPEN
    assert {name: getattr(site.view_functions[name], "permission", None) for name in endpoints}.items() <= {
        (name, permission) for name in endpoints for permission in granted
    }


def test_nobody_gets_in_unsigned(site: Flask) -> None:
    visitor = Clerk(site)
    token = visitor.token()
    for endpoint, method, path in console_routes(site):
        if endpoint in OPEN:
            continue
        if method == "GET":
            answer = visitor.get(path)
            assert answer.status_code == 302, endpoint
            assert answer.headers["Location"].startswith("/staff/login?next="), endpoint
        else:
            assert visitor.client.post(path, data={"csrf_token": token}).status_code == 401, endpoint


@pytest.mark.parametrize("role", ["viewer", "editor", "manager"])
def test_role_by_route(site: Flask, own_city: Any, role: str) -> None:
    person = Clerk(site, add_staff(site, own_city, role))
    token = person.token("/staff/account")
    for endpoint, method, path in console_routes(site):
        if endpoint in OPEN:
            continue
        permission = site.view_functions[endpoint].permission  # type: ignore[attr-defined]
        answer = person.client.open(path, method=method, data={"csrf_token": token} if method == "POST" else None)
        if permission == OWN_ACCOUNT or permission in staff.ROLES[role]:
            assert answer.status_code not in (401, 403), endpoint
        else:
            assert answer.status_code == 403, endpoint


def test_a_view_without_a_permission_is_closed(site: Flask, own_city: Any) -> None:
    manager = Clerk(site, add_staff(site, own_city, "manager"))
    del site.view_functions["console.audit"].permission  # type: ignore[attr-defined]
    try:
        assert manager.get("/staff/audit").status_code == 403
    finally:
        site.view_functions["console.audit"].permission = "audit.read"  # type: ignore[attr-defined]


def test_a_viewer_sees_no_button(site: Flask, own_city: Any) -> None:
    page = Clerk(site, add_staff(site, own_city, "viewer")).get(PLACE).text
    assert "<fieldset disabled>" in page
    for path in ("/close", "/delete", "/restore"):
        assert path not in page


def test_a_form_without_a_token_changes_nothing(clerk: Clerk, own_city: Any) -> None:
    for path in (PLACE, f"{PLACE}/close", f"{PLACE}/delete", "/staff/places/new", "/staff/language", "/staff/logout"):
        assert clerk.client.post(path, data={"name_zh": "别的名字", "version": "1"}).status_code == 400, path
    assert own_city.content.get("attraction:geziwo").version == 1
    assert clerk.get("/staff/").status_code == 200


def test_a_form_that_grew_old_gives_the_text_back(clerk: Clerk, own_city: Any) -> None:
    fields = {**clerk.form(PLACE), "price_text_zh": "全年30元", "csrf_token": "stale"}
    answer = clerk.client.post(PLACE, data=fields)
    assert answer.status_code == 400
    assert "没有保存" in answer.text
    assert "全年30元" in answer.text
    assert own_city.content.get("attraction:geziwo").version == 1


def test_pages_are_kept_nowhere_and_send_their_referrer_to_us_alone(clerk: Clerk) -> None:
    for path in ("/staff/", "/staff/login", PLACE, "/staff/nowhere"):
        headers = clerk.get(path).headers
        assert "no-store" in headers["Cache-Control"], path
        # Flask-WTF refuses a form on https that comes without a referrer.
        assert headers["Referrer-Policy"] == "same-origin", path


def test_errors_are_pages_in_the_readers_language(clerk: Clerk) -> None:
    assert "没有这个页面" in clerk.get("/staff/places/attraction:nowhere").text
    assert clerk.get("/staff/nowhere").status_code == 404
    clerk.press("/staff/language", lang="en")
    assert "There is no such page" in clerk.get("/staff/nowhere").text
