"""What is dear to make and shared by many tests: the embedder, two indexes built once per run, a PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot import embedding, ingestion
from bot.ingestion import Report
from bot.library import Library
from tests.chroma import ChromaServer
from tests.databases import ENGINES, Cluster, Databases, Files, Office
from tests.desk import Desk

TESTS = Path(__file__).parent


@pytest.fixture(scope="session")
def embedder() -> embedding.Embedder:
    """The bundled model."""
    return embedding.load()


@dataclass(frozen=True)
class Index:
    """A folder of documents, ingested."""

    knowledge: Path
    folder: Path
    report: Report


def _ingested(knowledge: Path, folder: Path, embedder: embedding.Embedder) -> Index:
    return Index(knowledge, folder, ingestion.run(knowledge, folder, lambda: embedder, embedder.name))


@pytest.fixture(scope="session")
def lantern_fair(tmp_path_factory: pytest.TempPathFactory, embedder: embedding.Embedder) -> Iterator[Library]:
    """The library of an invented fair (``tests/data/fair``): a dozen small documents in three languages."""
    index = _ingested(TESTS / "data" / "fair", tmp_path_factory.mktemp("lantern-fair"), embedder)
    assert not index.report.failed
    library = Library(index.folder, embedder)
    yield library
    library.close()


@pytest.fixture(scope="session")
def real_index(tmp_path_factory: pytest.TempPathFactory, embedder: embedding.Embedder) -> Index:
    """The project's own ``knowledge/``, ingested: about a minute, so only tests marked slow may ask for it."""
    return _ingested(TESTS.parent / "knowledge", tmp_path_factory.mktemp("real-index"), embedder)


@pytest.fixture(scope="session")
def real_library(real_index: Index, embedder: embedding.Embedder) -> Iterator[Library]:
    """The library of the real knowledge."""
    library = Library(real_index.folder, embedder)
    yield library
    library.close()


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """An empty folder of documents and no index yet."""
    return Desk(tmp_path)


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """A PostgreSQL server, started by the first test that wants it."""
    started = Cluster()
    yield started
    started.stop()


@pytest.fixture(scope="session")
def files() -> Iterator[Files]:
    """A folder for files of SQLite."""
    made = Files()
    yield made
    made.stop()


@pytest.fixture(scope="session")
def chroma_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ChromaServer]:
    """A Chroma server, started by the first test that wants it."""
    started = ChromaServer(tmp_path_factory.mktemp("chroma") / "data")
    yield started
    started.stop()


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest) -> Databases:
    """Where fresh databases come from: a test that asks for it, or for what follows, runs once for each engine."""
    made: Databases = request.getfixturevalue("files" if request.param == "sqlite" else "cluster")
    return made


@pytest.fixture
def url(engine: Databases) -> str:
    """The address of a fresh, migrated database."""
    return engine.fresh()


@pytest.fixture
def office(url: str) -> Iterator[Office]:
    """A store with teams, members and slots."""
    opened = Office(url)
    yield opened
    opened.close()
