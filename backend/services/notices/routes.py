"""The channels by which people can be reached now, in the order they want."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from backend.models import ChannelIdentity, ChannelOrder, Conversation, InboundMessage

DEFAULT_ORDER = ("push", "wechat", "sms", "web")
# An official account may write to a person for this long after they wrote.
# https://developers.weixin.qq.com/doc/offiaccount/Message_Management/Service_Center_messages.html
WECHAT_WINDOW = dt.timedelta(hours=48)


@dataclass(frozen=True)
class Way:
    """One address of a person by which they can be told something."""

    channel: str
    identity_id: int
    conversation_id: int


@dataclass(frozen=True)
class Ways:
    """The ways to a person, the first first; `opted_out`: there was one that they do not want."""

    ways: Sequence[Way]
    opted_out: bool = False


NOBODY = Ways(())


def ways_to(
    session: Session, contact_ids: Collection[str], channels: Collection[str], now: dt.datetime
) -> Mapping[str, Ways]:
    """The ways to each of some hundreds of people, of the channels that are in use. Who has no address is left out."""
    rows = session.execute(
        select(
            ChannelIdentity.id,
            ChannelIdentity.contact_id,
            ChannelIdentity.channel,
            ChannelIdentity.consent,
            Conversation.id.label("conversation_id"),
        )
        .join(Conversation, Conversation.contact_id == ChannelIdentity.contact_id)
        .where(ChannelIdentity.contact_id.in_(contact_ids), ChannelIdentity.channel.in_(channels))
        # Of several addresses on one channel the newest.
        .order_by(ChannelIdentity.id.desc())
    ).all()
    orders = {
        order.contact_id: order.channels
        for order in session.scalars(select(ChannelOrder).where(ChannelOrder.contact_id.in_(contact_ids)))
    }
    open_windows = _open_windows(session, {row.conversation_id for row in rows if row.channel == "wechat"}, now)
    found: dict[str, list[Way]] = {}
    refused: set[str] = set()
    for row in rows:
        ways = found.setdefault(row.contact_id, [])
        if row.consent == "out":
            refused.add(row.contact_id)
        elif row.channel != "wechat" or row.conversation_id in open_windows:
            ways.append(Way(row.channel, row.id, row.conversation_id))
    return {
        contact_id: Ways(_in_order(ways, orders.get(contact_id, ())), contact_id in refused)
        for contact_id, ways in found.items()
    }


def _in_order(ways: list[Way], wanted: Sequence[str]) -> list[Way]:
    order = [*wanted, *(channel for channel in DEFAULT_ORDER if channel not in wanted)]
    return sorted(ways, key=lambda way: order.index(way.channel) if way.channel in order else len(order))


def _open_windows(session: Session, conversation_ids: set[int], now: dt.datetime) -> set[int]:
    if not conversation_ids:
        return set()
    return set(
        session.scalars(
            select(InboundMessage.conversation_id)
            .where(InboundMessage.conversation_id.in_(conversation_ids), InboundMessage.channel == "wechat")
            .group_by(InboundMessage.conversation_id)
            .having(func.max(InboundMessage.received_at) > now - WECHAT_WINDOW)
        )
    )
