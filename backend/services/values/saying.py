"""Dates and times as they are said back to people."""

from __future__ import annotations

import datetime as dt

_RELATIVE = {
    "zh": {-2: "前天", -1: "昨天", 0: "今天", 1: "明天", 2: "后天"},
    "en": {-1: "yesterday", 0: "today", 1: "tomorrow", 2: "the day after tomorrow"},
}


def say_date(date: dt.date, lang: str, today: dt.date) -> str:
    """A day with its weekday, and with its word where it is near: 明天（11月23日 周一）, "tomorrow (Mon 23 Nov)".

    `today` is today in the city's time zone. The year stands with days of other years. `lang` is `zh` or `en`.
    """
    # Its tables take longer to import than everything else here.
    from babel.dates import format_date

    word = _RELATIVE[lang].get((date - today).days)
    year = word is None and date.year != today.year
    if lang == "zh":
        exact = format_date(date, "y年M月d日 EEE" if year else "M月d日 EEE", locale="zh")
        return f"{word}（{exact}）" if word else exact
    exact = format_date(date, "EEE d MMM y" if year else "EEE d MMM", locale="en")
    return f"{word} ({exact})" if word else exact


def say_time(time: dt.time, lang: str) -> str:
    """A time of day that cannot be taken for the other half of it: 下午3:30, "3:30 pm". `lang` is `zh` or `en`."""
    from babel.dates import format_time

    if lang == "zh":
        return format_time(time, "Bh:mm", locale="zh")
    if time.minute == 0 and time.hour in (0, 12):
        return "noon" if time.hour else "midnight"
    return format_time(time, "h:mm a", locale="en").lower()
