"""How the encoder's look is weighed where a text reads like a letter, and letters' odds after it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from nlp.encoder.mixture import LetterMixture
from nlp.encoder.odds import Odds
from nlp.style import LETTERLIKE
from nlp.teaching.devdata import STREAMS
from nlp.teaching.encoder.mixture import fit_letter_mixture
from nlp.teaching.relevance_corpus import Corpus, Floats, Rows, untaught
from nlp.teaching.relevance_fit import assign_folds


def weigh_letters(
    corpus: Corpus, shares: Floats, odds: Floats, *, second: Callable[[int], Odds]
) -> tuple[LetterMixture, Floats]:
    """Return how the encoder is weighed with letters' models, and the letters' log odds after it, out of fold.

    It is learnt from complaints and streams that read like letters and that the encoder did not learn; for these the
    odds change. `second` gives what the encoder says of a row.
    """
    rows = untaught(corpus, "complaints", *STREAMS)
    rows = rows[shares[rows] >= LETTERLIKE]
    looks, truths, fold_of = [second(row) for row in rows.tolist()], corpus.truths(rows), assign_folds(corpus)
    reports = np.array([each.report for each in looks])

    def fit(seen: Rows) -> LetterMixture:
        return fit_letter_mixture(odds[rows[seen]], reports[seen], truths[seen])

    after = odds.copy()
    for fold in np.unique(fold_of[rows]):
        held = np.flatnonzero(fold_of[rows] == fold)
        mixture = fit(np.flatnonzero(fold_of[rows] != fold))
        for n in held[[mixture.leaves_room(odds[rows[n]]) for n in held]]:
            after[rows[n]] = mixture.after_both(odds[rows[n]], looks[n])
    return fit(np.arange(len(rows))), after
