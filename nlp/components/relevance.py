"""A first-hand report or not: logistic models of two registers, over cues, points, places, stems and wording."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from spacy.language import Language

from nlp.adaptation import adaptation_features, adjust_probability
from nlp.components.looks import FirstLook, Looks, ask_encoder
from nlp.components.signals import Signal
from nlp.components.verdict import decide
from nlp.encoder.odds import Odds
from nlp.features import relevance_features
from nlp.findings import Findings, Step
from nlp.linear import LinearModel, read_model
from sidak.errors import StopError
from sidak.models import Evidence, Relevance

MODEL = "relevance-3"
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
        self._looks = Looks()

    def read(self, found: Findings) -> None:
        """Judge whether the text is a first-hand report."""
        self.read_all([found])

    def read_all(self, batch: Sequence[Findings]) -> None:
        """Judge some texts; the encoder reads those that it is asked about one after the other, its weights at hand."""
        looks = list(map(self._looks.first, batch))
        seconds = [ask_encoder(found.text) if look.asks else None for found, look in zip(batch, looks, strict=True)]
        for found, look, second in zip(batch, looks, seconds, strict=True):
            self._conclude(found, look, second)

    def _conclude(self, found: Findings, look: FirstLook, second: Odds | None) -> None:
        probability = self._correct(found, self._looks.weigh(look, second))
        found.relevance = Relevance(
            is_report=decide(
                found,
                probability,
                letter=look.letter,
                headline=bool(look.features.get("form:headline")),
                second=None if second is None else second.report,
                ask=lambda: ask_encoder(found.text).report,
            ),
            probability=round(probability, 4),
            model=MODEL,
            reasons=_reasons(self._looks.chatter.contributions(look.features, among=_REASONS)),
            evidence=_evidence(found.signals),
        )

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
