"""Scores of kind and category: what was found against what readers, citizens and another reader's labels say."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

import msgspec
import numpy as np

from nlp.components.classification import choose
from nlp.lexicon import kind_of
from nlp.teaching.category_examples import CategorisedText, accuses
from nlp.teaching.devdata import PROPOSED
from sidak.models import Classification

RESAMPLES = 200
SEED = 20261126
LEAST_OF_CATEGORY = 4
DAMAGE = frozenset({"jalan", "pohon", "drainase_banjir", "pju_lampu", "sampah", "air_pdam"})
MISUSE = frozenset({"pungli", "suap_calo_jualbeli", "korupsi_penyelewengan", "penyalahgunaan_wewenang_nepotisme"})
"""The labels of the keyword sample that mean misconduct."""
Scores = dict[str, float | int]


class Judged(msgspec.Struct, frozen=True, kw_only=True):
    """An example with what was found: the categories by probability, the best first."""

    example: CategorisedText
    shares: tuple[tuple[str, float], ...]
    nothing: float = 0.0
    leaning: float = 0.0

    @property
    def chosen(self) -> Classification:
        """What the pipeline would say."""
        return choose(self.shares, self.nothing, leaning=self.leaning)

    @property
    def best(self) -> str:
        """The likeliest category."""
        return self.shares[0][0]

    @property
    def sure(self) -> bool:
        """Whether the pipeline would name it."""
        return self.chosen.category is not None

    @property
    def right(self) -> bool:
        """Whether it is among those that the text may have."""
        return self.best in self.example.categories

    @property
    def accused(self) -> bool | None:
        """Whether the text tells of misconduct by what a reader said; None where unread or doubtful."""
        if self.example.origin == "keywords":
            return self.example.topic in MISUSE
        kinds = {accuses(name) for name in self.example.categories}
        return kinds.pop() if self.example.read and len(kinds) == 1 else None


def score(judged: Iterable[Judged]) -> Scores:
    """Return how often the best category is right, over all and where it is named, and how true its probability is."""
    found = list(judged)
    named = [each for each in found if each.sure]
    pairs = [(_truth(each), each.best) for each in found]
    return {
        "texts": len(found),
        "accuracy": _share(each.right for each in found),
        **_spread(pairs, of="accuracy"),
        "kind_accuracy": _share(kind_of(truth) == kind_of(best) for truth, best in pairs),
        "macro_f1": _macro(pairs, least=LEAST_OF_CATEGORY),
        "macro_f1_of_ten": _macro(pairs, least=10),
        "named": round(len(named) / max(len(found), 1), 4),
        "right_where_named": _share(each.right for each in named),
        "calibration_error": calibration_error([(each.shares[0][1], each.right) for each in found]),
    }


def score_topics(judged: Iterable[Judged]) -> Scores:
    """Return scores against the official topics, each category counted for the topic that it may stand for."""
    pairs = [
        (each.example.topic, _topic(each.example.topic, each.best)) for each in judged if each.example.topic in PROPOSED
    ]
    return {
        "texts": len(pairs),
        "accuracy": _share(topic == found for topic, found in pairs),
        **_spread(pairs, of="accuracy"),
        **_spread(pairs, of="macro_f1_of_damage"),
        "macro_f1": _macro(pairs),
        "macro_f1_of_ten": _macro(pairs, least=10),
        "macro_f1_of_damage": _macro(pairs, among=DAMAGE),
    }


def score_misconduct(judged: Iterable[Judged]) -> Scores:
    """Return how well misconduct is told from everything else that was read, doubtful ones left out."""
    found = [(truth, each.chosen.kind == "misconduct") for each in judged if (truth := each.accused) is not None]
    hits, called, true = (
        sum(truth and said for truth, said in found),
        sum(said for _, said in found),
        sum(truth for truth, _ in found),
    )
    return {
        "texts": len(found),
        "misconduct": true,
        "precision": round(hits / max(called, 1), 4),
        "called": called,
        "recall": round(hits / max(true, 1), 4),
    }


def score_each(judged: Iterable[Judged]) -> dict[str, Scores]:
    """Return precision and recall of each category."""
    pairs = [(_truth(each), each.best) for each in judged]
    return {
        name: {
            "texts": sum(truth == name for truth, _ in pairs),
            "precision": _ratio(pairs, name, of=1),
            "recall": _ratio(pairs, name, of=0),
        }
        for name in sorted({truth for truth, _ in pairs})
    }


def calibration_error(sayings: Sequence[tuple[float, bool]], *, bins: int = 10) -> float:
    """Return the expected calibration error: how far probabilities stand from the share that is right."""
    if not sayings:
        return 0.0
    error = 0.0
    for low in np.arange(bins) / bins:
        within = [(p, right) for p, right in sayings if low <= p < low + 1 / bins or (p == 1.0 and low == 1 - 1 / bins)]
        if within:
            error += abs(sum(p - right for p, right in within)) / len(sayings)
    return round(float(error), 4)


def _truth(each: Judged) -> str:
    return each.best if each.right else each.example.categories[0]


def _topic(topic: str, category: str) -> str:
    if category in PROPOSED[topic]:
        return topic
    return next((other for other, names in PROPOSED.items() if category in names), category)


def _macro(pairs: Sequence[tuple[str, str]], *, least: int = 1, among: frozenset[str] | None = None) -> float:
    counts = Counter(truth for truth, _ in pairs)
    names = [name for name, count in counts.items() if count >= least and (among is None or name in among)]
    if not names:
        return 0.0
    values = []
    for name in names:
        precision, recall = _ratio(pairs, name, of=1), _ratio(pairs, name, of=0)
        values.append(2 * precision * recall / max(precision + recall, 1e-9))
    return round(float(np.mean(values)), 4)


def _spread(pairs: Sequence[tuple[str, str]], *, of: str) -> Scores:
    """Return the middle 95 % of what resamples of the same texts give (bootstrap, Efron 1979)."""
    random = np.random.default_rng(SEED)
    found = []
    for _ in range(RESAMPLES if pairs else 0):
        drawn = [pairs[at] for at in random.integers(0, len(pairs), len(pairs))]
        found.append(_share(a == b for a, b in drawn) if of == "accuracy" else _macro(drawn, among=DAMAGE))
    low, high = np.percentile(found, [2.5, 97.5]) if found else (0.0, 1.0)
    return {f"{of}_low": round(float(low), 4), f"{of}_high": round(float(high), 4)}


def _ratio(pairs: Sequence[tuple[str, str]], name: str, *, of: int) -> float:
    hits = sum(truth == found == name for truth, found in pairs)
    return round(hits / max(sum(pair[of] == name for pair in pairs), 1), 4)


def _share(flags: Iterable[bool]) -> float:
    values = list(flags)
    return round(sum(values) / max(len(values), 1), 4)
