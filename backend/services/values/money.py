"""Sums of money, and whether they are the most somebody wants to spend."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from backend.services.values.reading import Pattern, number, plain

_HAN = "零〇一二两三四五六七八九十百千万"
_NUMBER = rf"(?:[0-9]{{1,3}}(?:,[0-9]{{3}})+|[0-9]{{1,9}})(?:\.[0-9]{{1,2}})?[百千万k]?|[{_HAN}]{{1,9}}"
_LONE = rf"(?<![0-9.,:{_HAN}第])"
# 一块去 is "together", 两块蛋糕 are pieces, 三元旦 is no money.
_UNIT = (
    r"(?P<cny>块钱?(?![儿地石玩吃去走来看蛋面巧牌表])|元(?![旦宵月素朝])钱?|人民币|(?:rmb|cny|yuan|kuai)\b)"
    r"|(?P<mao>毛钱?|角(?![星落度]))|(?P<usd>美元|美金|(?:us ?dollars?|dollars?|usd|bucks?)\b)"
    r"|(?P<eur>欧元|(?:euros?|eur)\b|€)|(?P<hkd>港币|港元|hkd\b)"
)
_SIGN = r"(?P<sign>hk\$|us\$|[¥$€]|rmb|cny|usd|eur)\s?"
_SIGNS = {"¥": "CNY", "rmb": "CNY", "cny": "CNY", "$": "USD", "us$": "USD", "usd": "USD", "€": "EUR", "eur": "EUR"}
_SIGNS |= {"hk$": "HKD"}
_UNITS = {"usd": "USD", "eur": "EUR", "hkd": "HKD"}

_AT_MOST = (
    r"(?:不超过|不要超过|别超过|不能超过|低于|少于|不到|最多|至多|顶多|上限|预算(?:是|为|大概|大约|在)?|控制在"
    r"|\b(?:under|below|less than|at most|no more than|not more than|up to|within|max(?:imum)?(?: of)?|not over"
    r"|cheaper than|not exceed(?:ing)?|budget(?: is| of|:)?))\s*(?:about |around |of )?"
)
_AT_MOST_BEFORE = Pattern(rf"{_AT_MOST}$")
_AT_MOST_BEHIND = Pattern(
    r"\s*(?:以内|以下|之内|内(?!容)|封顶|为限|(?:or less|or under|or below|max|maximum|tops|at most)\b)"
)

_WITH_UNIT = Pattern(
    rf"{_LONE}(?:(?P<from>{_NUMBER})(?:元|块)?\s?(?:-|~|到|至|to)\s?)?(?P<amount>{_NUMBER})多?\s?(?:{_UNIT})"
    rf"(?P<rest>[0-9](?![0-9])|半|[一二三四五六七八九](?![{_HAN}个张位人]))?(?P<rest_unit>毛|角)?"
)
_WITH_SIGN = Pattern(
    rf"(?<![a-z]){_SIGN}(?:(?P<from>{_NUMBER})\s?(?:-|~|to)\s?)?(?P<amount>{_NUMBER})(?![0-9])(?:\s?(?:元|块|yuan|rmb))?"
)
# Without a unit only behind words of a limit, and not before what else can be counted or measured.
_BARE = Pattern(
    rf"{_AT_MOST}(?P<amount>{_NUMBER})"
    r"(?=\s*(?:$|[,.!?;。，！？；、]|的|左右|以内|吧|就|行|(?:per person|each|a head|for|in total)\b))"
)
_ABOUT_MONEY = Pattern(
    r"钱|预算|价|贵|便宜|消费|人均|花|不超过|别超过|\b(?:budget|cheap|price|cost|spend|pay|fare|ticket|hotel|meal)"
)


@dataclass(frozen=True)
class Money:
    """An amount in a currency by its ISO 4217 code; `upper` where it is the most. `start` and `end` are positions."""

    amount: Decimal
    currency: str
    upper: bool
    start: int
    end: int
    said: str


def find_money(text: str) -> list[Money]:
    """The sums in the first 500 characters of a text, in order; of a range both ends, the second as `upper`.

    Yuan where no other currency is said. A number without a currency counts only behind words of a limit ("不超过五百")
    in a text about money. Never raises.
    """
    words = plain(text)
    matches = [match for expression in (_WITH_SIGN, _WITH_UNIT) for match in expression.finditer(words)]
    if _ABOUT_MONEY.search(words):
        matches += _BARE.finditer(words)
    matches.sort(key=lambda match: match.start("amount"))
    sums: list[Money] = []
    for match in matches:
        if sums and match.start("amount") < sums[-1].end:
            continue
        sums += _sums(match, words, text)
    return sums


def _sums(match: re.Match[str], words: str, text: str) -> list[Money]:
    said = {name: found for name, found in match.groupdict().items() if found}
    amount = _amount(said["amount"])
    if amount is None or _is_together(match, said):
        return []
    if "mao" in said:
        amount /= 10
    elif "rest" in said:  # 三块五, 五块八毛
        amount += Decimal(5 if said["rest"] == "半" else number(said["rest"]) or 0) / 10
    currency = (
        _SIGNS[said["sign"]] if "sign" in said else next((_UNITS[name] for name in _UNITS if name in said), "CNY")
    )
    sums = []
    lowest = _amount(said["from"]) if "from" in said else None
    if lowest is not None:
        begin, end = match.span("from")
        sums.append(Money(lowest, currency, False, begin, end, text[begin:end]))
    begin, end = match.start("sign" if "sign" in said and lowest is None else "amount"), match.end()
    upper = lowest is not None or _AT_MOST_BEFORE.search(words, 0, begin) or _AT_MOST_BEHIND.match(words, end)
    return [*sums, Money(amount, currency, bool(upper), begin, end, text[begin:end])]


def _is_together(match: re.Match[str], said: dict[str, str]) -> bool:
    """一块 is a yuan only where something says so: 一块钱, 一块五, 一块以内, or nothing behind it."""
    if said["amount"] != "一" or said.get("cny") != "块" or "rest" in said:
        return False
    return not re.match(r"$|[,.!?;。，！？；、]|以|左右|的", match.string[match.end() :])


def _amount(said: str) -> Decimal | None:
    if not said[0].isascii():
        value = number(said)
        return None if value is None else Decimal(value)
    factor = {"百": 100, "千": 1000, "k": 1000, "万": 10000}.get(said[-1])
    digits = said[:-1] if factor else said
    return Decimal(digits.replace(",", "")) * (factor or 1)
