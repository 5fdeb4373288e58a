"""What relevance learns from: texts, what they are, and their features; only what may be kept of them.

No text can be read back: of stems only common ones are kept, found in many texts, and never the name of an area.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import msgspec
import numpy as np
import numpy.typing as npt

from nlp.build import build_nlp, make_doc
from nlp.components.relevance import features_of
from nlp.features import TEXT_END, TEXT_START
from nlp.findings import findings_of
from nlp.linear import LinearModel
from nlp.model import model_file
from nlp.reading import Reading
from nlp.teaching.devdata import Example, plain, read_backgrounds, read_complaints, read_hand_labels
from nlp.teaching.encoder.taught import is_taught
from nlp.teaching.keepable import may_keep_word
from nlp.teaching.nothing import NOTHING_FILE, nothing_file, read_nothing
from nlp.teaching.province import PROVINCE, read_province
from nlp.teaching.sentences import ALL_POSTS, OURS, UNSEEN_PAIRS, Sentence, read_sentences
from nlp.wording import wording_keys
from sidak.models import Kind

LEAST_TEXTS, LEAST_TEXTS_OF_PAIRS = 25, 50
TWEETS_WEIGHT, STREAMS_WEIGHT = 2.0, 0.5
INVENTED_WEIGHTS = {"damage": 0.15, "misconduct": 0.4, "service": 0.3}
"""Real chatter about damage is at hand; about misconduct and service there is none but what we invented."""

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
    kinds: list[Kind | None]
    """What kind of trouble each text is taken to be about."""
    nothing: Floats
    """The log odds that it names no category: of complaints and our letters by models that did not learn from them."""

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


def read_corpus(data: Path, *, labels: Path, style: LinearModel, until: str = "") -> Corpus:
    """Read all texts and work out their features with the pipeline as it stands."""
    real = [*read_real(data, labels=labels, until=until), *read_province(data, held_out=False if until else None)]
    # The posts that we invented are the encoder's: taught by them too, the cues tell it less that it does not know.
    invented = list(read_sentences([origin for origin in OURS if origin not in ALL_POSTS]))
    examples = real + [each.example for each in invented]
    weights = [_weight_of(each) for each in real] + [_weight_of_ours(each) for each in invented]
    nlp = build_nlp()
    for later in ("sidak_relevance", "sidak_routing", "sidak_urgency"):  # what is trained here, and what reads it
        if later in nlp.pipe_names:
            nlp.remove_pipe(later)
    docs = nlp.pipe(make_doc(nlp, each.text, lane="overheard") for each in examples)
    unseen = read_nothing(nothing_file(model_file(NOTHING_FILE).parent))
    cues: list[Features] = []
    kinds: list[Kind | None] = []
    nothing: list[float] = []
    for example, found in zip(examples, map(findings_of, docs), strict=True):
        cues.append(features_of(found, style=style))
        kinds.append(found.classification.kind)
        nothing.append(unseen.get(example.key, found.nothing))
    words = [list(wording_keys(Reading(each.text).words)) for each in examples]
    return Corpus(examples, prune(examples, cues), words, np.array(weights), kinds, np.array(nothing))


def read_real(data: Path, *, labels: Path, until: str = "") -> list[Example]:
    """Return people's own texts: complaints from before `until`, streams and labelled tweets."""
    return [*read_complaints(data, until=until), *read_backgrounds(data), *read_hand_labels(data, labels)]


def untaught(corpus: Corpus, *origins: str) -> Rows:
    """Return the rows of streams or complaints that the encoder did not learn from."""
    rows = corpus.rows(*origins)
    return rows[[not is_taught(corpus.examples[row]) for row in rows]]


def _weight_of(example: Example) -> float:
    if example.is_report is None or example.origin in {"complaints", PROVINCE}:
        return 0.0
    return TWEETS_WEIGHT if example.origin == "tweets" else STREAMS_WEIGHT


def _weight_of_ours(sentence: Sentence) -> float:
    return 0.0 if sentence.example.origin == UNSEEN_PAIRS else INVENTED_WEIGHTS[sentence.kind]


def prune(examples: Sequence[Example], features: Sequence[Features]) -> list[Features]:
    """Return the features without the stems and pairs that may not be kept."""
    allowed = _allowed_stems(examples, features)
    return [{k: v for k, v in each.items() if not k.startswith("w:") or k in allowed} for each in features]


def _allowed_stems(examples: Sequence[Example], features: Sequence[Features]) -> set[str]:
    """Return the stems, and the pairs of such, that many real chatter texts hold; all common words, no regions."""
    real = (names for each, names in zip(examples, features, strict=True) if each.origin not in OURS)
    counts = Counter(key for names in real for key in names if key.startswith("w:"))
    words = {key[2:] for key, count in counts.items() if count >= LEAST_TEXTS and may_keep_word(key[2:])}
    often = (key for key, count in counts.items() if count >= LEAST_TEXTS_OF_PAIRS and key.count(" ") == 1)
    pairs = {key for key in often if words | {TEXT_START, TEXT_END} >= set(key[2:].split(" "))}
    return {f"w:{word}" for word in words} | pairs
