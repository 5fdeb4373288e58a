"""Hygiene for text from outside: whatever comes in can be encoded, stored and searched afterwards.

For `parse.py` modules only: offsets count characters of the post's text, so nothing may touch it after parsing.
Markup, bidirectional and zero-width characters stay as they are; those who read or render the text deal with them.
"""

from __future__ import annotations

MAX_TEXT_CHARS = 1_000_000
"""The longest text the language pipeline reads (spaCy's `max_length`), in characters."""

REPLACEMENT = "\N{REPLACEMENT CHARACTER}"

NUL_REPLACED = "nul_replaced"
SURROGATES_REPLACED = "surrogates_replaced"
TEXT_CUT = "text_cut"


def clean_text(text: str, *, limit: int = MAX_TEXT_CHARS) -> tuple[str, tuple[str, ...]]:
    """Return text that any encoder and database takes, and warnings that say what was changed.

    Surrogate pairs become the character they stand for; lone surrogates and null characters become U+FFFD; what goes
    beyond `limit` characters is cut off. Cleaning clean text changes nothing.
    """
    warnings = []
    if "\0" in text:
        text = text.replace("\0", REPLACEMENT)
        warnings.append(NUL_REPLACED)
    if not _encodable(text):
        known = text.count(REPLACEMENT)
        text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
        if text.count(REPLACEMENT) > known:
            warnings.append(SURROGATES_REPLACED)
    if len(text) > limit:
        text = text[:limit]
        warnings.append(TEXT_CUT)
    return text, tuple(warnings)


def _encodable(text: str) -> bool:
    if text.isascii():  # known without looking
        return True
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
