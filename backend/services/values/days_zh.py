"""How days are said in Chinese.

A weekday alone is the coming one, today included; 下周三 is Wednesday of the next calendar week (Monday to Sunday),
这周三 of the running one. A day number or month and day that is over means the next month or year.
"""

from __future__ import annotations

import datetime as dt
import re

from backend.services.values.holidays import festival, holiday, holiday_day, school_summer
from backend.services.values.pieces import Part, Piece, Rule
from backend.services.values.reading import HAN, SMALL, Pattern, number
from backend.services.values.spans import (
    UNKNOWN,
    Span,
    coming,
    day_number,
    from_now_on,
    monday,
    month_day,
    named_month,
    plus,
    relative_month,
    weekend,
)

_TO = r"\s?(?:到|至|-+|~)\s?"
# Left or right of a number: part of a longer one, or a house, line, floor or bus number.
_NOT_IN_NUMBER = rf"(?<![0-9{HAN}第.])"
_NOT_A_NAME = r"(?![0-9线楼馆门院路站厅柜窗车出桌房航码店坑登台机井])"
# 周六晚, but not 周六晚上 (a word of its own) and not 周六晚点去.
_EARLY_LATE = r"(?P<at>[早晚](?![上间晨点餐饭一些会]))?"
_WHICH = r"下下个?|下个?|上个?|这个?|本"
_YEAR = rf"(?:(?P<year>[0-9]{{4}}|[二〇零{HAN}]{{4}})年?|(?P<which_year>今年|明年|后年|去年))?的?"
_LENGTH = (
    rf"(?P<count>{SMALL}|半|几)个?(?P<half>半)?个?"
    "(?P<unit>分钟|刻钟|小时|钟头|天|日|周|星期|礼拜|(?<=[个半])月|年)"
)

_RELATIVE = {
    "大后": 3, "后": 2, "明": 1, "今": 0, "本": 0, "昨": -1, "前": -2, "大前": -3,
}  # fmt: skip
_WEEKDAYS = {**{char: value for value, char in enumerate("一二三四五六日")}, "天": 6}
_WEEKDAYS |= {str(value + 1): value for value in range(7)}
_MONTH_PARTS = {"初": "early", "上旬": "early", "中": "mid", "中旬": "mid", "下旬": "late", "底": "end", "末": "end"}
_PARTS: dict[str, Part] = {"早": "morning", "晨": "morning", "晚": "evening", "夜": "night"}
_HOLIDAYS = {
    "元旦": "new_year", "春节": "spring", "过年": "spring", "除夕": "eve", "大年三十": "eve", "年三十": "eve",
    "元宵": "lantern", "清明": "qingming", "五一": "labour", "劳动": "labour", "六一": "children", "儿童": "children",
    "端午": "dragon", "中秋": "autumn", "国庆": "national", "十一": "national", "圣诞": "christmas",
    "平安夜": "christmas_eve",
}  # fmt: skip


def _offset_of(which: str | None) -> int:
    """Weeks or months from this one: 上 is -1, 下下 is 2."""
    if not which:
        return 0
    return {"上": -1, "下": which.count("下")}.get(which[0], 0)


def _year_of(match: re.Match[str], today: dt.date) -> int | None:
    if match["year"]:
        return number(match["year"])
    which = match["which_year"]
    return today.year + {"去": -1, "今": 0, "明": 1, "后": 2}[which[0]] if which else None


def _part(match: re.Match[str]) -> Part | None:
    return _PARTS[match["at"]] if match["at"] else None


def _relative(match: re.Match[str]) -> Piece:
    offset = _RELATIVE[match["day"]]
    return Piece(*match.span(), days=lambda today, _: Span(plus(today, offset)), part=_part(match))


def _two_days(match: re.Match[str]) -> Piece:
    first = _RELATIVE[match["first"]]
    return Piece(*match.span(), days=lambda today, _: Span(plus(today, first), plus(today, first + 1)))


def _next_days(match: re.Match[str]) -> Piece:
    count = 3 if match["count"] == "几" else number(match["count"]) or 1
    return Piece(*match.span(), days=lambda today, _: Span(today, plus(today, count - 1), approximate=True))


def _weekday(match: re.Match[str]) -> Piece:
    weekday, which = _WEEKDAYS[match["weekday"]], match["which"]
    both = match["more"] is not None

    def days(today: dt.date, base: dt.date) -> Span:
        first = plus(monday(today), 7 * _offset_of(which) + weekday) if which else coming(weekday, base)
        return Span(first, plus(first, 1)) if both else Span(first)

    return Piece(*match.span(), days=days, part=_part(match))


def _weekend(match: re.Match[str]) -> Piece:
    weeks = _offset_of(match["which"])
    return Piece(*match.span(), days=lambda today, _: weekend(plus(monday(today), 7 * weeks), today))


def _week(match: re.Match[str]) -> Piece:
    weeks = _offset_of(match["which"])

    def days(today: dt.date, _: dt.date) -> Span:
        first = plus(monday(today), 7 * weeks)
        return from_now_on(first, plus(first, 6), today)

    return Piece(*match.span(), days=days)


def _month_and_day(match: re.Match[str]) -> Piece | None:
    month, day = number(match["month"]) or 0, number(match["day"]) or 0
    if not (1 <= month <= 12 and 1 <= day <= 31):
        return None
    last = number(match["last"]) if match["last"] else None

    def days(today: dt.date, base: dt.date) -> Span:
        span = month_day(month, day, base, _year_of(match, today))
        if last is None or span.first is None:
            return span
        return Span(span.first, month_day(month, last, span.first).first)

    return Piece(*match.span(), days=days, part=_part(match))


def _day_of_month(match: re.Match[str]) -> Piece | None:
    day = number(match["day"]) or 0
    if not 1 <= day <= 31:
        return None
    which = match["which"]

    def days(today: dt.date, base: dt.date) -> Span:
        if not which:
            return day_number(day, base)
        start = relative_month(_offset_of(which), today).last
        return month_day(start.month, day, base, start.year) if start else UNKNOWN

    return Piece(*match.span(), days=days, part=_part(match))


def _day_numbers(match: re.Match[str]) -> Piece | None:
    day, last = number(match["day"]) or 0, number(match["last"]) or 0
    if not (1 <= day <= 31 and 1 <= last <= 31):
        return None

    def days(_: dt.date, base: dt.date) -> Span:
        first = day_number(day, base).first
        return Span(first, day_number(last, first).first) if first else UNKNOWN

    return Piece(*match.span(), days=days)


def _month(match: re.Match[str]) -> Piece | None:
    month, which = match["month"], match["which"]
    part = _MONTH_PARTS[match["part"]] if match["part"] else ""
    if not (month or which or part) or (month and not 1 <= (number(month) or 0) <= 12):
        return None

    def days(today: dt.date, base: dt.date) -> Span:
        if month:
            return named_month(number(month) or 0, base, part, _year_of(match, today))
        span = relative_month(_offset_of(which), today, part)
        # 月初 on the 20th is the beginning of the next one.
        over = not which and span.last is not None and span.last < base
        return relative_month(1, today, part) if over else span

    return Piece(*match.span(), days=days)


def _whole_date(match: re.Match[str]) -> Piece:
    year, month, day = (int(part) for part in match.groups())
    return Piece(*match.span(), days=lambda _, base: month_day(month, day, base, year))


def _ahead(match: re.Match[str]) -> Piece:
    said, unit = match["count"], match["unit"][0]
    count = 0.5 if said == "半" else number(said)
    if count is None:  # 几天后
        return Piece(*match.span(), days=lambda *_: UNKNOWN)
    total = (count + (0.5 if match["half"] else 0)) * (-1 if match["way"] == "前" else 1)
    if unit in "分小钟刻":
        return Piece(*match.span(), ahead=dt.timedelta(minutes=total * {"分": 1, "刻": 15}.get(unit, 60)))

    def days(today: dt.date, _: dt.date) -> Span:
        if unit in "月年" and total == int(total):
            return _months_later(today, int(total) * (12 if unit == "年" else 1))
        length = {"周": 7, "星": 7, "礼": 7, "月": 30, "年": 365}.get(unit, 1)
        # 过两天 is "in a few days", 两天后 is two days.
        return Span(plus(today, int(total * length)), None, approximate=not match["way"])

    return Piece(*match.span(), days=days)


def _months_later(today: dt.date, months: int) -> Span:
    last = relative_month(months, today).last
    return Span(last.replace(day=min(last.day, today.day))) if last else UNKNOWN


def _holiday(match: re.Match[str]) -> Piece:
    name = _HOLIDAYS[match["name"]]
    nth = number(match["nth"]) if match["nth"] else None
    beside = {"前": -1, "后": 1}[match["beside"]] if match["beside"] else None
    days_off = match["off"] is not None

    def days(today: dt.date, base: dt.date) -> Span:
        year = _year_of(match, today)
        if match["date"]:
            day = festival(name, year or today.year)
            return month_day(day.month, number(match["date"]) or 0, base, year) if day else UNKNOWN
        if nth is not None or beside is not None:
            return holiday_day(name, nth - 1 if nth is not None else beside or 0, today, year)
        return holiday(name, today, base, year, days_off)

    return Piece(*match.span(), days=days)


def _lunar_new_year_day(match: re.Match[str]) -> Piece | None:
    day = number(match["day"]) or 0
    if not 1 <= day <= 15:
        return None
    return Piece(*match.span(), days=lambda today, _: holiday_day("spring", day - 1, today, _year_of(match, today)))


def _school_holidays(match: re.Match[str]) -> Piece:
    if match["season"] == "寒":  # begins and ends with the Spring Festival, differently every year
        return Piece(*match.span(), days=lambda *_: UNKNOWN)
    return Piece(*match.span(), days=lambda today, base: school_summer(base, _year_of(match, today)))


RULES: list[Rule] = [
    (Pattern(rf"(?P<day>大后|大前|今|明|昨)(?:天|日|儿个?){_EARLY_LATE}"), _relative),
    # Not inside 以后天气, 今后天气, 以前天天.
    (Pattern(rf"(?<![今以之然雨年月周节午晚])(?P<day>后|前)(?:天|儿个?){_EARLY_LATE}"), _relative),
    (Pattern(r"(?P<day>今|明|昨)(?P<at>[早晚晨夜])[上间里]?"), _relative),
    (Pattern(r"(?P<first>今(?=明)|明(?=后))[明后]两?天"), _two_days),
    (Pattern(rf"(?:这|近|未来|接下来)的?(?P<count>[几{HAN}]|[0-9]{{1,2}})天"), _next_days),
    (
        Pattern(
            rf"(?<![每一两几四])(?:(?P<which>{_WHICH})的?)?(?:周|星期|礼拜)"
            rf"(?P<weekday>[一二三四五六日]|天(?!气)|[1-7](?![0-9个]))(?P<more>(?<=六)[日天])?{_EARLY_LATE}"
        ),
        _weekday,
    ),
    (Pattern(rf"(?<!每)(?:(?P<which>{_WHICH})的?)?(?:周末|双休日)"), _weekend),
    (Pattern(rf"(?P<which>{_WHICH})(?:周|星期|礼拜)(?![一二三四五六日末围边1-7]|天(?!气))"), _week),
    (
        Pattern(
            rf"{_NOT_IN_NUMBER}{_YEAR}(?P<month>{SMALL})月(?P<day>{SMALL})(?:[号日](?![线楼]))?"
            rf"(?:{_TO}(?:(?P=month)月)?(?P<last>{SMALL})[号日])?{_EARLY_LATE}(?![个位元块人年月度份])"
        ),
        _month_and_day,
    ),
    (Pattern(rf"(?:(?P<which>{_WHICH})月的?)(?P<day>{SMALL})[号日]{_EARLY_LATE}"), _day_of_month),
    (
        Pattern(rf"{_NOT_IN_NUMBER}(?<![路街巷道弄座栋])(?P<which>)(?P<day>{SMALL})号{_NOT_A_NAME}{_EARLY_LATE}"),
        _day_of_month,
    ),
    (Pattern(rf"{_NOT_IN_NUMBER}(?P<which>)(?P<day>[0-9]{{1,2}})日(?![游票内均本报元]){_EARLY_LATE}"), _day_of_month),
    (
        Pattern(
            rf"{_NOT_IN_NUMBER}(?<![路街巷道弄座栋])(?P<day>{SMALL}){_TO}(?P<last>{SMALL})[号日]{_NOT_A_NAME}(?![游票内])"
        ),
        _day_numbers,
    ),
    (
        Pattern(
            rf"{_NOT_IN_NUMBER}(?<!个)(?:{_YEAR}(?P<month>{SMALL})|(?P<which>{_WHICH}))?月(?:份(?!额))?的?"
            r"(?P<part>初(?![一二三四五六七八九十])|中旬|中(?!旬)|底|末|上旬|下旬)?(?![0-9票卡亮嫂饼])"
        ),
        _month,
    ),
    (Pattern(r"(?<![0-9])([0-9]{4})[-/.]([0-9]{1,2})[-/.]([0-9]{1,2})(?![0-9])"), _whole_date),
    (Pattern(rf"{_NOT_IN_NUMBER}{_LENGTH}(?:之|以)?(?P<way>后)"), _ahead),
    # Not 三百年前.
    (Pattern(rf"{_NOT_IN_NUMBER}{_LENGTH}(?<![年日])(?:之|以)?(?P<way>前)"), _ahead),
    (Pattern(rf"再?过{_LENGTH}(?P<way>)(?!以?后)"), _ahead),
    (
        Pattern(
            rf"(?<![0-9{HAN}幺]){_YEAR}"
            rf"(?P<name>元旦|春节|过年|除夕|大年三十|年三十|元宵|清明(?!上河)|端午|中秋|国庆|圣诞|平安夜"
            rf"|[五六]一(?![路街广大新村点个号块元0-9{HAN}])|劳动(?=节)|儿童(?=节)"
            r"|十一(?=期间|假|长假|黄金周|小长假|去|当天))(?![路街快])节?(?!快乐)"
            rf"(?:的?(?P<off>期间|小?长假|假期|黄金周|那几天|这几天)|的?第(?P<nth>{SMALL})天|(?P<date>{SMALL})号"
            r"|(?P<beside>[前后])一[天晚])?"
        ),
        _holiday,
    ),
    (Pattern(rf"{_YEAR}(?:大年|正月|年|春节)的?初(?P<day>{SMALL})"), _lunar_new_year_day),
    (Pattern(rf"{_YEAR}正月(?P<day>{SMALL})"), _lunar_new_year_day),
    (Pattern(rf"{_YEAR}(?P<season>[暑寒])假"), _school_holidays),
]
