"""A first-hand report or not: logistic models of two registers, over cues, points, places, stems and wording."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from spacy.language import Language

from nlp.adaptation import adaptation_features, adjust_probability
from nlp.components.category_points import Points
from nlp.components.relevance_doubts import weigh_doubts
from nlp.components.signals import Signal
from nlp.encoder.mixture import mixture
from nlp.features import StemWeights, read_stems, relevance_features, stated_features
from nlp.findings import Findings, Step
from nlp.lexicon import kind_of
from nlp.linear import LinearModel, logistic, read_model
from nlp.model import linear_model, threshold, wording_model
from nlp.style import style_form
from nlp.wording import score_wording
from sidak.errors import StopError
from sidak.models import Evidence, Lane, Relevance

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
_SUSPICION_POINTS = 2.0
_TROUBLE_POINTS = 2.5
_DOUBTS = frozenset(
    {"NEWS", "OFFICIAL", "POLITICS", "FIGURATIVE", "HYPO", "NEGATED", "ADVERT", "ELSEWHERE", "ABROAD", "FIXED"}
)
_NO_COMPLAINT = frozenset({"APPLICATION", "PRAISE", "FIXED"})
_SETTLED = frozenset({"FIXED", "PRAISE"})
_STILL = frozenset({"REQUEST", "REPEATED", "DURATION", "HELP", "IRONY"})
"""Who asks, waits or complains again is not settled, whatever thanks come with it."""
_IN_OFFICE = frozenset({"ACTOR", "OFFICE"})
_WITNESSED = frozenset({"FIRST", "PLACE", "HELP", "DURATION", "REPEATED"})
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
        self._words, self._style_words = StemWeights(self._model), StemWeights(self._style)
        chatter, letter = wording_model("wording_chatter"), wording_model("wording_letter")
        self._wording, self._letter_cues = score_wording([chatter, letter]), letter.cues
        self._mixture = mixture()

    def read(self, found: Findings) -> None:
        """Judge whether the text is a first-hand report."""
        stems = read_stems(found.reading)
        letter = logistic(self._style.score(style_form(found.reading)) + self._style_words.words(stems))
        features = stated_features(
            found.reading, signals=found.signals, points=found.points, location=found.location, letter=letter
        )
        cues = self._model.score(features) + self._words.words_and_pairs(stems)
        probability = self._correct(found, self._weigh(found, cues=cues, letter=letter))
        verdict = decide(probability, lane=found.lane, complaint=letter >= _LETTER and _complains(found))
        if verdict is None and found.lane == "overheard" and not found.points:
            verdict = None if probability >= threshold("report_no_unnamed") else False
        verdict = weigh_doubts(verdict, found, chatter=letter < _LETTER)
        verdict = _reconsider(verdict, points=found.points, signals=found.signals, located=bool(found.location.places))
        found.relevance = Relevance(
            is_report=verdict,
            probability=round(probability, 4),
            model=MODEL,
            reasons=_reasons(self._model.contributions(features, among=_REASONS)),
            evidence=_evidence(found.signals),
        )

    def _weigh(self, found: Findings, *, cues: float, letter: float) -> float:
        """Return the probability: each register's own, mixed by how sure it is which register this is."""
        chatter_wording, letter_wording = self._wording(found.reading.words)
        known = threshold("addressed_log_odds") if found.lane == "addressed" else 0.0
        of_chatter = of_letter = 0.0
        if letter < 1.0 - _HARDLY:
            first = cues + chatter_wording
            odds = self._look_twice(found, cues, chatter_wording, known=known) if letter < _LETTER else first
            of_chatter = logistic(odds + known)  # the encoder never read a letter
        if letter > _HARDLY:
            of_letter = logistic(letter_wording + self._letter_cues * cues + known)
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


def _complains(found: Findings) -> bool:
    """Tell whether a text names a category of trouble, and neither applies for a service nor gives thanks."""
    labels = {each.label for each in found.signals}
    return found.classification.category is not None and labels.isdisjoint(_NO_COMPLAINT)


def decide(probability: float, *, lane: Lane, complaint: bool = False) -> bool | None:
    """Return the verdict, None between the thresholds: then a person decides.

    A `complaint` is worded like a letter and asks for nothing but help: among such texts reports are many, and one that
    is missed is worse than an application that is read.
    """
    if probability >= threshold("report_yes_letter" if complaint else "report_yes"):
        return True
    benefit = complaint or lane == "addressed"
    return False if probability < threshold("report_no_addressed" if benefit else "report_no") else None


def _reconsider(
    verdict: bool | None,  # noqa: FBT001 - the verdict is this function's subject
    *,
    points: Sequence[Points],
    signals: Sequence[Signal],
    located: bool,
) -> bool | None:
    """Correct what the weights cannot know: a report names some trouble; who names trouble and place is heard."""
    labels = {each.label for each in signals}
    if verdict is not False and is_settled(labels):
        return None if verdict and not labels >= _SETTLED else False
    if verdict is True and not points:
        return False if any(each.label == "PRAISE" for each in signals) else None
    if verdict is False and (suspects_misconduct(points, signals) or (located and names_trouble(points, signals))):
        return None
    return verdict


def is_settled(labels: Iterable[str]) -> bool:
    """Tell whether a text gives thanks or says that the matter was put right, and asks for nothing."""
    said = set(labels)
    return not said.isdisjoint(_SETTLED) and said.isdisjoint(_STILL)


def names_trouble(points: Sequence[Points], signals: Iterable[Signal]) -> bool:
    """Tell whether a text plainly names some trouble, and nothing speaks against a witness."""
    return bool(points) and points[0].value >= _TROUBLE_POINTS and _DOUBTS.isdisjoint(each.label for each in signals)


def suspects_misconduct(points: Sequence[Points], signals: Iterable[Signal]) -> bool:
    """Tell whether a text tells of misconduct by somebody in office, somewhere, and nothing speaks against a witness.

    Such posts are rare and grave, and nobody has labelled any to learn from: a person decides, never the model alone.
    """
    if not points or kind_of(points[0].category) != "misconduct" or points[0].value < _SUSPICION_POINTS:
        return False
    labels = {each.label for each in signals}
    # Taking sides in an election cannot be told without the words of politics.
    doubts = _DOUBTS - {"POLITICS"} if points[0].category == "netralitas_asn" else _DOUBTS
    return bool(labels & _IN_OFFICE) and bool(labels & _WITNESSED) and doubts.isdisjoint(labels)


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
