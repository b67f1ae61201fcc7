"""Alerts by talking: asked for, listed and ended at will."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from backend.services.answers import facts
from backend.services.answers.asking import Answered, Asking, Desk
from backend.services.answers.ordinals import position_in_list
from backend.services.replies import Choice, Reply
from backend.services.subscription_topics import ANYWHERE, TOPICS, InvalidSubscription
from backend.services.subscriptions import NoSuchSubscription, SubscriptionView
from backend.services.values.reading import Pattern, plain
from backend.wording import t

MOST_SHOWN = 8
# By the words for what people want to be told of; the first that is found counts, but one message may hold several.
_WORDS: tuple[tuple[str, Pattern], ...] = (
    ("beach_flag", Pattern(r"红旗|黄旗|插旗|挂旗|旗子|能游|下海|游泳|下水|\bflags?\b|\bswim")),
    ("wind", Pattern(r"大?风(?!险|景)|刮风|\bwind|\bgale")),
    (
        "sea",
        Pattern(
            r"浪|海况|水温|水质|海水|水母|海蜇|赤潮|离岸流"
            r"|\bwaves?\b|\bsea\b|\bsurf\b|\bwater (?:temp|quality)|jellyfish"
        ),
    ),
    ("air_quality", Pattern(r"空气|pm ?2\.?5|pm ?10|aqi|雾霾|霾|臭氧|污染|\bair\b|\bsmog\b|\bpollution")),
    ("bus_line", Pattern(r"公交|改线|[0-9]+ ?路|\bbus\b|\bbus line")),
    ("closure", Pattern(r"闭园|关门|封园|封山|关闭|停业|开园|歇业|clos|shut|reopen")),
    (
        "alerts",
        Pattern(
            r"预警|警报|灾害|台风|暴[雨雪]|打?雷|下[雨雪]|高温|寒潮|大雾|地震|海啸|火险|天气|危险"
            r"|\bwarnings?\b|\btyphoon|\bstorm|\brain|\bthunder|\blightning|\bheat\b|\bfog|\bsnow|\bweather|\bearthquake"
            r"|\btsunami|\bdisaster|\bemergency|\bdanger|\bfire risk"
        ),
    ),
)
_ALL = Pattern(r"全部?|所有|都|统统|一个不留|\ball\b|\beverything\b|\bany\b|\bevery\b")
# Where a wind is blown by a storm nobody meant the wind.
_STORMS = Pattern(r"台风|风暴|雷雨大风")


def subscribe(desk: Desk, asking: Asking) -> Answered:
    """Begins what the message asks for; asks what, where it does not say."""
    contact = desk.conversations.contact_of(asking.conversation_id)
    wanted = [(topic, params) for topic in _topics(asking) if (params := _params(asking, topic)) is not None]
    if contact is None or not wanted:
        return _ask_what(asking, missing=_topics(asking))
    begun = []
    for topic, params in wanted:
        try:
            begun.append(desk.subscriptions.subscribe(contact, topic, params, f"turn/{asking.turn_id}/{topic}"))
        except InvalidSubscription:
            return _ask_what(asking, missing=[topic])
    what = _join(asking, (_said(desk, asking, one) for one in begun))
    lines = [t(asking.lang, "alerttalk-how-end", what=_said(desk, asking, begun[0], short=True))]
    return _keep(asking, Reply("subscribed", asking.lang, t(asking.lang, "alerttalk-begun", what=what)[:500], lines))


def mine(desk: Desk, asking: Asking) -> Answered:
    """What the person is told of, with a way to end each."""
    running = _running(desk, asking)
    lang = asking.lang
    if not running:
        return _none(asking)
    if len(running) == 1:
        headline = t(lang, "alerttalk-one", what=_said(desk, asking, running[0]))
        lines = [t(lang, "alerttalk-how-end", what=_said(desk, asking, running[0], short=True))]
        return _keep(asking, Reply("subscriptions", lang, headline, lines))
    lines = [
        t(lang, "list-line", number=number, name=_said(desk, asking, one), detail="none")
        for number, one in enumerate(running[:MOST_SHOWN], start=1)
    ]
    headline = t(lang, "alerttalk-several", count=len(running))
    hint = t(lang, "alerttalk-how-end-one")
    reply = Reply("subscriptions", lang, headline, [*lines, hint])
    pending = {"intent": "unsubscribe", "named": {"subscription": [str(one.id) for one in running[:MOST_SHOWN]]}}
    return replace(_keep(asking, reply), pending=pending)


def unsubscribe(desk: Desk, asking: Asking) -> Answered:
    """Ends what the message names; all, where it names nothing: who wants silence gets it, and it is begun again in a
    word.
    """
    contact = desk.conversations.contact_of(asking.conversation_id)
    running = _running(desk, asking)
    if contact is None or not running:
        return _none(asking)
    chosen = _chosen(asking, running)
    for one in chosen:
        try:
            desk.subscriptions.end(contact, one.id)
        except NoSuchSubscription:
            continue  # ended meanwhile
    lang = asking.lang
    if not chosen:
        topics = _join(asking, (t(lang, f"alerttalk-topic-{topic.replace('_', '-')}") for topic in _topics(asking)))
        rest = t(lang, "alerttalk-still", what=_join(asking, (_said(desk, asking, one) for one in running)))
        return _keep(asking, Reply("unsubscribed", lang, t(lang, "alerttalk-not-had", what=topics), [rest]))
    what = _join(asking, (_said(desk, asking, one) for one in chosen))
    left = [one for one in running if one not in chosen]
    lines = [t(lang, "alerttalk-still", what=_join(asking, (_said(desk, asking, one) for one in left)))] if left else []
    return _keep(asking, Reply("unsubscribed", lang, t(lang, "alerttalk-ended", what=what)[:500], lines))


def _chosen(asking: Asking, running: list[SubscriptionView]) -> list[SubscriptionView]:
    """Which of a person's alerts are to end."""
    shown = (asking.pending or {}).get("named", {}).get("subscription", [])
    position = position_in_list(asking.text)
    if position is not None and shown and -1 <= position <= len(shown):
        wanted = shown[position - 1 if position > 0 else -1]
        return [one for one in running if str(one.id) == wanted]
    if asking.named.get("subscription"):
        return [one for one in running if str(one.id) in asking.named["subscription"]]
    topics = _topics(asking)
    records = {*asking.places(), *asking.districts(), *asking.named.get("bus_line", [])}
    found = [one for one in running if one.topic in topics] if topics else running
    about = [one for one in found if records & set(one.params.values())]
    if about:
        return about
    if topics and not found and topics == ["alerts"] and _ALL.search(plain(asking.text)):
        return running
    return found if topics or not records else []


def _topics(asking: Asking) -> list[str]:
    """The topics that the words speak of; what is said of a place alone is whether it is open."""
    words = plain(asking.text)
    if asking.named.get("topic"):
        return [topic for topic in asking.named["topic"] if topic in TOPICS]
    found = [topic for topic, pattern in _WORDS if pattern.search(words)]
    if "wind" in found and _STORMS.search(words):
        found.remove("wind")
    if "alerts" in found and len(found) > 1 and not Pattern("预警|警报|warning").search(words):
        found.remove("alerts")
    elif "alerts" in found and len(found) > 1:
        found.remove("alerts")  # "wind warnings" are those of the wind
    if "closure" in found and "beach_flag" in found:
        found.remove("closure")
    if not found and asking.named.get("bus_line"):
        return ["bus_line"]
    if not found and asking.named.get("beach"):
        return ["sea"]
    if not found and asking.places():
        return ["closure"]
    return found or (["alerts"] if asking.districts() else [])


def _params(asking: Asking, topic: str) -> dict[str, str] | None:
    """What a topic is wanted of; None where it has to be said and was not."""
    params = TOPICS[topic].params
    given: dict[str, str] = {}
    if "district" in params and asking.districts():
        given["district"] = asking.districts()[0]
    if "place" in params:
        kinds = params["place"].kinds
        places = [
            id_
            for id_ in (*asking.places(), *([asking.focus] if asking.focus else []))
            if id_.partition(":")[0] in kinds
        ]
        if places:
            given["place"] = places[0]
    if "line" in params and asking.named.get("bus_line"):
        given["line"] = asking.named["bus_line"][0]
    missing = [name for name, param in params.items() if param.otherwise is None and name not in given]
    return None if missing else given


def _running(desk: Desk, asking: Asking) -> list[SubscriptionView]:
    contact = desk.conversations.contact_of(asking.conversation_id)
    return desk.subscriptions.of_contact(contact) if contact else []


def _said(desk: Desk, asking: Asking, one: SubscriptionView, short: bool = False) -> str:
    """A subscription in words: 大风提醒（北戴河区）."""
    lang = asking.lang
    topic = t(lang, f"alerttalk-topic-{one.topic.replace('_', '-')}")
    record = next((one.params[name] for name in ("place", "district", "line") if one.params.get(name)), ANYWHERE)
    if short or record == ANYWHERE:
        return topic
    place = desk.places.get(record)
    name = facts.name(place, lang) if place is not None else desk.places.word(record, lang)
    return t(lang, "alerttalk-of", topic=topic, name=name)


def _ask_what(asking: Asking, missing: list[str]) -> Answered:
    lang = asking.lang
    key = "alerttalk-ask-place" if set(missing) & {"closure", "bus_line"} else "alerttalk-ask-what"
    offered = ("alerts", "wind", "beach_flag", "sea", "air_quality")
    choices = [
        Choice(
            t(lang, f"alerttalk-topic-{topic.replace('_', '-')}"), f"subscribe:{topic}", "subscribe", {"topic": topic}
        )
        for topic in offered
    ]
    reply = Reply("subscribe_what", lang, t(lang, key), choices=choices if key == "alerttalk-ask-what" else [])
    return replace(
        _keep(asking, reply), pending={"intent": "subscribe", "named": {"topic": missing}} if missing else None
    )


def _none(asking: Asking) -> Answered:
    lang = asking.lang
    return _keep(asking, Reply("subscriptions_none", lang, t(lang, "alerttalk-none"), [t(lang, "alerttalk-none-hint")]))


def _join(asking: Asking, words: Iterable[str]) -> str:
    return t(asking.lang, "list-join").join(dict.fromkeys(words))


def _keep(asking: Asking, reply: Reply) -> Answered:
    return Answered([reply], focus=asking.focus, results=asking.results, offset=asking.offset)
