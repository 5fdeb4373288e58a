"""Invented posts for the benchmark: sentences put together from the lists of invented.toml, clearly no real ones.

The share of reports, the slips of the pen and the seed are fixed, so that two runs read the same stream.
"""

from __future__ import annotations

import random
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

REPORT_SHARE = 0.02
SEED = 20260101
_SLIP_SHARE = 0.09
_SHORTEST_SLIP = 4
_SLOTS = {
    "who": "who", "mood": "moods", "doing": "doings", "time": "times", "area": "areas", "thing": "things",
    "fault": "faults", "end": "report_ends", "levy": "levies", "work": "works", "case": "cases", "aside": "asides",
}  # fmt: skip
"""What stands in braces, and the list it comes from."""
SHARES = {"chatter": 0.35, "police": 0.29, "works": 0.15, "national": 0.12, "channel": 0.09}
"""What is no report, in the shares in which a real mix of streams holds it (README.md)."""
_SECOND_SHARE = 0.8


def make_posts(count: int, *, seed: int = SEED) -> list[str]:
    """Return so many posts, REPORT_SHARE of them reports."""
    chance = random.Random(seed)  # noqa: S311 - a fixed mix, no secret
    return [_make_post(chance, report=chance.random() < REPORT_SHARE) for _ in range(count)]


def make_reports(count: int, *, seed: int = SEED) -> list[str]:
    """Return so many posts, all of them reports."""
    chance = random.Random(seed)  # noqa: S311 - a fixed mix, no secret
    return [_make_post(chance, report=True) for _ in range(count)]


def _make_post(chance: random.Random, *, report: bool) -> str:
    kind = "reports" if report else chance.choices([*SHARES], [*SHARES.values()])[0]
    sentences = [_sentence(kind, chance)]
    if chance.random() < _SECOND_SHARE:
        sentences.append(_sentence("chatter" if report else kind, chance))
    words = " ".join(sentences).split(" ")
    return " ".join(_slip(word, chance) if chance.random() < _SLIP_SHARE else word for word in words)


def _sentence(kind: str, chance: random.Random) -> str:
    lists = _lists()
    name = _name(chance)
    words = {slot: chance.choice(lists[part]) for slot, part in _SLOTS.items()}
    sentence: str = chance.choice(lists["sentences"][kind])
    return sentence.format(name=name, Name=name.title(), name2=_name(chance), **words)


@cache
def _lists() -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))


def _name(chance: random.Random) -> str:
    return "".join(chance.choices(_lists()["syllables"], k=chance.choice((2, 3, 3, 4))))


def _slip(word: str, chance: random.Random) -> str:
    """Draw a letter out, drop one or swap two, as hasty writers do."""
    if len(word) < _SHORTEST_SLIP or not word.isalpha():
        return word
    at = chance.randrange(1, len(word) - 1)
    return chance.choice(
        (
            word[:at] + word[at] * 3 + word[at + 1 :],
            word[:at] + word[at + 1 :],
            word[:at] + word[at + 1] + word[at] + word[at + 2 :],
        )
    )
