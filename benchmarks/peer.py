"""The peer: what most pipelines for Indonesian do, as fairly as we can: in batches, with its stemmer's cache."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from importlib import import_module
from importlib.resources import files

import orjson

from benchmarks.invented import make_posts, make_reports

_NOISE = re.compile(r"https?://\S+|[@#]\w+|[^a-z\s]")
_TRAINING_POSTS = 2000


class Peer:
    """Clean, slang dictionary, PySastrawi, TF-IDF, linear SVM: one yes or no a post."""

    def __init__(self, reports: Sequence[str], others: Sequence[str]) -> None:
        self._vectorizer = import_module("sklearn.feature_extraction.text").TfidfVectorizer(ngram_range=(1, 2))
        self._svm = import_module("sklearn.svm").LinearSVC()
        self._slang = _read_slang()
        self.forget()
        known = [self._clean(text) for text in (*reports, *others)]
        self._svm.fit(self._vectorizer.fit_transform(known), [1] * len(reports) + [0] * len(others))
        self.forget()

    def forget(self) -> None:
        """Start with a stemmer that knows no word yet; it keeps the stem of each word it meets."""
        self._stemmer = import_module("Sastrawi.Stemmer.StemmerFactory").StemmerFactory().create_stemmer()

    def decide(self, texts: Sequence[str]) -> list[int]:
        """Return 1 for each report, all texts in one batch."""
        return list(self._svm.predict(self._vectorizer.transform([self._clean(text) for text in texts])).tolist())

    def _clean(self, text: str) -> str:
        words = _NOISE.sub(" ", text.lower()).split()
        return str(self._stemmer.stem(" ".join(self._slang.get(word, word) for word in words)))


@cache
def process_peer() -> Peer:
    """Return this process's peer, trained on invented posts."""
    return Peer(make_reports(_TRAINING_POSTS // 10, seed=1), make_posts(_TRAINING_POSTS, seed=2))


def peer_chunk(lines: list[bytes]) -> bytes:
    """Read JSON lines and return JSON lines with a yes or no, all in one batch."""
    rows = [orjson.loads(line) for line in lines]
    decisions = process_peer().decide([row["text"] for row in rows])
    return b"\n".join(
        orjson.dumps({"id": row["id"], "is_report": bool(yes)}) for row, yes in zip(rows, decisions, strict=True)
    )


def peer_one_by_one(lines: list[bytes]) -> bytes:
    """Do the same one post at a time, as services and streams call such pipelines."""
    return b"\n".join(peer_chunk([line]) for line in lines)


def _read_slang() -> dict[str, str]:
    """Return the packaged slang list, so that both pipelines know the same words."""
    lines = files("nlp").joinpath("data/slang.tsv").read_text(encoding="utf-8").splitlines()
    rows = (line.split("\t") for line in lines if line and not line.startswith("#"))
    return {spelling: standard for standard, spellings in rows for spelling in spellings.split()}
