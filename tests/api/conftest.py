"""A client of the API and its token."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.support.container import Parts


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


class Person:
    """Somebody with the chat page open."""

    def __init__(self, client: FlaskClient, parts: Parts, lang: str | None = None) -> None:
        self._client = client
        body = {"lang": lang} if lang else None
        opened = client.post("/api/v1/sessions", json=body) if body else client.post("/api/v1/sessions")
        assert opened.status_code == 201
        self.token: str = opened.json["token"]
        self.contact_id: str = opened.json["contact_id"]
        found = parts.inbound.web_address(self.token)
        assert found is not None
        self.conversation_id = found[1]

    def headers(self, **more: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}", **more}

    def post(self, body: Any, **headers: str) -> TestResponse:
        return self._client.post("/api/v1/chat/messages", json=body, headers=self.headers(**headers))

    def say(self, client_message_id: str, text: str = "几点开门", wait: int = 0) -> TestResponse:
        headers = {"Prefer": f"wait={wait}"} if wait else {}
        return self.post({"client_message_id": client_message_id, "text": text}, **headers)

    def get(self, path: str = "/api/v1/chat/messages", **headers: str) -> TestResponse:
        return self._client.get(path, headers=self.headers(**headers))


@pytest.fixture
def person(client: FlaskClient, parts: Parts) -> Person:
    return Person(client, parts)
