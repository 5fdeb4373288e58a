"""An article's HTML to its text, by trafilatura; hostile pages come to nothing."""

from __future__ import annotations

import logging
import re

import trafilatura
from lxml.etree import LxmlError

from collectors.web import WebAnswer

MAX_HTML_CHARS = 1_000_000
MAX_TEXT_CHARS = 4_000
"""As much as is read and quoted; the link leads to the rest."""
logging.getLogger("trafilatura").setLevel(logging.CRITICAL)  # an unreadable page is no error of ours
_CHARSET = re.compile(r"charset=[\"']?([\w.:-]{2,40})", re.IGNORECASE)


def decode_page(answer: WebAnswer) -> str | None:
    """Return an HTML answer as text, in the encoding it names, else UTF-8; None for anything but HTML."""
    kind = answer.headers.get("content-type", "text/html").lower()
    if "html" not in kind:
        return None
    named = _CHARSET.search(kind) or _CHARSET.search(answer.content[:2048].decode("latin-1"))
    try:
        text = answer.content.decode(named[1] if named else "utf-8", "replace")
    except (LookupError, UnicodeError):
        text = answer.content.decode("utf-8", "replace")
    return text[:MAX_HTML_CHARS]


def read_article(page: str) -> str | None:
    """Return the text of the article on a page, None where there is none."""
    try:
        text = trafilatura.extract(page, include_comments=False, include_tables=False, fast=True)
    except (LxmlError, ValueError, TypeError, AttributeError, RecursionError, IndexError):
        return None
    return text if isinstance(text, str) and text.strip() else None
