"""What the API of notices and devices takes and gives."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, Field

from backend.api.schemas import Body, Lang, Params

# The greatest number both databases hold.
RecordId = Annotated[int, Field(ge=1, le=2**63 - 1)]
Channel = Literal["push", "wechat", "sms", "web"]
_KEY = r"^[A-Za-z0-9_-]+={0,2}$"


class FeedParams(Params):
    """`before`: the id of the oldest notice the client has; `lang`: the person's own where it is not given."""

    before: Annotated[int, Field(ge=1, le=2**63 - 1)] | None = None
    lang: Lang | None = None


class NoticeOut(BaseModel):
    """One notice. `subject` names what it is about, as `booking/K7M2`; `read_at` is null while it is unread."""

    id: int
    title: str
    text: str
    lang: Lang
    urgency: Literal["life_safety", "urgent", "normal", "bulk"]
    subject: str
    at: str
    read_at: str | None


class FeedOut(BaseModel):
    """The newest first; `before` goes on where there may be more."""

    notices: list[NoticeOut]
    unread: int
    before: int | None


class ReadIn(Body):
    """`id` of a notice; with `older` all older ones are read too."""

    id: RecordId
    older: bool = False


class OrderIO(Body):
    """Channels, the first first; those that are left out come after."""

    channels: list[Channel] = Field(max_length=4)


class PushKeyOut(BaseModel):
    """The application server key a browser subscribes with (RFC 8292)."""

    public_key: str


class Keys(Body):
    """As `PushSubscription.toJSON()` gives them."""

    p256dh: str = Field(min_length=80, max_length=100, pattern=_KEY)
    auth: str = Field(min_length=16, max_length=40, pattern=_KEY)


class DeviceIn(Body):
    """A push subscription, and a name by which the person knows the device."""

    endpoint: str = Field(min_length=12, max_length=1000, pattern=r"^https?://[!-~]+$")
    keys: Keys
    name: str = Field("", max_length=80)


class DeviceOut(BaseModel):
    """A device of the person's."""

    id: int
    name: str
    seen_at: str


class DevicesOut(BaseModel):
    """The newest first."""

    devices: list[DeviceOut]
