"""What a sentence claims, and whether its passages say so; a small run of the benchmark with floors."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.glossary import Entity, Glossary
from bot.grounding import sift, unsupported
from bot.grounding.dates import dates
from bot.grounding.quantities import normal, quantities
from bot.passages import Passage
from bot.words import Words
from tests.benchmarks import grounding

VECTORS = tomllib.loads((Path(__file__).parent / "data" / "quantities.toml").read_text("utf-8"))
LANTERN = Entity("lantern", {"ko": "등불전자", "en": "Lantern Works", "de": "Lantern Works"}, "company", ("Lantern",))
HARBOUR = Entity("harbour", {"ko": "항구화학", "en": "Harbour Chemical", "de": "Harbour Chemical"}, "company")
FAIR = Entity("lamp-fair", {"ko": "등불 박람회", "en": "Lamp Fair", "de": "Lampenmesse"}, "fair")
NAMES = Glossary((LANTERN, HARBOUR, FAIR))
EN = Passage(
    "plants.en.md",
    "Plants",
    "Lantern Works plans a plant for KRW 1.2 trillion, due in 2027. Harbour Chemical opened its plant for 46,000 tonnes "
    "in May 2024. The Lamp Fair was held from 7 to 9 May 2025 in Munich with 66 companies and 70 booths. "
    "Lantern Works makes its lamps from rice husks, not from wood. Harbour Chemical cancelled its second plant in 2025.",
    "en",
)
KO = Passage(
    "plants.ko.md",
    "공장",
    "등불전자는 1조 2,000억 원을 들여 2027년까지 공장을 지을 계획입니다. 항구화학은 2024년 5월 4만 6,000톤 규모의 공장을 준공했습니다. "
    "등불 박람회는 2025년 5월 7~9일 독일 뮌헨에서 66개사, 70부스 규모로 열렸습니다.",
    "ko",
)


def kinds(sentence: str, *passages: Passage) -> set[str]:
    return {fault.kind for fault in unsupported(sentence, passages, NAMES)}


@pytest.mark.parametrize("row", VECTORS["same"], ids=lambda row: f"{row['value']:g} {row['unit']}")
def test_one_amount_is_one_value_in_every_notation(row: dict[str, object]) -> None:
    for language in ("ko", "en", "de"):
        texts = row[language]
        assert isinstance(texts, list)
        for text in texts:
            found = quantities(normal(text), language)
            assert [(one.unit, one.readings[0]) for one in found] == [(row["unit"], pytest.approx(row["value"]))], text


@pytest.mark.parametrize("row", VECTORS["date"], ids=lambda row: str(row["day"]))
def test_one_date_is_one_moment_in_every_notation(row: dict[str, list[object]]) -> None:
    for text in row["texts"]:
        assert [list(one.key) for one in dates(normal(str(text)))] == [row["day"]], text


@pytest.mark.parametrize("row", VECTORS["range"], ids=lambda row: str(row["first"]))
def test_a_range_is_both_its_ends(row: dict[str, list[object]]) -> None:
    for text in row["texts"]:
        found = sorted({one.key for one in dates(normal(str(text)))})
        assert [list(key) for key in found] == [row["first"], row["last"]], text


def _korean(value: int) -> str:
    parts = []
    for scale, name in ((10**12, "조"), (10**8, "억"), (10**4, "만")):
        if value >= scale:
            parts.append(f"{value // scale:,}{name}")
            value %= scale
    return " ".join([*parts, f"{value:,}" if value else ""]).strip()


@given(st.integers(min_value=3, max_value=10**15))
def test_a_number_survives_three_notations(value: int) -> None:
    english = quantities(f"KRW {value:,}", "en")
    german = quantities(f"{value:,} Won".replace(",", "."), "de")
    korean = quantities(f"{_korean(value)} 원", "ko")

    assert [one.readings[0] for one in (*english, *german, *korean)] == [value] * 3
    assert english[0].meets(german[0])
    assert german[0].meets(korean[0])


@given(st.integers(min_value=11, max_value=99_999), st.sampled_from(["million", "billion", "trillion"]))
def test_an_english_scale_is_the_german_one_of_the_same_size(tenths: int, scale: str) -> None:
    german = {"million": "Millionen", "billion": "Milliarden", "trillion": "Billionen"}[scale]
    one = quantities(f"EUR {tenths / 10:,.1f} {scale}", "en")[0]
    number = f"{tenths / 10:,.1f}".translate(str.maketrans(",.", ".,"))
    other = quantities(f"{number} {german} Euro", "de")[0]

    assert one.meets(other)


@given(st.integers(min_value=2, max_value=10**9), st.integers(min_value=2, max_value=10**9))
def test_different_numbers_do_not_meet(one: int, other: int) -> None:
    met = quantities(f"{one:,} tonnes", "en")[0].meets(quantities(f"{other:,} tonnes", "en")[0])

    assert met == (one == other)


@pytest.mark.parametrize(
    "sentence",
    [
        "Lantern Works plans a plant for 1,200 billion won. [1]",
        "The plant of Harbour Chemical, for 46,000 t, was opened in May 2024 [1].",
        "Die Lampenmesse fand vom 7. bis 9. Mai 2025 in München statt.",
        "Lantern Works will für 1,2 Billionen Won ein Werk bauen.",
        "등불전자는 1조 2천억 원 규모의 공장을 2027년까지 지을 예정입니다.",
        "66개사가 70개 부스로 등불 박람회에 참가했습니다.",
    ],
)
@pytest.mark.parametrize("passage", [EN, KO], ids=["en", "ko"])
def test_a_right_sentence_has_no_fault_in_any_language(sentence: str, passage: Passage) -> None:
    assert unsupported(sentence, [passage], NAMES) == ()


@pytest.mark.parametrize(
    ("sentence", "kind"),
    [
        ("Lantern Works plans a plant for KRW 1.3 trillion.", "number"),
        ("Lantern Works plans a plant for KRW 1.2 billion.", "number"),
        ("Lantern Works will für 1,2 Milliarden Won ein Werk bauen.", "number"),
        ("Lantern Works plans a plant for EUR 1.2 trillion.", "number"),
        ("The Lamp Fair was held from 8 to 9 May 2025.", "date"),
        ("Harbour Chemical opened its plant for 46,000 tonnes in May 2023.", "date"),
        ("The Lamp Fair was held from 7 to 9 May 2025 in Berlin.", "name"),
        ("Lantern Works has built a plant for KRW 1.2 trillion.", "status"),
        ("Harbour Chemical plans to open its plant for 46,000 tonnes in May 2024.", "status"),
        ("Harbour Chemical approved its second plant in 2025.", "status"),
        ("Harbour Chemical did not open its plant for 46,000 tonnes in May 2024.", "negation"),
        ("Lantern Works makes its lamps from rice husks and from wood.", "negation"),
        ("The Lamp Fair was not held from 7 to 9 May 2025.", "negation"),
        ("Visitors may ride the giant wheel for free every evening.", "added"),
    ],
)
def test_a_wrong_sentence_has_a_fault_of_its_kind(sentence: str, kind: str) -> None:
    assert kind in kinds(sentence, EN)


def test_figures_of_two_companies_are_not_exchanged() -> None:
    assert kinds("Harbour Chemical plans a plant for KRW 1.2 trillion.", EN)
    assert kinds("Lantern Works opened its plant for 46,000 tonnes in May 2024.", EN)
    assert kinds("항구화학은 1조 2,000억 원을 들여 2027년까지 공장을 지을 계획입니다.", KO)


def test_figures_of_one_statement_are_not_exchanged() -> None:
    assert kinds("The Lamp Fair was held from 7 to 9 May 2025 in Munich with 70 companies and 66 booths.", EN)


SITES = Passage(
    "sites.en.md",
    "Sites",
    "The lamp hall has a site of 8,030 m² and a floor area of 3,492 m². It costs KRW 33.4 billion, of which the state pays "
    "KRW 10.0 billion and the city KRW 17.5 billion. The hall was due to open in December 2025. No source was found that "
    "confirms its opening. KOTRA counted 43 visitors from abroad.",
    "en",
)


@pytest.mark.parametrize(
    "sentence",
    [
        "The floor area is 3,492 m², the site measures 8,030 m².",
        "17.5 billion come from the city and 10.0 billion from the state.",
        "It was expected to open in December 2025, but no report confirms that it did.",
        "The lamp hall was due to open in December 2025; whether it did is not confirmed.",
    ],
)
def test_another_wording_is_no_fault(sentence: str) -> None:
    assert unsupported(sentence, [SITES], NAMES) == ()


@pytest.mark.parametrize(
    "sentence",
    [
        "The floor area is 8,030 m², the site measures 3,492 m².",
        "17.5 billion come from the state and 10.0 billion from the city.",
        "The lamp hall opened in December 2025.",
        "The lamp hall has a site of 8,031 m².",
    ],
)
def test_figures_exchanged_and_plans_told_as_done_are_faults_in_any_wording(sentence: str) -> None:
    assert kinds(sentence, SITES)


def test_a_name_in_the_other_script_is_heard() -> None:
    passage = Passage("a.ko.md", "상담", "KOTRA는 상담 43건을 집계했습니다.", "ko")

    assert unsupported("코트라는 상담 43건을 집계했습니다.", [passage], NAMES, words=Words(())) == ()


def test_a_german_adjective_of_a_town_names_the_town() -> None:
    glossary = Glossary((Entity("northport", {"en": "Northport", "de": "Northport"}, "city"),))
    passage = Passage("a.de.md", "Stand", "Northport hatte einen Stand.", "de")

    assert unsupported("Es gab einen Northporter Stand.", [passage], glossary) == ()


def test_a_name_that_nobody_knows_is_a_fault() -> None:
    assert kinds("Nordcell opened its plant for 46,000 tonnes in May 2024.", EN) == {"name"}


def test_a_sentence_may_join_two_statements() -> None:
    joined = "Harbour Chemical opened its plant for 46,000 tonnes in May 2024, and cancelled its second plant in 2025."

    assert kinds(joined, EN) == set()


def test_without_passages_nothing_is_supported() -> None:
    assert kinds("Lantern Works plans a plant.") == {"added"}


def test_a_heading_supports_a_name() -> None:
    passage = Passage("a.md", "Lamp Fair", "It was held in May 2025.", "en", headings=("Lamp Fair", "When"))

    assert kinds("The Lamp Fair was held in May 2025.", passage) == set()


def test_the_benchmark_holds_its_floor() -> None:
    """In one language; figures over all kinds and languages are for the benchmark to print."""
    known, pieces = grounding.names(), grounding.passages()
    right = grounding.right(pieces)
    sample = right[::160] + [one for one in right if one.group == "worded"][::2]
    spoilt = list(grounding.Spoiler(known, right).spoilt(sample, 90))
    checker = grounding.Checker(pieces, known, None)
    refused = [one.text for one, faults in checker.all(sample) if faults and "alone" not in one.group]
    caught = [bool(faults) for one, faults in checker.all(spoilt) if "alone" not in one.group]

    assert len(refused) <= 0.05 * len(sample), refused
    assert sum(caught) >= 0.9 * len(spoilt)


def test_a_models_answer_keeps_what_its_passages_say() -> None:
    passage = Passage("expo.md", "The Expo", "The Expo was held in Pohang on 5 March 2025. It had 70 booths.", "en")
    text = "The Expo was held on 5 March 2025. [1] It had 90 booths [1]. It will be held again next year.\n\nIt had 70 booths [1]."

    kept, dropped = sift(text, [passage], lambda claim: not unsupported(*claim, Glossary(), "When was the Expo?"))

    assert kept == "The Expo was held on 5 March 2025. [1]\n\nIt had 70 booths [1]."
    assert dropped == ["It had 90 booths.", "It will be held again next year."]
