"""The one error of the query language: what is wrong, and where."""

from __future__ import annotations

from sidak.errors import UsageError

_SHOWN_BEFORE, _SHOWN_AFTER = 60, 20


class QueryError(UsageError):
    """A query cannot be read; the message (Indonesian) names the character, counted from one."""

    def __init__(self, problem: str, *, at: int) -> None:
        super().__init__(f"Kueri, karakter ke-{at + 1}: {problem}.")
        self.at = at

    def pointed(self, text: str) -> str:
        """Return the query around the place of the error, and a line with a caret below it."""
        start = max(0, self.at - _SHOWN_BEFORE)
        shown = "".join(char if char.isprintable() else " " for char in text[start : self.at + _SHOWN_AFTER])
        before = "…" if start else ""
        return f"  {before}{shown}\n  {' ' * (len(before) + self.at - start)}^"
