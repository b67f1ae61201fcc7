"""The forms of templates and broadcasts."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

from wtforms import BooleanField, DateTimeLocalField, HiddenField, SelectField
from wtforms.validators import InputRequired, Length, Optional

from backend.console import show
from backend.console.blueprint import say
from backend.console.forms import Checks, ConsoleForm, Lines, LongText, Text, Words
from backend.geo import Datum
from backend.models import Broadcast
from backend.services.broadcasts.audience import Audience, InvalidAudience, polygon
from backend.services.broadcasts.life import Draft
from backend.services.notices import LANES, Urgency
from backend.services.template_versions import Version
from backend.services.templates import MAX_TEXT, PARTS
from backend.web_context import parts
from backend.wording import LANGUAGES

URGENCIES: tuple[Urgency, ...] = ("bulk", "urgent", "life_safety")
_ANNOUNCED = ("title_zh", "title_en", "text_zh", "text_en")


class TemplateForm(ConsoleForm):
    """The texts of a template. `version` is the one the clerk saw."""

    version = HiddenField()
    template_title_zh = Text()
    template_text_zh = LongText(render_kw={"rows": 3})
    template_sms_zh = LongText(render_kw={"rows": 2})
    template_title_en = Text()
    template_text_en = LongText(render_kw={"rows": 3})
    template_sms_en = LongText(render_kw={"rows": 2})
    note = Text(validators=[Length(max=300, message="edit-too-long")])

    @classmethod
    def of(cls, version: Version) -> TemplateForm:
        """A form with the texts of a version."""
        texts = {f"template_{part}_{lang}": version.texts[lang][part] for lang in LANGUAGES for part in PARTS}
        return cls(formdata=None, data={"version": str(version.number), **texts})

    def texts(self) -> dict[str, dict[str, str]]:
        """The texts as the clerk left them."""
        return {lang: {part: self[f"template_{part}_{lang}"].data or "" for part in PARTS} for lang in LANGUAGES}


class BroadcastForm(ConsoleForm):
    """What a broadcast says, to whom and when. Times are those of the city."""

    version = HiddenField()
    broadcast_name = Text(validators=[InputRequired("edit-required"), Length(max=80, message="edit-too-long")])
    announce_title_zh = Text(validators=[InputRequired("edit-required"), Length(max=60, message="edit-too-long")])
    announce_title_en = Text(validators=[InputRequired("edit-required"), Length(max=80, message="edit-too-long")])
    announce_text_zh = LongText(
        validators=[InputRequired("edit-required"), Length(max=MAX_TEXT, message="edit-too-long")],
        render_kw={"rows": 3},
    )
    announce_text_en = LongText(
        validators=[InputRequired("edit-required"), Length(max=MAX_TEXT, message="edit-too-long")],
        render_kw={"rows": 3},
    )
    urgency = SelectField()
    everybody = BooleanField()
    audience_lang = SelectField()
    audience_channel = SelectField()
    area = Lines(render_kw={"rows": 4, "class": "font-monospace"})
    area_datum = SelectField()
    starts_at = DateTimeLocalField(validators=[Optional()], format="%Y-%m-%dT%H:%M")
    expires_at = DateTimeLocalField(validators=[Optional()], format="%Y-%m-%dT%H:%M")

    def __init__(self, row: Broadcast | None = None, **kwargs: Any) -> None:
        super().__init__(data=_shown(row) if row is not None else {"version": "0"}, **kwargs)
        anyone = ("", say("broadcast-any"))
        self.urgency.choices = [(name, say(f"broadcast-urgency-{name.replace('_', '-')}")) for name in URGENCIES]
        self.audience_lang.choices = [anyone, *((lang, say(f"console-{lang}")) for lang in LANGUAGES)]
        self.audience_channel.choices = [
            anyone,
            *((name, say(f"notice-channel-{name}")) for name in parts().audiences.channels),
        ]
        self.area_datum.choices = [
            (str(each), say(f"console-datum-{each.name.lower()}")) for each in Datum if each is not Datum.UNKNOWN
        ]

    def sources(self) -> list[str]:
        """The names of the fields that are sources of an audience, in the order of the page."""
        return [name for name in parts().audiences.sources if name != "everybody" and f"source_{name}" in self]

    def draft(self) -> Draft:
        """What the clerk wrote. Raises InvalidAudience."""
        sources: dict[str, tuple[str, ...]] = {"everybody": ()} if self.everybody.data else {}
        for name in self.sources():
            if wanted := self[f"source_{name}"].data:
                sources[name] = tuple(wanted)
        corners = [_corner(line) for line in self.area.data or []]
        area = polygon(corners, Datum(self.area_datum.data)) if corners else None
        return Draft(
            name=self.broadcast_name.data or "",
            template="announcement",
            values={name: self[f"announce_{name}"].data or "" for name in _ANNOUNCED},
            audience=Audience(sources, self.audience_lang.data or "", self.audience_channel.data or "", area),
            urgency=self.urgency.data,
            starts_at=_aware(self.starts_at.data),
            expires_at=_aware(self.expires_at.data),
        )


def broadcast_form(row: Broadcast | None = None, **kwargs: Any) -> BroadcastForm:
    """The form with a field for each source of audiences there is."""
    named: dict[str, Any] = {f"source_{name}": Words() for name in parts().audiences.sources if name != "everybody"}
    if "source_districts" in named:
        named["source_districts"] = Checks(choices=show.districts())
    return type("BroadcastForm", (BroadcastForm,), named)(row, **kwargs)  # type: ignore[no-any-return]


def _shown(row: Broadcast) -> dict[str, Any]:
    audience = row.audience
    sources = audience["sources"]
    area = audience["area"] or {"corners": [], "datum": str(Datum.WGS84)}
    urgencies = {lane: name for name, lane in LANES.items()}
    return {
        "version": str(row.version),
        "broadcast_name": row.name,
        **{f"announce_{name}": row.facts.get(name, "") for name in _ANNOUNCED},
        "urgency": urgencies[row.lane],
        "everybody": "everybody" in sources,
        **{f"source_{name}": wanted for name, wanted in sources.items()},
        "audience_lang": audience["lang"],
        "audience_channel": audience["channel"],
        "area": [f"{lat}, {lon}" for lat, lon in area["corners"]],
        "area_datum": area["datum"],
        "starts_at": row.starts_at.astimezone(parts().time_zone) if row.starts_at else None,
        "expires_at": row.expires_at.astimezone(parts().time_zone) if row.expires_at else None,
    }


def _corner(line: str) -> tuple[float, float]:
    found = re.fullmatch(r"\s*(-?\d{1,3}(?:\.\d{1,12})?)\s*[,，\s]\s*(-?\d{1,3}(?:\.\d{1,12})?)\s*", line)
    if not found:
        raise InvalidAudience("area", f"{line[:40]!r} is no latitude and longitude, as 39.82, 119.48")
    return float(found[1]), float(found[2])


def _aware(local: dt.datetime | None) -> dt.datetime | None:
    return local.replace(tzinfo=parts().time_zone) if local else None
