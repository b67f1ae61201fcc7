"""Every route says who may call it (backend/access.py)."""

from __future__ import annotations

from typing import get_args

from flask import Flask

from backend.access import Access
from tests.guards.app import build


def declared_access(app: Flask, endpoint: str) -> str | None:
    """What the view declares, or the blueprint it belongs to (the extensions' views cannot be decorated)."""
    view = app.view_functions[endpoint]
    blueprint = app.blueprints.get(endpoint.rpartition(".")[0])
    return (
        getattr(view, "access", None)
        or getattr(getattr(view, "view_class", None), "access", None)
        or getattr(blueprint, "access", None)
    )


def test_every_route_declares_its_access() -> None:
    app = build()
    kinds = set(get_args(Access))
    found = {rule.rule: declared_access(app, rule.endpoint) for rule in app.url_map.iter_rules()}
    assert found
    assert {rule: access for rule, access in found.items() if access not in kinds} == {}


def test_provider_webhooks_are_signed_and_the_console_is_for_staff() -> None:
    app = build()
    for rule in app.url_map.iter_rules():
        access = declared_access(app, rule.endpoint)
        if rule.rule.startswith("/channels/"):
            assert access == "signed", rule.rule
        elif rule.rule.startswith("/staff"):
            assert access in ("staff", "public"), rule.rule


def test_development_pages_do_not_exist_in_production() -> None:
    app = build(production=True)
    development = [
        rule.rule for rule in app.url_map.iter_rules() if declared_access(app, rule.endpoint) == "development"
    ]
    assert development == []
