"""How likely a text is a first-hand report: linear models of two registers, letters and chatter, and an encoder.

The first look is the linear models' own. Where it leaves room, the encoder is asked, and both are weighed together.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from nlp.encoder.mixture import Mixture, mixtures
from nlp.features import Stems, StemWeights, read_stems, stated_features
from nlp.findings import Findings
from nlp.linear import logistic
from nlp.model import linear_model, threshold, wording_model
from nlp.style import style_form
from nlp.wording import score_wording

_HARDLY = 0.02
"""A register this unlikely is not asked."""
_LETTER = 0.5
"""From here on a text is a letter rather than chatter."""


class FirstLook(NamedTuple):
    """What the linear models make of a text."""

    features: Mapping[str, float]
    letter: float
    """How much of a letter it is."""
    known: float
    """What speaks for a report beside the text, in log odds."""
    cues: float
    wording: float
    """The log odds of a report in chatter: by cues and words, and by how it is worded."""
    of_letter: float
    """The probability of a report in letters."""
    mixture: Mixture
    """How a second look is weighed with these."""
    asks: bool
    """Whether the encoder is to be asked as well."""


class Looks:
    """The models of both looks."""

    def __init__(self) -> None:
        self.chatter = linear_model("relevance")
        self._style = linear_model("style")
        self._letter = linear_model("relevance_letter")
        self._words, self._letter_words, self._style_words = map(StemWeights, (self.chatter, self._letter, self._style))
        self._wording = score_wording([wording_model("wording_chatter"), wording_model("wording_letter")])
        self._mixtures = mixtures()

    def first(self, found: Findings) -> FirstLook:
        """Return what the linear models make of a text; a register that is hardly likely is not asked."""
        stems = Stems.of(read_stems(found.reading))
        letter = logistic(self._style.score(style_form(found.reading)) + self._style_words.words(stems))
        features = stated_features(
            found.reading, signals=found.signals, points=found.points, location=found.location, letter=letter
        )
        known = threshold("addressed_log_odds") if found.lane == "addressed" else 0.0
        chatter_wording, letter_wording = self._wording(found.reading.words)
        chatter = of_letter = 0.0
        if letter < 1.0 - _HARDLY:
            chatter = self.chatter.score(features) + self._words.words_and_pairs(stems)
        if letter > _HARDLY:
            letters = self._letter.score(features) + self._letter_words.words_and_pairs(stems)
            of_letter = logistic(letters + letter_wording + known)
        mixture = self._mixtures.of(found.classification.kind)
        asks = letter < _LETTER and mixture.leaves_room(chatter + chatter_wording, known=known)
        return FirstLook(features, letter, known, chatter, chatter_wording, of_letter, mixture, asks)

    def weigh(self, look: FirstLook, second: float | None) -> float:
        """Return the probability: each register's own, mixed by how sure it is which register this is.

        `second` are the encoder's log odds, if it was asked.
        """
        letter, of_chatter = look.letter, 0.0
        if letter < 1.0 - _HARDLY:
            first = look.cues + look.wording
            odds = first if second is None else look.mixture.after_both(look.cues, look.wording, second)
            of_chatter = logistic(odds + look.known)
        if not _HARDLY < letter < 1.0 - _HARDLY:
            return max(of_chatter, look.of_letter)
        return (1.0 - letter) * of_chatter + letter * look.of_letter


def ask_encoder(text: str) -> float:
    """Return the encoder's log odds for a text."""
    from nlp.encoder.second_look import second_look  # many a process never needs it

    return second_look().score(text)
