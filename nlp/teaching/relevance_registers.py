"""How each register is learnt: what every text weighs for chatter and for letters, and what comes out of fold of it.

Chatter is learnt from chatter. Letters are learnt from everything, each text weighed by how much of a letter it is
(experts who share the texts by a gate: Jacobs 1991): that keeps their model true for what is hardly a letter, too.
"""

from __future__ import annotations

from collections.abc import Callable

import msgspec
import numpy as np
from sklearn.linear_model import LogisticRegression

from nlp.linear import LinearModel
from nlp.teaching.devdata import STREAMS
from nlp.teaching.folds import FOLDS
from nlp.teaching.keepable import may_keep_wording, tells_origin
from nlp.teaching.province import PROVINCE
from nlp.teaching.relevance_corpus import Corpus, Features, Floats, Rows
from nlp.teaching.relevance_fit import assign_folds, fit_cues, fit_wording, score_wording
from nlp.teaching.sentences import INVENTED, LETTERS
from nlp.wording import Scaled

STREAMS_WORDING, STREAMS_LETTERS = 0.2, 0.5
"""What a text of the streams weighs beside one of the tweets in the wording of chatter, and of letters."""
LETTERS_WEIGHT = 4.0
"""What an invented letter weighs beside a person's, also where the looks are weighed: they are about other places."""
PROVINCE_WEIGHT = 0.5
"""What another province's complaint weighs, of which only stems are left."""
LEAST_SHARE = 0.05
"""What hardly reads like a letter teaches the letters' model that much all the same: what no letter is."""
_SHARE = "style:letter"
_PLATFORM = frozenset({"form:link", "form:tags", "form:mention"})


class Register(msgspec.Struct, frozen=True, kw_only=True):
    """What a register is learnt from: features, and what each text weighs among cues, wording and calibration."""

    features: list[Features]
    may_be_kept: Callable[[str], bool]
    """Tells which features of the wording are looked at."""
    cues: Floats
    wording: Floats
    calibration: Floats
    nothing: Floats
    """What is weighed beside both: the odds that a text names no category, or nought."""


class Calibrated(msgspec.Struct, frozen=True, kw_only=True):
    """What cues, wording and the odds of no category count for, and what each adds to the log odds of every text.

    All are out of fold where a text was learnt from. The bias is the cues'.
    """

    of_cues: float
    of_wording: float
    of_nothing: float
    bias: float
    cues: Floats
    wording: Floats
    nothing: Floats

    @property
    def odds(self) -> Floats:
        """The log odds of every text."""
        return self.cues + self.wording + self.nothing


def chatter_register(corpus: Corpus) -> Register:
    """Return chatter: learnt from tweets and streams, its cues from what we invented as well; true for the tweets."""
    tweets, streams = _are(corpus, "tweets"), _are(corpus, *STREAMS)
    return Register(
        features=corpus.cues,
        may_be_kept=may_keep_wording,
        cues=corpus.weights,
        wording=tweets + streams * STREAMS_WORDING,
        calibration=tweets,
        nothing=np.zeros(len(corpus.examples)),
    )


def letter_register(corpus: Corpus, shares: Floats) -> Register:
    """Return letters: complaints, and everything else by its share of a letter.

    That share is no feature here, nor are accounts, tags and links: they would tell where a text comes from.
    """
    complaints, tweets, streams = (_are(corpus, *names) for names in (("complaints",), ("tweets",), STREAMS))
    shared = np.maximum(shares, LEAST_SHARE)
    province = _are(corpus, PROVINCE) * PROVINCE_WEIGHT
    invented = _are(corpus, INVENTED) + _are(corpus, LETTERS) * LETTERS_WEIGHT
    ours = invented * [each.get(_SHARE, 0.0) for each in corpus.cues]
    return Register(
        features=[{name: value for name, value in each.items() if not _tells_origin(name)} for each in corpus.cues],
        may_be_kept=lambda key: may_keep_wording(key) and not tells_origin(key),
        cues=complaints + province + (tweets + streams) * shared + np.maximum(ours, invented * corpus.weights),
        wording=complaints + province + (tweets + streams * STREAMS_LETTERS) * shared + ours,
        calibration=(complaints + tweets + streams) * shares + province + _are(corpus, LETTERS) * LETTERS_WEIGHT,
        nothing=corpus.nothing,
    )


def _tells_origin(name: str) -> bool:
    return name == _SHARE or name.removeprefix("points+") in _PLATFORM


def _are(corpus: Corpus, *origins: str) -> Floats:
    """Return 1 for the texts of these origins of which a reader was sure, 0 for the rest."""
    found = np.zeros(len(corpus.examples))
    found[corpus.rows(*origins)] = 1.0
    return found


def fit_register(corpus: Corpus, register: Register, *, seen: Rows) -> tuple[LinearModel, Scaled]:
    """Fit cues and wording on these texts."""
    cues = fit_cues([register.features[row] for row in seen], corpus.truths(seen), register.cues[seen])
    return cues, fit_wording(corpus, seen, register.wording, may_be_kept=register.may_be_kept)


def cross_validate_register(corpus: Corpus, register: Register, *, by_date: bool = False) -> Calibrated:
    """Score each text by models that did not learn from it, and weigh cues and wording so that the sum is true.

    `by_date` they did not learn from its span of time either. The weights are those of a logistic regression over the
    scores (Platt 1999).
    """
    fold_of = assign_folds(corpus, by_date=by_date)
    cued, worded = np.zeros(len(fold_of)), np.zeros(len(fold_of))
    for fold in range(FOLDS):
        held = np.flatnonzero(fold_of == fold)
        cues, wording = fit_register(corpus, register, seen=np.flatnonzero(fold_of != fold))
        cued[held] = [cues.score(register.features[row]) for row in held]
        worded[held] = score_wording(corpus, wording, held)
    used = np.flatnonzero(register.calibration)
    both = np.column_stack([cued, worded, register.nothing])
    platt = LogisticRegression(C=100.0)
    platt.fit(both[used], corpus.truths(used), sample_weight=register.calibration[used])
    of_cues, of_wording, of_nothing = map(float, platt.coef_[0])
    bias = float(platt.intercept_[0])
    return Calibrated(
        of_cues=of_cues,
        of_wording=of_wording,
        of_nothing=of_nothing,
        bias=bias,
        cues=cued * of_cues + bias,
        wording=worded * of_wording,
        nothing=register.nothing * of_nothing,
    )
