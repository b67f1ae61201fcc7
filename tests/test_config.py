"""What the settings make of what a platform gives."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from backend.database import make_engine
from tests.support.container import settings


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_a_platforms_database_url_is_taken_as_it_is_given(scheme: str) -> None:
    given = settings(f"{scheme}://city:se%40cret@db.example.org/concierge?sslmode=require")
    engine = make_engine(given.database_url)
    assert engine.dialect.driver == "psycopg"
    assert engine.url.password == "se@cret"
    assert engine.url.query == {"sslmode": "require"}


def test_a_wrong_setting_is_named_and_no_value_is_shown() -> None:
    with pytest.raises(ValidationError) as raised:
        settings("sqlite://", secret_key="short-and-secret", bot_timeout_seconds="never")
    assert "secret_key" in str(raised.value)
    assert "bot_timeout_seconds" in str(raised.value)
    assert "short-and-secret" not in str(raised.value)
    assert "never" not in str(raised.value)


@pytest.mark.parametrize(
    ("geocoder", "missing"), [("baidu", "GEOCODER_KEY"), ("amap", "GEOCODER_KEY"), ("nominatim", "GEOCODER_USER_AGENT")]
)
def test_a_geocoder_that_is_not_set_up_is_refused_with_what_it_needs(geocoder: str, missing: str) -> None:
    with pytest.raises(ValidationError, match=missing):
        settings("sqlite://", geocoder=geocoder)
    given = {"geocoder_key": "k", "geocoder_user_agent": "concierge (city@example.org)"}
    assert settings("sqlite://", geocoder=geocoder, **given).geocoder == geocoder
    assert settings("sqlite://").geocoder == "none"
