"""The real knowledge: every statement has its source, the languages are paired, every format's own fact is answered."""

from __future__ import annotations

import re
import shutil
from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from bot import generations, ingestion, wordings
from bot.answers import Assistant
from bot.citations import Answer
from bot.documents import read, split
from bot.embedding import Embedder
from bot.followups import Turn
from bot.library import Library
from bot.prompts import Prompts
from bot.sentences import statements
from bot.texts import say
from tests.conftest import Index
from tests.models import says

ROOT = Path(__file__).parent.parent
KNOWLEDGE = ROOT / "knowledge"
MARKDOWN = sorted(path.relative_to(KNOWLEDGE).as_posix() for path in KNOWLEDGE.rglob("*.md"))
FEES = """---
title: Fees of the Battery Academy
language: en
as_of: 2026-11-01
---

# Fees of the Battery Academy

The six-week courses of the Korea Battery Academy in Pohang cost KRW 300,000.
"""
FORMATS = {".md", ".pdf", ".docx", ".pptx", ".xlsx", ".hwpx", ".hwp", ".html", ".txt", ".csv"}


def test_there_is_a_document_in_every_format() -> None:
    assert {path.suffix for path in KNOWLEDGE.rglob("*") if path.is_file()} - {".toml"} == FORMATS


def test_one_text_file_is_in_the_encoding_of_older_korean_offices() -> None:
    content = (KNOWLEDGE / "city" / "city-hall.ko.txt").read_bytes()
    assert "포항시청" in content.decode("euc-kr")
    with pytest.raises(UnicodeDecodeError):
        content.decode("utf-8")


def test_every_document_is_there_in_korean_english_and_german() -> None:
    languages: dict[str, set[str]] = {}
    for path in KNOWLEDGE.rglob("*"):
        if path.is_file() and path.suffix != ".toml":
            name, language, _ = path.name.rsplit(".", 2)
            languages.setdefault((path.parent / name).relative_to(KNOWLEDGE).as_posix(), set()).add(language)
    assert {name: found for name, found in languages.items() if found != {"ko", "en", "de"}} == {}


@pytest.mark.parametrize("path", MARKDOWN)
def test_every_statement_has_a_publisher_a_date_and_an_address(path: str) -> None:
    for passage in split(read(KNOWLEDGE / path, KNOWLEDGE)):
        assert passage.as_of
        assert passage.review_by
        assert passage.language == path.rsplit(".", 2)[1]
        for statement in statements(passage):
            sources = passage.sources_of(statement.start, statement.end)
            # What nobody has said has no source.
            assert sources or not passage.known, statement.quote
            for source in sources:
                assert source.publisher
                assert re.fullmatch(r"\d{4}(-\d\d(-\d\d)?)?", source.published), source
                assert re.match(r"https?://\S+$", source.url), source


@pytest.mark.parametrize("path", MARKDOWN)
def test_every_footnote_is_used_and_explained_once(path: str) -> None:
    text = (KNOWLEDGE / path).read_text("utf-8")
    defined = Counter(re.findall(r"^\[\^(\w+)\]:", text, re.MULTILINE))
    used = set(re.findall(r"\[\^(\w+)\](?!:)", text))
    assert set(defined) == used
    assert max(defined.values()) == 1


@pytest.mark.slow
class TestIngested:
    """Asked of the whole knowledge, ingested once."""

    async def answer(self, library: Library, question: str, history: Sequence[Turn] = ()) -> Answer:
        assistant = Assistant(library, Prompts(ROOT / "prompts"), today=lambda: date(2026, 11, 23))
        (given,) = [value async for value in assistant.answer(question, history)]
        assert all(citation.quote in citation.passage.text for citation in given.citations)
        return given

    def test_every_file_is_read(self, real_index: Index) -> None:
        assert real_index.report.failed == ()
        assert {Path(line.path).suffix for line in real_index.report.lines} == FORMATS

    def test_nearly_every_passage_of_an_office_file_has_its_source(self, real_index: Index) -> None:
        found = generations.read_passages(generations.current(real_index.folder))
        without = [one for one in found if not one.path.endswith(".md") and not one.sources]
        # Only what the file says of itself: its date, its sheets.
        assert [one.text for one in without if not re.search(r"as of|기준일|stand", one.text, re.IGNORECASE)] == []

    @pytest.mark.parametrize(
        ("question", "path", "says"),
        [
            ("How large is the exhibition hall of POEX?", "visit/poex-fact-sheet.en.pdf", "7,183 m²"),
            ("포엑스 전시장 면적은 얼마나 되나요?", "visit/poex-fact-sheet.ko.pdf", "7,183㎡"),
            (
                "Who runs the Korea Battery Academy in Pohang?",
                "research/battery-talent-training.en.docx",
                "run by Pohang TechnoPark",
            ),
            (
                "What are the target sectors of the planned Yeongilman specialised complex?",
                "invest/foreign-investors.en.pptx",
                "primary metals (C24)",
            ),
            (
                "What share of Korea's imports of cobalt sulfate goes to Pohang?",
                "figures/trade-and-port.en.xlsx",
                "91.2",
            ),
            (
                "블루밸리 국가산단에 추가로 필요한 전력은 얼마나 되나요?",
                "invest/blue-valley-utilities.ko.hwpx",
                "260㎽",
            ),
            (
                "기회발전특구에서 창업하면 취득세는 얼마나 감면되나요?",
                "invest/opportunity-zone-incentives.ko.hwp",
                "취득세를 50% 감면",
            ),
            (
                "How long did the fastest KTX from Seoul to Pohang take?",
                "visit/rail-and-air.en.html",
                "2 hours 15 minutes",
            ),
            ("포항시 민원콜센터 전화번호가 뭐예요?", "city/city-hall.ko.txt", "054-270-8282"),
            ("Which fair did Newtech Energy attend?", "fairs/exhibitors-by-fair.en.csv", "InterBattery Europe 2024"),
        ],
    )
    async def test_the_fact_of_a_format_is_answered_with_its_citation(
        self, real_library: Library, question: str, path: str, says: str
    ) -> None:
        given = await self.answer(real_library, question)
        assert given.answered
        quotes = [citation.quote for citation in given.citations if citation.passage.path == path]
        assert any(says in quote for quote in quotes), given
        assert all(citation.publisher and citation.url for citation in given.citations), given

    @pytest.mark.parametrize(
        ("question", "language", "says"),
        [
            ("Which companies did Pohang show at InterBattery Europe 2025?", "en", ("Tuen", "ANPOLY")),
            ("국제 배터리 엑스포는 언제 어디서 열렸나요?", "ko", ("2025년 11월 3~5일", "포스텍")),
            ("Who is Lelios?", "en", ("ReLioS", "network")),
            ("Wo war die Messe 2025?", "de", ("2025", "Messe München")),
            ("투엔은 뭐 하는 회사야?", "ko", ("투엔", "포항", "폐수")),
        ],
    )
    async def test_the_seed_questions(
        self, real_library: Library, question: str, language: str, says: tuple[str, ...]
    ) -> None:
        given = await self.answer(real_library, question)
        assert (given.answered, given.language) == (True, language)
        assert {citation.passage.language for citation in given.citations} == {language}
        assert [part for part in says if part not in given.text] == [], given.text

    @pytest.mark.parametrize(
        "question",
        [
            "When is the next Expo?",
            "다음 엑스포는 언제 열리나요?",
            "Wann ist die nächste Expo?",
            "Is there an Expo in 2027?",
        ],
    )
    async def test_when_the_next_expo_is_nobody_has_said(self, real_library: Library, question: str) -> None:
        given = await self.answer(real_library, question)
        assert not given.answered
        unknown = say(given.language, "answers.unknown")
        assert any(not one.passage.known for one in given.citations) or given.text.startswith(unknown)

    @pytest.mark.parametrize(
        ("question", "held", "later"),
        [
            ("When is the Expo?", "was held from 3 to 5 November 2025", "names a 2026 or later edition"),
            ("엑스포 언제예요?", "2025년 11월 3~5일", "2026년 이후의 포항 국제 배터리 엑스포"),
            ("Wann ist die Expo?", "fand vom 3. bis 5. November 2025", "für 2026 oder später"),
            ("When is InterBattery Europe?", "was held from 7 to 9 May 2025", "after the one of 2025"),
            ("인터배터리 유럽은 언제 열려요?", "2025년 5월 7~9일", "2025년 행사 이후의 인터배터리 유럽"),
            ("Wann findet die InterBattery Europe statt?", "vom 7. bis 9. Mai 2025", "nach jener von 2025"),
        ],
    )
    async def test_when_a_fair_is_tells_when_it_was_and_that_no_later_one_is_known(
        self, real_library: Library, question: str, held: str, later: str
    ) -> None:
        given = await self.answer(real_library, question)
        assert given.answered
        assert held in given.text.split("[1]")[0], given.text
        assert later in given.text
        assert {"2026-11-23"} == {one.as_of for one in given.citations if not one.passage.known}

    @pytest.mark.parametrize("question", ["When was the Expo?", "엑스포는 언제 열렸나요?", "Wann fand die Expo statt?"])
    async def test_who_asks_when_a_fair_was_is_told_nothing_of_a_later_one(
        self, real_library: Library, question: str
    ) -> None:
        given = await self.answer(real_library, question)
        assert "2025" in given.text
        assert all(one.passage.known for one in given.citations)

    @pytest.mark.parametrize(
        ("question", "as_of"),
        [
            ("When is CIBF?", "1 May 2025"),
            ("Wann ist die CIBF?", "1. Mai 2025"),
            ("인터배터리는 언제 하나요?", "2026년 3월 3일"),
            ("인라인 자동평가센터는 언제 문을 여나요?", "2025년 10월 9일"),
            ("Wann ist die InterBattery?", "3. März 2026"),
        ],
    )
    async def test_a_plan_whose_day_has_passed_is_told_as_one_without_a_later_report(
        self, real_library: Library, question: str, as_of: str
    ) -> None:
        given = await self.answer(real_library, question)
        assert given.text.endswith(say(given.language, "answers.plan", date=as_of)), given.text
        before = Assistant(real_library, Prompts(ROOT / "prompts"), today=lambda: date(2024, 8, 1))
        (then,) = [value async for value in before.answer(question)]
        assert say(given.language, "answers.plan", date=as_of) not in then.text

    async def test_a_plan_comes_with_what_the_documents_themselves_say_of_its_end(self, real_library: Library) -> None:
        given = await self.answer(real_library, "Wann eröffnet das Inline-Prüfzentrum?")
        assert "sollte" in given.text
        assert "wurde nicht gefunden" in given.text

    async def test_a_plan_in_a_models_words_is_told_as_one_too(self, real_library: Library) -> None:
        question = "Wann ist die InterBattery?"
        plan = (await self.answer(real_library, question)).text.partition(" [1]")[0]
        model = says(f"{plan} [1]")
        worded = Assistant(real_library, Prompts(ROOT / "prompts"), model, today=lambda: date(2026, 11, 23))
        *_, given = [value async for value in worded.answer(question)]
        assert given.text == f"{plan} [1]\n\n{say('de', 'answers.plan', date='3. März 2026')}"

    @pytest.mark.parametrize(
        ("question", "stopped"),
        [
            (
                "How much does POSCO Future M invest in the artificial graphite anode plant in Blue Valley?",
                "put off the completion",
            ),
            ("What do POSCO Future M and Huayou Cobalt plan in Blue Valley?", "dropped"),
            ("포스코와 CNGR 니켈 공장은 어떻게 되나요?", "해산"),
        ],
    )
    async def test_what_was_put_off_or_given_up_is_never_told_as_live(
        self, real_library: Library, question: str, stopped: str
    ) -> None:
        given = await self.answer(real_library, question)
        assert stopped in given.text, given.text

    @pytest.mark.parametrize(
        ("question", "figure", "dispute"),
        [
            ("How large is the opportunity development zone?", "2.54 million m²", "2.55 million m²"),
            ("기회발전특구 면적은 얼마인가요?", "254만㎡", "255만㎡"),
            ("How much of Blue Valley is sold?", "about 60%", "all industrial lots"),
            ("블루밸리 분양률이 얼마예요?", "약 60%", "모두 분양"),
            ("Wie viel von Blue Valley ist verkauft?", "rund 60 %", "alle Industriegrundstücke"),
        ],
    )
    async def test_where_sources_disagree_both_are_told(
        self, real_library: Library, question: str, figure: str, dispute: str
    ) -> None:
        given = await self.answer(real_library, question)
        assert figure in given.text.split("[1]")[0], given.text
        assert dispute in given.text.split("[2]")[0], given.text

    @pytest.mark.parametrize(
        ("before", "question", "says"),
        [
            ("2024년 인터배터리 유럽은 언제 열렸나요?", "그럼 2025년에는?", "2025년 5월 7~9일"),
            ("When was InterBattery Europe 2024?", "and where was that?", "Messe München"),
            (
                "Wann fand die Internationale Batterie-Expo 2025 statt?",
                "Und wie viele Aussteller?",
                "Aussteller",
            ),
        ],
    )
    async def test_follow_ups(self, real_library: Library, before: str, question: str, says: str) -> None:
        given = await self.answer(real_library, question, [(before, "…")])
        assert says in given.text, given.text

    @pytest.mark.parametrize(
        "question",
        [
            "What is the capital of France?",
            "How do I cook pasta?",
            "파스타 레시피 알려줘",
            "비트코인 지금 사도 될까?",
            "Wer hat die Fußball-Weltmeisterschaft 2014 gewonnen?",
            "Wie wird das Wetter morgen in Berlin?",
        ],
    )
    async def test_what_is_none_of_its_business_is_refused(self, real_library: Library, question: str) -> None:
        given = await self.answer(real_library, question)
        assert not given.answered
        assert given.text.startswith((say(given.language, "answers.unknown"), say(given.language, "declined.advice")))
        assert "054-270-8282" in given.text or "+82-54-270-8282" in given.text

    async def test_what_was_asked_in_vain_is_answered_by_a_new_document(
        self, real_index: Index, embedder: Embedder, tmp_path: Path
    ) -> None:
        question = "What do the six-week courses of the Battery Academy in Pohang cost?"
        knowledge, index = tmp_path / "knowledge", tmp_path / "index"
        shutil.copytree(real_index.knowledge, knowledge)
        shutil.copytree(real_index.folder, index)
        before = Library(index, embedder)
        with closing(before) as library:
            assert not (await self.answer(library, question)).answered
            (knowledge / "research" / "fees.en.md").write_text(FEES, "utf-8")
            ingestion.run(knowledge, index, lambda: embedder, embedder.name)
            given = await self.answer(library, question)
        assert given.answered
        assert "KRW 300,000" in given.text.partition("[1]")[0]

    def test_every_worded_statement_stands_in_its_document(self, real_index: Index) -> None:
        assert [line for line in real_index.report.lines if line.path == wordings.NAME] == []
