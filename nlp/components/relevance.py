"""A first-hand report or not: logistic models of two registers, over cues, points, places, stems and wording."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from spacy.language import Language

from nlp.adaptation import adaptation_features, adjust_probability
from nlp.components.signals import Signal
from nlp.components.verdict import decide
from nlp.encoder.mixture import mixture
from nlp.features import StemWeights, read_stems, relevance_features, stated_features
from nlp.findings import Findings, Step
from nlp.linear import LinearModel, logistic, read_model
from nlp.model import linear_model, threshold, wording_model
from nlp.style import style_form
from nlp.wording import score_wording
from sidak.errors import StopError
from sidak.models import Evidence, Relevance

MODEL = "relevance-3"
_HARDLY = 0.02
"""A register this unlikely is not asked."""
_LETTER = 0.5
"""From here on a text is a letter rather than chatter."""
_REASONS = {
    "points:best": "menyebut kerusakan, pelanggaran, atau gangguan",
    "points:some": "menyebut kerusakan, pelanggaran, atau gangguan",
    "points+place": "masalah dan tempatnya disebut",
    "points+request": "meminta tindakan",
    "points+first": "dialami atau dilihat sendiri",
    "cue:REQUEST": "meminta tindakan",
    "cue:FIRST": "dialami atau dilihat sendiri",
    "cue:NEWS": "bergaya berita",
    "form:headline": "bergaya judul berita",
    "form:link": "membagikan tautan",
    "cue:OFFICIAL": "bergaya humas instansi",
    "cue:POLITICS": "opini politik",
    "cue:FIGURATIVE": "kiasan atau urusan pribadi",
    "cue:HYPO": "pengandaian",
    "cue:FIXED": "sudah ditangani",
    "cue:PAST": "kejadian lampau",
    "cue:ADVERT": "iklan",
    "cue:QUESTION": "pertanyaan",
    "cue:APPLICATION": "permohonan layanan",
    "cue:ELSEWHERE": "di luar negeri",
    "cue:ABROAD": "di luar negeri",
    "cue:NEGATED": "menyangkal adanya masalah",
    "place:placed": "tempatnya jelas",
}
_MOST_REASONS = 4
_REASON_WEIGHT = 0.15
_EVIDENCE_LABELS = frozenset({"REQUEST", "FIRST", "DURATION", "REPEATED"})
_MOST_EVIDENCE = 4


class RelevanceComponent(Step):
    """Writes the relevance; reads signals, points, classification, location and lane."""

    def __init__(self, adaptation_file: str = "") -> None:
        super().__init__()
        self._correction = _read_correction(adaptation_file)
        self._model = linear_model("relevance")
        self._style = linear_model("style")
        self._letter = linear_model("relevance_letter")
        self._words, self._letter_words, self._style_words = map(StemWeights, (self._model, self._letter, self._style))
        self._wording = score_wording([wording_model("wording_chatter"), wording_model("wording_letter")])
        self._mixture = mixture()

    def read(self, found: Findings) -> None:
        """Judge whether the text is a first-hand report."""
        stems = read_stems(found.reading)
        letter = logistic(self._style.score(style_form(found.reading)) + self._style_words.words(stems))
        features = stated_features(
            found.reading, signals=found.signals, points=found.points, location=found.location, letter=letter
        )
        probability = self._correct(found, self._weigh(found, features, stems, letter=letter))
        found.relevance = Relevance(
            is_report=decide(found, probability, letter=letter),
            probability=round(probability, 4),
            model=MODEL,
            reasons=_reasons(self._model.contributions(features, among=_REASONS)),
            evidence=_evidence(found.signals),
        )

    def _weigh(self, found: Findings, features: Mapping[str, float], stems: Sequence[str], *, letter: float) -> float:
        """Return the probability: each register's own, mixed by how sure it is which register this is."""
        chatter_wording, letter_wording = self._wording(found.reading.words)
        known = threshold("addressed_log_odds") if found.lane == "addressed" else 0.0
        of_chatter = of_letter = 0.0
        if letter < 1.0 - _HARDLY:
            cues = self._model.score(features) + self._words.words_and_pairs(stems)
            first = cues + chatter_wording
            odds = self._look_twice(found, cues, chatter_wording, known=known) if letter < _LETTER else first
            of_chatter = logistic(odds + known)  # the encoder never read a letter
        if letter > _HARDLY:
            cues = self._letter.score(features) + self._letter_words.words_and_pairs(stems)
            of_letter = logistic(cues + letter_wording + known)
        if not _HARDLY < letter < 1.0 - _HARDLY:
            return max(of_chatter, of_letter)
        return (1.0 - letter) * of_chatter + letter * of_letter

    def _look_twice(self, found: Findings, cues: float, wording: float, *, known: float) -> float:
        """Return the log odds after the encoder was asked, unless the first look is sure.

        The encoder learnt from chatter about damage: of misconduct it knows nothing.
        """
        if found.classification.kind == "misconduct":
            return cues + wording
        return self._mixture.odds(cues, wording, ask=lambda: _ask_encoder(found.text), known=known)

    def _correct(self, found: Findings, probability: float) -> float:
        """Apply what this deployment's inspectors taught, if anything."""
        if self._correction is None:
            return probability
        features = adaptation_features(
            stems=found.reading.word_stems,
            lane=found.lane,
            category=found.classification.category,
            source=found.source,
        )
        return adjust_probability(probability, features, self._correction)


def _ask_encoder(text: str) -> float:
    from nlp.encoder.second_look import second_look  # many a process never needs it

    return second_look().score(text)


def _read_correction(path: str) -> LinearModel | None:
    if not path or not Path(path).is_file():
        return None
    try:
        return read_model(Path(path).read_text(encoding="utf-8"))
    except (ValueError, OSError) as exc:
        raise StopError(f"{path}: {exc}; delete it, or write it anew with `sidak train --from-decisions`") from exc


def features_of(found: Findings, *, style: LinearModel) -> dict[str, float]:
    """Return a text's features as the model was trained on them."""
    return relevance_features(
        found.reading,
        signals=found.signals,
        points=found.points,
        location=found.location,
        style=style,
    )


def _reasons(contributions: list[tuple[str, float]]) -> tuple[str, ...]:
    """Put the strongest contributions in words, each once."""
    reasons: list[str] = []
    for name, weight in contributions:
        reason = _REASONS.get(name)
        if reason is not None and reason not in reasons and abs(weight) >= _REASON_WEIGHT:
            reasons.append(reason)
    return tuple(reasons[:_MOST_REASONS])


def _evidence(signals: tuple[Signal, ...]) -> tuple[Evidence, ...]:
    found = [each for each in signals if each.label in _EVIDENCE_LABELS]
    return tuple(Evidence(start=each.start, end=each.end, why="report") for each in found[:_MOST_EVIDENCE])


@Language.factory("sidak_relevance", default_config={"adaptation_file": ""})
def make_relevance(nlp: Language, name: str, adaptation_file: str) -> RelevanceComponent:  # noqa: ARG001 - spaCy's own signature
    """Build the component; spaCy calls this."""
    return RelevanceComponent(adaptation_file)
