"""How the encoder's look is weighed with the linear models' own, by what a text is about."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from functools import cache

import msgspec

from nlp.encoder.odds import Head, Odds
from nlp.model import model_file
from sidak.models import Kind

MIXTURE_FILE = "second_look.toml"


class Mixture(msgspec.Struct, frozen=True, kw_only=True):
    """How the looks are weighed, where the first one's log odds leave room: cues and wording, as far as it is heard."""

    floor: float
    ceiling: float
    cues: float
    wording: float
    second: float
    bias: float
    head: Head = "report"
    """Which of the encoder's heads is heard."""

    def leaves_room(self, cues: float, wording: float, *, known: float = 0.0) -> bool:
        """Tell whether the first look's log odds leave room for a second.

        `known` is what speaks for a report beside the text, and is not part of them.
        """
        first = cues + wording if self.wording else cues
        return self.floor <= first <= self.ceiling - known

    def after_both(self, cues: float, wording: float, second: Odds) -> float:
        """Return the log odds after both looks."""
        return self.cues * cues + self.wording * wording + self.second * second.by(self.head) + self.bias

    def odds(self, cues: float, wording: float, *, ask: Callable[[], Odds], known: float = 0.0) -> float:
        """Return the log odds after all looks; the encoder is asked only where the first look leaves room."""
        if self.leaves_room(cues, wording, known=known):
            return self.after_both(cues, wording, ask())
        return cues + wording


class LetterMixture(msgspec.Struct, frozen=True, kw_only=True):
    """How the second look is weighed with what letters' own models say, where they leave room."""

    floor: float
    ceiling: float
    addressed_ceiling: float
    """Beyond it a letter to an office is sure enough; what is overheard may still be publicity."""
    letter: float
    second: float
    bias: float

    def leaves_room(self, odds: float, *, addressed: bool = False) -> bool:
        """Tell whether the log odds of letters' models leave room for a second look."""
        return self.floor <= odds <= (self.addressed_ceiling if addressed else self.ceiling)

    def after_both(self, odds: float, second: Odds) -> float:
        """Return the log odds after both."""
        return self.letter * odds + self.second * second.report + self.bias


class Mixtures(msgspec.Struct, frozen=True, kw_only=True):
    """One mixture for each kind of trouble in chatter, and one for letters; of no kind is weighed like damage."""

    damage: Mixture
    service: Mixture
    misconduct: Mixture
    letter: LetterMixture

    def of(self, kind: Kind | None) -> Mixture:
        """Return the mixture for texts about this kind of trouble, or about none."""
        found: Mixture = getattr(self, kind or "damage")
        return found


@cache
def mixtures() -> Mixtures:
    """Return how the shipped encoder is weighed; `sidak train` works it out."""
    text = model_file(MIXTURE_FILE).read_text(encoding="utf-8")
    return msgspec.convert(tomllib.loads(text), Mixtures)
