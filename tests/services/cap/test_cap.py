"""The CAP 1.2 codec: the standard's own examples, its rules one by one, and XML that is made to harm."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.geo import Datum, Point
from backend.services.cap import (
    Area,
    Circle,
    Info,
    InvalidCap,
    Message,
    Named,
    Polygon,
    Reference,
    Resource,
    read,
    write,
)
from backend.services.cap import message as cap
from backend.services.cap.reading import MAX_BYTES

# Appendix A of the standard, as published.
STANDARD = sorted((Path(__file__).parent / "standard").glob("*.xml"))
NS = "urn:oasis:names:tc:emergency:cap:1.2"
HEAD = (
    "<identifier>A1</identifier><sender>weather@city.example.org</sender><sent>2026-07-16T11:50:00+08:00</sent>"
    "<status>Actual</status><msgType>Alert</msgType><scope>Public</scope>"
)
INFO = (
    "<info><category>Met</category><event>Gale</event><urgency>Immediate</urgency><severity>Severe</severity>"
    "<certainty>Likely</certainty>{}</info>"
)


def alert(head: str = HEAD, info: str = INFO.format("")) -> bytes:
    return f'<?xml version="1.0" encoding="UTF-8"?><alert xmlns="{NS}">{head}{info}</alert>'.encode()


def problems(xml: bytes) -> str:
    with pytest.raises(InvalidCap) as caught:
        read(xml)
    assert caught.value.problems
    return str(caught.value)


class TestTheStandardsExamples:
    @pytest.mark.parametrize("path", STANDARD, ids=lambda path: path.stem)
    def test_are_taken_in_and_survive_the_way_out_and_back(self, path: Path) -> None:
        message = read(path.read_bytes())
        assert read(write(message)) == message

    def test_there_are_four(self) -> None:
        assert [path.stem for path in STANDARD] == [
            "amber_alert",
            "earthquake",
            "homeland_security",
            "severe_thunderstorm",
        ]

    def test_thunderstorm(self) -> None:
        message = read((STANDARD[3]).read_bytes())
        [info] = message.infos
        assert (message.identifier, message.sender) == ("KSTO1055887203", "KSTO@NWS.NOAA.GOV")
        assert message.sent == dt.datetime(2003, 6, 17, 21, 57, tzinfo=dt.UTC)
        assert (info.response_types, info.urgency, info.severity, info.certainty) == (
            ("Shelter",),
            "Immediate",
            "Severe",
            "Observed",
        )
        assert info.expires == dt.datetime(2003, 6, 17, 23, 0, tzinfo=dt.UTC)
        [area] = info.areas
        assert area.polygons[0].points[1] == Point(38.34, -119.95, Datum.WGS84)
        assert [code.value for code in area.geocodes] == ["006109", "006009", "006003"]

    def test_earthquake_names_what_it_updates(self) -> None:
        message = read(STANDARD[1].read_bytes())
        sent = dt.datetime(2003, 6, 12, 3, 30, tzinfo=dt.UTC)
        assert message.references == (Reference("trinet@caltech.edu", "TRI13970876.1", sent),)
        assert message.infos[0].areas[0].circles == (Circle(Point(32.9525, -115.5527, Datum.WGS84), 0.0),)
        assert [one.name for one in message.infos[0].parameters] == [
            "EventID", "Version", "Magnitude", "Depth", "Quality",
        ]  # fmt: skip

    def test_amber_alert_in_two_languages(self) -> None:
        english, spanish = read(STANDARD[0].read_bytes()).infos
        assert (english.language, spanish.language) == ("en-US", "es-US")
        assert spanish.headline == "Alerta Amber en el condado de Los Ángeles"

    def test_advisory_with_a_picture(self) -> None:
        [info] = read(STANDARD[2].read_bytes()).infos
        assert info.resources == (
            Resource("Image file (GIF)", "image/gif", uri="http://www.dhs.gov/dhspublic/getAdvisoryImage"),
        )
        assert info.language == "en-US", "what the standard says where none is named"


class TestTheElementTable:
    @pytest.mark.parametrize("name", ["identifier", "sender", "sent", "status", "msgType", "scope"])
    def test_what_must_stand_in_the_message(self, name: str) -> None:
        begin, end = HEAD.index(f"<{name}>"), HEAD.index(f"</{name}>") + len(f"</{name}>")
        assert f"alert: <{name}> is missing" in problems(alert(HEAD[:begin] + HEAD[end:]))

    @pytest.mark.parametrize("name", ["category", "event", "urgency", "severity", "certainty"])
    def test_what_must_stand_in_an_info(self, name: str) -> None:
        info = INFO.format("")
        begin, end = info.index(f"<{name}>"), info.index(f"</{name}>") + len(f"</{name}>")
        assert f"alert/info[1]: <{name}> is missing" in problems(alert(info=info[:begin] + info[end:]))

    @pytest.mark.parametrize(
        ("name", "values"),
        [("status", cap.STATUS), ("msgType", cap.MSG_TYPE), ("scope", cap.SCOPE), ("urgency", cap.URGENCY),
         ("severity", cap.SEVERITY), ("certainty", cap.CERTAINTY), ("category", cap.CATEGORY)],
    )  # fmt: skip
    def test_values_of_a_list(self, name: str, values: tuple[str, ...]) -> None:
        xml = alert().decode()
        begin = xml.index(f"<{name}>") + len(name) + 2
        end = xml.index(f"</{name}>")
        rest = (
            "<restriction>x</restriction><addresses>a</addresses><references>a,b,2026-07-16T11:50:00+08:00</references>"
        )
        for value in values:
            changed = f"{xml[:begin]}{value}{xml[end:]}".replace("</scope>", f"</scope>{rest}")
            assert value in str(read(changed.encode()))
        for wrong in (values[0].lower(), f" {values[0]}", "", "Other than that"):
            said = problems(f"{xml[:begin]}{wrong}{xml[end:]}".encode())
            assert f"/{name}" in said
            assert ", ".join(values) in said

    @pytest.mark.parametrize(
        ("xml", "said"),
        [
            (alert(HEAD + "<note>a</note><source>b</source>"), "<source> stands too late"),
            (alert(info=INFO.format("<headline>a</headline><expires>2026-07-16T12:00:00+08:00</expires>")), "too late"),
            (alert(HEAD + "<note>a</note><note>b</note>"), "<note> stands 2 times"),
            (alert(HEAD + "<colour>red</colour>"), "<colour> may not stand here"),
            (alert(HEAD + f'<x:note xmlns:x="{NS}.">a</x:note>'), "<note> may not stand here"),
            (alert(HEAD + "<note><b>a</b></note>"), "alert/note: holds elements"),
            (alert(HEAD + '<note lang="en">a</note>'), "the attribute lang"),
            (alert(HEAD + "words"), "text stands between"),
            (alert(HEAD.replace("A1", "A 1")), "alert/identifier"),
            (alert(HEAD.replace("A1", "A,1")), "alert/identifier"),
            (alert(HEAD.replace("A1", "A&lt;1")), "alert/identifier"),
            (alert(HEAD.replace("A1", "<![CDATA[A<1]]>")), "alert/identifier"),
            (alert(HEAD.replace("A1", "")), "alert/identifier: is empty"),
            (alert(HEAD.replace("weather@city", "the weather@city")), "alert/sender"),
            (alert(info=INFO.format("<area/>")), "alert/info[1]/area[1]: <areaDesc> is missing"),
            (alert(info=INFO.format("<resource><resourceDesc>a</resourceDesc></resource>")), "<mimeType> is missing"),
            (alert(info=INFO.format("<parameter><value>a</value></parameter>")), "<valueName> is missing"),
            (alert(info=INFO.format("<web>http://a b</web>")), "alert/info[1]/web"),
            (alert(HEAD.replace("Public", "Restricted")), "alert/restriction"),
            (alert(HEAD.replace("Public", "Private")), "alert/addresses"),
            (alert(HEAD.replace(">Alert<", ">Update<")), "alert/references"),
            (alert(HEAD.replace(">Alert<", ">Cancel<")), "alert/references"),
            (alert(HEAD + "<references>a,b</references>"), "sender,identifier,sent"),
            (alert(HEAD + "<references>a,b,2026-07-16</references>"), "no time"),
            (alert(info=INFO.replace("<category>", "<language>Chinese!</language><category>").format("")), "language"),
        ],
    )  # fmt: skip
    def test_what_the_standard_does_not_allow(self, xml: bytes, said: str) -> None:
        assert said in problems(xml)

    @pytest.mark.parametrize(
        "time",
        ["2026-07-16T11:50:00Z", "2026-07-16T11:50:00", "2026-07-16", "2026-07-16T11:50:00.5+08:00",
         "2026-02-30T00:00:00+08:00", "2026-07-16T25:00:00+08:00", "2026-07-16T11:50:00+99:00",
         "0001-01-01T00:00:00+08:00", "2026-07-16T11:50:00+0800", "yesterday", "２０２６-07-16T11:50:00+08:00"],
    )  # fmt: skip
    def test_times(self, time: str) -> None:
        assert "alert/sent" in problems(alert(HEAD.replace("2026-07-16T11:50:00+08:00", time)))

    def test_utc_is_written_without_a_letter(self) -> None:
        message = read(alert(HEAD.replace("+08:00", "-00:00")))
        assert message.sent == dt.datetime(2026, 7, 16, 11, 50, tzinfo=dt.UTC)
        assert b"<sent>2026-07-16T11:50:00-00:00</sent>" in write(message)

    @pytest.mark.parametrize(
        ("shape", "said"),
        [
            ("<polygon>1,1 2,2 1,1</polygon>", "at least four points"),
            ("<polygon>1,1 2,2 3,1 1,1.1</polygon>", "not closed"),
            ("<polygon>1,1 2,2 3 1,1</polygon>", "no point"),
            ("<polygon>91,1 2,2 3,1 91,1</polygon>", "latitude"),
            ("<polygon>1,1 2,2 3,181 1,1</polygon>", "longitude"),
            ("<polygon>1e0,1 2,2 3,1 1e0,1</polygon>", "no point"),
            ("<polygon>nan,1 2,2 3,1 nan,1</polygon>", "no point"),
            ("<polygon></polygon>", "at least four points"),
            ("<circle>1,1</circle>", "a circle is"),
            ("<circle>1,1 -1</circle>", "radius"),
            ("<circle>1,1 99999</circle>", "radius"),
            ("<circle>1,1 x</circle>", "no number"),
            ("<altitude>high</altitude>", "altitude"),
            ("<ceiling>100</ceiling>", "beside an altitude"),
        ],
    )
    def test_shapes(self, shape: str, said: str) -> None:
        assert said in problems(alert(info=INFO.format(f"<area><areaDesc>x</areaDesc>{shape}</area>")))

    def test_everything_that_is_wrong_is_named_at_once(self) -> None:
        said = problems(alert(HEAD.replace("Actual", "Real").replace("Public", "All"), INFO.format("<area/>")))
        for part in ("alert/status", "alert/scope", "alert/info[1]/area[1]"):
            assert part in said

    def test_a_signature_may_follow(self) -> None:
        signature = '<Signature xmlns="http://www.w3.org/2000/09/xmldsig#"><SignedInfo/></Signature>'
        assert read(alert(info=INFO.format("") + signature)) == read(alert())
        assert "may not stand" in problems(alert(info=INFO.format(signature)))

    def test_text_may_stand_in_cdata_and_stays_text(self) -> None:
        message = read(alert(info=INFO.format("<headline><![CDATA[<b>Gale & rain</b>]]></headline>")))
        assert message.infos[0].headline == "<b>Gale & rain</b>"
        assert b"&lt;b&gt;Gale &amp; rain&lt;/b&gt;" in write(message)


def declaring(entity: str, text: str) -> bytes:
    return f'<!DOCTYPE a [{entity}]><alert xmlns="{NS}">{text}</alert>'.encode()


LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
HOSTILE = {
    "a billion laughs": f'<!DOCTYPE alert [<!ENTITY l0 "ha">{LAUGHS}]><alert xmlns="{NS}">&l9;</alert>'.encode(),
    "quadratic blow-up": declaring(f'<!ENTITY x "{"y" * 50_000}">', "&x;" * 900),
    "a file of ours": declaring('<!ENTITY x SYSTEM "file:///etc/passwd">', "&x;"),
    "an address inside": declaring('<!ENTITY x SYSTEM "http://127.0.0.1/">', "&x;"),
    "an outside DTD": f'<!DOCTYPE alert SYSTEM "http://127.0.0.1/x.dtd"><alert xmlns="{NS}"/>'.encode(),
    "a parameter entity": b'<!DOCTYPE a [<!ENTITY % x SYSTEM "http://127.0.0.1/">%x;]><alert/>',
    "an unknown entity": f'<alert xmlns="{NS}">&nbsp;</alert>'.encode(),
    "deep": b"<a>" * 200_000,
    "deep and closed": f'<alert xmlns="{NS}">{"<a>" * 40_000}{"</a>" * 40_000}</alert>'.encode(),
    "wide": f'<alert xmlns="{NS}">{"<a/>" * 60_000}</alert>'.encode(),
    "huge": alert(HEAD + f"<note>{'x' * MAX_BYTES}</note>"),
    "another version": alert().replace(b"cap:1.2", b"cap:1.1"),
    "no namespace": alert().replace(f' xmlns="{NS}"'.encode(), b""),
    "another root": f'<info xmlns="{NS}"/>'.encode(),
    "an XInclude": alert(HEAD + '<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="file:///etc/passwd"/>'),
    "an attribute too many": alert().replace(b"<alert", b"<alert onload='x'"),
    "CDATA that closes itself": alert(HEAD + "<note><![CDATA[a]]>]]><b/></note>"),
    "CDATA left open": alert(HEAD + "<note><![CDATA[a</note>"),
    "CDATA for elements": f'<alert xmlns="{NS}"><![CDATA[{HEAD}]]></alert>'.encode(),
    "a control character": alert(HEAD + "<note>&#0;</note>"),
    "half a character": alert(HEAD + "<note>\xff</note>").replace("\xff".encode(), b"\xc3"),
    "an odd encoding": alert().replace(b"UTF-8", b"UTF-7"),
    "no encoding there is": alert().replace(b"UTF-8", b"no-such"),
    "nothing": b"",
    "binary": bytes(range(256)) * 8,
    "JSON": b'{"alert": {}}',
}  # fmt: skip


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_xml_is_refused_with_a_clear_error(kind: str) -> None:
    assert len(problems(HOSTILE[kind])) < 3_000


@given(st.binary(max_size=300))
def test_any_bytes_are_refused(data: bytes) -> None:
    with pytest.raises(InvalidCap):
        read(data)


TEXT = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=30).map(str.strip)
SOME = st.text(st.characters(categories=("L", "N")), min_size=1, max_size=12)
MOMENTS = st.integers(365 * 86_400, 10**10).map(
    lambda second: dt.datetime.fromtimestamp(second, dt.timezone(dt.timedelta(hours=8)))
)
POINTS = st.builds(
    Point,
    st.floats(-90, 90, allow_nan=False),
    st.floats(-180, 180, allow_nan=False),
    st.just(Datum.WGS84),
)
NAMED = st.lists(st.builds(Named, TEXT, TEXT), max_size=2).map(tuple)
AREAS = st.builds(
    Area,
    TEXT,
    st.lists(st.lists(POINTS, min_size=3, max_size=5).map(lambda ps: Polygon((*ps, ps[0]))), max_size=2).map(tuple),
    st.lists(st.builds(Circle, POINTS, st.floats(0, 20_000)), max_size=2).map(tuple),
    NAMED,
)
INFOS = st.builds(
    Info,
    categories=st.lists(st.sampled_from(cap.CATEGORY), min_size=1, max_size=3).map(tuple),
    event=SOME,
    urgency=st.sampled_from(cap.URGENCY),
    severity=st.sampled_from(cap.SEVERITY),
    certainty=st.sampled_from(cap.CERTAINTY),
    language=st.sampled_from(("zh-CN", "en", "en-US")),
    response_types=st.lists(st.sampled_from(cap.RESPONSE_TYPE), max_size=2).map(tuple),
    event_codes=NAMED,
    effective=st.none() | MOMENTS,
    onset=st.none() | MOMENTS,
    expires=st.none() | MOMENTS,
    headline=TEXT,
    description=TEXT,
    instruction=TEXT,
    parameters=NAMED,
    areas=st.lists(AREAS, max_size=2).map(tuple),
)
MESSAGES = st.builds(
    Message,
    identifier=SOME,
    sender=SOME,
    sent=MOMENTS,
    status=st.sampled_from(cap.STATUS),
    msg_type=st.sampled_from(cap.MSG_TYPE),
    scope=st.just("Public"),
    note=TEXT,
    codes=st.lists(SOME, max_size=2).map(tuple),
    references=st.lists(st.builds(Reference, SOME, SOME, MOMENTS), min_size=1, max_size=2).map(tuple),
    infos=st.lists(INFOS, max_size=2).map(tuple),
)


@given(MESSAGES)
def test_what_we_write_is_valid_and_comes_back_as_it_was(message: Message) -> None:
    assert read(write(message)) == message


def test_what_may_not_be_written_is_not() -> None:
    good = read(alert())
    for bad in (
        replace(good, identifier="a b"),
        replace(good, status="Real"),
        replace(good, msg_type="Cancel"),
        replace(good, note="\x00"),
        replace(good, infos=(replace(good.infos[0], categories=()),)),
    ):
        with pytest.raises(InvalidCap):
            write(bad)
    with pytest.raises(ValueError, match="zone"):
        write(replace(good, sent=good.sent.replace(tzinfo=None)))
