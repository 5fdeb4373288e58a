"""The judged queries: what they hold, and how rankings are measured by them."""

from __future__ import annotations

import re
from collections import Counter
from importlib.resources import files
from math import log2
from pathlib import Path

import pytest

from index.judged.corpus import read_corpus, text_key
from index.judged.measures import bootstrap, ndcg, read_queries
from index.judged.plain import open_plain_sqlite
from sidak.errors import UsageError


def test_enough_queries_are_judged_and_at_least_half_of_them_are_held_out() -> None:
    queries = read_queries()
    assert len(queries) >= 40
    assert 2 * sum(query.held_out for query in queries) >= len(queries)
    assert min(len(query.grades) for query in queries) >= 9
    assert {grade for query in queries for grade in query.grades.values()} == {0, 1, 2, 3}


def test_judgements_are_keys_and_grades_alone_and_each_pair_once() -> None:
    lines = (files("index") / "judged/judgements.tsv").read_text(encoding="utf-8").splitlines()
    pairs = [line for line in lines if not line.startswith("#")]
    assert all(re.fullmatch(r"[a-z-]+\t[0-9a-f]{16}\t[0-3]", line) for line in pairs)
    assert max(Counter(line.rsplit("\t", 1)[0] for line in pairs).values()) == 1
    assert {line.split("\t")[0] for line in pairs} == {query.id for query in read_queries()}


def test_ndcg_by_hand() -> None:
    grades = {"a": 3, "b": 1, "c": 0}
    ideal = 7 + 1 / log2(3)
    assert ndcg(["a", "b"], grades) == pytest.approx(1)
    assert ndcg(["c", "a", "unknown"], grades) == pytest.approx(7 / log2(3) / ideal)
    assert ndcg(["b", *"defghijkl", "a"], grades) == pytest.approx(1 / ideal)
    assert ndcg([], grades) == ndcg(["a"], {}) == 0


def test_an_interval_holds_the_mean_and_is_the_same_again() -> None:
    score = bootstrap([0.2, 0.4, 0.9, 1.0])
    assert 0.2 <= score.low < score.mean < score.high <= 1.0
    assert score.mean == pytest.approx(0.625)
    assert bootstrap([0.2, 0.4, 0.9, 1.0]) == score


def test_a_key_does_not_depend_on_blanks_and_tells_no_text() -> None:
    assert text_key("jalan  rusak\n") == text_key(" jalan rusak")
    assert text_key("jalan rusak") != text_key("jalan rusak!")


def test_a_missing_data_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="--data"):
        list(read_corpus(tmp_path))


def test_the_corpus_is_read_and_found_by_plain_bm25(tmp_path: Path) -> None:
    (tmp_path / "background").mkdir()
    row = '{{"id": "1", "created_at": "2022-01-02T03:04:05", "text": "{}"}}\n'
    texts = ["lampu jalan di gang kami padam sejak kemarin, mohon diperbaiki", "selamat pagi semua"]
    (tmp_path / "complaints_surabaya_2022.jsonl").write_text("".join(map(row.format, [*texts, texts[0]])))
    for name in ("infrastructure_unlabelled", "korupsi", "sp4n_pr"):
        (tmp_path / f"background/tweets_{name}.jsonl").write_text("")
    entries = list(read_corpus(tmp_path))
    assert [entry.key for entry in entries] == list(map(text_key, texts))
    assert entries[0].document.category == "lampu_jalan"
    assert open_plain_sqlite(entries)('lampu "mati') == [text_key(texts[0])]
