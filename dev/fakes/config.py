"""Settings of the fake providers, under the same names as the backend's."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass

REQUIRED = (
    "TWILIO_ACCOUNT_SID",
    "TWILIO_AUTH_TOKEN",
    "TWILIO_FROM",
    "WECHAT_APP_ID",
    "WECHAT_APP_SECRET",
    "WECHAT_TOKEN",
    "PUBLIC_BASE_URL",
)


@dataclass(frozen=True)
class FakesConfig:
    """What both sides of a provider contract have to agree on, and how much the fakes may remember."""

    twilio_account_sid: str
    twilio_auth_token: str
    twilio_from: str
    wechat_app_id: str
    wechat_app_secret: str
    wechat_token: str
    public_base_url: str
    feed_size: int = 20_000
    message_limit: int = 10_000
    wechat_timeout_seconds: float = 5.0
    twilio_timeout_seconds: float = 15.0
    status_delay_seconds: float = 0.3

    @classmethod
    def from_env(cls, env: Mapping[str, str] | None = None) -> FakesConfig:
        """Read the environment. Exits with one sentence when it is production (or unset) or a name is missing."""
        env = os.environ if env is None else env
        # An unset APP_ENV counts as production in the backend, so it does here.
        if env.get("APP_ENV", "production") == "production":
            raise SystemExit("The fake providers refuse to start when APP_ENV is production or not set.")
        missing = [name for name in REQUIRED if not env.get(name)]
        if missing:
            raise SystemExit(f"The fake providers need these settings: {', '.join(missing)}.")
        return cls(
            twilio_account_sid=env["TWILIO_ACCOUNT_SID"],
            twilio_auth_token=env["TWILIO_AUTH_TOKEN"],
            twilio_from=env["TWILIO_FROM"],
            wechat_app_id=env["WECHAT_APP_ID"],
            wechat_app_secret=env["WECHAT_APP_SECRET"],
            wechat_token=env["WECHAT_TOKEN"],
            public_base_url=env["PUBLIC_BASE_URL"].rstrip("/"),
            feed_size=int(env.get("FAKES_FEED_SIZE", "20000")),
            message_limit=int(env.get("FAKES_MESSAGE_LIMIT", "10000")),
        )
