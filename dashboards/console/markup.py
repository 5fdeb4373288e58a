"""Turns untrusted text into markup: escaped, hidden characters made visible, evidence and matches marked.

Spans count characters of the given text, end exclusive. Nothing else in the console builds markup from text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import pairwise

import msgspec
from markupsafe import Markup, escape

MAX_SHOWN = 50_000
"""Characters of a report's text that one page shows."""
EXCERPT = 420
"""Characters of a report's text that a hit shows."""
MAX_MARKS = 400
"""A text that is marked all over is not read any better, and costs time."""

# Controls, bidirectional controls, zero-width spaces and lone surrogates; joiners stay, emoji and scripts need them.
_HIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\ud800-\udfff\U000e0000-\U000e007f]"
)
_VISIBLE = "\N{REPLACEMENT CHARACTER}"


class Mark(msgspec.Struct, frozen=True, kw_only=True):
    """A stretch of text to mark: `style` is its class, `spoken` what a screen reader says before it."""

    start: int
    end: int
    style: str
    spoken: str = ""


def plain(text: str) -> str:
    """Return text that is harmless anywhere in a page: hidden characters become U+FFFD, one for one."""
    return _HIDDEN.sub(_VISIBLE, text)


def mark_text(text: str, marks: Iterable[Mark]) -> Markup:
    """Return text as markup, isolated from the direction of what stands around it; marks may overlap."""
    usable = [mark for mark in marks if 0 <= mark.start < mark.end <= len(text)][:MAX_MARKS]
    borders = sorted({0, len(text), *(mark.start for mark in usable), *(mark.end for mark in usable)})
    pieces = []
    for start, end in pairwise(borders):
        over = [mark for mark in usable if mark.start <= start and end <= mark.end]
        pieces.append(_wrap(_show(text[start:end]), over, start))
    return Markup('<bdi dir="auto">{}</bdi>').format(Markup("").join(pieces))


def cut_text(
    text: str, marks: Sequence[Mark], *, first: int = 0, length: int = EXCERPT
) -> tuple[str, tuple[Mark, ...]]:
    """Return a stretch of the text that holds the character `first`, with the marks moved to it."""
    if len(text) <= length:
        return text, tuple(marks)
    begin = 0 if first < length * 2 // 3 else first - length // 4
    if begin:
        space = text.find(" ", begin, first)
        begin = space + 1 if space >= 0 else begin
    end = min(len(text), begin + length)
    space = text.rfind(" ", begin + length * 3 // 4, end) if end < len(text) else -1
    end = space if space >= 0 else end
    before, after = ("… " if begin else ""), (" …" if end < len(text) else "")
    shift = len(before) - begin
    moved = tuple(
        msgspec.structs.replace(mark, start=max(mark.start, begin) + shift, end=min(mark.end, end) + shift)
        for mark in marks
        if mark.start < end and mark.end > begin
    )
    return before + text[begin:end] + after, moved


def safe_url(url: str | None) -> str | None:
    """Return a web address that may become a link, or None: other schemes run code, controls deceive."""
    if url is None or not re.match(r"https?://[^/\s]", url, re.IGNORECASE) or _HIDDEN.search(url) or len(url) > 2_000:
        return None
    return url


def _wrap(shown: Markup, over: Sequence[Mark], start: int) -> Markup:
    for mark in reversed(over):
        spoken = (
            Markup('<span class="vh">{}: </span>').format(mark.spoken) if mark.spoken and mark.start == start else ""
        )
        shown = Markup('<mark class="{}">{}{}</mark>').format(mark.style, spoken, shown)
    return shown


def _show(text: str) -> Markup:
    pieces, done = [], 0
    for found in _HIDDEN.finditer(text):
        pieces.append(escape(text[done : found.start()]))
        name = f"Karakter tersembunyi U+{ord(found.group()):04X}"
        pieces.append(Markup('<span class="hidden-char" title="{}">{}</span>').format(name, _VISIBLE))
        done = found.end()
    pieces.append(escape(text[done:]))
    return Markup("").join(pieces)
