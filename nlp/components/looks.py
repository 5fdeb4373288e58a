"""How likely a text is a first-hand report: linear models of two registers, letters and chatter, and an encoder.

The first look is the linear models' own. Where it leaves room, the encoder is asked, and both are weighed together, in
chatter and in letters each by weights of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from nlp.components.verdict_doubts import DOUBTS, is_witnessed
from nlp.encoder.mixture import Mixture, mixtures
from nlp.encoder.odds import Odds
from nlp.features import Stems, StemWeights, read_stems, stated_features
from nlp.findings import Findings
from nlp.linear import logistic
from nlp.model import linear_model, threshold, wording_model
from nlp.style import LETTERLIKE, style_form
from nlp.wording import score_wording

NOTHING = "category:nothing"
"""The name of what the category model's odds of no category weigh among letters."""
_HARDLY = 0.02
"""A register this unlikely is not asked."""
_LETTER = 0.5
"""From here on a text is a letter rather than chatter."""
_DOUBTED, _HEADLINE = 2.0, 4.0
"""So many log odds of a letter what is overheard loses where no witness speaks and something is said against one, or
where it is cast like a headline: adverts, publicity and news are worded as carefully as letters.

Of 2,197 later complaints that are reports it costs seven. Of headlines without a witness among the labelled tweets
three in 123 are reports, among the streams none in 240.
"""


class FirstLook(NamedTuple):
    """What the linear models make of a text."""

    features: Mapping[str, float]
    letter: float
    """How much of a letter it is, by its words and length."""
    share: float
    """How much the letters' model is heard: the same, and more where the text was sent to an office."""
    known: float
    """What speaks for a report beside the text, in log odds."""
    cues: float
    wording: float
    """The log odds of a report in chatter: by cues and words, and by how it is worded."""
    of_letter: float
    """The log odds of a report in letters."""
    mixture: Mixture
    """How a second look is weighed with these."""
    room: bool
    """Whether a second look may change what chatter's models say."""
    letter_room: bool
    """Whether one may change what letters' models say."""
    asks: bool
    """Whether the encoder is to be asked as well."""


class Looks:
    """The models of both looks."""

    def __init__(self) -> None:
        self.chatter = linear_model("relevance")
        self._style = linear_model("style")
        self._letter = linear_model("relevance_letter")
        self._nothing = self._letter.weights.get(NOTHING, 0.0)
        self._words, self._letter_words, self._style_words = map(StemWeights, (self.chatter, self._letter, self._style))
        self._wording = score_wording([wording_model(f"wording_{name}") for name in ("chatter", "letter", "style")])
        self._mixtures = mixtures()

    def first(self, found: Findings) -> FirstLook:
        """Return what the linear models make of a text; a register that is hardly likely is not asked."""
        stems = Stems.of(read_stems(found.reading))
        by_stems = self._style.score(style_form(found.reading)) + self._style_words.words(stems)
        features = stated_features(
            found.reading,
            signals=found.signals,
            points=found.points,
            location=found.location,
            letter=logistic(by_stems),
        )
        chatter_wording, letter_wording, by_wording = self._wording(found.reading.words)
        style = (by_stems + by_wording) / 2.0 - _unlike_a_letter(found, features)
        letter = logistic(style)
        addressed = found.lane == "addressed"
        known = threshold("addressed_log_odds") if addressed else 0.0
        share = logistic(style + threshold("addressed_style_log_odds")) if addressed else letter
        chatter = of_letter = 0.0
        if share < 1.0 - _HARDLY:
            chatter = self.chatter.score(features) + self._words.words_and_pairs(stems)
        if share > _HARDLY:
            letters = self._letter.score(features) + self._letter_words.words_and_pairs(stems)
            of_letter = letters + letter_wording + self._nothing * found.nothing + known
        mixture = self._mixtures.of(found.classification.kind)
        room = mixture.leaves_room(chatter, chatter_wording, known=known)
        letter_room = share >= LETTERLIKE and self._mixtures.letter.leaves_room(of_letter, addressed=addressed)
        asks = letter_room or (share < _LETTER and room)
        return FirstLook(
            features, letter, share, known, chatter, chatter_wording, of_letter, mixture, room, letter_room, asks
        )

    def weigh(self, look: FirstLook, second: Odds | None) -> float:
        """Return the probability: each register's own, mixed by how sure it is which register this is.

        `second` is what the encoder says, if it was asked.
        """
        share, chatter, letter = look.share, look.cues + look.wording, look.of_letter
        if second is not None and look.room:
            chatter = look.mixture.after_both(look.cues, look.wording, second)
        if second is not None and look.letter_room:
            letter = self._mixtures.letter.after_both(letter, second)
        if share <= _HARDLY:
            return logistic(chatter + look.known)
        if share >= 1.0 - _HARDLY:
            return logistic(letter)
        return (1.0 - share) * logistic(chatter + look.known) + share * logistic(letter)


def _unlike_a_letter(found: Findings, features: Mapping[str, float]) -> float:
    """Return the log odds of a letter that a text loses, whose words alone make it look more of one than it is."""
    if found.lane == "addressed" or is_witnessed(found):
        return 0.0
    if features.get("form:headline"):
        return _HEADLINE
    return 0.0 if DOUBTS.isdisjoint(each.label for each in found.signals) else _DOUBTED


def ask_encoder(text: str) -> Odds:
    """Return what the encoder says of a text."""
    from nlp.encoder.second_look import second_look  # many a process never needs it

    return second_look().score(text)
