"""Trains the relevance models: two registers, chatter and letters, each calibrated on texts that it did not see.

Chatter is judged by two models that are wrong in different ways: one over cues, points, places and stems
(`relevance.tsv`), one over the wording as written (`wording_chatter.tsv`). Their log odds are added, each times what a
logistic regression over their out-of-fold scores gives it, which calibrates the sum (Platt 1999). Where that sum is not
sure of a no, the encoder is asked too, and weighed in the same way (`second_look.toml`). Letters are judged by
their wording alone (`wording_letter.tsv`): a complaint and an application differ in topic.
"""

from __future__ import annotations

import math
import sys
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import msgspec
import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix
from scipy.special import expit
from sklearn.feature_extraction import DictVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedGroupKFold

from nlp.build import build_nlp, make_doc
from nlp.components.relevance import features_of, sharpen
from nlp.devdata import Example, plain, read_backgrounds, read_complaints, read_hand_labels
from nlp.encoder.mixture import MIXTURE_FILE, Mixture, apply_mixture, fit_mixture, write_mixture
from nlp.encoder.second_look import second_look
from nlp.encoder.taught import is_taught, read_scores
from nlp.evaluation.registers import OutOfFold
from nlp.features import TEXT_END, TEXT_START, word_features
from nlp.findings import findings_of
from nlp.linear import LinearModel, write_model
from nlp.reading import Reading
from nlp.sentences import read_sentences
from nlp.train_gate import may_keep_stem
from nlp.wording import CUES, Scaled, may_be_kept, wording_keys, write_wording
from nlp.wording_sums import Term

FOLDS = 5
LEAST_TEXTS, LEAST_TEXTS_OF_PAIRS, LEAST_OF_WORDING = 20, 40, 10
LEAST_WEIGHT = 0.005
CUES_STRENGTH, WORDING_STRENGTH, STYLE_STRENGTH = 1.5, 10.0, 1.0
"""The inverse of the regularisation, chosen out of fold."""
TWEETS_WEIGHT, STREAMS_WEIGHT, WORDING_STREAMS_WEIGHT = 2.0, 0.5, 0.2
INVENTED_WEIGHTS = {"damage": 0.15, "misconduct": 0.4, "service": 0.3}
"""Real chatter about damage is at hand; about misconduct and service there is none but what we invented."""
DOUBTS = frozenset(
    f"cue:{label}"
    for label in (
        "NEWS",
        "OFFICIAL",
        "POLITICS",
        "FIGURATIVE",
        "HYPO",
        "NEGATED",
        "ADVERT",
        "ELSEWHERE",
        "FIXED",
        "QUESTION",
    )
)
DOUBT = -0.5
"""The keyword stream is too small to tell: left alone, chance gave some of these the wrong sign."""
LETTERLIKE, LETTERLIKE_WEIGHT = 0.1, 0.5
"""A text at least this likely to be a letter teaches the letters' model too, and how much."""
STREAMS = ("korupsi", "polri", "sp4n_pr", "emot")

Features = dict[str, float]
Floats = npt.NDArray[np.float64]
Rows = npt.NDArray[np.int64]


class Corpus(msgspec.Struct, frozen=True):
    """Everything that is learnt from: texts, what they are, and their features."""

    examples: list[Example]
    cues: list[Features]
    wording: list[list[str]]
    weights: Floats
    """What each text weighs among the cues."""

    def rows(self, *origins: str) -> Rows:
        """Return the rows of these origins of which a reader was sure."""
        wanted = [n for n, e in enumerate(self.examples) if e.origin in origins and e.is_report is not None]
        return np.array(wanted, dtype=np.int64)

    def truths(self, rows: Rows) -> npt.NDArray[np.int64]:
        """Return 1 for reports, 0 for the rest."""
        return np.array([int(bool(self.examples[row].is_report)) for row in rows], dtype=np.int64)

    def groups(self, rows: Rows) -> list[str]:
        """Return what is the same in copies of a text, so that they stay in one fold."""
        return [plain(self.examples[row].text) for row in rows]


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
    cues = _fit_cues(corpus, everything)
    worded = _fit_wording(corpus, _chatter_rows(corpus, everything), strength=WORDING_STRENGTH)
    lettered = _fit_wording(corpus, _letter_rows(corpus), strength=WORDING_STRENGTH)
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
    """Train what tells letters to an office from chatter, over common stems."""
    examples = [*read_complaints(data, later=False), *read_backgrounds(data), *read_hand_labels(data, labels)]
    features = _prune(examples, [word_features(each.text) for each in examples])
    truths = [int(each.origin == "complaints") for each in examples]
    return _fit_linear(features, np.array(truths), np.ones(len(truths)), strength=STYLE_STRENGTH)


def read_corpus(data: Path, *, labels: Path, style: LinearModel) -> Corpus:
    """Read all texts and work out their features with the pipeline as it stands."""
    real = [*read_complaints(data, later=False), *read_backgrounds(data), *read_hand_labels(data, labels)]
    invented = list(read_sentences())
    examples = real + [each.example for each in invented]
    weights = [_weight_of(each) for each in real] + [INVENTED_WEIGHTS[each.kind] for each in invented]
    nlp = build_nlp()
    for later in ("sidak_relevance", "sidak_routing", "sidak_urgency"):  # what is trained here, and what reads it
        if later in nlp.pipe_names:
            nlp.remove_pipe(later)
    docs = nlp.pipe(make_doc(nlp, each.text, lane="overheard") for each in examples)
    cues = [features_of(findings_of(doc), style=style) for doc in docs]
    words = [list(wording_keys(Reading(each.text).words)) for each in examples]
    return Corpus(examples, _prune(examples, cues), words, np.array(weights))


def _weight_of(example: Example) -> float:
    if example.is_report is None or example.origin == "complaints":
        return 0.0
    return TWEETS_WEIGHT if example.origin == "tweets" else STREAMS_WEIGHT


# ------------------------------------------------------------------ cross-validation


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
        cues = _fit_cues(corpus, seen)
        cued[held] = [cues.score(corpus.cues[row]) for row in held]
        wording = _fit_wording(corpus, _chatter_rows(corpus, seen), strength=WORDING_STRENGTH)
        worded[held] = _score_wording(corpus, wording, held)
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
        worded[held] = _score_wording(corpus, _fit_wording(corpus, rows[seen], strength=WORDING_STRENGTH), rows[held])
    cues = _fit_cues(corpus, np.arange(len(corpus.examples)))
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
        row
        for row in corpus.rows(*STREAMS, "invented")
        if sharpen(corpus.cues[row].get("style:letter", 0.0)) > LETTERLIKE
    ]
    return np.concatenate([corpus.rows("complaints"), np.array(others, dtype=np.int64)])


def _folds(truths: npt.NDArray[np.int64], groups: Sequence[str]) -> list[tuple[Rows, Rows]]:
    folds = StratifiedGroupKFold(FOLDS, shuffle=True, random_state=0)
    return list(folds.split(np.zeros(len(truths)), truths, groups))


# ------------------------------------------------------------------ fitting


def _fit_cues(corpus: Corpus, rows: Rows) -> LinearModel:
    used = [row for row in rows if corpus.weights[row] > 0]
    truths = corpus.truths(np.array(used))
    fitted = _fit_linear([corpus.cues[r] for r in used], truths, corpus.weights[used], strength=CUES_STRENGTH)
    weights = {name: min(weight, _ceiling(name)) for name, weight in fitted.weights.items()}
    return LinearModel(bias=fitted.bias, weights=weights)


def _ceiling(name: str) -> float:
    """Return the most that a feature may weigh: what speaks against a witness never speaks for one."""
    return DOUBT if name in DOUBTS else math.inf


def _fit_linear(
    features: Sequence[Features], truths: npt.NDArray[np.int64], weights: Floats, *, strength: float
) -> LinearModel:
    vectorizer = DictVectorizer()
    matrix = vectorizer.fit_transform(features)
    model = LogisticRegression(C=strength, max_iter=3000).fit(matrix, truths, sample_weight=weights)
    names = vectorizer.get_feature_names_out()
    return LinearModel(
        bias=float(model.intercept_[0]),
        weights={name: round(float(w), 4) for name, w in zip(names, model.coef_[0], strict=True) if w},
    )


def _chatter_rows(corpus: Corpus, rows: Rows) -> Rows:
    """Return what the wording of chatter is learnt from: nothing invented, for its wording is one hand's."""
    origins = {"tweets", *STREAMS}
    wanted = [r for r in rows if corpus.examples[r].origin in origins and corpus.weights[r] > 0]
    return np.array(wanted, dtype=np.int64)


def _fit_wording(corpus: Corpus, rows: Rows, *, strength: float) -> Scaled:
    texts = [corpus.wording[row] for row in rows]
    rarities = _rarities([set(keys) for keys, row in zip(texts, rows, strict=True) if _is_first(corpus, row)])
    names = sorted(rarities)
    columns = {name: column for column, name in enumerate(names)}
    matrix = _wording_matrix(texts, columns, np.array([rarities[name] for name in names]))
    streams = {row for row in rows if corpus.examples[row].origin in STREAMS}
    weights = np.array([WORDING_STREAMS_WEIGHT if row in streams else 1.0 for row in rows])
    model = LogisticRegression(C=strength, max_iter=3000).fit(matrix, corpus.truths(rows), sample_weight=weights)
    terms = {name: Term(rarities[name], float(model.coef_[0][column])) for name, column in columns.items()}
    return Scaled(float(model.intercept_[0]), terms)


def _is_first(corpus: Corpus, row: int) -> bool:
    """Streams in which nothing is a report do not say which words matter."""
    return corpus.examples[row].origin not in STREAMS


def _rarities(texts: Sequence[set[str]]) -> dict[str, float]:
    """Return the smoothed inverse document frequency of what stands in enough texts and may be kept."""
    counts = Counter(key for keys in texts for key in keys)
    return {
        key: round(math.log((1 + len(texts)) / (1 + count)) + 1, 3)
        for key, count in counts.items()
        if count >= LEAST_OF_WORDING and may_be_kept(key)
    }


def _wording_matrix(texts: Sequence[Sequence[str]], columns: Mapping[str, int], rarities: Floats) -> csr_matrix:
    """Return the texts' vectors, each half divided by its length as `WordingModel` does."""
    data, indices, starts = [], [], [0]
    for keys in texts:
        for is_part in (False, True):
            found = [columns[key] for key in keys if (key[0] == "c") is is_part and key in columns]
            length = math.sqrt(sum(float(rarities[column]) ** 2 for column in found)) or 1.0
            data += [float(rarities[column]) / length for column in found]
            indices += found
        starts.append(len(indices))
    return csr_matrix((data, indices, starts), shape=(len(texts), len(columns)))  # equal entries are added up


def _score_wording(corpus: Corpus, model: Scaled, rows: Rows) -> Floats:
    names = sorted(model.terms)
    columns = {name: column for column, name in enumerate(names)}
    rarities = np.array([model.terms[name].rarity for name in names])
    matrix = _wording_matrix([corpus.wording[row] for row in rows], columns, rarities)
    return np.asarray(matrix @ np.array([model.terms[name].weight for name in names]) + model.bias)


# ------------------------------------------------------------------ what may be kept


def _prune(examples: Sequence[Example], features: Sequence[Features]) -> list[Features]:
    allowed = _allowed_stems(examples, features)
    return [{k: v for k, v in each.items() if not k.startswith("w:") or k in allowed} for each in features]


def _allowed_stems(examples: Sequence[Example], features: Sequence[Features]) -> set[str]:
    """Return the stems, and the pairs of such, that many real chatter texts hold; all common words, no regions."""
    real = (names for each, names in zip(examples, features, strict=True) if each.origin != "invented")
    counts = Counter(key for names in real for key in names if key.startswith("w:"))
    words = {key[2:] for key, count in counts.items() if count >= LEAST_TEXTS and may_keep_stem(key[2:])}
    often = (key for key, count in counts.items() if count >= LEAST_TEXTS_OF_PAIRS and key.count(" ") == 1)
    pairs = {key for key in often if words | {TEXT_START, TEXT_END} >= set(key[2:].split(" "))}
    return {f"w:{word}" for word in words} | pairs


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")
    sys.stderr.write(f"{path.name}: {text.count(chr(10))} lines\n")


def _write_scaled(path: Path, model: Scaled, about: str) -> None:
    _write(path, write_wording(model.bias, model.terms, comments=[about]))
