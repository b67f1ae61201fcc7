"""People who write on all three channels, and the providers that pass it on: signed, and sent again as they do it."""

from __future__ import annotations

import asyncio
import random
import time
from dataclasses import dataclass, field

import aiohttp
from twilio.request_validator import RequestValidator  # type: ignore[import-untyped]

from dev.stack import Stack

# The conversation everybody has; each line leans on the one before.
CONVERSATION = {
    "zh": ("秦皇岛有什么好玩的", "鸽子窝公园几点开门", "门票多少", "附近有医院吗"),
    "en": (
        "What is there to see in Qinhuangdao?",
        "When does Geziwo Park open?",
        "How much is a ticket?",
        "Is there a hospital nearby?",
    ),
}
SMS_PATH = "/channels/twilio/sms"
# Seconds until a message is sent again after its connection failed: as a provider with retries switched on does it.
RESEND_AFTER = (1.0, 2.0, 4.0, 8.0, 8.0)
TIMEOUT = aiohttp.ClientTimeout(total=15)


@dataclass(frozen=True)
class Person:
    """`address` is a phone number, an openid or a web token."""

    channel: str
    address: str
    lang: str


@dataclass
class Message:
    """One message and what became of sending it. Times are Unix times; `acknowledged` is None until a 200."""

    person: Person
    text: str
    provider_id: str
    due: float = 0.0
    acknowledged: float | None = None
    attempts: int = 0
    failures: list[str] = field(default_factory=list)

    @property
    def waited(self) -> float:
        """Seconds from when it was due until it was acknowledged."""
        assert self.acknowledged is not None
        return self.acknowledged - self.due


def people(stack: Stack, channel: str, count: int, seed: int) -> list[Person]:
    """New people of one channel, by turns Chinese and English. Web sessions are opened past the rate limit."""
    generator = random.Random(f"{seed}-{channel}")
    found = []
    for number in range(count):
        lang = ("zh", "en")[number % 2]
        if channel == "sms":
            address = f"+86139{generator.randrange(10**4):04d}{number:04d}"
        elif channel == "wechat":
            address = f"o{generator.getrandbits(100):025x}{number:04d}"
        else:
            address = stack.container.inbound.open_web_session(lang)[0]
        found.append(Person(channel, address, lang))
    return found


def conversations(everybody: list[Person], count: int, seed: int) -> list[Message]:
    """`count` messages: people take turns, each goes through the conversation line by line, over and over."""
    generator = random.Random(f"{seed}-ids")
    messages = []
    for number in range(count):
        person, line = everybody[number % len(everybody)], number // len(everybody)
        lines = CONVERSATION[person.lang]
        if person.channel == "wechat":  # 64 bits, decimal
            provider_id = str(24_000_000_000_000_000 + generator.getrandbits(53))
        else:
            provider_id = f"SM{generator.getrandbits(128):032x}"
        messages.append(Message(person, lines[line % len(lines)], provider_id))
    return messages


class Providers:
    """Sends messages to a copy. One HTTP session for all; use as an async context manager."""

    def __init__(self, stack: Stack) -> None:
        self._stack = stack
        self._validator = RequestValidator(stack.env["TWILIO_AUTH_TOKEN"])
        self._http = aiohttp.ClientSession(timeout=TIMEOUT, connector=aiohttp.TCPConnector(limit=0))

    async def __aenter__(self) -> Providers:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._http.close()

    async def send(self, message: Message, due: float) -> None:
        """Sends a message that is due now, and again with the same id while no connection holds."""
        message.due = due
        ways = {"sms": self._sms, "wechat": self._wechat, "web": self._web}
        for pause in (*RESEND_AFTER, None):
            message.attempts += 1
            try:
                status = await ways[message.person.channel](message)
            except (aiohttp.ClientError, TimeoutError) as error:
                message.failures.append(type(error).__name__)
            else:
                if status < 300:
                    return
                message.failures.append(str(status))
                if status < 500:  # refused for good
                    return
            if pause is not None:
                await asyncio.sleep(pause)

    async def _sms(self, message: Message) -> int:
        env = self._stack.env
        url = self._stack.url + SMS_PATH
        params = {
            "MessageSid": message.provider_id,
            "SmsMessageSid": message.provider_id,
            "AccountSid": env["TWILIO_ACCOUNT_SID"],
            "From": message.person.address,
            "To": env["TWILIO_FROM"],
            "Body": message.text,
            "NumMedia": "0",
        }
        headers = {"X-Twilio-Signature": self._validator.compute_signature(url, params)}
        return await self._acknowledged(message, url, headers=headers, data=params)

    async def _web(self, message: Message) -> int:
        url = self._stack.url + "/api/v1/chat/messages"
        body = {"client_message_id": message.provider_id, "text": message.text}
        headers = {"Authorization": f"Bearer {message.person.address}"}
        return await self._acknowledged(message, url, headers=headers, json=body)

    async def _acknowledged(self, message: Message, url: str, **request: object) -> int:
        async with self._http.post(url, **request) as response:  # type: ignore[arg-type]
            await response.read()
            if response.status in (200, 202):
                message.acknowledged = time.time()
            return response.status

    async def _wechat(self, message: Message) -> int:
        """The fake provider sends it on, three times within its own rules; when it was acknowledged is in its feed."""
        order = {
            "openid": message.person.address,
            "text": message.text,
            "msg_id": int(message.provider_id),
            "wait": False,
        }
        async with self._http.post(f"{self._stack.fakes_url}/_wechat/send", json=order) as response:
            return response.status
