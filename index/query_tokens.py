"""Cuts a query into tokens, each with its place: one pass, linear in the query."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

import msgspec

from index.query_errors import QueryError
from index.query_fields import FIELD_NAMES, suggest_field

Kind = Literal["open", "close", "phrase", "word", "field", "or", "not", "and", "end"]

_LEXEME = re.compile(
    r"\s+|(?P<open>\()|(?P<close>\))"
    r'|["“”„](?P<phrase>[^"“”„]*)(?P<closed>["“”„]?)(?:(?P<near>~)(?P<distance>[0-9]{1,9})?)?'
    r'|(?P<word>[^\s()"“”„]+)'
)
_FIELD = re.compile(r"(?P<name>[^\W\d_]+)(?P<sign>:[<>]=?|:=?|[<>]=?|=)")
_MINUS = re.compile(r"[-−](?=[^\s-])")
_OPERATORS: dict[str, Literal["or", "not", "and"]] = {
    "OR": "or", "ATAU": "or", "|": "or", "NOT": "not", "BUKAN": "not", "AND": "and", "DAN": "and", "&": "and",
}  # fmt: skip


class Token(msgspec.Struct, frozen=True, kw_only=True):
    """A piece of a query; `name` and `sign` are a field's, `distance` a phrase's."""

    kind: Kind
    text: str
    at: int
    name: str = ""
    sign: str = ""
    value_at: int = 0
    distance: int | None = None


def read_tokens(text: str) -> Iterator[Token]:
    """Yield the tokens of a query, the last one of kind `end`; raises QueryError."""
    at = 0
    while (match := _LEXEME.match(text, at)) is not None:
        if match["open"] or match["close"]:
            yield Token(kind="open" if match["open"] else "close", text=match.group(), at=at)
        elif match["phrase"] is not None:
            yield _phrase(match)
        elif match["word"] is not None:
            minus = _MINUS.match(text, at)
            # A minus sign at the start of a word, a phrase or a parenthesis avoids it; inside a word it is a hyphen.
            if minus is not None:
                yield Token(kind="not", text="-", at=at)
                at = minus.end()
                continue
            field = _field(match, text)
            if field is not None:
                yield field[0]
                at = field[1]
                continue
            yield Token(kind=_OPERATORS.get(match["word"], "word"), text=match["word"], at=at)
        at = match.end()
    yield Token(kind="end", text="", at=len(text))


def _phrase(match: re.Match[str]) -> Token:
    if not match["closed"]:
        raise QueryError("tanda kutip tidak ditutup", at=match.start())
    if match["near"] and not match["distance"]:
        raise QueryError('setelah ~ harus ada jarak kata, misalnya "jalan rusak"~5', at=match.start("near"))
    distance = int(match["distance"]) if match["distance"] else None
    return Token(kind="phrase", text=match["phrase"], at=match.start(), distance=distance)


def _field(match: re.Match[str], text: str) -> tuple[Token, int] | None:
    """Return a field with its value, quoted or not, and where it ends; None where a word only looks like one."""
    found = _FIELD.match(match["word"])
    if found is None:
        return None
    name = found["name"].casefold()
    if name not in FIELD_NAMES:
        meant = suggest_field(name) if found["sign"].startswith(":") and found.end() < len(match["word"]) else None
        if meant is not None:
            raise QueryError(f"penyaring {name}: tidak dikenal; mungkin maksud Anda {meant}:", at=match.start())
        return None
    value, start, end = match["word"][found.end() :], match.start() + found.end(), match.end()
    if not value:
        quoted = _LEXEME.match(text, end)
        if quoted is None or quoted["phrase"] is None:
            raise QueryError(f"setelah {name}{found['sign']} harus langsung ada nilainya", at=end)
        value, start, end = _phrase(quoted).text, quoted.start() + 1, quoted.end()
    token = Token(kind="field", text=value, at=match.start(), name=name, sign=found["sign"], value_at=start)
    return token, end
