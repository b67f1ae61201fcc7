"""The console's forms: plain values in and out; the rules are those of the content service."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from hashlib import sha256
from typing import Any, ClassVar

from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    DateField,
    Field,
    HiddenField,
    IntegerField,
    SelectField,
    SelectMultipleField,
    StringField,
)
from wtforms.validators import InputRequired, Length, Optional
from wtforms.widgets import CheckboxInput, ListWidget, TextArea

from backend.console.blueprint import lang, say
from backend.geo import Datum
from backend.models import Article, Edited, Place
from backend.services.city_calendar import STAFF_KINDS
from backend.services.content_rules import CONFIDENCES, KINDS, RATINGS, STATUSES
from backend.wording import has

Vocabulary = Mapping[str, list[tuple[str, str, str]]]

# The groups of an edit form in the order of the page, each with its fields.
Groups = tuple[tuple[str, tuple[str, ...]], ...]


def tidy(text: str | None) -> str:
    """As the clerk meant it: no blanks at the ends, one kind of line break."""
    return (text or "").replace("\r\n", "\n").replace("\r", "\n").strip()


class Text(StringField):
    """One line of text."""

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = tidy(valuelist[0] if valuelist else "")


class LongText(Text):
    """Text that may have several lines."""

    widget = TextArea()


class Lines(Field):
    """A list, one entry a line."""

    widget = TextArea()
    separator = r"\n"

    def _value(self) -> str:
        return "\n".join(self.data or [])

    def process_formdata(self, valuelist: list[str]) -> None:
        entries = [tidy(entry) for entry in re.split(self.separator, tidy(valuelist[0] if valuelist else ""))]
        self.data = list(dict.fromkeys(self.plain(entry) for entry in entries if entry))

    def plain(self, entry: str) -> str:
        """An entry as it is stored."""
        return entry


class Words(Lines):
    """A list on one line, divided by commas or blanks, full width or not."""

    widget = StringField.widget
    separator = r"[\s,，、;；]+"

    def _value(self) -> str:
        return "、".join(self.data or [])


class Phones(Lines):
    """Phone numbers, one a line; full-width digits, blanks and brackets are taken as meant."""

    separator = r"[\n,，、;；]+"

    def plain(self, entry: str) -> str:
        plain = unicodedata.normalize("NFKC", entry)
        plain = re.sub(r"^\+86[\s-]*", "", plain)
        plain = re.sub(r"[()\s–—]+", "-", plain).strip("-")
        return re.sub(r"-+", "-", plain)


class Degrees(Field):
    """Decimal degrees, or nothing."""

    widget = StringField.widget

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return "" if self.data is None else repr(self.data)

    def process_formdata(self, valuelist: list[str]) -> None:
        text = unicodedata.normalize("NFKC", tidy(valuelist[0] if valuelist else ""))
        self.data = None
        if not text:
            return
        # Not float(text): it also takes "nan" and "1e400".
        if not re.fullmatch(r"[+-]?\d{1,3}(\.\d{1,12})?", text):
            raise ValueError("console-bad-number")
        self.data = float(text)


def seen(*values: object) -> str:
    """A short name for what a clerk was shown. A button that carries it agrees to that and to nothing else."""
    return sha256(repr(values).encode()).hexdigest()[:24]


class Checks(SelectMultipleField):
    """Several of a list, as check boxes."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class ConsoleForm(FlaskForm):
    """A form whose labels and errors are in the reader's language."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self:
            label, help_text = f"console-field-{field.short_name}", f"console-help-{field.short_name}"
            if has(label):
                field.label.text = say(label)
            if has(help_text):
                field.description = say(help_text)

    def validate(self, extra_validators: Any = None) -> bool:
        """As WTForms does, with the errors said in the reader's language."""
        fine = super().validate(extra_validators)
        for field in self:
            field.errors = [say(error) if has(str(error)) else say("console-bad-value") for error in field.errors]
        return fine

    def show(self, problems: Mapping[str, str]) -> list[str]:
        """Puts the service's problems beside their fields; gives back those that have no field here."""
        rest = []
        for name, problem in problems.items():
            if name in self:
                self[name].errors = [*self[name].errors, say(problem)]
            else:
                rest.append(say(problem))
        return rest


class RecordForm(ConsoleForm):
    """The facts of a record. `version` is the one the clerk saw; the groups named in `open_groups` stand open."""

    groups: ClassVar[Groups]
    open_groups: ClassVar[tuple[str, ...]]

    version = HiddenField()
    source = LongText(render_kw={"rows": 2})
    as_of = Text(render_kw={"placeholder": "2026-11-24"})
    confidence = SelectField()
    vouch = BooleanField()
    comment = Text(validators=[Length(max=300, message="edit-too-long")])

    def __init__(self, record: Edited | None = None, **kwargs: Any) -> None:
        given = {name: getattr(record, name) for name in self.names()} if record is not None else {}
        super().__init__(data={"vouch": True, **given, **kwargs.pop("data", {})}, **kwargs)
        self.confidence.choices = [(level, say(f"console-confidence-{level}")) for level in CONFIDENCES]

    @classmethod
    def names(cls) -> tuple[str, ...]:
        """The facts by name, in the order of the page."""
        return tuple(name for _, names in cls.groups for name in names)

    @property
    def facts(self) -> dict[str, Any]:
        """The facts as the clerk left them, by field name."""
        return {name: self[name].data for name in self.names() if name in self}

    def changes(self, base: Mapping[str, Any]) -> dict[str, Any]:
        """The facts that differ from `base`; blanks at the ends, line breaks and the order of boxes do not count."""
        changed = {}
        for name, value in self.facts.items():
            old = base.get(name)
            if isinstance(old, str):
                old = tidy(old)
            elif isinstance(self[name], Checks) and set(value or []) == set(old or []):
                continue  # the boxes come back in the order of the page
            if value != old:
                changed[name] = value
        return changed


class PlaceForm(RecordForm):
    """All facts of a place; the first groups are what changes most."""

    groups = (
        ("names", ("name_zh", "name_en", "aliases")),
        ("hours", ("hours_text_zh", "hours_text_en", "opening_hours", "last_entry_zh", "last_entry_en")),
        ("prices", ("price_text_zh", "price_text_en", "price_notes_zh", "price_notes_en")),
        ("contact", ("phones", "website")),
        (
            "what",
            (
                "status", "category", "district", "rating", "tags", "departments", "summary_zh", "summary_en",
                "address_zh", "address_en", "bus_lines",
            ),
        ),
        ("notes", ("notes_zh", "notes_en")),
        ("position", ("lat", "lon", "datum")),
        ("provenance", ("source", "as_of", "confidence")),
    )  # fmt: skip
    open_groups: ClassVar[tuple[str, ...]] = ("names", "hours", "prices", "contact")

    name_zh = Text()
    name_en = Text()
    aliases = Lines(render_kw={"rows": 4})
    district = SelectField()
    category = SelectField()
    tags = Checks()
    departments = Checks()
    rating = SelectField()
    status = SelectField()
    summary_zh = LongText(render_kw={"rows": 3})
    summary_en = LongText(render_kw={"rows": 3})
    address_zh = Text()
    address_en = Text()
    bus_lines = Words()
    hours_text_zh = LongText(render_kw={"rows": 2})
    hours_text_en = LongText(render_kw={"rows": 2})
    opening_hours = Text(render_kw={"autocomplete": "off", "spellcheck": "false", "class": "font-monospace"})
    last_entry_zh = Text()
    last_entry_en = Text()
    price_text_zh = LongText(render_kw={"rows": 2})
    price_text_en = LongText(render_kw={"rows": 2})
    price_notes_zh = LongText(render_kw={"rows": 2})
    price_notes_en = LongText(render_kw={"rows": 2})
    phones = Phones(render_kw={"rows": 2, "inputmode": "tel"})
    website = Text(render_kw={"inputmode": "url"})
    notes_zh = LongText(render_kw={"rows": 3})
    notes_en = LongText(render_kw={"rows": 3})
    lat = Degrees(render_kw={"inputmode": "decimal"})
    lon = Degrees(render_kw={"inputmode": "decimal"})
    datum = SelectField()

    def __init__(self, kind: str, words: Vocabulary, place: Place | None = None, **kwargs: Any) -> None:
        super().__init__(place, **kwargs)
        if kind not in ("", "clinic") and not (place and place.departments):
            del self.departments
        if kind not in ("", "attraction") and not (place and place.rating):
            del self.rating
        self._offer(words, place)

    def _offer(self, words: Vocabulary, place: Place | None) -> None:
        def of(type_: str, current: Iterable[str] = ()) -> list[tuple[str, str]]:
            known = [(key, zh if lang() == "zh" else en or zh) for key, zh, en in words.get(type_, [])]
            ids = {key for key, _ in known}
            return known + [(key, key) for key in current if key and key not in ids]

        none = ("", say("console-none"))
        self.district.choices = [none, *of("district", [place.district] if place else [])]
        self.category.choices = [none, *of("category", [place.category] if place else [])]
        self.tags.choices = of("tag", place.tags if place else [])
        if "departments" in self:
            self.departments.choices = of("department", place.departments if place else [])
        if "rating" in self:
            self.rating.choices = [(rating, rating or say("console-none")) for rating in RATINGS]
        self.status.choices = [(status, say(f"console-status-{status}")) for status in STATUSES]
        self.datum.choices = [(str(datum), say(f"console-datum-{datum.name.lower()}")) for datum in Datum]


class NewPlaceForm(PlaceForm):
    """A new place: what a visitor needs first; everything else can follow."""

    open_groups: ClassVar[tuple[str, ...]] = (*PlaceForm.open_groups, "what")

    kind = SelectField(validators=[InputRequired(message="edit-choose")])

    def __init__(self, kind: str, words: Vocabulary, **kwargs: Any) -> None:
        usual = {"status": "open", "confidence": "high", "datum": str(Datum.GCJ02), "kind": KINDS[0]}
        super().__init__(kind, words, data={**usual, **kwargs.pop("data", {})}, **kwargs)
        self.kind.choices = [(name, say(f"console-kind-{name}")) for name in KINDS]


class ArticleForm(RecordForm):
    """All facts of an article. A new one may carry the number of the question it answers."""

    groups = (
        ("asked", ("title_zh", "title_en", "questions_zh", "questions_en", "topic")),
        ("answer", ("answer_zh", "answer_en")),
        ("provenance", ("source", "source_url", "as_of", "confidence")),
    )
    open_groups = ("asked", "answer", "provenance")

    question = HiddenField()
    title_zh = Text()
    title_en = Text()
    questions_zh = Lines(render_kw={"rows": 5})
    questions_en = Lines(render_kw={"rows": 5})
    topic = Text()
    answer_zh = LongText(render_kw={"rows": 6})
    answer_en = LongText(render_kw={"rows": 6})
    source_url = Text(render_kw={"inputmode": "url"})

    def __init__(self, topics: Iterable[str], article: Article | None = None, **kwargs: Any) -> None:
        super().__init__(article, **kwargs)
        self.topic.description = say("console-help-topics", topics=say("list-join").join(topics) or say("console-none"))


class CloseForm(ConsoleForm):
    """The quick "closed today": from today on, to a day or until further notice."""

    preset = SelectField(validators=[Optional()])
    reason_zh = Text(validators=[Length(max=60, message="edit-too-long")])
    reason_en = Text(validators=[Length(max=120, message="edit-too-long")])
    until = DateField(validators=[Optional()])
    open_end = BooleanField()

    PRESETS = ("none", "wind", "rain", "waves", "repair", "event", "full", "holiday")

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.preset.choices = [(name, say(f"console-reason-{name}")) for name in self.PRESETS]


class CalendarForm(ConsoleForm):
    """A day of the calendar, or several in a row."""

    first = DateField(validators=[InputRequired(message="edit-required")])
    last = DateField(validators=[Optional()])
    kind = SelectField(validators=[InputRequired(message="edit-required")])
    name_zh = Text(validators=[Length(max=40, message="edit-too-long")])
    name_en = Text(validators=[Length(max=80, message="edit-too-long")])
    source = Text(validators=[Length(max=300, message="edit-too-long")])

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.kind.choices = [(kind, say(f"calendar-kind-{kind}")) for kind in STAFF_KINDS]
        for field in (self.first, self.last, self.kind, self.name_zh, self.name_en, self.source):
            field.label.text = say(f"calendar-{field.name.replace('_', '-')}")


class ConfirmForm(ConsoleForm):
    """A button with the version it acts on and a word on why."""

    version = IntegerField(validators=[InputRequired(message="console-bad-value")], widget=HiddenField.widget)
    comment = Text(validators=[Length(max=300, message="edit-too-long")])
