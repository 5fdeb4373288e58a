"""How soon somebody should look: a sum of stated reasons, each with its words in the text."""

from __future__ import annotations

from collections.abc import Sequence

from spacy.language import Language
from spacy.tokens import Doc

from nlp.components.signals import Signal
from sidak.models import Classification, Evidence, Urgency

MODEL = "urgency-2"
MOST_SPANS = 3
_REASONS = (
    ("HARM", 0.35, "ada korban atau kecelakaan"),
    ("DANGER", 0.25, "membahayakan"),
    ("VULNERABLE", 0.15, "menyangkut kelompok rentan atau layanan penting"),
    ("REPEATED", 0.15, "berulang atau sudah pernah dilaporkan"),
    ("DURATION", 0.10, "sudah berlangsung lama"),
)
"""Label, weight and reason; the weights were chosen by hand so that harm outweighs each of the others."""
_MISCONDUCT_WEIGHT = 0.20
_LIKELY = 0.5
"""Below this probability of being a report at all, urgency shrinks with it: doubt must not head the list."""


def weigh_urgency(
    signals: Sequence[Signal], *, classification: Classification, sums: int, report_probability: float
) -> Urgency:
    """Return score, reasons and evidence; no believed category halves it, doubt about the report lowers it."""
    score = 0.0
    reasons: list[str] = []
    evidence: list[Evidence] = []
    for label, weight, reason in _REASONS:
        found = [each for each in signals if each.label == label]
        if found:
            score += weight
            reasons.append(reason)
            evidence += [Evidence(start=each.start, end=each.end, why="urgency") for each in found[:MOST_SPANS]]
    if classification.kind == "misconduct" and sums:
        score += _MISCONDUCT_WEIGHT
        reasons.append("dugaan pelanggaran yang menyebut uang")
    if classification.kind is None:
        score /= 2
    score = min(score, 1.0)
    if report_probability < _LIKELY and reasons:
        score *= report_probability / _LIKELY
        reasons.append("diturunkan: diragukan sebagai laporan langsung")
    return Urgency(model=MODEL, score=round(score, 2), reasons=tuple(reasons), evidence=tuple(evidence))


class UrgencyComponent:
    """Writes `doc._.sidak_urgency`; reads signals, amounts, classification and relevance."""

    def __init__(self) -> None:
        if not Doc.has_extension("sidak_urgency"):
            Doc.set_extension("sidak_urgency", default=None)

    def __call__(self, doc: Doc) -> Doc:
        doc._.sidak_urgency = weigh_urgency(
            doc._.sidak_signals,
            classification=doc._.sidak_classification,
            sums=len(doc._.sidak_amounts.items),
            report_probability=doc._.sidak_relevance.probability,
        )
        return doc


@Language.factory("sidak_urgency")
def make_urgency(nlp: Language, name: str) -> UrgencyComponent:  # noqa: ARG001 - spaCy's own signature
    """Build the component; spaCy calls this."""
    return UrgencyComponent()
