"""The state of the sea for people who want to go in: bathing water, flags, waves. It finds reasons against, never one
for: that nothing speaks against bathing does not make it safe.

What the standards say, and what is not taken from them:

* Bathing water. GB 3097-1997 puts bathing beaches in class 2, whose limit of faecal coliforms is 2,000 per litre
  (table 1); the national report calls more than that 差 (poor) and 不适宜游泳 (unsuitable for swimming). The classes
  优 良 差 of HY/T 0276-2019 (优 良 一般 差 in reports before it) and the suitability 最适宜 适宜 较适宜 不适宜 rest on
  several findings at once (coliforms, enterococci, floating matter, temperature ...), whose limits we could not read in
  the standard itself. So a class is taken as published and never derived, except for the one limit above.
* Flags: International Life Saving Federation, International standards for beach safety and information flags (2004),
  the origin of ISO 20712-2. Red is a high hazard, two reds close the water, yellow is a medium hazard, purple marine
  pests, red over yellow the supervised zone. Green is none of them: where it is flown it says calm, not safe.
* Waves: WMO-No. 306, code table 3700 (state of the sea), by significant wave height; a height on a bound belongs to
  the lower figure. Above which height nobody should bathe is a threshold of the city's, see `thresholds.yml`.
"""

from __future__ import annotations

from typing import Literal

# GB 3097-1997, table 1, class 2; per litre.
FAECAL_COLIFORMS_LIMIT = 2000.0
_SEA_STATE_ENDS = (0.0, 0.1, 0.5, 1.25, 2.5, 4.0, 6.0, 9.0, 14.0)  # m, the upper end of figures 0 to 8

Verdict = Literal["no", "caution", "none"]
_BY_CATEGORY: dict[tuple[str, str], Verdict] = {
    ("beach_flag", "red"): "no",
    ("beach_flag", "double_red"): "no",
    ("beach_flag", "yellow"): "caution",
    ("beach_flag", "purple"): "caution",
    ("bathing_water_class", "poor"): "no",
    ("bathing_water_class", "fair"): "caution",
    ("swimming_suitability", "unsuitable"): "no",
}


def sea_state(wave_height: float) -> int:
    """The figure of WMO code table 3700, 0 (calm, glassy) to 9 (phenomenal), of a significant wave height in metres."""
    return sum(wave_height > end for end in _SEA_STATE_ENDS)


def speaks_against(quantity: str, value: float | str) -> Verdict:
    """Whether a single reading, in its canonical unit, speaks against bathing (`no`) or for care (`caution`)."""
    if isinstance(value, str):
        return _BY_CATEGORY.get((quantity, value), "none")
    return "no" if quantity == "faecal_coliforms" and value > FAECAL_COLIFORMS_LIMIT else "none"
