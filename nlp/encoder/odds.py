"""What the encoder says of a text: one reading, two heads."""

from __future__ import annotations

from typing import Literal, NamedTuple

Head = Literal["report", "conduct"]


class Odds(NamedTuple):
    """The log odds that a text is a first-hand report, by each head."""

    report: float
    """By the head that people's tweets about damage taught last: of other matters it thinks them rare."""
    conduct: float
    """By the head for service and misconduct, of which no tweets with labels are published."""

    def by(self, head: Head) -> float:
        """Return what one head says."""
        return self.conduct if head == "conduct" else self.report
