"""How far the encoder may speak against what reads like a letter: its head for letters, and letters' odds after it."""

from __future__ import annotations

from pathlib import Path

import msgspec
import numpy as np

from nlp.components.looks import LEAST_OF_LETTER
from nlp.encoder.letters import LetterHead
from nlp.encoder.second_look import read_second_look
from nlp.style import LETTERLIKE
from nlp.teaching.devdata import STREAMS
from nlp.teaching.encoder.letters import COMPLAINTS_WEIGHT, Meant, fit_head, lift_of, meanings_of
from nlp.teaching.relevance_corpus import Corpus, Floats, Rows, untaught
from nlp.teaching.relevance_fit import assign_folds
from nlp.teaching.sentences import ALL_POSTS, LETTERS, read_ours

POSTS_STEP = 3
"""Of so many invented posts one teaches the head."""


def doubt_letters(corpus: Corpus, shares: Floats, odds: Floats, folder: Path) -> tuple[LetterHead, Floats]:
    """Return the head for letters of a folder's encoder, and the letters' log odds after it, out of fold.

    They change for complaints and untaught streams that read like letters. A tweet keeps what it had: the encoder has
    learnt it.
    """
    complaints, streams = corpus.rows("complaints"), untaught(corpus, *STREAMS)
    encoder = read_second_look(folder)
    meant, meant_streams = (
        meanings_of(encoder, [corpus.examples[row].text for row in rows]) for rows in (complaints, streams)
    )
    ours = _ours(corpus)
    meant_ours = meanings_of(encoder, [text for text, _ in ours])

    def fit(seen: Rows) -> LetterHead:
        truths = [*(truth for _, truth in ours), *corpus.truths(complaints[seen])]
        weights = np.concatenate([np.ones(len(ours)), np.full(len(seen), COMPLAINTS_WEIGHT)])
        return fit_head(Meant(np.concatenate([meant_ours, meant[seen]]), np.array(truths), weights))

    shifts, fold_of = np.zeros(len(odds)), assign_folds(corpus)[complaints]
    for fold in np.unique(fold_of):
        held = np.flatnonzero(fold_of == fold)
        head = fit(np.flatnonzero(fold_of != fold))
        shifts[complaints[held]] = [head.shift(each) for each in meant[held]]
    head = fit(np.arange(len(complaints)))
    shifts[streams] = [head.shift(each) for each in meant_streams]
    asked = (shares >= LETTERLIKE) & (odds >= LEAST_OF_LETTER)
    letters = complaints[asked[complaints]]
    lift = lift_of((odds + shifts)[letters], corpus.truths(letters))
    shifts[np.concatenate([complaints, streams])] += lift
    return msgspec.structs.replace(head, lift=lift), odds + np.where(asked, shifts, 0.0)


def _ours(corpus: Corpus) -> list[tuple[str, int]]:
    """Return texts that teach the head beside complaints, and what they are: what we invented, and taught streams."""
    taught = np.setdiff1d(corpus.rows(*STREAMS), untaught(corpus, *STREAMS))
    examples = [corpus.examples[row] for row in np.concatenate([taught, corpus.rows(LETTERS)]).tolist()]
    examples += [each for number, each in enumerate(read_ours(*ALL_POSTS)) if number % POSTS_STEP == 0]
    return [(each.text, int(bool(each.is_report))) for each in examples]
