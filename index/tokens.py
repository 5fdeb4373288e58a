"""What a search term is, the same for every engine: stems are cut here, so that engines need only split at blanks."""

from __future__ import annotations

import re
import unicodedata

MAX_TOKEN = 64
"""Longer words are cut: nobody searches for them, and engines differ in what they do with them."""

_TOKEN = re.compile(r"[^\W_]+")


def index_tokens(text: str) -> list[str]:
    """Return the terms of a text of stems: letters and digits only, compatibility forms and case folded."""
    folded = text.lower() if text.isascii() else unicodedata.normalize("NFKC", text).casefold()
    return [token[:MAX_TOKEN] for token in _TOKEN.findall(folded)]
