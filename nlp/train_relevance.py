"""Trains the relevance models: two registers, chatter and letters, each calibrated on texts that it did not see.

Chatter is judged by two models that are wrong in different ways: one over cues, points, places and stems
(`relevance.tsv`), one over the wording as written (`wording_chatter.tsv`). Their log odds are added, each times what a
logistic regression over their out-of-fold scores gives it, which calibrates the sum (Platt 1999). Where that sum is not
sure of a no, the encoder is asked too, and weighed in the same way (`second_look.toml`). Letters are judged by
their wording alone (`wording_letter.tsv`): a complaint and an application differ in topic.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec
import numpy as np
import numpy.typing as npt
from scipy.special import expit
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedGroupKFold

from nlp.encoder.mixture import MIXTURE_FILE, Mixture, apply_mixture, fit_mixture, write_mixture
from nlp.encoder.second_look import second_look
from nlp.encoder.taught import is_taught, read_scores
from nlp.evaluation.registers import OutOfFold
from nlp.features import word_features
from nlp.linear import LinearModel, write_model
from nlp.reading import Reading
from nlp.relevance_corpus import STREAMS, Corpus, Floats, Rows, prune, read_corpus, read_real
from nlp.relevance_fit import chatter_rows, fit_cues, fit_linear, fit_wording, score_wording
from nlp.style import style_features
from nlp.wording import CUES, Scaled, write_wording
from nlp.wording_sums import Term

FOLDS = 5
LEAST_WEIGHT = 0.005
STYLE_STRENGTH = 20.0
LEANING = -0.5
"""Added to the log odds of a letter: in doubt a text is chatter, whose model tells more of its kind from reports."""
LETTERLIKE, LETTERLIKE_WEIGHT = 0.1, 0.5
"""A text at least this likely to be a letter teaches the letters' model too, and how much."""


def cross_validate(data: Path, *, labels: Path) -> OutOfFold:
    """Return the probabilities out of fold by the recipe that `train_relevance` follows; writes nothing."""
    corpus = read_corpus(data, labels=labels, style=train_style(data, labels=labels))
    _, chatter = _look_twice(corpus, _cross_validate_chatter(corpus))
    return _join(chatter, _cross_validate_letters(corpus))


def train_relevance(data: Path, *, labels: Path, output: Path) -> OutOfFold:
    """Train and write the four models; return the probabilities out of fold, by the same recipe."""
    style = train_style(data, labels=labels)
    corpus = read_corpus(data, labels=labels, style=style)
    chatter, letters = _cross_validate_chatter(corpus), _cross_validate_letters(corpus)
    everything = np.arange(len(corpus.examples))
    cues = fit_cues(corpus, everything)
    worded = fit_wording(corpus, chatter_rows(corpus, everything))
    lettered = fit_wording(corpus, _letter_rows(corpus))
    of_wording, of_cues, bias = chatter.weights
    letter_wording, letter_cues, letter_bias = letters.weights
    share = letter_cues / of_cues  # of what `relevance.tsv` will say, which holds the chatter's bias
    _write(output / "style.tsv", write_model(style, comments=["letters against chatter; see MODEL_CARD.md"]))
    scaled = {name: round(weight * of_cues, 4) for name, weight in cues.weights.items()}
    kept = {name: weight for name, weight in scaled.items() if abs(weight) >= LEAST_WEIGHT}
    about = "written by nlp/train_relevance.py; see MODEL_CARD.md"
    _write(output / "relevance.tsv", write_model(LinearModel(cues.bias * of_cues + bias, kept), comments=[about]))
    _write_scaled(output / "wording_chatter.tsv", worded.times(of_wording), about)
    letter = lettered.times(letter_wording, plus=letter_bias - share * bias)
    letter.terms[CUES] = Term(1.0, share)
    _write_scaled(output / "wording_letter.tsv", letter, about)
    mixture, twice = _look_twice(corpus, chatter)
    _write(output / MIXTURE_FILE, write_mixture(mixture))
    return _join(twice, letters)


def train_style(data: Path, *, labels: Path) -> LinearModel:
    """Train what tells letters to an office from chatter, over common stems and the form."""
    examples = read_real(data, labels=labels)
    readings = [Reading(each.text) for each in examples]
    features = prune(examples, [style_features(word_features(each), each) for each in readings])
    truths = [int(each.origin == "complaints") for each in examples]
    fitted = fit_linear(features, np.array(truths), np.ones(len(truths)), strength=STYLE_STRENGTH)
    return LinearModel(fitted.bias + LEANING, fitted.weights)


class Calibrated(msgspec.Struct, frozen=True):
    """Weights of the parts and the bias, with what came out of fold."""

    weights: tuple[float, float, float]
    truths: dict[str, npt.NDArray[np.int64]]
    odds: dict[str, Floats]
    """Log odds."""
    parts: dict[str, tuple[Floats, Floats]] = {}
    """What cues and wording each add to the odds of chatter."""


def _join(chatter: Calibrated, letters: Calibrated) -> OutOfFold:
    odds = chatter.odds | letters.odds
    return OutOfFold(chatter.truths | letters.truths, {name: expit(values) for name, values in odds.items()})


def _cross_validate_chatter(corpus: Corpus) -> Calibrated:
    tweets = corpus.rows("tweets")
    truths, groups = corpus.truths(tweets), corpus.groups(tweets)
    fold_of = np.full(len(corpus.examples), -1)
    for number, (_, held) in enumerate(_folds(truths, groups)):
        fold_of[tweets[held]] = number
    streams = corpus.rows(*STREAMS)
    fold_of[streams] = np.random.default_rng(0).integers(0, FOLDS, len(streams))
    worded, cued = np.zeros(len(corpus.examples)), np.zeros(len(corpus.examples))
    for number in range(FOLDS):
        seen, held = np.flatnonzero(fold_of != number), np.flatnonzero(fold_of == number)
        cues = fit_cues(corpus, seen)
        cued[held] = [cues.score(corpus.cues[row]) for row in held]
        wording = fit_wording(corpus, chatter_rows(corpus, seen))
        worded[held] = score_wording(corpus, wording, held)
    both = np.column_stack([worded, cued])
    platt = LogisticRegression(C=100.0).fit(both[tweets], truths)
    odds = both @ platt.coef_[0] + platt.intercept_[0]
    (of_wording, of_cues), bias = platt.coef_[0], platt.intercept_[0]
    names = {"tweets": tweets} | {origin: corpus.rows(origin) for origin in STREAMS}
    return Calibrated(
        (float(of_wording), float(of_cues), float(bias)),
        {name: corpus.truths(rows) for name, rows in names.items()},
        {name: odds[rows] for name, rows in names.items()},
        {name: (cued[rows] * of_cues + bias, worded[rows] * of_wording) for name, rows in names.items()},
    )


def _look_twice(corpus: Corpus, chatter: Calibrated) -> tuple[Mixture, Calibrated]:
    """Return how the encoder's look is weighed, and what comes out of fold of both looks together.

    Of the streams only that half is left which the encoder did not learn from.
    """
    known = read_scores()
    tweets = [corpus.examples[row] for row in corpus.rows("tweets")]
    seconds = np.array([known[each.key] for each in tweets])
    found = fit_mixture(*chatter.parts["tweets"], seconds, chatter.truths["tweets"])
    truths, odds = dict(chatter.truths), dict(chatter.odds)
    odds["tweets"] = apply_mixture(found, *chatter.parts["tweets"], lambda n: float(seconds[n]))
    for origin in STREAMS:
        texts = [corpus.examples[row].text for row in corpus.rows(origin)]
        untaught = np.array([n for n, text in enumerate(texts) if not is_taught(text)])
        truths[origin] = chatter.truths[origin][untaught]
        cues, wording = (part[untaught] for part in chatter.parts[origin])
        odds[origin] = apply_mixture(found, cues, wording, _ask_encoder(texts, untaught))
    return found, Calibrated(chatter.weights, truths, odds)


def _ask_encoder(texts: Sequence[str], rows: Rows) -> Callable[[int], float]:
    return lambda n: second_look().score(texts[rows[n]])


def _cross_validate_letters(corpus: Corpus) -> Calibrated:
    """Weigh wording and cues on complaints, and on what else is worded like a letter: publicity, our near-misses."""
    rows = _letter_rows(corpus)
    truths = corpus.truths(rows)
    worded = np.zeros(len(rows))
    for seen, held in _folds(truths, corpus.groups(rows)):
        worded[held] = score_wording(corpus, fit_wording(corpus, rows[seen]), rows[held])
    cues = fit_cues(corpus, np.arange(len(corpus.examples)))
    both = np.column_stack([worded, [cues.score(corpus.cues[row]) for row in rows]])
    ours = np.array([corpus.examples[row].origin == "complaints" for row in rows])
    platt = LogisticRegression(C=100.0).fit(both, truths, sample_weight=np.where(ours, 1.0, LETTERLIKE_WEIGHT))
    odds = both @ platt.coef_[0] + platt.intercept_[0]
    return Calibrated(
        (float(platt.coef_[0][0]), float(platt.coef_[0][1]), float(platt.intercept_[0])),
        {"complaints": truths[ours], "invented_letters": truths[~ours]},
        {"complaints": odds[ours], "invented_letters": odds[~ours]},
    )


def _letter_rows(corpus: Corpus) -> Rows:
    """Return complaints, and whatever else is worded like a letter."""
    others = [
        row for row in corpus.rows(*STREAMS, "invented") if corpus.cues[row].get("style:letter", 0.0) > LETTERLIKE
    ]
    return np.concatenate([corpus.rows("complaints"), np.array(others, dtype=np.int64)])


def _folds(truths: npt.NDArray[np.int64], groups: Sequence[str]) -> list[tuple[Rows, Rows]]:
    folds = StratifiedGroupKFold(FOLDS, shuffle=True, random_state=0)
    return list(folds.split(np.zeros(len(truths)), truths, groups))


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")
    sys.stderr.write(f"{path.name}: {text.count(chr(10))} lines\n")


def _write_scaled(path: Path, model: Scaled, about: str) -> None:
    _write(path, write_wording(model.bias, model.terms, comments=[about]))
