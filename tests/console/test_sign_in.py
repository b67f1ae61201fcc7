"""Signing in: passwords, attempts, second factor, development accounts, the working day."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any
from urllib.parse import unquote

import pytest
from flask import Flask
from passlib.totp import TOTP

from backend.console import accounts
from backend.limits import limiter
from backend.models import AuditEntry
from backend.services import staff
from backend.services.audit import chain_state
from tests.support.console import PASSWORD, Clerk, add_staff
from tests.support.container import Parts, settings
from tests.support.web import web_app

SECURE = {"base_url": "https://city.example.org"}


def production(parts: Any) -> Flask:
    """The same city as it would run in production, on the test's database."""
    made = Parts(settings(parts.settings.database_url).model_copy(update={"app_env": "production", "fakes_url": ""}))
    for name in ("db", "pack", "jobs", "notifier", "dialogue"):
        made.__dict__[name] = getattr(parts, name)
    return web_app(made)


class SecureClerk(Clerk):
    """A browser on https, as cookies of production ask for."""

    def __init__(self, app: Flask) -> None:
        super().__init__(app)
        plain = self.client.open
        self.client.open = lambda *args, **kwargs: plain(
            *args, **{**SECURE, "headers": {"Referer": "https://city.example.org/staff/"}, **kwargs}
        )  # type: ignore[method-assign]


def code(page: str, secret: str = "") -> tuple[str, str]:
    """`(secret, six digits of now)` for the key a page shows."""
    found = re.search(r'<code class="key">([^<]+)</code>', page)
    key = secret or (found[1] if found else "")
    return key, TOTP(key=key.replace("-", ""), format="base32").generate().token


def test_sign_in_and_out(site: Flask, own_city: Any) -> None:
    email = add_staff(site, own_city, "editor", "li")
    clerk = Clerk(site, email.upper())
    assert clerk.get("/staff/").status_code == 200
    assert clerk.client.get("/staff/logout").status_code == 405
    assert clerk.press("/staff/logout").status_code == 302
    assert clerk.get("/staff/").status_code == 302
    assert [entry.action for entry in own_city.rows(AuditEntry, actor=email)] == ["staff.signed_in", "staff.signed_out"]


def test_a_refusal_does_not_tell_whether_the_account_exists(site: Flask, own_city: Any) -> None:
    email = add_staff(site, own_city, "editor", "li")
    visitor = Clerk(site)

    def refused(address: str, password: str) -> str:
        answer = visitor.sign_in(address, password)
        assert answer.status_code == 200
        assert visitor.get("/staff/").status_code == 302
        page = re.sub(r'name="csrf_token" value="[^"]+"', "", answer.text)
        return page.replace(address, "")

    assert "邮箱、密码或验证码不对" in refused(email, "wrong password!")
    assert refused(email, "wrong password!") == refused("nobody@example.org", "wrong password!")


def test_the_page_to_go_on_to_is_ours(site: Flask, own_city: Any) -> None:
    email = add_staff(site, own_city, "editor", "li")
    answer = Clerk(site).sign_in(email, next="/staff/places/attraction:geziwo")
    assert unquote(answer.headers["Location"]) == "/staff/places/attraction:geziwo"
    for elsewhere in ("https://evil.example/", "//evil.example/", "/\\evil.example"):
        answer = Clerk(site).sign_in(email, next=elsewhere)
        # One slash and no backslash as it stands: a browser stays on our host.
        assert re.match(r"/(?![/\\])", answer.headers.get("Location", "/")), elsewhere


def test_attempts_are_limited_by_address(site: Flask, own_city: Any) -> None:
    limiter.enabled = True
    email = add_staff(site, own_city, "editor", "li")
    visitor = Clerk(site)
    token = visitor.token()

    def attempt(password: str, **kwargs: Any) -> int:
        fields = {"csrf_token": token, "email": email, "password": password}
        return visitor.client.post("/staff/login", data=fields, **kwargs).status_code

    assert [attempt(f"wrong {number}") for number in range(10)] == [200] * 10
    assert attempt(PASSWORD) == 429
    # A made-up token of the API does not make a new caller.
    assert attempt(PASSWORD, headers={"Authorization": "Bearer another"}) == 429
    assert attempt(PASSWORD, environ_base={"REMOTE_ADDR": "192.0.2.7"}) == 302


def test_an_account_that_is_switched_off_is_out_at_once(site: Flask, own_city: Any) -> None:
    clerk = Clerk(site, add_staff(site, own_city, "editor", "li"))
    known = staff.find_account(own_city.db, "li@example.org")
    assert known is not None
    staff.change_account(own_city.db, known.id, {"active": False})
    assert clerk.get("/staff/").status_code == 302
    assert Clerk(site).sign_in("li@example.org").status_code == 200


def test_a_session_ends_with_the_working_day(site: Flask, own_city: Any) -> None:
    clerk = Clerk(site, add_staff(site, own_city, "editor", "li"))
    with clerk.client.session_transaction() as session:
        session["fs_paa"] -= 13 * 3600
    assert clerk.get("/staff/").status_code == 302


def test_a_stolen_cookie_is_of_no_use_elsewhere(site: Flask, own_city: Any) -> None:
    clerk = Clerk(site, add_staff(site, own_city, "editor", "li"))
    assert clerk.get("/staff/", headers={"User-Agent": "another browser"}).status_code == 302


def test_changing_the_password_ends_other_sessions(site: Flask, own_city: Any) -> None:
    email = add_staff(site, own_city, "editor", "li")
    here, there = Clerk(site, email), Clerk(site, email)
    fields = {"password": PASSWORD, "new_password": "short", "new_password_confirm": "short"}
    assert "至少要10个字符" in here.press("/staff/change", **fields).text
    fields = {"password": "wrong", "new_password": "a longer one!", "new_password_confirm": "a longer one!"}
    assert "密码不对" in here.press("/staff/change", **fields).text
    fields["password"] = PASSWORD
    assert here.press("/staff/change", **fields).status_code == 302
    assert here.get("/staff/").status_code == 200
    assert there.get("/staff/").status_code == 302
    assert Clerk(site).sign_in(email).status_code == 200
    assert Clerk(site).sign_in(email, "a longer one!").status_code == 302


def test_the_development_login_follows_the_secrets_of_the_copy(site: Flask, own_city: Any) -> None:
    staff.ensure_roles(own_city.db)
    for password in ("first password", "second password"):
        with site.app_context():
            accounts.ensure_development_staff(own_city.db, "staff@example.com", password)
        assert Clerk(site).sign_in("staff@example.com", password).status_code == 302


def test_a_development_account_is_nobody_in_production(site: Flask, own_city: Any) -> None:
    staff.ensure_roles(own_city.db)
    with site.app_context():
        accounts.ensure_development_staff(own_city.db, "staff@example.com", PASSWORD)
    clerk = Clerk(site, "staff@example.com")
    assert clerk.get("/staff/").status_code == 200

    live = production(own_city)
    assert SecureClerk(live).sign_in("staff@example.com").status_code == 200  # the form again, refused
    # A session made in development, carried over with its cookie and the same secret.
    cookie = clerk.client.get_cookie("session")
    assert cookie is not None
    carried = SecureClerk(live)
    carried.client.set_cookie("session", cookie.value, domain="city.example.org")
    assert carried.get("/staff/").status_code == 302


def test_production_asks_for_a_second_factor(site: Flask, own_city: Any) -> None:
    email = add_staff(site, own_city, "editor", "li")
    live = production(own_city)
    clerk = SecureClerk(live)
    answer = clerk.sign_in(email)
    assert answer.headers["Location"] == "/staff/tf-setup"
    assert clerk.get("/staff/").status_code == 302
    page = clerk.client.post(
        "/staff/tf-setup", data={"csrf_token": clerk.token("/staff/tf-setup"), "setup": "authenticator"}
    ).text
    secret, digits = code(page)
    csrf = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert csrf is not None
    wrong = clerk.client.post("/staff/tf-validate", data={"csrf_token": csrf[1], "code": "000000"})
    assert "验证码不对" in wrong.text
    assert clerk.client.post("/staff/tf-validate", data={"csrf_token": csrf[1], "code": digits}).status_code == 302
    assert clerk.get("/staff/").status_code == 200

    again = SecureClerk(live)
    assert again.sign_in(email).headers["Location"].startswith("/staff/tf-validate")
    assert again.get("/staff/").status_code == 302
    page = again.get("/staff/tf-validate").text
    csrf = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert csrf is not None
    fields = {"csrf_token": csrf[1], "code": code("", secret)[1]}
    assert again.client.post("/staff/tf-validate", data=fields).status_code == 302
    assert again.get("/staff/").status_code == 200


def test_a_session_without_a_second_factor_gets_nowhere_in_production(site: Flask, own_city: Any) -> None:
    clerk = Clerk(site, add_staff(site, own_city, "editor", "li"))
    cookie = clerk.client.get_cookie("session")
    assert cookie is not None
    carried = SecureClerk(production(own_city))
    carried.client.set_cookie("session", cookie.value, domain="city.example.org")
    assert carried.get("/staff/").headers["Location"] == "/staff/tf-setup"


def test_recovery_codes_stand_in_once(site: Flask, own_city: Any) -> None:
    email = add_staff(site, own_city, "editor", "li")
    clerk = Clerk(site, email)
    page = clerk.press("/staff/tf-setup", setup="authenticator").text
    action = re.search(r'action="(/staff/tf-setup/[^"]+)"', page)
    assert action is not None
    assert clerk.press(action[1], code=code(page)[1]).status_code == 302
    codes = re.findall(
        r"<li><code>([^<]+)</code>", clerk.press("/staff/mf-recovery-codes", generate_new_codes="1").text
    )
    assert len(codes) == 5
    known = staff.find_account(own_city.db, email)
    assert known is not None
    assert codes[0] not in str(known.mf_recovery_codes)

    lost = Clerk(site)
    assert lost.sign_in(email).headers["Location"].startswith("/staff/tf-validate")
    token = lost.token("/staff/tf-validate")
    assert lost.client.post("/staff/mf-recovery", data={"csrf_token": token, "code": codes[0]}).status_code == 302
    assert lost.get("/staff/").status_code == 200
    second = Clerk(site)
    second.sign_in(email)
    token = second.token("/staff/tf-validate")
    assert "已经用过" in second.client.post("/staff/mf-recovery", data={"csrf_token": token, "code": codes[0]}).text

    accounts.reset_second_factor(own_city.db, email)
    assert Clerk(site).sign_in(email).headers["Location"] == "/staff/"
    assert chain_state(own_city.db) is None


def test_changing_the_second_factor_asks_for_the_password_again(site: Flask, own_city: Any) -> None:
    clerk = Clerk(site, add_staff(site, own_city, "editor", "li"))
    with clerk.client.session_transaction() as session:
        session["fs_paa"] -= dt.timedelta(hours=1).total_seconds()
    answer = clerk.get("/staff/tf-setup")
    assert answer.headers["Location"].startswith("/staff/verify")
    assert clerk.press("/staff/verify?next=/staff/tf-setup", password=PASSWORD).status_code == 302
    assert clerk.get("/staff/tf-setup").status_code == 200


@pytest.mark.parametrize(
    ("email", "password", "role", "error"),
    [
        ("li@example.org", "short", "editor", ValueError),
        ("no address", PASSWORD, "editor", ValueError),
        ("li@example.org", PASSWORD, "emperor", LookupError),
    ],
)
def test_accounts_that_cannot_be(
    site: Flask, own_city: Any, email: str, password: str, role: str, error: type[Exception]
) -> None:
    staff.ensure_roles(own_city.db)
    with site.app_context(), pytest.raises(error):
        accounts.create_staff(own_city.db, email, password, role)
    assert staff.find_account(own_city.db, email) is None


def test_an_address_has_one_account(site: Flask, own_city: Any) -> None:
    add_staff(site, own_city, "editor", "li")
    with site.app_context(), pytest.raises(staff.AccountExists):
        accounts.create_staff(own_city.db, "LI@example.org", PASSWORD, "viewer")


def test_nobody_registers_or_asks_for_tokens(site: Flask, own_city: Any) -> None:
    visitor = Clerk(site)
    for path in ("/staff/register", "/staff/reset", "/staff/us-signin"):
        assert visitor.get(path).status_code == 404
    email = add_staff(site, own_city, "editor", "li")
    fields = {"csrf_token": visitor.token(), "email": email, "password": PASSWORD}
    answer = visitor.client.post("/staff/login?include_auth_token", data=fields, headers={"Accept": "application/json"})
    assert answer.status_code == 302
    assert "token" not in answer.text.lower()
