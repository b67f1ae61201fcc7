"""Finding the city's names in what people write when they do not write them as they are."""

from __future__ import annotations

import re
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.gazetteer import INEXACT_LENGTH, LiveGazetteer, normalise
from tests.support.container import Parts

NLU = Path(__file__).resolve().parents[2] / "bot" / "data" / "nlu"
MARKED = re.compile(r"\[[^\]]+\](\([^)]+\)|\{[^}]+\})")
# Sentences without marks that do name a place, in fewer words or with a slip.
NAMING = {
    "孟姜女的庙会什么时候",
    "what's this Red Ribbon thing",
    "our base is a hostel on Dongshan",
    "any sights close to Lianfeng",
}
PLACES = ("attraction", "beach", "clinic", "hub")

ENTRIES: list[dict[str, Any]] = [
    {"id": "attraction:geziwo", "type": "attraction", "names": ["鸽子窝公园", "鸽子窝", "Pigeon Nest Park"]},
    {"id": "attraction:laohushi", "type": "attraction", "names": ["老虎石海上公园", "老虎石", "Tiger Stone"]},
    {"id": "beach:laohushi", "type": "beach", "names": ["老虎石海水浴场", "老虎石"]},
    {"id": "attraction:laolongtou", "type": "attraction", "names": ["老龙头", "Laolongtou"]},
    {"id": "attraction:biluota", "type": "attraction", "names": ["碧螺塔海上酒吧公园", "Biluota Sea Bar Park"]},
    {"id": "attraction:lianfengshan", "type": "attraction", "names": ["联峰山公园", "Lianfeng Mountain Park"]},
    {"id": "attraction:changshoushan", "type": "attraction", "names": ["长寿山"]},
    {"id": "attraction:mengjiangnu", "type": "attraction", "names": ["孟姜女庙"]},
    {"id": "attraction:ledao", "type": "attraction", "names": ["乐岛"]},
    {"id": "attraction:feicuidao", "type": "attraction", "names": ["翡翠岛", "大峪"]},
    {"id": "attraction:qinhuang_alley", "type": "attraction", "names": ["秦皇小巷"]},
    {"id": "attraction:ziyunshan", "type": "attraction", "names": ["紫云山滑雪场"]},
    {"id": "attraction:longyungu", "type": "attraction", "names": ["龙云谷景区"]},
    {"id": "attraction:film", "type": "attraction", "names": ["北戴河影视城"]},
    {"id": "attraction:olympic", "type": "attraction", "names": ["奥林匹克公园", "Olympic Park"]},
    {"id": "attraction:winery", "type": "attraction", "names": ["Great Wall Winery"]},
    {"id": "attraction:liuhe_valley", "type": "attraction", "names": ["Liuhe Valley Resort"]},
    {"id": "attraction:liuhe_manor", "type": "attraction", "names": ["Liuhe Resort"]},
    {"id": "beach:jinwu", "type": "beach", "names": ["金屋浴场", "Jinwu Beach"]},
    {"id": "beach:east", "type": "beach", "names": ["东二路浴场", "北戴河东浴场"]},
    {"id": "hub:haiyang", "type": "hub", "names": ["海阳路汽车站", "Haiyang Road Bus Station"]},
    {"id": "clinic:first", "type": "clinic", "names": ["第一医院", "一院", "First Hospital"]},
    {"id": "clinic:second", "type": "clinic", "names": ["第二医院", "二院", "Second Hospital"]},
    {"id": "clinic:xiehe", "type": "clinic", "names": ["协和医院", "Orthopaedic Hospital"]},
    {"id": "district:bdh", "type": "district", "names": ["北戴河", "Beidaihe"]},
    {"id": "district:shg", "type": "district", "names": ["山海关", "Shanhaiguan"]},
    {"id": "district:qinglong", "type": "district", "names": ["青龙", "Qinglong"]},
    {"id": "hotline:police", "type": "hotline", "names": ["报警电话", "Police"]},
    {"id": "category:beach", "type": "category", "names": ["海滩", "浴场", "beach"]},
    {"id": "category:hospital", "type": "category", "names": ["医院", "hospital"]},
    {"id": "department:paediatrics", "type": "department", "names": ["小儿内科", "paediatrics"]},
    {"id": "tag:great_wall", "type": "tag", "names": ["the Great Wall"]},
]


def taught(entries: list[dict[str, Any]], version: int = 1) -> LiveGazetteer:
    made = LiveGazetteer()
    made.swap({"version": version, "entries": entries, "articles": []})
    return made


@pytest.fixture(scope="module")
def names() -> LiveGazetteer:
    return taught(ENTRIES)


def found(names: LiveGazetteer, text: str) -> list[tuple[str, str]]:
    return [(text[mention.start : mention.end], mention.id) for mention in names.find(text)]


def sure(names: LiveGazetteer, text: str) -> list[float]:
    return [mention.score for mention in names.find(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("鴿子窩公園幾點開門", "鴿子窩公園"),
        ("老龍頭門票多少錢", "老龍頭"),
        ("ＰＩＧＥＯＮ　ＮＥＳＴ　ＰＡＲＫ", "ＰＩＧＥＯＮ　ＮＥＳＴ　ＰＡＲＫ"),
        ("LAOLONGTOU", "LAOLONGTOU"),
    ],
)
def test_other_forms_of_the_same_characters_are_exact(names: LiveGazetteer, text: str, expected: str) -> None:
    assert [mentioned for mentioned, _ in found(names, text)] == [expected]
    assert sure(names, text) == [1.0]


@pytest.mark.parametrize(
    ("text", "mentioned", "expected"),
    [
        ("geziwo", "geziwo", "attraction:geziwo"),
        ("how do I get to gezi wo?", "gezi wo", "attraction:geziwo"),
        ("ge zi wo gong yuan", "ge zi wo gong yuan", "attraction:geziwo"),
        ("Gēzǐ Wō", "Gēzǐ Wō", "attraction:geziwo"),
        ("lao long tou piao jia", "lao long tou", "attraction:laolongtou"),
        ("我想去laohushi玩", "laohushi", "attraction:laohushi"),
        ("changshoushan", "changshoushan", "attraction:changshoushan"),
        ("mengjiangnü miao", "mengjiangnü miao", "attraction:mengjiangnu"),
        ("meng jiang nv miao", "meng jiang nv miao", "attraction:mengjiangnu"),
        ("ledao", "ledao", "attraction:ledao"),
        ("beidaihe yingshicheng", "beidaihe yingshicheng", "attraction:film"),
    ],
)
def test_pinyin(names: LiveGazetteer, text: str, mentioned: str, expected: str) -> None:
    assert (mentioned, expected) in found(names, text)


@pytest.mark.parametrize(
    "text", ["geziwopo", "xgeziwo", "gez iwo", "yiyuan", "dayu", "eryuan", "ge? zi wo", "laohushis"]
)
def test_pinyin_stands_alone_and_is_long_enough(names: LiveGazetteer, text: str) -> None:
    assert names.find(text) == []


@pytest.mark.parametrize(
    ("text", "mentioned", "expected"),
    [
        ("鸽子涡几点开门", "鸽子涡", "attraction:geziwo"),
        ("歌子窝公园", "歌子窝公园", "attraction:geziwo"),
        ("老龙投门票", "老龙投", "attraction:laolongtou"),
        ("常寿山怎么走", "常寿山", "attraction:changshoushan"),
        ("联锋山公园", "联锋山公园", "attraction:lianfengshan"),
        ("老虎时海上公元", "老虎时海上公元", "attraction:laohushi"),
        ("协何医院电话", "协何医院", "clinic:xiehe"),
        ("山海官怎么走", "山海官", "district:shg"),
        ("北戴河影视成", "北戴河影视成", "attraction:film"),
        ("孟姜奴庙", "孟姜奴庙", "attraction:mengjiangnu"),  # ü typed as u
        ("老虎司海上公园", "老虎司海上公园", "attraction:laohushi"),  # s for sh
    ],
)
def test_characters_that_sound_the_same(names: LiveGazetteer, text: str, mentioned: str, expected: str) -> None:
    assert (mentioned, expected) in found(names, text)


def test_a_number_is_no_slip(names: LiveGazetteer) -> None:
    assert found(names, "老虎四海上公园") == []


def test_a_merged_sound_is_less_sure_than_the_same_sound(names: LiveGazetteer) -> None:
    same, merged = sure(names, "鸽子涡公园"), sure(names, "孟姜奴庙")
    assert 0 < merged[0] < same[0] < 1


@pytest.mark.parametrize(
    ("text", "mentioned", "expected"),
    [
        ("碧螺海上酒吧公园", "碧螺海上酒吧公园", "attraction:biluota"),  # one missing
        ("碧螺宝塔海上酒吧公园", "碧螺宝塔海上酒吧公园", "attraction:biluota"),  # one too many
        ("碧螺塔海上酒楼公园", "碧螺塔海上酒楼公园", "attraction:biluota"),  # another one
        ("碧螺塔海上吧酒公园", "碧螺塔海上吧酒公园", "attraction:biluota"),  # changed places
        ("请问鸽窝公园", "鸽窝公园", "attraction:geziwo"),
        ("去紫云滑雪场", "紫云滑雪场", "attraction:ziyunshan"),
        ("老石虎", "老石虎", "attraction:laohushi"),
        ("翠翡岛", "翠翡岛", "attraction:feicuidao"),
        ("老龙龙头", "老龙龙头", "attraction:laolongtou"),  # typed twice
        ("鸽子公窝园", "鸽子公窝园", "attraction:geziwo"),
    ],
)
def test_one_slip_in_chinese(names: LiveGazetteer, text: str, mentioned: str, expected: str) -> None:
    assert (mentioned, expected) in found(names, text)


@pytest.mark.parametrize(
    ("text", "mentioned", "expected"),
    [
        ("pigoen nest park", "pigoen nest park", "attraction:geziwo"),
        ("Pigeon Nets Park", "Pigeon Nets Park", "attraction:geziwo"),
        ("where is Tigr Stone", "Tigr Stone", "attraction:laohushi"),
        ("Tiger Stonne please", "Tiger Stonne", "attraction:laohushi"),
        ("Lianfneg Moutnain Park", "Lianfneg Moutnain Park", "attraction:lianfengshan"),
        ("Laolongtuo", "Laolongtuo", "attraction:laolongtou"),
        ("Laolngtuo", "Laolngtuo", "attraction:laolongtou"),  # two in nine letters
        ("Shanghaiguan", "Shanghaiguan", "district:shg"),
        ("tigerstone", "tigerstone", "attraction:laohushi"),
        ("lian feng mountain park", "lian feng mountain park", "attraction:lianfengshan"),
        ("Secnod Hospital", "Secnod Hospital", "clinic:second"),
    ],
)
def test_slips_in_english(names: LiveGazetteer, text: str, mentioned: str, expected: str) -> None:
    assert (mentioned, expected) in found(names, text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("奥林匹克怎么走", [("奥林匹克", "attraction:olympic")]),
        ("where is Pigeon Nest", [("Pigeon Nest", "attraction:geziwo")]),
        ("Jinwu please", [("Jinwu", "beach:jinwu")]),
        ("联峰山", [("联峰山", "attraction:lianfengshan")]),
        ("the olympic games", []),  # one English word is no name
        ("orthopaedic problem", []),
        ("Liuhe", []),  # two records begin so
        ("海阳路在哪", []),  # a road of its own
        ("Haiyang Road", []),
        ("Jinwu Road", []),
        ("奥林匹克路", []),
        ("第一次来", []),
        ("金屋", []),  # too short
    ],
)
def test_the_word_for_the_kind_may_be_missing(names: LiveGazetteer, text: str, expected: list[Any]) -> None:
    assert found(names, text) == expected


@pytest.mark.parametrize(
    "text",
    [
        *("near the beach", "open today", "can you help me", "how far is it", "policy", "polite", "funny"),
        *("Qianlong emperor", "time to go", "Harbin", "tiger in the zoo", "pigeon"),
        *("开门", "医院怎么走", "附近有医院吗", "明天有大雨吗", "快乐到家", "三元钱", "老虎是什么", "老虎是保护动物吗"),
        *("小儿内刻", "第一广场", "第三医院", "第六医院在哪", "东三路浴场", "北戴河西浴场", "双峰山公园", "老虎滩"),
        *("翡翠湾", "翡翠手镯", "秦皇小吃", "卧龙谷景区怎么走", "翡翠多少钱", "我想去海边看看日出", "山上冷不冷"),
        *("老人和孩子", "请问几点关门"),
    ],
)  # fmt: skip
def test_ordinary_words_and_other_names_are_no_slips(names: LiveGazetteer, text: str) -> None:
    assert [mention for mention in names.find(text) if mention.score < 1 or mention.type in PLACES] == []


def test_a_name_of_several_records_gives_all_of_them(names: LiveGazetteer) -> None:
    assert sorted(found(names, "老虎实")) == [("老虎实", "attraction:laohushi"), ("老虎实", "beach:laohushi")]


def test_names_that_sound_the_same_are_both_meant() -> None:
    names = taught(
        [
            {"id": "attraction:a", "type": "attraction", "names": ["碧螺塔"]},
            {"id": "attraction:b", "type": "attraction", "names": ["碧罗塔"]},
        ]
    )
    assert [mention.id for mention in names.find("碧锣塔")] == ["attraction:a", "attraction:b"]
    assert [(mention.id, mention.score) for mention in names.find("碧罗塔")] == [("attraction:b", 1.0)]


def test_exact_names_come_first_and_are_not_overlapped(names: LiveGazetteer) -> None:
    assert found(names, "鸽子窝公元") == [("鸽子窝", "attraction:geziwo")]
    assert found(names, "老虎石和鸽子涡") == [
        ("老虎石", "attraction:laohushi"),
        ("老虎石", "beach:laohushi"),
        ("鸽子涡", "attraction:geziwo"),
    ]


def test_a_district_or_an_ordinary_word_may_be_part_of_a_name(names: LiveGazetteer) -> None:
    assert found(names, "北戴河影视成几点") == [("北戴河影视成", "attraction:film")]
    assert found(names, "协何医院") == [("协何医院", "clinic:xiehe")]
    assert found(names, "the Great Wall Winery") == [("Great Wall Winery", "attraction:winery")]
    assert found(names, "the Great Wall Winrey") == [("Great Wall Winrey", "attraction:winery")]
    assert found(names, "the Great Wall") == [("the Great Wall", "tag:great_wall")]


def test_only_proper_names_are_found_inexactly(names: LiveGazetteer) -> None:
    assert found(names, "xiao er nei ke") == []
    assert found(names, "paediatrcs") == []
    assert found(names, "小儿内科") == [("小儿内科", "department:paediatrics")]


def test_inexact_names_are_looked_for_at_the_beginning_exact_ones_everywhere(names: LiveGazetteer) -> None:
    before = "好" * INEXACT_LENGTH
    assert found(names, "鸽子涡" + before) == [("鸽子涡", "attraction:geziwo")]
    assert found(names, before + "鸽子涡") == []
    assert found(names, before + "鸽子窝") == [("鸽子窝", "attraction:geziwo")]


ANYTHING = st.one_of(
    st.sampled_from(
        "鸽子窝涡公园老虎石时龙头碧螺塔海上酒吧长寿山第一医院 -·'’ＡaİßﬁǖT2geziwolaotupkrs.\0\1\2\ue001\x0e\x11👍🏖\n"
    ),
    st.characters(),
)


@settings(max_examples=400, deadline=None)
@given(text=st.text(ANYTHING, max_size=120))
def test_any_text_can_be_searched_and_mentions_are_parts_of_it(text: str) -> None:
    names = _PROPERTY_NAMES
    last = 0
    spans = []
    for mention in names.find(text):
        assert 0 <= mention.start < mention.end <= len(text)
        assert 0 < mention.score <= 1
        if (mention.start, mention.end) not in spans:
            assert mention.start >= last, "in order, none overlapping"
            last = mention.end
            spans.append((mention.start, mention.end))


@settings(max_examples=200, deadline=None)
@given(
    name=st.sampled_from([name for entry in ENTRIES for name in entry["names"] if len(name) >= 5]),
    before=st.text(ANYTHING, max_size=20),
    data=st.data(),
)
def test_a_slip_anywhere_never_raises(name: str, before: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(name) - 1))
    slipped = name[:at] + data.draw(st.sampled_from(["", name[at] * 2, "山", "x", "\ud800", "好"])) + name[at + 1 :]
    text = before + slipped
    for mention in _PROPERTY_NAMES.find(text):
        assert text[mention.start : mention.end]


_PROPERTY_NAMES = taught(ENTRIES)


@pytest.mark.parametrize(
    "text",
    [
        "鸽" * 10_000,
        "鸽子" * 5_000,
        "老虎时海上" * 2_000,
        "ge zi wo " * 1_100,
        "tigr " * 2_000,
        "\0" * 10_000,
        "👍🏖️" * 3_000,
        "a" * 10_000,
        ("fangan" * 9 + "q ") * 180,
        ("xian" * 7 + "q ") * 350,
        " " * 10_000,
        "鸽子窝" * 3_333,
        "\ud800\udfff" * 5_000,
    ],
)
def test_long_messages_take_no_longer_than_their_length(names: LiveGazetteer, text: str) -> None:
    names.find(text)
    start = time.process_time()
    names.find(text)
    assert time.process_time() - start < 0.5


def test_every_name_is_found_by_a_slip_of_its_own_when_it_is_long(city: Parts) -> None:
    """Each long Chinese name with its two middle characters exchanged."""
    snapshot = city.gazetteer.snapshot()
    names = LiveGazetteer()
    names.swap(snapshot)
    missed, tried = [], 0
    for entry in snapshot["entries"]:
        for name in entry["names"]:
            middle = len(name) // 2
            swapped = name[: middle - 1] + name[middle] + name[middle - 1] + name[middle + 1 :]
            if entry["type"] not in PLACES or not re.fullmatch(r"[\u4e00-\u9fff]{6,}", name) or swapped == name:
                continue
            mentions = names.find(swapped)
            if any(mention.type in PLACES and mention.score == 1 for mention in mentions):
                continue  # part of the name is a name by itself, and was left as it is
            tried += 1
            if entry["id"] not in {mention.id for mention in mentions}:
                missed.append(name)
    assert tried > 50
    assert len(missed) <= tried * 0.1, missed


def test_no_sentence_of_the_training_data_names_a_place_by_accident(city: Parts) -> None:
    names = LiveGazetteer()
    names.swap(city.gazetteer.snapshot())
    wrong, read = [], 0
    # Names in other languages are not marked.
    for file in sorted(path for path in NLU.glob("*.yml") if not path.name.startswith("other_languages")):
        for line in file.read_text(encoding="utf-8").splitlines():
            match = re.match(r"\s+- (?!intent:)(.+)", line)
            if not match or MARKED.search(match[1]) or match[1] in NAMING:
                continue
            read += 1
            for mention in names.find(match[1]):
                if mention.score < 1 and mention.type in PLACES:
                    wrong.append((match[1], mention))
    assert read > 1000
    assert wrong == [], "mark the name in the sentence, or list the sentence in NAMING if it does name that place"


def test_of_two_snapshots_at_once_the_newer_stays() -> None:
    many = [{"id": f"tag:{number}", "type": "tag", "names": [f"地方{number}号"]} for number in range(2_000)]
    names = LiveGazetteer()
    for newer in range(2, 12, 2):
        both = [
            threading.Thread(
                target=names.swap, args=({"version": version, "entries": many[: version * 150], "articles": []},)
            )
            for version in (newer, newer - 1)
        ]
        for thread in both:
            thread.start()
        for thread in both:
            thread.join()
        assert names.version == newer
        assert len(names.find(f"地方{newer * 150 - 1}号")) == 1
        assert names.find(f"地方{newer * 150}号") == []


def test_while_names_are_taken_up_the_old_ones_are_in_force(monkeypatch: pytest.MonkeyPatch) -> None:
    names = taught(ENTRIES)
    begun, go_on = threading.Event(), threading.Event()

    def slow(text: str) -> Any:
        if text == "新地方" and threading.current_thread() is not threading.main_thread():
            begun.set()
            go_on.wait(10)
        return normalise(text)

    monkeypatch.setattr("bot.gazetteer.normalise", slow)
    entries = [{"id": "attraction:new", "type": "attraction", "names": ["新地方"]}]
    taking = threading.Thread(target=names.swap, args=({"version": 2, "entries": entries, "articles": []},))
    taking.start()
    try:
        assert begun.wait(10)
        assert (names.version, len(names.find("鸽子窝")), names.find("新地方")) == (1, 1, [])
    finally:
        go_on.set()
        taking.join()
    assert (names.version, names.find("鸽子窝"), len(names.find("新地方"))) == (2, [], 1)


def test_the_same_snapshot_again_changes_nothing_another_of_its_version_does() -> None:
    names = taught(ENTRIES[:1], version=7)
    before = names._names
    names.swap({"version": 7, "entries": ENTRIES[:1], "articles": []})
    assert names._names is before
    names.swap({"version": 7, "entries": ENTRIES[1:2], "articles": []})
    assert (names.find("鸽子窝"), len(names.find("老虎石"))) == ([], 1)


BESIDE_NAMES = frozenset({"门票", "票多", "多少", "几点", "点开", "开门", "公园", "园门", "景山", "how", "much", "is"})


def guessed(names: LiveGazetteer, text: str, ordinary: frozenset[str] = BESIDE_NAMES) -> list[tuple[str, str]]:
    return [(text[one.start : one.end], one.id) for one in names.guess(text, ordinary)]


@pytest.fixture
def short_names() -> LiveGazetteer:
    places = {
        "geziwo": "鸽子窝公园",
        "tianmahu": "天马湖",
        "jiaoshan": "角山公园",
        "third": "秦皇岛市第三医院",
        "xigang": "西港花园",
    }
    return taught([{"id": f"attraction:{key}", "type": "attraction", "names": [name]} for key, name in places.items()])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("鹄子窝公园门票多少", [("鹄子窝公园", "attraction:geziwo")]),
        ("夭马湖几点开门", []),
        ("西巷花园几点开门", [("西巷花园", "attraction:xigang")]),
        ("秦皇岛市第三医完几点开门", [("秦皇岛市第三医完", "attraction:third")]),
        ("景山公园门票多少", []),
        ("秦皇岛市第二医院几点开门", []),
        ("门票多少", []),
    ],
    ids=[
        "another first character",
        "too little is left of it",
        "another one within",
        "a slip in the word for the kind",
        "words that people type are no slips",
        "a number is no slip",
        "no name",
    ],
)
def test_a_guess_is_one_stroke_from_a_name(short_names: LiveGazetteer, text: str, expected: list[Any]) -> None:
    assert guessed(short_names, text) == expected


def test_a_short_english_word_may_be_guessed_in_a_longer_name() -> None:
    names = taught([{"id": "attraction:jifa", "type": "attraction", "names": ["Jifa Dream Kingdom"]}])
    assert found(names, "how much is Jiffa Dream Kingdom") == []
    assert guessed(names, "how much is Jiffa Dream Kingdom") == [("Jiffa Dream Kingdom", "attraction:jifa")]
    assert guessed(names, "how much is Jiffa Dream Kingdom", BESIDE_NAMES | {"jiffa"}) == []


def test_before_the_first_snapshot_nothing_is_guessed() -> None:
    assert LiveGazetteer().guess("鹄子窝公园门票多少", BESIDE_NAMES) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("昌离几点开门", [("昌离", "district:130322")]),
        ("昌里公园门票多少", [("昌里", "district:130322")]),
        ("长离几点开门", []),
        ("青松鹤公园门票多少", []),
        ("松鹤公园门票多少", [("松鹤公园", "attraction:yunhe")]),
        ("凤岭公园门票多少", []),
    ],
)
def test_a_guess_is_a_word_of_its_own_and_two_characters_must_sound_right(text: str, expected: list[Any]) -> None:
    names = taught(
        [
            {"id": "district:130322", "type": "district", "names": ["昌黎"]},
            {"id": "attraction:yunhe", "type": "attraction", "names": ["云鹤公园"]},
            {"id": "attraction:yunling", "type": "attraction", "names": ["云岭公园"]},
        ]
    )
    assert guessed(names, text) == expected


def test_a_longer_english_name_takes_in_the_shorter_one_it_begins_with() -> None:
    names = taught(
        [
            {"id": "attraction:beach", "type": "attraction", "names": ["Nandaihe"]},
            {"id": "attraction:park", "type": "attraction", "names": ["Nandaihe Amusement Park"]},
            {"id": "clinic:third", "type": "clinic", "names": ["Third Hospital"]},
            {"id": "clinic:university", "type": "clinic", "names": ["Peking University Third Hospital"]},
        ]
    )
    assert found(names, "Nandaihe Amusment Park price") == [("Nandaihe Amusment Park", "attraction:park")]
    assert found(names, "is Peking Univ. 3rd Hospital far") == [("Peking Univ. 3rd Hospital", "clinic:university")]
    assert found(names, "is Nandaihe far") == [("Nandaihe", "attraction:beach")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("植物院几点开门", [("植物院", "attraction:plants")]),
        ("常受山门票多少", [("常受山", "attraction:longevity")]),
        ("浴场几点开门", []),
        ("洗浴场几点开门", []),
        ("动浴场几点开门", []),
        ("第五医院几点开门", []),
    ],
    ids=[
        "made of ordinary words alone",
        "two of three",
        "the word for the kind",
        "a word that only sounds so",
        "the first character is all that tells it",
        "another number",
    ],
)
def test_a_guess_may_sound_like_the_name(text: str, expected: list[Any]) -> None:
    places = {"plants": "植物园", "longevity": "长寿山", "west": "西浴场", "east": "东浴场", "other": "第四医院"}
    names = taught([{"id": f"attraction:{key}", "type": "attraction", "names": [name]} for key, name in places.items()])
    assert guessed(names, text) == expected


def test_a_longer_name_by_its_sound_takes_in_a_shorter_one_of_ordinary_words() -> None:
    names = taught(
        [
            {"id": "clinic:city", "type": "clinic", "names": ["中医院"]},
            {"id": "clinic:changli", "type": "clinic", "names": ["昌黎中医院"]},
            {"id": "hub:city", "type": "hub", "names": ["火车站"]},
            {"id": "hub:beidaihe", "type": "hub", "names": ["北戴河火车站"]},
            {"id": "category:station", "type": "category", "names": ["火车站"]},
        ]
    )
    assert found(names, "昌理中医院怎么走") == [("昌理中医院", "clinic:changli")]
    assert found(names, "北带河火车站怎么走") == [("北带河火车站", "hub:beidaihe")]
    assert found(names, "中医院怎么走") == [("中医院", "clinic:city")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("how much is Yansai", [("Yansai", "attraction:lake")]),
        ("how much is Yansai Road", []),
        ("how much is Tianma", []),
        ("how much is baozi", []),
        ("how much is Emerald", []),
    ],
)
def test_the_pinyin_an_english_name_begins_with_may_stand_for_it(text: str, expected: list[Any]) -> None:
    places = {
        "lake": ["燕塞湖", "Yansai Lake"],
        "mountain": ["天马山", "Tianma Mountain"],
        "beach": ["天马浴场", "Tianma Bathing Beach"],
        "valley": ["鲍子沟", "Baozi Valley"],
        "island": ["翡翠岛", "Emerald Island"],
    }
    names = taught([{"id": f"attraction:{key}", "type": "attraction", "names": both} for key, both in places.items()])
    assert guessed(names, text) == expected
