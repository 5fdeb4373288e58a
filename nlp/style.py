"""A letter to an office, or chatter? By stems, and by length.

Accounts, tags and links would tell a post of some platforms from a letter, and leave all other chatter to the letters'
model; they are not looked at, so that adding one to a text changes nothing here.
"""

from __future__ import annotations

from collections.abc import Mapping

from nlp.reading import Reading

POST_CHARACTERS = 280
"""What a short post holds; who writes more did not write one."""
MANY_WORDS = 60
LETTERLIKE = 0.3
"""From this share on a text may well be a letter."""


def style_features(stems: Mapping[str, float], reading: Reading) -> dict[str, float]:
    """Return what tells letters from chatter: the text's stems, as `nlp.features` weighs them, and its form."""
    return {**stems, **style_form(reading)}


def style_form(reading: Reading) -> dict[str, float]:
    """Return what the length of a text says of it; both values lie between 0 and 1."""
    return {
        "style:beyond_a_post": float(len(reading.text) > POST_CHARACTERS),
        "style:words": min(len(reading.forms), MANY_WORDS) / MANY_WORDS,
    }
