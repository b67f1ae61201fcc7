"""WeChat: who may speak to us, hostile XML, answers that cannot be broken out of, one token for all."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import redis
import requests
import wechatpy
from defusedxml.ElementTree import fromstring
from hypothesis import given, settings
from hypothesis import strategies as st
from wechatpy.utils import check_signature

from backend.channels.wechat import MAX_TEXT_BYTES, MAX_XML_BYTES, TOKEN_KEY, InvalidSignature, WeChat
from backend.services.inbound import InvalidMessage
from backend.services.ports import Outgoing, SendPermanent, SendTemporary, SendUnknown
from backend.services.replies import Card, Choice, Link, Reply
from dev.fakes.app import create_app
from dev.fakes.config import FakesConfig
from tests.fakes.conftest import serve
from tests.support.container import NOWHERE, WECHAT_TOKEN, reply

OPENID = "oTest0000000000000000000001"
ACCOUNT = "gh_city"
XML_TEXT = st.text(st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\ufffe\uffff"), max_size=200)


def adapter(base_url: str = "http://127.0.0.1:1", cache: Any = None, token: str = WECHAT_TOKEN) -> WeChat:
    cache = cache or redis.Redis.from_url(NOWHERE, decode_responses=True)
    return WeChat("wx1", "secret", token, base_url, 5.0, cache)


def signature(timestamp: str, nonce: str, token: str = WECHAT_TOKEN) -> str:
    return hashlib.sha1("".join(sorted((token, timestamp, nonce))).encode()).hexdigest()


def xml(**fields: str) -> bytes:
    every = {"ToUserName": ACCOUNT, "FromUserName": OPENID, "CreateTime": "1760000000", "MsgType": "text", **fields}
    return ("<xml>" + "".join(f"<{k}><![CDATA[{v}]]></{k}>" for k, v in every.items()) + "</xml>").encode()


class TestSignature:
    @settings(max_examples=100, deadline=None)
    @given(timestamp=st.text(min_size=1, max_size=20), nonce=st.text(min_size=1, max_size=20))
    def test_our_reading_is_the_vendors_librarys(self, timestamp: str, nonce: str) -> None:
        sign = signature(timestamp, nonce)
        adapter().verify(sign, timestamp, nonce)
        check_signature(WECHAT_TOKEN, sign, timestamp, nonce)

    @pytest.mark.parametrize(
        ("sign", "timestamp", "nonce"),
        [
            ("", "1", "2"), (signature("1", "2"), "", "2"), (signature("1", "2"), "1", ""),
            (signature("1", "3"), "1", "2"),
            (signature("1", "2", "other"), "1", "2"), (signature("1", "2").upper(), "1", "2"), ("é\x00", "1", "2"),
            (signature("1", "2")[:-1], "1", "2"), (signature("1", "2") + "0", "1", "2"), ("\ud800", "\ud800", "\ud800"),
        ],
    )  # fmt: skip
    def test_anything_else_is_refused(self, sign: str, timestamp: str, nonce: str) -> None:
        with pytest.raises(InvalidSignature):
            adapter().verify(sign, timestamp, nonce)

    def test_without_a_token_nothing_is_taken(self) -> None:
        with pytest.raises(InvalidSignature):
            adapter(token="").verify(signature("1", "2", ""), "1", "2")


class TestParse:
    @settings(max_examples=150, deadline=None)
    @given(content=XML_TEXT.filter(lambda text: "]]>" not in text), number=st.integers(1, 2**63))
    def test_a_text_reads_as_the_vendors_library_reads_it(self, content: str, number: int) -> None:
        body = xml(Content=content, MsgId=str(number))
        received, oracle = adapter().parse(body), wechatpy.parse_message(body)
        assert received.text.strip() == (oracle.content or "").strip(), "the library trims"
        assert (received.provider_id, received.address) == (str(oracle.id), oracle.source)
        assert received.kind == "text"

    def test_a_location_is_in_the_datum_of_chinese_maps(self) -> None:
        body = xml(MsgType="location", Location_X="39.8266", Location_Y="119.5143", Scale="15", Label="x", MsgId="5")
        oracle = wechatpy.parse_message(body)
        received = adapter().parse(body)
        assert received.location == {"lat": 39.8266, "lon": 119.5143, "datum": "GCJ-02"}
        assert (received.location["lat"], received.location["lon"]) == tuple(float(x) for x in oracle.location)

    @pytest.mark.parametrize(
        ("fields", "kind", "text"),
        [
            ({"MsgType": "voice", "Recognition": "几点开门", "MsgId": "1"}, "text", "几点开门"),
            ({"MsgType": "voice", "MsgId": "1"}, "media", ""), ({"MsgType": "image", "MsgId": "1"}, "media", ""),
            ({"MsgType": "never_heard_of", "MsgId": "1"}, "media", ""),
            ({"MsgType": "event", "Event": "subscribe"}, "event", ""),
            ({"MsgType": "event", "Event": "NEVER"}, "event", ""), ({"MsgType": "event"}, "event", ""),
        ],
    )  # fmt: skip
    def test_every_kind_is_taken_in(self, fields: dict[str, str], kind: str, text: str) -> None:
        received = adapter().parse(xml(**fields))
        assert (received.kind, received.text) == (kind, text)

    def test_an_event_again_is_the_same_event(self) -> None:
        def event(**fields: str) -> str:
            return adapter().parse(xml(MsgType="event", **{"Event": "CLICK", **fields})).provider_id

        assert event(EventKey="a") == event(EventKey="a")
        changed = [{"EventKey": "b"}, {"Event": "SCAN"}, {"CreateTime": "1760000001"}, {"FromUserName": OPENID + "x"}]
        assert len({event(), *(event(**fields) for fields in changed)}) == 5

    @pytest.mark.parametrize(
        "body",
        [
            b"", b"\x00", b"<", b"<xml>", b"<xml/>", b"not xml", b"{}", b"<html></html>", b"\xff\xfe\x00",
            b"<xml>&nbsp;</xml>",
            xml(MsgId="1", Content="x")[:-3], xml(Content="no id"), xml(MsgId="x"), xml(MsgId="1" * 33),
            xml(MsgId="1", FromUserName=""), xml(MsgId="1", FromUserName="a b c"),
            xml(MsgId="1", FromUserName="x" * 65),
            xml(MsgId="1", CreateTime="now"), xml(MsgId="1", MsgType=""),
            xml(MsgType="location", MsgId="1"), xml(MsgType="location", MsgId="1", Location_X="x", Location_Y="1"),
            xml(MsgType="location", MsgId="1", Location_X="nan", Location_Y="1"),
            xml(MsgType="location", MsgId="1", Location_X="39", Location_Y="1e9"),
            b'<?xml version="1.0" encoding="no-such-thing"?>' + xml(MsgId="1", Content="x"),
            b'<?xml version="1.0" encoding="gbk"?>' + xml(MsgId="1", Content="x"),
            xml(MsgId="1", Content="gbk").replace(b"gbk", b"\xc4\xe3"),
            b"<!DOCTYPE xml>" + xml(MsgId="1", Content="x"),
            b'<!DOCTYPE xml [<!ENTITY a "b">]>' + xml(MsgId="1", Content="x"),
            b'<!DOCTYPE xml [<!ENTITY a SYSTEM "file:///etc/passwd">]><xml><Content>&a;</Content></xml>',
            b'<!DOCTYPE xml SYSTEM "http://127.0.0.1:1/evil.dtd">' + xml(MsgId="1", Content="x"),
            b'<!DOCTYPE z [<!ENTITY a "aaaaaaaa"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;">]><xml>&c;</xml>',
            xml(MsgId="1", Content="x" * MAX_XML_BYTES), b"<xml>" + b"<a>" * 15_000,
        ],
    )  # fmt: skip
    def test_hostile_and_broken_bodies_are_refused(self, body: bytes) -> None:
        with pytest.raises(InvalidMessage):
            adapter().parse(body)

    def test_nested_children_say_nothing(self) -> None:
        body = xml(MsgId="1", Content="echt").replace(
            b"</xml>", b"<a><Content>falsch</Content><MsgId>2</MsgId></a></xml>"
        )
        received = adapter().parse(body)
        assert (received.text, received.provider_id) == ("echt", "1")
        deep = b"<xml>" + b"<a>" * 7_000 + b"</a>" * 7_000 + b"</xml>"
        with pytest.raises(InvalidMessage):
            adapter().parse(deep)

    @settings(max_examples=150, deadline=None)
    @given(body=st.one_of(st.binary(max_size=400), st.text(max_size=200).map(lambda t: f"<xml>{t}</xml>".encode())))
    def test_no_body_raises_anything_else(self, body: bytes) -> None:
        with pytest.raises(InvalidMessage):
            adapter().parse(body)


class TestPassiveReply:
    @settings(max_examples=200, deadline=None)
    @given(text=st.one_of(st.text(max_size=200), st.text("]]><![CDATA[/xml&\"'\x00\x0b\ud800 \n\r好", max_size=60)))
    def test_what_was_written_is_read_back_and_nothing_else(self, text: str) -> None:
        answer = adapter().passive_reply(xml(MsgId="1", Content="?"), text, 1760000001)
        read = wechatpy.parse_message(answer.encode("utf-8"))
        allowed = re.sub("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", "", text)
        fields = {child.tag: child.text or "" for child in fromstring(answer)}
        assert fields["Content"] == allowed.replace("\r\n", "\n").replace("\r", "\n")
        assert list(fields) == ["ToUserName", "FromUserName", "CreateTime", "MsgType", "Content"]
        assert (read.source, read.target, read.type) == (ACCOUNT, OPENID, "text")

    def test_names_cannot_break_out_either(self) -> None:
        body = xml(MsgId="1", Content="x").replace(ACCOUNT.encode(), b"gh]]]]><![CDATA[><Content>x</Content>")
        read = wechatpy.parse_message(adapter().passive_reply(body, "回答", 1).encode())
        assert (read.content, read.source) == ("回答", "gh]]><Content>x</Content>")


class TestRender:
    def test_it_fits_and_keeps_whole_lines(self) -> None:
        lines = [f"{number}. " + "很长的名字" * 20 for number in range(1, 20)]
        said = reply("标题", lines=lines, caution="请确认", choices=[Choice("门票", "more", "more")])
        text = adapter().render(said)
        assert len(text.encode()) <= MAX_TEXT_BYTES
        assert set(text.split("\n")) <= {"标题", "请确认", "1.门票", *lines}
        assert "请确认" in text

    def test_one_place_gets_its_map(self) -> None:
        links = [Link("高德地图", "https://uri.amap.com/marker?position=1,2&name=x"), Link("拨打", "tel:120")]
        card = Card("鸽子窝", links=links)
        text = adapter().render(Reply("place_hours", "zh", "标题", cards=[card]))
        assert text == '标题\n<a href="https://uri.amap.com/marker?position=1,2&name=x">高德地图</a>'


@pytest.fixture(scope="module")
def fake() -> Iterator[str]:
    config = FakesConfig("AC1", "t", "+15005550006", "wx1", "secret", WECHAT_TOKEN, "http://127.0.0.1:1")
    server = serve(create_app(config))
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


class Control:
    """Orders to the fake, and what it did."""

    def __init__(self, url: str) -> None:
        self.url = url

    def __call__(self, **values: Any) -> None:
        requests.post(f"{self.url}/_control", json=values, timeout=5).raise_for_status()

    def tokens(self) -> int:
        return int(requests.get(f"{self.url}/_stats", timeout=5).json()["wechat_tokens_issued"])


@pytest.fixture
def control(fake: str) -> Control:
    order = Control(fake)
    order(reset=True)
    return order


@pytest.fixture
def shared(valkey: str) -> redis.Redis:
    """An empty broker."""
    client = redis.Redis.from_url(valkey, decode_responses=True)
    client.flushall()
    return client


def outgoing(to: str = OPENID) -> Outgoing:
    return Outgoing(7, 3, to, "回答 <&>", reply(), dt.datetime.now(dt.UTC))


def at_once(count: int, call: Any) -> list[Any]:
    gate = threading.Barrier(count)

    def run(_: int) -> Any:
        gate.wait()
        try:
            return call()
        except Exception as error:  # compared by the test
            return error

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(run, range(count)))


class TestToken:
    def test_fifty_workers_fetch_one_token(self, fake: str, control: Control, shared: redis.Redis) -> None:
        workers = [adapter(fake, redis.Redis.from_url(_url(shared), decode_responses=True)) for _ in range(5)]
        turn = iter(range(50))
        lock = threading.Lock()

        def call() -> str:
            with lock:
                number = next(turn)
            return workers[number % 5]._access_token()

        assert len(set(at_once(50, call))) == 1
        assert control.tokens() == 1

    def test_fifty_refusals_make_one_refresh(self, fake: str, control: Control, shared: redis.Redis) -> None:
        channel = adapter(fake, shared)
        channel._access_token()
        shared.set(f"{TOKEN_KEY}:at", "0")
        control(provider="wechat", expire_token=True)
        found = at_once(50, lambda: channel._access_token(refresh=True))
        assert len(set(found)) == 1
        assert control.tokens() == 2

    def test_without_a_broker_a_process_still_fetches_one(self, fake: str, control: Control) -> None:
        channel = adapter(fake)
        assert len(set(at_once(20, channel._access_token))) == 1
        assert control.tokens() == 1

    def test_no_token_to_be_had_is_temporary(self, shared: redis.Redis) -> None:
        with pytest.raises(SendTemporary):
            adapter("http://127.0.0.1:1", shared).send(outgoing())


def _url(client: redis.Redis) -> str:
    where = client.connection_pool.connection_kwargs
    return f"redis://{where['host']}:{where['port']}/0"


class TestSending:
    def test_an_expired_token_is_refreshed_once_and_the_message_sent(
        self, fake: str, control: Control, shared: redis.Redis
    ) -> None:
        channel = adapter(fake, shared)
        _open_window(fake)
        channel._access_token()
        shared.set(f"{TOKEN_KEY}:at", "0")
        control(provider="wechat", expire_token=True)
        assert channel.send(outgoing()) == "kf-7"
        assert control.tokens() == 2

    @pytest.mark.parametrize(
        ("faults", "raised"),
        [
            ({"mode": "45015"}, SendPermanent), ({"mode": "45047"}, SendPermanent), ({"mode": "48002"}, SendPermanent),
            ({"mode": "45009"}, SendTemporary), ({"mode": "429"}, SendTemporary), ({"mode": "500"}, SendUnknown),
            ({"mode": "reset"}, SendUnknown), ({"mode": "40001"}, SendTemporary),
        ],
    )  # fmt: skip
    def test_what_a_failure_means(
        self, fake: str, control: Control, shared: redis.Redis, faults: dict[str, Any], raised: type[Exception]
    ) -> None:
        _open_window(fake)
        control(provider="wechat", **faults)
        with pytest.raises(raised):
            adapter(fake, shared).send(outgoing())

    def test_a_closed_window_is_final(self, fake: str, control: Control, shared: redis.Redis) -> None:
        with pytest.raises(SendPermanent):
            adapter(fake, shared).send(outgoing("oNobody0000001"))

    def test_what_was_sent_cannot_be_asked(self) -> None:
        with pytest.raises(SendUnknown):
            adapter().find_sent(outgoing())


def _open_window(fake: str) -> None:
    """The person writes, so that they may be written to; our side being away does not matter."""
    order = {"openid": OPENID, "type": "text", "text": "hi", "wait": False}
    requests.post(f"{fake}/_wechat/send", json=order, timeout=20).raise_for_status()
