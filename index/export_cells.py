"""Cells of a CSV file that no spreadsheet takes for a formula, whatever separator it splits the file by.

A cell is a formula to a spreadsheet if it starts with = + - @ (or their full-width forms), also behind blanks or
quotes, and whatever starts with a tab or a carriage return may become one. Where a comma is the decimal sign, as in
Indonesia, a spreadsheet splits a file by semicolons or tabs, also within what we have quoted: so the same holds behind
; tab and line break inside a cell. Such a sign gets an apostrophe before it, the spreadsheets' own mark of plain text.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime

_SIGNS = "=+\\-@＝＋－＠"
# Every character is read once: a run of blanks, quotes and separators, and the sign behind it where there is one.
_FRAGMENT = re.compile(rf"([\s;\"'“”‘’`]+)([{_SIGNS}]?)|^([{_SIGNS}])")
_BREAKS = frozenset(";\t\r\n\v\f\x1c\x1d\x1e\x85\u2028\u2029")
_LIST_SEPARATOR = " | "


def write_cell(value: object) -> str:
    """Return a value as the text of a cell; numbers stay numbers, words are made harmless."""
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case int() | float():
            return repr(value)
        case datetime():
            return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
        case str():
            return defuse_text(value)
        case Sequence():
            return defuse_text(_LIST_SEPARATOR.join(map(str, value)))
    raise TypeError(f"no cell holds a {type(value).__name__}")


def defuse_text(text: str) -> str:
    """Return the text with an apostrophe before whatever a spreadsheet could take for a formula."""
    if text[:1] in {"\t", "\r", "\n"}:
        text = "'" + text
    return _FRAGMENT.sub(_defuse, text)


def _defuse(match: re.Match[str]) -> str:
    run, sign, first = match.groups()
    if first:
        return "'" + first
    if sign and (match.start() == 0 or not _BREAKS.isdisjoint(run)):
        return f"{run}'{sign}"
    return match[0]
