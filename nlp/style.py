"""A letter to an office, or chatter? By stems, and by form: accounts, tags, links, more than a post holds."""

from __future__ import annotations

import re
from collections.abc import Mapping

from nlp.reading import Reading

POST_CHARACTERS = 280
"""What a short post holds; who writes more did not write one."""
MANY_WORDS = 60
MARKS = frozenset({"style:account", "style:tag", "style:link"})

_ACCOUNT = re.compile(r"@\w")
_TAG = re.compile(r"#\w")
_LINK = re.compile(r"https?://|\[URL\]")


def style_features(stems: Mapping[str, float], reading: Reading) -> dict[str, float]:
    """Return what tells letters from chatter: the text's stems, as `nlp.features` weighs them, and its form."""
    return {**stems, **style_form(reading)}


def without_marks(features: Mapping[str, float]) -> dict[str, float]:
    """Return the features of the same text on a platform where nobody writes accounts, tags or links."""
    return {name: value for name, value in features.items() if name not in MARKS}


def style_form(reading: Reading) -> dict[str, float]:
    """Return what the form of a text says of it; every value lies between 0 and 1."""
    head = reading.text[: POST_CHARACTERS + 1]
    return {
        "style:account": float(_ACCOUNT.search(head) is not None),
        "style:tag": float(_TAG.search(head) is not None),
        "style:link": float(_LINK.search(head) is not None),
        "style:beyond_a_post": float(len(head) > POST_CHARACTERS),
        "style:words": min(len(reading.forms), MANY_WORDS) / MANY_WORDS,
    }
