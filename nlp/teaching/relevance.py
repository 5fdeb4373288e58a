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
from scipy.special import expit
from sklearn.linear_model import LogisticRegression

from nlp.encoder.mixture import MIXTURE_FILE, Mixture, apply_mixture, fit_mixture, write_mixture
from nlp.encoder.second_look import second_look
from nlp.evaluation.registers import OutOfFold
from nlp.linear import LinearModel, write_model
from nlp.teaching.encoder_taught import is_taught, read_scores
from nlp.teaching.relevance_corpus import STREAMS, Corpus, Floats, Rows, read_corpus
from nlp.teaching.relevance_fit import FOLDS, chatter_rows, fit_cues, fit_wording, folds, score_wording
from nlp.teaching.style import letter_shares, train_style
from nlp.wording import CUES, Scaled, write_wording
from nlp.wording_sums import Term

LEAST_WEIGHT = 0.005
LETTERLIKE, LETTERLIKE_WEIGHT = 0.1, 0.5
"""A text at least this likely to be a letter teaches the letters' model too, and how much."""


def cross_validate(data: Path, *, labels: Path) -> OutOfFold:
    """Return the probabilities out of fold by the recipe that `train_relevance` follows; writes nothing."""
    corpus = read_corpus(data, labels=labels, style=train_style(data, labels=labels))
    _, chatter = _look_twice(corpus, _cross_validate_chatter(corpus))
    return _join(corpus, chatter, _cross_validate_letters(corpus))


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
    about = "written by nlp/teaching/relevance.py; see MODEL_CARD.md"
    _write(output / "relevance.tsv", write_model(LinearModel(cues.bias * of_cues + bias, kept), comments=[about]))
    _write_scaled(output / "wording_chatter.tsv", worded.times(of_wording), about)
    letter = lettered.times(letter_wording, plus=letter_bias - share * bias)
    letter.terms[CUES] = Term(1.0, share)
    _write_scaled(output / "wording_letter.tsv", letter, about)
    mixture, twice = _look_twice(corpus, chatter)
    _write(output / MIXTURE_FILE, write_mixture(mixture))
    return _join(corpus, twice, letters)


class Calibrated(msgspec.Struct, frozen=True, kw_only=True):
    """Weights of wording, cues and the bias, with what came out of fold, by origin."""

    weights: tuple[float, float, float]
    rows: dict[str, Rows]
    odds: Floats
    """The log odds of every text; out of fold where it was learnt from."""
    parts: tuple[Floats, Floats] = (np.zeros(0), np.zeros(0))
    """What cues and wording each add to the odds of chatter, of every text."""


def _join(corpus: Corpus, chatter: Calibrated, letters: Calibrated) -> OutOfFold:
    """Return the probabilities: of chatter as the pipeline mixes both registers, of letters by their own model."""
    shares = letter_shares(corpus)
    mixed = (1.0 - shares) * expit(chatter.odds) + shares * expit(letters.odds)
    probabilities = {name: mixed[rows] for name, rows in chatter.rows.items()}
    probabilities |= {name: expit(letters.odds[rows]) for name, rows in letters.rows.items()}
    rows_of = chatter.rows | letters.rows
    return OutOfFold({name: corpus.truths(rows) for name, rows in rows_of.items()}, probabilities)


def _cross_validate_chatter(corpus: Corpus) -> Calibrated:
    tweets = corpus.rows("tweets")
    truths, groups = corpus.truths(tweets), corpus.groups(tweets)
    fold_of = np.full(len(corpus.examples), -1)
    for number, (_, held) in enumerate(folds(truths, groups)):
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
    return Calibrated(
        weights=(float(of_wording), float(of_cues), float(bias)),
        rows={"tweets": tweets} | {origin: corpus.rows(origin) for origin in STREAMS},
        odds=odds,
        parts=(cued * of_cues + bias, worded * of_wording),
    )


def _look_twice(corpus: Corpus, chatter: Calibrated) -> tuple[Mixture, Calibrated]:
    """Return how the encoder's look is weighed, and what comes out of fold of both looks together.

    Of the streams only that half is left which the encoder did not learn from.
    """
    known = read_scores()
    texts = [each.text for each in corpus.examples]
    tweets = chatter.rows["tweets"]
    seconds = np.zeros(len(texts))
    seconds[tweets] = [known[corpus.examples[row].key] for row in tweets]
    cues, wording = chatter.parts
    found = fit_mixture(cues[tweets], wording[tweets], seconds[tweets], corpus.truths(tweets))
    odds, rows_of = chatter.odds.copy(), dict(chatter.rows)
    odds[tweets] = apply_mixture(found, cues[tweets], wording[tweets], lambda n: float(seconds[tweets[n]]))
    for origin in STREAMS:
        rows = rows_of[origin] = np.array([row for row in chatter.rows[origin] if not is_taught(texts[row])])
        odds[rows] = apply_mixture(found, cues[rows], wording[rows], _ask_encoder(texts, rows))
    return found, Calibrated(weights=chatter.weights, rows=rows_of, odds=odds)


def _ask_encoder(texts: Sequence[str], rows: Rows) -> Callable[[int], float]:
    return lambda n: second_look().score(texts[rows[n]])


def _cross_validate_letters(corpus: Corpus) -> Calibrated:
    """Weigh wording and cues on complaints, and on what else is worded like a letter: publicity, our near-misses."""
    everything, rows = np.arange(len(corpus.examples)), _letter_rows(corpus)
    truths = corpus.truths(rows)
    worded = score_wording(corpus, fit_wording(corpus, rows), everything)
    for seen, held in folds(truths, corpus.groups(rows)):
        worded[rows[held]] = score_wording(corpus, fit_wording(corpus, rows[seen]), rows[held])
    cues = fit_cues(corpus, everything)
    both = np.column_stack([worded, [cues.score(each) for each in corpus.cues]])
    ours = np.array([corpus.examples[row].origin == "complaints" for row in rows])
    platt = LogisticRegression(C=100.0).fit(both[rows], truths, sample_weight=np.where(ours, 1.0, LETTERLIKE_WEIGHT))
    (of_wording, of_cues), bias = platt.coef_[0], platt.intercept_[0]
    return Calibrated(
        weights=(float(of_wording), float(of_cues), float(bias)),
        rows={"complaints": rows[ours], "invented_letters": rows[~ours]},
        odds=both @ platt.coef_[0] + bias,
    )


def _letter_rows(corpus: Corpus) -> Rows:
    """Return complaints, and whatever else is worded like a letter."""
    others = [
        row for row in corpus.rows(*STREAMS, "invented") if corpus.cues[row].get("style:letter", 0.0) > LETTERLIKE
    ]
    return np.concatenate([corpus.rows("complaints"), np.array(others, dtype=np.int64)])


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")
    sys.stderr.write(f"{path.name}: {text.count(chr(10))} lines\n")


def _write_scaled(path: Path, model: Scaled, about: str) -> None:
    _write(path, write_wording(model.bias, model.terms, comments=[about]))
