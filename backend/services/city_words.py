"""The few words about the city that the product's own sentences need; they come from the city pack."""

from __future__ import annotations

from dataclasses import dataclass

from backend.city_pack.model import CityBasics
from backend.wording import LANGUAGES, t


@dataclass(frozen=True)
class CityWords:
    """Names, numbers and examples. Texts are by language (`zh`, `en`), numbers as dialled."""

    name: dict[str, str]
    service_line: str  # record id of the hotline people are sent to when nothing else helps
    service_number: str
    medical_number: str
    emergency_numbers: dict[str, str]  # joined as the language joins a list
    example_place: dict[str, str]
    example_questions: dict[str, str]

    @classmethod
    def of(cls, basics: CityBasics) -> CityWords:
        """The words of a validated pack."""
        city = basics.city
        number = {hotline.slug: hotline.phone or "" for hotline in basics.hotlines}
        urgent = [number[slug] for slug in city.emergency_lines]
        questions = {"zh": city.example_questions_zh, "en": city.example_questions_en}
        return cls(
            name={"zh": city.name_zh, "en": city.name_en},
            service_line=f"hotline:{city.service_line}",
            service_number=number[city.service_line],
            medical_number=number[city.medical_line],
            emergency_numbers={lang: t(lang, "list-join").join(urgent) for lang in LANGUAGES},
            example_place={"zh": city.example_place_zh, "en": city.example_place_en},
            example_questions={lang: t(lang, "example-join").join(questions[lang]) for lang in LANGUAGES},
        )
