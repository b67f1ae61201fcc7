"""Every setting of the app, read from the environment once and checked at start."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

PROJECT_ROOT = Path(__file__).resolve().parent.parent


class Settings(BaseSettings):
    """Settings by environment variable; the names are the upper-case field names (`.env.example` lists them all).

    Raises pydantic's ValidationError, which names each variable that is missing or wrong.
    """

    model_config = SettingsConfigDict(extra="ignore", frozen=True, env_ignore_empty=True, hide_input_in_errors=True)

    app_env: Literal["development", "test", "production"] = "production"
    var_dir: Path = PROJECT_ROOT / "var"
    city_pack: str = "qinhuangdao"
    public_base_url: str = Field(description="URL under which providers reach us; signatures are checked against it")

    trusted_proxies: int = Field(0, ge=0, description="how many proxies in front of us set X-Forwarded-For and -Proto")

    database_url: str
    redis_url: str

    secret_key: SecretStr = Field(min_length=32, description="signs cookies and form tokens")
    address_key: SecretStr = Field(
        min_length=32, description="encrypts phone numbers and openids, and keys their look-up hash"
    )
    password_salt: SecretStr = Field(min_length=16, description="Flask-Security's password pepper")

    bot_urls: str = Field(description="comma-separated base URLs of the bots")
    bot_token: SecretStr = Field(min_length=16)
    bot_timeout_seconds: float = 8.0

    actions_url: str = Field(
        "http://127.0.0.1:8002/webhook", description="where the bots find the action server; /readyz asks after it"
    )
    metrics_token: SecretStr = Field(SecretStr(""), description="bearer token /metrics asks for in production")

    twilio_account_sid: str = ""
    twilio_auth_token: SecretStr = SecretStr("")
    twilio_from: str = ""
    twilio_api_base_url: str = "https://api.twilio.com"

    wechat_app_id: str = ""
    wechat_app_secret: SecretStr = SecretStr("")
    wechat_token: SecretStr = SecretStr("")
    wechat_api_base_url: str = "https://api.weixin.qq.com"

    geocoder: Literal["none", "nominatim", "baidu", "amap"] = Field(
        "none", description="who is asked for places that are not ours; gets the words a person names a place with"
    )
    geocoder_key: SecretStr = SecretStr("")
    geocoder_timeout_seconds: float = Field(2.0, gt=0)
    geocoder_per_second: float = Field(1.0, gt=0, description="questions a second of each process")
    geocoder_user_agent: str = Field("", description="names us to the provider, with a way to reach us")
    map_tiles_url: str = Field(
        "",
        pattern=r"^(https?://\S+\{z\}\S+)?$",
        description="template of raster tiles in Web Mercator on WGS-84, with {z} {x} {y}; none by default",
    )
    map_tiles_attribution: str = Field("", description="what the tiles' licence asks to be written on the map")
    gtfs_rt_urls: str = Field("", description="comma-separated addresses of GTFS-Realtime feeds; none: no live changes")
    gtfs_rt_stale_minutes: float = Field(10.0, gt=0, description="live changes older than this are not used")

    vapid_private_key: SecretStr = Field(
        SecretStr(""),
        description="P-256 key, 32 bytes in URL-safe base64, that push messages are signed with; none: no push",
    )
    vapid_subject: str = Field(
        "mailto:push@example.org", pattern=r"^(mailto:|https://)\S+$", description="how push services reach us"
    )
    push_base_urls: str = Field("", description="comma-separated base URLs of further push services, as a fake one")
    webhook_allow_private: bool = Field(
        False, description="posts webhooks over plain http and to private addresses too; development only"
    )

    fakes_url: str = Field("", description="base URL of the fake providers; development and tests only")

    provider_timeout_seconds: float = 10.0
    sms_per_second: float = Field(200, gt=0, description="what the SMS provider takes from us")
    wechat_per_second: float = Field(100, gt=0, description="what WeChat takes from us")
    push_per_second: float = Field(100, gt=0, description="what push services take from us")
    notice_quiet_hours: str = Field(
        "22:00-07:00",
        pattern=r"^(([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d)?$",
        description="by the city's clock; only what saves lives is sent then. 00:00-00:00: none",
    )
    notice_cap_per_day: int = Field(20, ge=1, description="notices a person is sent in a day, what saves lives aside")
    notice_bulk_cap_per_day: int = Field(3, ge=1, description="of these, broadcasts that are not urgent")
    sms_segment_price: float = Field(0, ge=0, description="what a part of an SMS costs, in yuan; 0: not known")
    broadcast_approval_above: int = Field(
        200, ge=0, description="a broadcast to more people needs the approval of a second person"
    )

    holding_after_seconds: float = Field(8.0, description="an unanswered message gets a holding answer after this")
    wechat_window_seconds: float = Field(4.3, description="WeChat waits five seconds for a passive reply")
    turn_lease_seconds: float = 20.0
    send_claim_seconds: float = Field(
        20.0, description="a send not recorded by then is unknown; above the provider timeout"
    )
    session_idle_hours: float = Field(
        6.0, description="after this the conversation starts without memory of what was talked about"
    )
    web_session_days: int = 90
    web_threads: int = Field(
        64, ge=2, description="threads of a web process; half may hold streams, a quarter may wait for answers"
    )

    @field_validator("database_url")
    @classmethod
    def _with_our_driver(cls, url: str) -> str:
        """Platforms give `postgres://` or `postgresql://`, which name no driver or another one."""
        scheme, separator, rest = url.partition("://")
        return f"postgresql+psycopg://{rest}" if separator and scheme in ("postgres", "postgresql") else url

    @model_validator(mode="after")
    def _check(self) -> Settings:
        if self.app_env == "production":
            if self.webhook_allow_private:
                raise ValueError(
                    "WEBHOOK_ALLOW_PRIVATE is set: it opens our network to who registers a webhook; remove it"
                )
            if self.fakes_url:
                raise ValueError("FAKES_URL is set: fake providers are not for production; remove it")
            if self.database_url.startswith("sqlite"):
                raise ValueError("DATABASE_URL is SQLite: production needs PostgreSQL (postgresql+psycopg://…)")
        if self.geocoder in ("baidu", "amap") and not self.geocoder_key.get_secret_value():
            raise ValueError(f"GEOCODER is {self.geocoder}, which needs GEOCODER_KEY: set it, or GEOCODER=none")
        if self.geocoder == "nominatim" and not self.geocoder_user_agent:
            raise ValueError("GEOCODER is nominatim, which needs GEOCODER_USER_AGENT: a name and a way to reach you")
        if self.send_claim_seconds <= self.provider_timeout_seconds:
            raise ValueError("SEND_CLAIM_SECONDS must be above PROVIDER_TIMEOUT_SECONDS")
        return self

    @property
    def pack_dir(self) -> Path:
        """Folder of the chosen city pack."""
        path = Path(self.city_pack)
        return path if path.is_absolute() else PROJECT_ROOT / "data" / self.city_pack

    @property
    def development(self) -> bool:
        """True where development-only pages and the fakes may be used."""
        return self.app_env != "production"
