"""The form of an alert: plain values in and out; the rules are those of the service."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from wtforms import DateTimeLocalField, SelectField
from wtforms.validators import Optional

from backend.console import show
from backend.console.blueprint import say
from backend.console.forms import Checks, ConsoleForm, Degrees, LongText, Text
from backend.geo import Datum, Point
from backend.services.alert_areas import CITY
from backend.services.alert_kinds import KINDS
from backend.services.cap.message import CERTAINTY, SEVERITY, URGENCY
from backend.services.content_rules import InvalidEdit
from backend.services.staff_alerts import Draft


class AlertForm(ConsoleForm):
    """What happens, where, how grave, until when, and what people should do. `expires` is by the city's clock."""

    kind = SelectField()
    severity = SelectField()
    urgency = SelectField()
    certainty = SelectField()
    headline_zh = Text()
    headline_en = Text()
    instruction_zh = LongText(render_kw={"rows": 3})
    instruction_en = LongText(render_kw={"rows": 3})
    districts = Checks()
    lat = Degrees(render_kw={"inputmode": "decimal"})
    lon = Degrees(render_kw={"inputmode": "decimal"})
    datum = SelectField()
    radius_km = Degrees(render_kw={"inputmode": "decimal"})
    expires = DateTimeLocalField(validators=[Optional()], format="%Y-%m-%dT%H:%M")

    def __init__(self, draft: Draft | None = None, zone: ZoneInfo | None = None, **kw: Any) -> None:
        usual = {"severity": "Moderate", "urgency": "Expected", "certainty": "Likely", "datum": str(Datum.GCJ02)}
        super().__init__(data={**usual, **(_given(draft, zone) if draft is not None and zone else {})}, **kw)
        self.kind.choices = [(kind, say(f"alerts-kind-{kind.replace('_', '-')}")) for kind in KINDS]
        for name, values in (("severity", SEVERITY), ("urgency", URGENCY), ("certainty", CERTAINTY)):
            self[name].choices = [(value, say(f"alerts-{name}-{value.lower()}")) for value in values]
        self.districts.choices = [(CITY, say("alerts-whole-city")), *show.districts()]
        self.datum.choices = [
            (str(datum), say(f"console-datum-{datum.name.lower()}")) for datum in Datum if datum is not Datum.UNKNOWN
        ]
        for field in self:
            if field.short_name != "csrf_token":
                field.label.text = say(f"alerts-field-{field.short_name.replace('_', '-')}")
                field.description = ""

    def draft(self, zone: ZoneInfo) -> Draft:
        """What was filled in. Raises InvalidEdit for half a point, ValueError for one that cannot be."""
        centre = None
        if (self.lat.data is None) != (self.lon.data is None):
            raise InvalidEdit({"lat": "alerts-whole-circle"})
        if self.lat.data is not None and self.lon.data is not None:
            centre = Point(self.lat.data, self.lon.data, Datum(self.datum.data))
        expires = self.expires.data
        return Draft(
            kind=self.kind.data,
            severity=self.severity.data,
            urgency=self.urgency.data,
            certainty=self.certainty.data,
            headline={"zh": self.headline_zh.data or "", "en": self.headline_en.data or ""},
            instruction={"zh": self.instruction_zh.data or "", "en": self.instruction_en.data or ""},
            districts=tuple(self.districts.data or ()),
            expires=expires.replace(tzinfo=zone) if expires is not None else None,
            centre=centre,
            radius_km=self.radius_km.data,
        )


def _given(draft: Draft, zone: ZoneInfo) -> dict[str, Any]:
    given: dict[str, Any] = {
        "kind": draft.kind,
        "severity": draft.severity,
        "urgency": draft.urgency,
        "certainty": draft.certainty,
        "districts": list(draft.districts),
        **{f"headline_{code}": text for code, text in draft.headline.items()},
        **{f"instruction_{code}": text for code, text in draft.instruction.items()},
    }
    if draft.expires is not None:
        given["expires"] = draft.expires.astimezone(zone).replace(tzinfo=None)
    if draft.centre is not None:
        given |= {"lat": draft.centre.lat, "lon": draft.centre.lon, "datum": str(draft.centre.datum)}
        given["radius_km"] = draft.radius_km
    return given
