"""The OpenAPI document against the application: whatever a client may send, the answer is one it was promised."""

from __future__ import annotations

import re
from typing import Any

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import response_schema_conformance

from tests.api.conftest import Person

CHECKS = [not_a_server_error, response_schema_conformance]


@pytest.fixture
def document(app: Flask) -> Any:
    return schemathesis.openapi.from_wsgi("/api/openapi.json", app)


schema = schemathesis.pytest.from_fixture("document")


@schema.exclude(path_regex="/stream").parametrize()
@settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
def test_with_a_good_token(case: Any, person: Person) -> None:
    case.call_and_validate(headers=person.headers(), checks=CHECKS)


@pytest.mark.usefixtures("app")  # which `document` asks for only when the tests run
# A number in a path that is none leads to no route, and so to 404 whoever asks; see below for those that are.
@(
    schema.exclude(path_regex="/sessions|/places|/(devices|subscriptions|waiting-list)/")
    .exclude(path_regex="/readings", method="GET")
    .parametrize()
)
@settings(max_examples=5, deadline=None, suppress_health_check=list(HealthCheck))
def test_without_one(case: Any) -> None:
    response = case.call(headers={"Authorization": "Bearer x"})
    public = not case.operation.definition.raw.get("security")
    assert response.status_code in (400, 401, 405) or case.method == "OPTIONS" or public


@pytest.mark.parametrize("path", ["devices", "subscriptions", "waiting-list"])
def test_without_one_nothing_is_deleted(app: Flask, path: str) -> None:
    response = app.test_client().delete(f"/api/v1/{path}/1", headers={"Authorization": "Bearer x"})
    assert response.status_code == 401


def test_every_operation_is_described(app: Flask) -> None:
    document = app.test_client().get("/api/openapi.json").json
    described = {(path, method) for path, item in document["paths"].items() for method in item}
    routes = {
        (re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule), method.lower())
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/api/v1/")
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert routes <= described
    for path, method in described:
        operation = document["paths"][path][method]
        assert operation["summary"], path
        assert any(code.startswith("2") for code in operation["responses"]), path
