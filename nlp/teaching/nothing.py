"""What category models that never saw a letter make of it: how likely it names no category at all.

Letters weigh that beside their own looks: it tells applications, questions and praise from reports better than either
of them. The shipped category model has learnt the complaints and our letters; so their odds are worked out by others,
out of fold.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from nlp.category_features import Reading
from nlp.category_model import NONE
from nlp.components.classification import weigh
from nlp.linear import log_odds
from nlp.model import MODEL_DIR
from nlp.teaching.category import fit, teaching_rows
from nlp.teaching.category_examples import CategorisedText
from nlp.teaching.devdata import LABELS_DIR, read_keyed
from nlp.teaching.folds import folds

NOTHING_FILE = "nothing_scores.tsv"


def nothing_file(folder: Path) -> Path:
    """Return where the odds lie that go with a folder's models: beside them; of the shipped ones with the labels.

    No reading needs them, and what is shipped to read with has its limit.
    """
    return (LABELS_DIR if folder.resolve() == MODEL_DIR else folder) / NOTHING_FILE


def score_nothing(examples: Sequence[CategorisedText], readings: Sequence[Reading]) -> dict[str, float]:
    """Return the log odds of no category for each complaint and invented letter, by its key.

    Copies of a text stay in one fold.
    """
    letters = [n for n, each in enumerate(examples) if each.key]
    if not letters:
        return {}
    truths = np.array([int(examples[n].categories[:1] == (NONE,)) for n in letters])
    found: dict[str, float] = {}
    for _, held in folds(truths, [examples[n].wording for n in letters]):
        unseen = {letters[n] for n in held}
        taught = [n for n in teaching_rows(examples) if n not in unseen]
        model = fit([examples[n] for n in taught], [readings[n] for n in taught])
        found |= {examples[n].key: log_odds(weigh(model, model.score_reading(readings[n]))[1]) for n in unseen}
    return found


def write_nothing(scores: Mapping[str, float]) -> str:
    """Return the odds as the text of their file."""
    return "".join(f"{key}\t{score:.3f}\n" for key, score in sorted(scores.items()))


def read_nothing(file: Path) -> dict[str, float]:
    """Return the odds by key as `write_nothing` wrote them."""
    return {key: float(score) for key, score in read_keyed(file).items()}
