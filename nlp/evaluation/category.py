"""Scores kind and category on texts that the model scored did not see: `sidak evaluate --data DIR --part category`.

Models are trained anew: the complaints before SPLIT_DAY teach, the later ones test; another province's complaints
and tweets are dealt into folds, copies of a wording into one. The keyword sample and copies of it never teach.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from pathlib import Path

from nlp.category_features import Reading
from nlp.category_model import NONE, CategoryModel
from nlp.components.accusation import lean
from nlp.components.classification import weigh
from nlp.evaluation.category_scores import Judged, Scores, score, score_each, score_misconduct, score_topics
from nlp.teaching.category import fit, read_all
from nlp.teaching.category_examples import LABELS, NEAR_MISSES, CategorisedText, read_examples
from nlp.teaching.province import PROVINCE
from nlp.teaching.sentences import OURS

FOLDS = 3


def evaluate_category(data: Path, *, labels: Path = LABELS) -> dict[str, Scores]:
    """Return scores by data set, and for each category read by a person."""
    examples = read_examples(data, labels=labels)
    readings = read_all(examples)
    judged = judge(examples, readings)
    unseen = {name: judge_unseen(examples, readings, origin=name) for name in ("complaints", PROVINCE)}
    scores = {
        "official_topics": score_topics(_of(judged, "complaints")),
        "complaints_read": score(_named(_of(judged, "complaints"))),
        "other_province": score(_named(_of(judged, PROVINCE))),
        "tweets": score(_named(_of(judged, "tweets"))),
        "unseen_city_official_topics": score_topics(unseen["complaints"]),
        "unseen_city": score(_named(unseen["complaints"])),
        "unseen_province": score(_named(unseen[PROVINCE])),
        "misconduct": score_misconduct(each for each in judged if each.example.origin != "keywords"),
        "misconduct_later_complaints": score_misconduct(_of(judged, "complaints")),
        "misconduct_other_province": score_misconduct(_of(judged, PROVINCE)),
        "misconduct_keyword_sample": score_misconduct(_of(judged, "keywords")),
        "misconduct_unseen_city": score_misconduct(unseen["complaints"]),
        "misconduct_unseen_province": score_misconduct(unseen[PROVINCE]),
    }
    return scores | {f"category_{name}": found for name, found in score_each(_named(judged)).items()}


def judge(examples: Sequence[CategorisedText], readings: Sequence[Reading]) -> list[Judged]:
    """Return examples with what models that saw neither them nor copies of them find; invented ones only teach."""
    judged: list[Judged] = []
    for fold in range(FOLDS):
        teach = [n for n, each in enumerate(examples) if _teaches(each) and _fold(each) != fold]
        held = [n for n, each in enumerate(examples) if (fold == 0 if each.late else _fold(each) == fold)]
        model = fit([examples[n] for n in teach], [readings[n] for n in teach])
        judged += [_judge_one(model, examples[n], readings[n]) for n in held]
    return judged


def judge_unseen(examples: Sequence[CategorisedText], readings: Sequence[Reading], *, origin: str) -> list[Judged]:
    """Return what a model that never saw an origin finds in it: the same work in another place."""
    teach = [n for n, each in enumerate(examples) if _teaches(each) and each.origin != origin]
    late = any(each.late for each in examples if each.origin == origin)
    held = [n for n, each in enumerate(examples) if each.origin == origin and each.late is late]
    model = fit([examples[n] for n in teach], [readings[n] for n in teach])
    return [_judge_one(model, examples[n], readings[n]) for n in held]


def _judge_one(model: CategoryModel, example: CategorisedText, reading: Reading) -> Judged:
    shares, nothing = weigh(model, model.score_reading(reading))
    return Judged(example=example, shares=shares, nothing=nothing, leaning=lean(reading.hints))


def _teaches(example: CategorisedText) -> bool:
    return bool(example.categories) and not example.late and not example.tested


def _fold(example: CategorisedText) -> int:
    """Return the fold in which an example is held out; -1 for what always teaches."""
    if example.origin in {"complaints", NEAR_MISSES, *OURS}:
        return -1
    return zlib.crc32(example.wording.encode()) % FOLDS


def _of(judged: Sequence[Judged], origin: str) -> list[Judged]:
    return [each for each in judged if each.example.origin == origin]


def _named(judged: Sequence[Judged]) -> list[Judged]:
    """Return those in which a reader saw a category."""
    return [each for each in judged if each.example.read and each.example.categories[0] != NONE]
