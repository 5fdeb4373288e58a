"""HTML of platforms to plain text. What they send is sanitised; whatever else comes reads as text, in linear time."""

from __future__ import annotations

import html
import re

_TAG = re.compile(r"<(/?[A-Za-z][A-Za-z0-9]*)[^<>]*>")
_BREAKS = {"br": "\n", "/p": "\n\n", "/li": "\n", "/blockquote": "\n", "/pre": "\n"}
_BLANK_LINES = re.compile(r"\n{3,}")


def read_markup(markup: str) -> str:
    """Return the text with paragraphs and line breaks kept; the words of links stay."""
    text = _TAG.sub(lambda found: _BREAKS.get(found[1].lower(), ""), markup)
    return _BLANK_LINES.sub("\n\n", html.unescape(text)).strip()
