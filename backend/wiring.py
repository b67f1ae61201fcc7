"""The composition root: the one place that builds engines, clients and adapters. Nothing is built at import."""

from __future__ import annotations

import datetime as dt
import gc
import threading
from dataclasses import dataclass
from functools import cache, cached_property
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import redis
from celery import Celery

from backend import city_pack
from backend.celery_app import app as celery_app
from backend.channels.segments import segments
from backend.channels.twilio_sms import TwilioSms
from backend.channels.web import Web
from backend.channels.web_push import WebPush
from backend.channels.wechat import WeChat
from backend.city_pack.model import CityBasics, CityPack
from backend.config import Settings
from backend.database import Database, make_engine
from backend.dialogue import HttpDialogue
from backend.jobs import Jobs
from backend.notifier import Notifier
from backend.services import alerts, shared_positions, thresholds
from backend.services.addresses import AddressBook
from backend.services.alert_notices import AlertNotices
from backend.services.alerts import Alerts
from backend.services.answers.asking import Desk
from backend.services.articles import Articles
from backend.services.booking_steps import FINISH, LAST_CALL, RELEASE
from backend.services.bookings import Bookings
from backend.services.broadcasts.audience import Audiences
from backend.services.broadcasts.life import Broadcasts
from backend.services.broadcasts.preparing import END, PREPARE, Preparing
from backend.services.broadcasts.sources import SOURCES
from backend.services.city_calendar import CalendarDays
from backend.services.city_words import CityWords
from backend.services.clients import Clients
from backend.services.cloud_events import CloudEvents
from backend.services.content import Content
from backend.services.conversations import Conversations
from backend.services.devices import Devices
from backend.services.due import Due, Regular
from backend.services.emergency import EmergencyWords
from backend.services.event_feed import EventFeed
from backend.services.followers import Follower
from backend.services.gazetteer import Gazetteer, record_exists
from backend.services.geocoding import CityLandmarks, Outside, PlaceFinder
from backend.services.idempotency import FORGET, Idempotency
from backend.services.inbound import Inbound
from backend.services.inventory import Inventory
from backend.services.maps import Maps, Tiles
from backend.services.notices.fallback import Fallback
from backend.services.notices.feed import NoticeFeed
from backend.services.notices.placing import FALLBACK, Caps, Placing
from backend.services.notices.quiet_hours import QuietHours
from backend.services.notices.sending import Sender
from backend.services.notices.wording import Wording
from backend.services.offers import Offers
from backend.services.outbound import Outbound
from backend.services.party_changes import PartyChanges
from backend.services.payments import AtTheVenue
from backend.services.places import Places
from backend.services.ports import Channel
from backend.services.preview import Preview
from backend.services.readings import Readings
from backend.services.receipts import Receipts
from backend.services.shared_positions import SharedPositions
from backend.services.slot_keeping import FOLLOW_SCHEDULES, SlotKeeping
from backend.services.staff_alerts import StaffAlerts
from backend.services.subscriptions import Subscriptions
from backend.services.template_versions import Templates
from backend.services.templates import Filler
from backend.services.tickets import Tickets
from backend.services.topic_notices import TopicNotices
from backend.services.transcript import Transcript
from backend.services.transit.realtime import Realtime
from backend.services.transit.service import Transit
from backend.services.transit.store import Feeds
from backend.services.triage import Triage
from backend.services.turns import Turns, TurnSettings
from backend.services.unanswered import Unanswered
from backend.services.waiting import Waiting
from backend.services.webhooks import Webhooks
from backend.transit_feeds import RealtimeClient
from backend.webhook_client import WebhookClient

# Of what a provider takes: the rest is for answers.
NOTICES_SHARE = 0.9
# How long one can still look up when a job was done.
KEEP_ENDED = dt.timedelta(days=90)


@dataclass
class Container:
    """Everything a process needs, built on first use. Tests build their own with other settings."""

    settings: Settings

    @cached_property
    def celery(self) -> Celery:
        """The Celery application, on this container's broker."""
        celery_app.conf["broker_url"] = self.settings.redis_url
        return celery_app

    @cached_property
    def redis(self) -> redis.Redis:
        """Short timeouts: nobody waits long for Redis, nothing is only there."""
        return redis.Redis.from_url(
            self.settings.redis_url,
            socket_connect_timeout=1,
            socket_timeout=10,
            health_check_interval=10,
            decode_responses=True,
        )

    @cached_property
    def notifier(self) -> Notifier:
        """Wakes waiting requests."""
        return Notifier(self.redis)

    @cached_property
    def jobs(self) -> Jobs:
        """Hands events on."""
        return Jobs(self.celery, self.notifier)

    @cached_property
    def db(self) -> Database:
        """The database; its after-commit hook is the only producer of jobs."""
        return Database(make_engine(self.settings.database_url), after_commit=self.jobs.after_commit)

    @cached_property
    def pack(self) -> CityPack:
        """The whole city pack, for loading it into the database. Raises city_pack.InvalidPack."""
        return city_pack.load(self.settings.pack_dir)

    @cached_property
    def basics(self) -> CityBasics:
        """What a running process needs of the city pack. Raises city_pack.InvalidPack."""
        return city_pack.load_basics(self.settings.pack_dir)

    @cached_property
    def city_words(self) -> CityWords:
        """The city's names, numbers and examples."""
        return CityWords.of(self.basics)

    @cached_property
    def time_zone(self) -> ZoneInfo:
        """The city's time zone."""
        return ZoneInfo(self.basics.city.time_zone)

    @cached_property
    def addresses(self) -> AddressBook:
        """Encrypts and finds addresses."""
        return AddressBook(self.settings.address_key.get_secret_value())

    @cached_property
    def twilio(self) -> TwilioSms:
        """SMS through Twilio, or through the fake that speaks as it does."""
        s = self.settings
        return TwilioSms(
            account_sid=s.twilio_account_sid,
            auth_token=s.twilio_auth_token.get_secret_value(),
            sender=s.twilio_from,
            api_base_url=s.twilio_api_base_url,
            public_base_url=s.public_base_url,
            timeout=s.provider_timeout_seconds,
        )

    @cached_property
    def wechat(self) -> WeChat:
        """The WeChat official account, or the fake."""
        s = self.settings
        return WeChat(
            app_id=s.wechat_app_id,
            app_secret=s.wechat_app_secret.get_secret_value(),
            token=s.wechat_token.get_secret_value(),
            api_base_url=s.wechat_api_base_url,
            timeout=s.provider_timeout_seconds,
            cache=self.redis,
        )

    @cached_property
    def web_push(self) -> WebPush | None:
        """Push messages to browsers; None where there is no key to sign them with."""
        s = self.settings
        key = s.vapid_private_key.get_secret_value()
        others = tuple(url.strip().rstrip("/") for url in s.push_base_urls.split(",") if url.strip())
        return WebPush(key, s.vapid_subject, others, s.provider_timeout_seconds) if key else None

    @cached_property
    def devices(self) -> Devices:
        """Registers devices."""
        return Devices(self.db, self.addresses, self.web_push.allows if self.web_push else lambda _endpoint: False)

    @cached_property
    def channels(self) -> dict[str, Channel]:
        """Every channel by name."""
        every: tuple[Channel, ...] = (self.twilio, self.wechat, Web())
        if self.web_push is not None:
            every = (*every, self.web_push)
        return {channel.name: channel for channel in every}

    @cached_property
    def gazetteer(self) -> Gazetteer:
        """The names, versioned."""
        return Gazetteer(self.db)

    @cached_property
    def dialogue(self) -> HttpDialogue:
        """The bots."""
        s = self.settings
        urls = [url.strip() for url in s.bot_urls.split(",") if url.strip()]
        return HttpDialogue(urls, s.bot_token.get_secret_value(), s.bot_timeout_seconds, self.gazetteer)

    @cached_property
    def emergency(self) -> EmergencyWords:
        """Cries for help and the numbers for them."""
        return EmergencyWords(self.basics.emergency, self.basics.hotlines)

    @cached_property
    def places(self) -> Places:
        """Finds places."""
        return Places(self.db)

    @cached_property
    def readings(self) -> Readings:
        """Takes readings in and gives them out."""
        return Readings(self.db, self.basics.thresholds)

    @cached_property
    def clients(self) -> Clients:
        """The city's other systems and their tokens."""
        return Clients(self.db)

    @cached_property
    def alerts(self) -> Alerts:
        """Takes alerts in and knows what holds now."""
        return Alerts(self.db, self.places)

    @cached_property
    def staff_alerts(self) -> StaffAlerts:
        """Alerts that our staff raise; in CAP we go by the host people reach us at."""
        sender = f"concierge@{urlsplit(self.settings.public_base_url).hostname}"
        return StaffAlerts(self.db, self.alerts, sender, self.time_zone)

    @cached_property
    def event_feed(self) -> EventFeed:
        """The public events in their order."""
        return EventFeed(self.db)

    @cached_property
    def cloud_events(self) -> CloudEvents:
        """Writes events as other systems read them."""
        return CloudEvents(self.settings.public_base_url)

    @cached_property
    def webhooks(self) -> Webhooks:
        """Posts events to other systems."""
        client = WebhookClient(self.settings.provider_timeout_seconds, self.settings.webhook_allow_private)
        return Webhooks(self.db, self.event_feed, self.cloud_events, self.addresses, client.post, client.check_url)

    @cached_property
    def subscriptions(self) -> Subscriptions:
        """What people want to be told of."""
        return Subscriptions(self.db, lambda record_id: record_exists(self.db, record_id))

    @cached_property
    def followers(self) -> tuple[Follower, ...]:
        """Who does what with the events; alerts by themselves, so that nothing else holds them up."""
        told, topics = AlertNotices(self.time_zone, self.alerts.district_of), TopicNotices(self.time_zone)
        of_alerts = {alerts.RAISED: told.raised, alerts.UPDATED: told.raised, alerts.CLEARED: told.cleared}
        of_topics = {
            thresholds.PASSED: topics.threshold,
            thresholds.CLEARED: topics.threshold,
            "content.changed": topics.closure,
        }
        return (
            Follower(self.db, self.event_feed, "alerts", of_alerts),
            Follower(self.db, self.event_feed, "topics", of_topics),
        )

    @cached_property
    def calendar_days(self) -> CalendarDays:
        """The city's calendar with the days staff have entered."""
        return CalendarDays(self.db, self.basics.city.country, self.basics.city.map_centre)

    @cached_property
    def outside_geocoder(self) -> Outside | None:
        """The provider that is asked for places which are not ours; None where none is."""
        s = self.settings
        if s.geocoder == "none":
            return None
        # Here, not above: geopy's providers bring an HTTP stack that most copies never need.
        from backend.geocoders.outside import OutsideGeocoder

        return OutsideGeocoder(
            s.geocoder,
            city=self.basics.city.name_zh,
            bounds=self.basics.city.bounds,
            key=s.geocoder_key.get_secret_value(),
            timeout=s.geocoder_timeout_seconds,
            per_second=s.geocoder_per_second,
            user_agent=s.geocoder_user_agent,
        )

    @cached_property
    def finder(self) -> PlaceFinder:
        """Finds places in words. Another source of landmarks goes into the list."""
        return PlaceFinder([CityLandmarks(self.places)], self.places.vocabulary, self.outside_geocoder)

    @cached_property
    def transit_feeds(self) -> Feeds:
        """The versions of the public transport feed."""
        return Feeds(self.db)

    @cached_property
    def transit_realtime(self) -> Realtime:
        """What operators publish about today."""
        urls = [url.strip() for url in self.settings.gtfs_rt_urls.split(",") if url.strip()]
        return Realtime(self.db, urls, dt.timedelta(minutes=self.settings.gtfs_rt_stale_minutes))

    @cached_property
    def fetch_realtime(self) -> RealtimeClient:
        """Fetches it."""
        return RealtimeClient(self.settings.provider_timeout_seconds)

    @cached_property
    def transit(self) -> Transit:
        """Lines, stops and journeys."""
        return Transit(self.transit_feeds, self.transit_realtime)

    @cached_property
    def desk(self) -> Desk:
        """What answers look things up in."""
        return Desk(
            places=self.places,
            emergency=self.emergency,
            city=self.city_words,
            zone=self.time_zone,
            readings=self.readings,
            calendar_days=self.calendar_days,
            finder=self.finder,
            triage=Triage(self.basics.symptoms),
            plans=self.basics.plans,
            transit=self.transit,
            alerts=self.alerts,
            conversations=Conversations(self.db),
            inventory=self.inventory,
            bookings=self.bookings,
            party_changes=PartyChanges(self.db, self.offers),
            waiting=self.waiting,
            subscriptions=self.subscriptions,
        )

    @cached_property
    def maps(self) -> Maps:
        """Draws maps."""
        s = self.settings
        return Maps(city_pack.load_coast(s.pack_dir), Tiles.of(s.map_tiles_url, s.map_tiles_attribution))

    @cached_property
    def inbound(self) -> Inbound:
        """Takes messages in."""
        return Inbound(self.db, self.addresses, self.basics.city.languages[0], self.settings.web_session_days)

    @cached_property
    def turns(self) -> Turns:
        """Answers."""
        s = self.settings
        times = TurnSettings(s.turn_lease_seconds, s.holding_after_seconds, s.session_idle_hours * 3600)
        return Turns(self.db, self.dialogue, self.channels, self.emergency, self.city_words, times)

    @cached_property
    def outbound(self) -> Outbound:
        """Sends."""
        return Outbound(self.db, self.channels, self.addresses, self.settings.send_claim_seconds)

    @cached_property
    def due(self) -> Due:
        """Does what is due: who does which job, and what is done again and again."""
        handlers = {
            "due.forget": self._forget_ended,
            alerts.BEGIN: self.alerts.begin,
            alerts.EXPIRE: self.alerts.expire,
            RELEASE: self.slot_keeping.release,
            LAST_CALL: self.slot_keeping.last_call,
            FINISH: self.slot_keeping.finish,
            FOLLOW_SCHEDULES: self.slot_keeping.follow_schedules,
            FORGET: self.idempotency.forget,
            shared_positions.FORGET: self.shared_positions.forget,
            PREPARE: self.broadcast_preparing.prepare,
            END: self.broadcast_preparing.end,
            FALLBACK: self.notice_fallback.fall_back,
        }
        regular = (
            Regular("due.forget", dt.timedelta(days=1)),
            Regular(FOLLOW_SCHEDULES, dt.timedelta(minutes=10)),
            Regular(FORGET, dt.timedelta(hours=1)),
            Regular(shared_positions.FORGET, shared_positions.FORGET_EVERY),
        )
        return Due(self.db, handlers, regular)

    @cached_property
    def shared_positions(self) -> SharedPositions:
        """Deletes positions that served their purpose."""
        return SharedPositions(self.db)

    def _forget_ended(self, _subject: str, due_at: dt.datetime) -> None:
        self.due.forget_before(due_at - KEEP_ENDED)

    @cached_property
    def inventory(self) -> Inventory:
        """What can be booked."""
        return Inventory(self.db, self.time_zone, self.calendar_days)

    @cached_property
    def bookings(self) -> Bookings:
        """Bookings."""
        return Bookings(self.db, self.addresses, AtTheVenue(), self.offers)

    @cached_property
    def waiting(self) -> Waiting:
        """Waiting lists."""
        return Waiting(self.db, self.offers)

    @cached_property
    def idempotency(self) -> Idempotency:
        """Answers to requests that may be sent again."""
        return Idempotency(self.db)

    @cached_property
    def tickets(self) -> Tickets:
        """What bookings are shown with."""
        s = self.settings
        host = urlsplit(s.public_base_url).hostname or self.basics.city.id
        return Tickets(s.address_key.get_secret_value(), s.public_base_url, host)

    @cached_property
    def slot_keeping(self) -> SlotKeeping:
        """What time and the venue do with bookings."""
        return SlotKeeping(self.db, self.inventory, self.offers)

    @cached_property
    def offers(self) -> Offers:
        """Gives places back, to those who wait first."""
        return Offers(self.quiet_hours)

    @cached_property
    def quiet_hours(self) -> QuietHours:
        """When nobody is told anything but what saves lives."""
        return QuietHours.of(self.settings.notice_quiet_hours, self.time_zone)

    @cached_property
    def notice_wording(self) -> Wording:
        """What notices say."""
        return Wording(self.filler)

    @cached_property
    def filler(self) -> Filler:
        """Fills texts in."""
        return Filler(self.time_zone, self._place_name)

    @cached_property
    def templates(self) -> Templates:
        """Staff edits of templates."""
        return Templates(self.db, self.channels, self.filler, segments, self.settings.sms_segment_price)

    def _place_name(self, place_id: str, lang: str) -> str:
        place = self.places.get(place_id)
        if place is None:
            return place_id
        return place.name_zh if lang == "zh" else place.name_en or place.name_zh

    @cached_property
    def placing(self) -> Placing:
        """Gives notices to channels."""
        caps = Caps(bulk=self.settings.notice_bulk_cap_per_day, all=self.settings.notice_cap_per_day)
        return Placing(self.db, self.channels, self.notice_wording, self.quiet_hours, caps)

    @cached_property
    def notice_sender(self) -> Sender:
        """Sends notices. Answers keep a part of what a provider takes."""
        s = self.settings
        taken = {"sms": s.sms_per_second, "wechat": s.wechat_per_second, "push": s.push_per_second}
        rates = {name: rate * NOTICES_SHARE for name, rate in taken.items()}
        return Sender(self.db, self.channels, self.addresses, self.outbound, self.placing, self.notice_fallback, rates)

    @cached_property
    def notice_feed(self) -> NoticeFeed:
        """Notices for the app."""
        return NoticeFeed(self.db, self.notice_wording)

    @cached_property
    def notice_fallback(self) -> Fallback:
        """Tries the next channel."""
        return Fallback(self.db, self.channels, self.placing)

    @cached_property
    def audiences(self) -> Audiences:
        """Whom broadcasts can be for."""
        return Audiences(SOURCES, self.channels)

    @cached_property
    def broadcasts(self) -> Broadcasts:
        """Writes and steers broadcasts."""
        return Broadcasts(self.db, self.audiences, self.addresses, self.settings.broadcast_approval_above)

    @cached_property
    def broadcast_preparing(self) -> Preparing:
        """Writes down the recipients of broadcasts."""
        return Preparing(self.db, self.audiences)

    @cached_property
    def receipts(self) -> Receipts:
        """Merges delivery receipts."""
        return Receipts(self.db)

    @cached_property
    def streams(self) -> threading.BoundedSemaphore:
        """Places for streams of this process: each holds a thread, and webhooks need threads too."""
        return threading.BoundedSemaphore(self.settings.web_threads // 2)

    @cached_property
    def waits(self) -> threading.BoundedSemaphore:
        """Places for requests of this process that wait for their answer; all others are acknowledged at once.

        When these do not suffice the answers do not come in time anyway, and more who wait would keep webhooks out.
        """
        return threading.BoundedSemaphore(max(1, self.settings.web_threads // 4))

    @cached_property
    def transcript(self) -> Transcript:
        """What was said, for clients."""
        return Transcript(self.db)

    @cached_property
    def content(self) -> Content:
        """Staff edits of places."""
        return Content(self.db, self.basics.city.bounds)

    @cached_property
    def articles(self) -> Articles:
        """Staff edits of articles."""
        return Articles(self.db)

    @cached_property
    def unanswered(self) -> Unanswered:
        """What people asked in vain, for the staff console."""
        return Unanswered(self.db)

    @cached_property
    def preview(self) -> Preview:
        """What people would read about a place or an article, for the staff console."""
        return Preview(self.desk, self.channels, segments)

    def build(self) -> None:
        """Builds what threads share, before there are any: else each of them builds it for itself, all at once."""
        _ = self.turns, self.outbound, self.inbound, self.desk
        # What is here now stays for good: the collector need not look through it again and again.
        gc.collect()
        gc.freeze()
        gc.set_threshold(10_000, 20, 20)


@cache
def container() -> Container:
    """This process's container, from the environment."""
    return Container(Settings())  # type: ignore[call-arg]
