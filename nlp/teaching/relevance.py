"""Trains the relevance models: two registers, chatter and letters, each calibrated on texts that it did not see.

Each register is judged by two models that are wrong in different ways: one over cues, points, places and stems
(`relevance.tsv`, `relevance_letter.tsv`), one over the wording as written (`wording_chatter.tsv`,
`wording_letter.tsv`). Their log odds are added, each times what a logistic regression over their out-of-fold scores
gives it, which calibrates the sum. Where they leave room, the encoder is asked too, and weighed in the same way
(`second_look.toml`), about service and misconduct by invented pairs that no model learns. `relevance_registers.py` says
from what each register is learnt.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import cache, partial
from pathlib import Path

import numpy as np
from scipy.special import expit

from nlp.components.looks import NOTHING
from nlp.encoder.mixture import MIXTURE_FILE, LetterMixture, Mixture, Mixtures
from nlp.encoder.odds import Head, Odds
from nlp.encoder.second_look import read_second_look
from nlp.linear import LinearModel, write_model
from nlp.model import MODEL_DIR
from nlp.teaching.devdata import STREAMS
from nlp.teaching.encoder.mixture import CONDUCT_SHARES, Looked, fit_conduct, fit_mixture, write_mixtures
from nlp.teaching.encoder.taught import encoder_folder, read_scores, scores_of
from nlp.teaching.folds import OutOfFold
from nlp.teaching.relevance_corpus import Corpus, Floats, Rows, read_corpus, untaught
from nlp.teaching.relevance_letters import weigh_letters
from nlp.teaching.relevance_registers import (
    Calibrated,
    Register,
    chatter_register,
    cross_validate_register,
    fit_register,
    letter_register,
)
from nlp.teaching.sentences import UNSEEN_PAIRS
from nlp.teaching.style import letter_shares, train_style
from nlp.wording import write_wording
from sidak.models import Kind

LEAST_WEIGHT = 0.005
AGREED = "tweets_agreed"
"""Those tweets of which all readers said the same."""
BY_DATE = "tweets_by_date"
"""Tweets as models read them that saw none of the same span of time."""
_ABOUT = "written by nlp/teaching/relevance.py; see MODEL_CARD.md"


def cross_validate(data: Path, *, labels: Path) -> OutOfFold:
    """Return the probabilities out of fold by the recipe that `train_relevance` follows; writes nothing."""
    corpus = read_corpus(data, labels=labels, style=train_style(data, labels=labels).stems)
    shares = letter_shares(corpus)
    letters = cross_validate_register(corpus, letter_register(corpus, shares))
    look = _look(corpus, MODEL_DIR)
    mixture, of_letters = weigh_letters(corpus, shares, letters.odds, second=look)

    def read(*, by_date: bool) -> OutOfFold:
        chatter = cross_validate_register(corpus, chatter_register(corpus), by_date=by_date)
        second = _unseen(corpus, MODEL_DIR, look, by_date=by_date)
        return _mix(corpus, shares, _look_twice(corpus, chatter, mixture, second=second)[1], of_letters)

    found, dated = read(by_date=False), read(by_date=True)
    found.truths[BY_DATE], found.probabilities[BY_DATE] = dated.truths["tweets"], dated.probabilities["tweets"]
    return found


def train_relevance(data: Path, *, labels: Path, output: Path, until: str = "") -> OutOfFold:
    """Train and write the models; return the probabilities out of fold, by the same recipe."""
    style = train_style(data, labels=labels, until=until)
    _write(output / "style.tsv", write_model(style.stems, comments=[f"letters against chatter; {_ABOUT}"]))
    worded = style.wording
    _write(output / "wording_style.tsv", write_wording(worded.bias, worded.terms, comments=[_ABOUT]))
    corpus = read_corpus(data, labels=labels, style=style.stems, until=until)
    shares = letter_shares(corpus)
    chatter = _train_register(corpus, chatter_register(corpus), output, cues="relevance", wording="wording_chatter")
    letters = _train_register(
        corpus, letter_register(corpus, shares), output, cues="relevance_letter", wording="wording_letter"
    )
    folder = encoder_folder(output)
    look = _look(corpus, folder)
    mixture, of_letters = weigh_letters(corpus, shares, letters.odds, second=look)
    mixtures, odds = _look_twice(corpus, chatter, mixture, second=_unseen(corpus, folder, look))
    _write(output / MIXTURE_FILE, write_mixtures(mixtures))
    return _mix(corpus, shares, odds, of_letters)


def _train_register(corpus: Corpus, register: Register, output: Path, *, cues: str, wording: str) -> Calibrated:
    """Write a register's two models, weighed as out of fold."""
    found = cross_validate_register(corpus, register)
    cued, worded = fit_register(corpus, register, seen=np.arange(len(corpus.examples)))
    scaled = {name: round(weight * found.of_cues, 4) for name, weight in cued.weights.items()}
    kept = {name: weight for name, weight in scaled.items() if abs(weight) >= LEAST_WEIGHT}
    if found.of_nothing:
        kept[NOTHING] = round(found.of_nothing, 4)
    model = LinearModel(cued.bias * found.of_cues + found.bias, kept)
    _write(output / f"{cues}.tsv", write_model(model, comments=[_ABOUT]))
    calibrated = worded.times(found.of_wording)
    _write(output / f"{wording}.tsv", write_wording(calibrated.bias, calibrated.terms, comments=[_ABOUT]))
    return found


def _mix(corpus: Corpus, shares: Floats, chatter: Floats, letters: Floats) -> OutOfFold:
    """Return the probabilities of people's texts, both registers mixed as the pipeline mixes them.

    Of streams and complaints only those are left which the encoder did not learn from.
    """
    mixed = (1.0 - shares) * expit(chatter) + shares * expit(letters)
    rows_of = {"tweets": corpus.rows("tweets"), "complaints": untaught(corpus, "complaints")}
    rows_of[AGREED] = rows_of["tweets"][[corpus.examples[row].agreed for row in rows_of["tweets"].tolist()]]
    rows_of |= {origin: untaught(corpus, origin) for origin in STREAMS}
    return OutOfFold(
        {origin: corpus.truths(rows) for origin, rows in rows_of.items()},
        {origin: mixed[rows] for origin, rows in rows_of.items()},
    )


def _look(corpus: Corpus, folder: Path) -> Callable[[int], Odds]:
    """Return what a folder's encoder says of a row; each row is read once."""
    encoder = read_second_look(folder)
    return cache(lambda row: encoder.score(corpus.examples[row].text))


def _unseen(
    corpus: Corpus, folder: Path, look: Callable[[int], Odds], *, by_date: bool = False
) -> Callable[[int], Odds]:
    """Return the same for tweets too, which the encoder learnt: theirs are those kept out of fold, or by date."""
    tweets = corpus.rows("tweets")
    scores = scores_of([corpus.examples[row] for row in tweets], read_scores(folder, by_date=by_date))
    known = dict(zip(tweets.tolist(), scores, strict=True))
    return lambda row: known[row] if row in known else look(row)


def _look_twice(
    corpus: Corpus, chatter: Calibrated, letter: LetterMixture, *, second: Callable[[int], Odds]
) -> tuple[Mixtures, Floats]:
    """Return how the encoder's look is weighed, in letters as given, and chatter's log odds out of fold after it.

    They are those of tweets, and of streams and complaints that the encoder did not learn.
    """
    tweets, streams, pairs = corpus.rows("tweets"), untaught(corpus, *STREAMS), corpus.rows(UNSEEN_PAIRS)

    def looked(rows: Rows, head: Head = "report") -> Looked:
        return Looked(
            cues=chatter.cues[rows],
            wording=chatter.wording[rows],
            second=np.array([second(row).by(head) for row in rows.tolist()]),
            truths=corpus.truths(rows),
        )

    def conduct(kind: Kind) -> Mixture:
        rows = _about(corpus, kind, np.concatenate([pairs, streams]))
        return fit_conduct(looked(rows, "conduct"), share=CONDUCT_SHARES[kind])

    found = Mixtures(
        damage=fit_mixture(looked(tweets)),
        service=conduct("service"),
        misconduct=conduct("misconduct"),
        letter=letter,
    )
    odds = chatter.odds.copy()
    for row in np.concatenate([tweets, streams, untaught(corpus, "complaints")]).tolist():
        mixture = found.of(corpus.kinds[row])
        odds[row] = mixture.odds(chatter.cues[row], chatter.wording[row], ask=partial(second, row))
    return found, odds


def _about(corpus: Corpus, kind: Kind, rows: Rows) -> Rows:
    return rows[[corpus.kinds[row] == kind for row in rows.tolist()]]


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")
    sys.stderr.write(f"{path.name}: {text.count(chr(10))} lines\n")
