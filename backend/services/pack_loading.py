"""Loads a city pack into the database: idempotent, all or nothing, never undoing what staff changed since."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field, fields
from typing import Any

from sqlalchemy import inspect, select
from sqlalchemy.orm import Session

from backend.city_pack.model import AqiStation as PackAqiStation
from backend.city_pack.model import Article as PackArticle
from backend.city_pack.model import Bookable as PackBookable
from backend.city_pack.model import CityPack
from backend.city_pack.model import Division as PackDivision
from backend.city_pack.model import Hotline as PackHotline
from backend.city_pack.model import Located as PackLocated
from backend.city_pack.model import Place as PackPlace
from backend.city_pack.model import Station as PackStation
from backend.city_pack.model import Symptom as PackSymptom
from backend.city_pack.model import Term as PackTerm
from backend.database import Database, record_event
from backend.models import Article, Base, Bookable, Division, Edited, Hotline, Place, Revision, Station, Term
from backend.services import gazetteer
from backend.services.audit import record_audit
from backend.services.quantities import AIR
from backend.services.transit.from_pack import partial_feed
from backend.services.transit.store import keep_pack_feed

PACK_AUTHOR = "pack"
# What the bot knows of a record: an edit of these is an edit of its gazetteer.
NAME_FIELDS = frozenset(
    {"name_zh", "name_en", "aliases", "kind", "phone", "title_zh", "title_en", "questions_zh", "questions_en"}
)


@dataclass
class LoadReport:
    """What a load did, by record id. `kept` lists `record.field` where a staff edit stands against the pack."""

    added: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    unchanged: int = 0
    kept: list[str] = field(default_factory=list)
    no_longer_in_pack: list[str] = field(default_factory=list)

    def summary(self) -> str:
        """One line for the operator."""
        return (
            f"{len(self.added)} added, {len(self.changed)} changed, {self.unchanged} unchanged, "
            f"{len(self.kept)} staff edits kept, {len(self.no_longer_in_pack)} no longer in the pack (left as they are)"
        )


def load_pack(db: Database, pack: CityPack) -> LoadReport:
    """Brings the database up to the pack in one transaction. A record no longer in it is reported, not deleted."""
    report = LoadReport()
    transit = partial_feed(pack)
    with db.write() as session:
        names_changed = _load(session, Place, [_place(place) for place in pack.places], report)
        names_changed |= _load(session, Hotline, [_hotline(hotline) for hotline in pack.hotlines], report)
        names_changed |= _load(session, Division, [_division(division) for division in pack.divisions], report)
        words = [_term(term) for term in pack.terms] + [_symptom(symptom) for symptom in pack.symptoms.symptoms]
        names_changed |= _load(session, Term, words, report)
        names_changed |= _load(session, Article, [_article(article) for article in pack.articles], report)
        stations = [*map(_station, pack.stations), *map(_aqi_station, pack.aqi_stations)]
        _load(session, Station, stations, report)  # the bot knows no stations
        _load(session, Bookable, [_bookable(each) for each in pack.bookables], report)
        keep_pack_feed(session, transit, PACK_AUTHOR)
        if names_changed:
            gazetteer.raise_version(session)
        if report.added or report.changed:
            record_audit(session, PACK_AUTHOR, "pack.loaded", f"city/{pack.city.id}", {"summary": report.summary()})
            record_event(session, "content.changed", f"city/{pack.city.id}", {"by": PACK_AUTHOR})
    return report


def _load(session: Session, model: type[Base], rows: list[dict[str, Any]], report: LoadReport) -> bool:
    stored: dict[str, Any] = {record.id: record for record in session.scalars(select(model))}  # type: ignore[attr-defined]
    edited = _edited_fields(session)
    names_changed = False
    for row in rows:
        fingerprint = hashlib.sha256(
            json.dumps(row, sort_keys=True, ensure_ascii=False, default=str).encode()
        ).hexdigest()
        record = stored.pop(row["id"], None)
        if record is None:
            session.add(model(**row, pack_hash=fingerprint))
            report.added.append(row["id"])
            names_changed = True
        elif record.pack_hash == fingerprint:
            report.unchanged += 1
        else:
            names_changed |= _update(session, record, row, fingerprint, edited.get(row["id"], frozenset()), report)
    report.no_longer_in_pack.extend(key for key, record in stored.items() if record.pack_hash is not None)
    session.flush()
    return names_changed


def _update(
    session: Session, record: Any, row: dict[str, Any], fingerprint: str, edited: frozenset[str], report: LoadReport
) -> bool:
    differing = [name for name, value in row.items() if getattr(record, name) != value]
    report.kept.extend(f"{record.id}.{name}" for name in differing if name in edited)
    taken = [name for name in differing if name not in edited]
    for name in taken:
        setattr(record, name, row[name])
    record.pack_hash = fingerprint
    if not taken:
        report.unchanged += 1
        return False
    report.changed.append(record.id)
    if isinstance(record, Edited):
        record.version += 1
        session.add(
            Revision(
                record_id=record.id, version=record.version, data=record_data(record), changed=taken, author=PACK_AUTHOR
            )
        )
    return bool(NAME_FIELDS & set(taken))


def _edited_fields(session: Session) -> dict[str, frozenset[str]]:
    """The fields of each record that staff changed at some time."""
    fields: dict[str, set[str]] = {}
    for record_id, changed in session.execute(
        select(Revision.record_id, Revision.changed).where(Revision.author != PACK_AUTHOR)
    ):
        fields.setdefault(record_id, set()).update(changed)
    return {record_id: frozenset(names) for record_id, names in fields.items()}


def record_data(record: Edited) -> dict[str, Any]:
    """A record's facts as JSON values, for its revisions."""
    data = {}
    for column in inspect(type(record)).column_attrs:
        value = getattr(record, column.key)
        data[column.key] = value.isoformat() if hasattr(value, "isoformat") else value
    data.pop("pack_hash", None)
    return data


def _provenance(record: Any) -> dict[str, Any]:
    return {"source": record.source, "confidence": record.confidence, "as_of": record.as_of or ""}


def _district(code: str | None) -> str:
    return f"district:{code}" if code else ""


def _place(place: PackPlace) -> dict[str, Any]:
    texts = (
        "summary_zh", "summary_en", "address_zh", "address_en", "website", "opening_hours", "hours_text_zh",
        "hours_text_en",
        "hours_confidence", "last_entry_zh", "last_entry_en", "price_text_zh", "price_text_en", "price_notes_zh",
        "price_notes_en",
        "notes_zh", "notes_en", "rating", "level_zh", "level_en", "coord_confidence",
    )  # fmt: skip
    only_one_kind = {
        "same_as": place.same_as,
        "officially_monitored": place.officially_monitored,
        "specialty": place.specialty,
        "departments_likely": [f"department:{name}" for name in place.departments_likely] or None,
        "er_24h": place.er_24h,
        "er_basis": place.er_basis,
        "codes": list(place.codes) or None,
        "recalled_fields": list(place.recalled_fields) or None,
        "datum_basis": place.datum_basis,
        "source_kind": place.source_kind,
        "editor_notes": place.notes,
    }
    return {
        "id": place.id,
        "kind": place.kind,
        "name_zh": place.name_zh,
        "name_en": place.name_en,
        "aliases": list(place.aliases),
        "district": _district(place.district),
        "category": f"category:{place.category}",
        "tags": [f"tag:{name}" for name in place.tags],
        "departments": [f"department:{name}" for name in place.departments],
        "phones": list(place.phones),
        "bus_lines": list(place.bus_lines),
        "status": place.status,
        **_point(place),
        "extra": {name: value for name, value in only_one_kind.items() if value is not None},
        **{name: getattr(place, name) or "" for name in texts},
        **_provenance(place),
    }


def _hotline(hotline: PackHotline) -> dict[str, Any]:
    texts = ("phone", "opening_hours", "hours_text_zh", "hours_text_en", "website", "notes_zh", "notes_en")
    return {
        "id": hotline.id,
        "kind": hotline.kind,
        "category": hotline.category,
        "name_zh": hotline.name_zh,
        "name_en": hotline.name_en,
        "aliases": list(hotline.aliases),
        "district": _district(hotline.district),
        **{name: getattr(hotline, name) or "" for name in texts},
        **_provenance(hotline),
    }


def _division(division: PackDivision) -> dict[str, Any]:
    return {
        "id": division.district_id if division.is_district else division.id,
        "level": division.level,
        "name_zh": division.name_zh,
        "name_en": division.name_en,
        "aliases": list(division.aliases),
        "parent_id": division.parent_code,
        **_provenance(division),
    }


def _term(term: PackTerm) -> dict[str, Any]:
    return {
        "id": f"{term.kind}:{term.id}",
        "type": term.kind,
        "name_zh": term.zh,
        "name_en": term.en,
        "aliases": list(term.aliases),
        "parent_id": f"{term.kind}:{term.parent}" if term.parent else "",
    }


def _symptom(symptom: PackSymptom) -> dict[str, Any]:
    """The words of a complaint; what they lead to is read from the pack (backend/services/triage.py)."""
    return {
        "id": symptom.id,
        "type": "symptom",
        "name_zh": symptom.zh,
        "name_en": symptom.en,
        "aliases": list(symptom.names[2:]),
        "parent_id": "",
    }


def _article(article: PackArticle) -> dict[str, Any]:
    texts = ("topic", "title_zh", "title_en", "answer_zh", "answer_en")
    return {
        "id": article.id,
        "questions_zh": list(article.questions_zh),
        "questions_en": list(article.questions_en),
        "source_url": article.source_url or "",
        **{name: getattr(article, name) for name in texts},
        **_provenance(article),
    }


def _station(station: PackStation) -> dict[str, Any]:
    return {
        "id": station.id,
        "name_zh": station.name_zh,
        "name_en": station.name_en,
        "quantities": list(station.quantities),
        "place_id": station.place or "",
        "district": _district(station.district),
        **_point(station),
        **_provenance(station),
    }


def _aqi_station(station: PackAqiStation) -> dict[str, Any]:
    return {
        "id": f"station:{station.code.lower()}",
        "name_zh": station.name_zh,
        "name_en": station.name_en,
        "quantities": list(AIR),
        "place_id": "",
        "district": _district(station.district),
        **_point(station),
        **_provenance(station),
    }


def _bookable(thing: PackBookable) -> dict[str, Any]:
    row = {each.name: getattr(thing, each.name) for each in fields(thing) if each.name != "line"}
    lists = {name: list(row[name]) for name in ("aliases", "documents")}
    return {**row, **lists, "prices": dict(thing.prices), "schedules": [dict(each) for each in thing.schedules]}


def _point(record: PackLocated) -> dict[str, Any]:
    point = record.point
    return {
        "lat": point.lat if point else None,
        "lon": point.lon if point else None,
        "datum": str(point.datum) if point else "unknown",
    }
