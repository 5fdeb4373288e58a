"""What people type, as an expression: words, "phrases", OR/ATAU, NOT/BUKAN/-, prefix*, parentheses.

    query  = either { either }            all of them; AND or DAN may stand between
    either = part { OR part }             OR binds tighter than a blank, as people expect of `jalan OR jembatan rusak`
    part   = NOT part | "(" query ")" | '"' words '"' | word | prefix*
Operators are written in capitals, so that the words *atau*, *bukan* and *dan* can be searched.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

import msgspec

from index.query_language import And, Expression, Not, Or, Phrase, Term
from index.tokens import index_tokens
from nlp.normalize import stem_tokens
from nlp.words import clean_text
from sidak.errors import UsageError

MAX_LENGTH = 500
MAX_WORDS = 40
MAX_PREFIXES = 5
MAX_NESTING = 10
SHORTEST_PREFIX = 2

_LEXEME = re.compile(
    r'\s+|(?P<open>\()|(?P<close>\))|["“”„](?P<phrase>[^"“”„]*)(?P<end>["“”„]?)|(?P<word>[^\s()"“”„]+)'
)
_MINUS = re.compile(r"[-−](?=[^\s-])")
_OPERATORS: dict[str, Literal["or", "not", "and"]] = {
    "OR": "or", "ATAU": "or", "|": "or", "NOT": "not", "BUKAN": "not", "AND": "and", "DAN": "and", "&": "and",
}  # fmt: skip


class _Token(msgspec.Struct, frozen=True):
    kind: Literal["open", "close", "phrase", "word", "or", "not", "and", "end"]
    text: str
    at: int


def parse_query(text: str) -> Expression | None:
    """Return what a query asks for, or None for an empty one; raises UsageError naming where it is wrong."""
    text = clean_text(text)
    if len(text) > MAX_LENGTH:
        raise UsageError(f"Kueri terlalu panjang: {len(text)} karakter, paling banyak {MAX_LENGTH}.")
    tokens = list(_read_tokens(text))
    if len(tokens) == 1:
        return None
    _check_counts(tokens)
    parser = _Parser(tokens)
    expression = parser.parse_all()
    if expression is None:
        raise UsageError("Kueri ini tidak memuat kata yang dapat dicari.")
    return expression


def _read_tokens(text: str) -> Iterator[_Token]:
    at = 0
    while (match := _LEXEME.match(text, at)) is not None:
        if match["open"]:
            yield _Token("open", "(", at)
        elif match["close"]:
            yield _Token("close", ")", at)
        elif match["phrase"] is not None:
            if not match["end"]:
                raise _error(at, "tanda kutip tidak ditutup")
            yield _Token("phrase", match["phrase"], at)
        elif match["word"] is not None:
            minus = _MINUS.match(text, at)
            # A minus sign at the start of a word, a phrase or a parenthesis avoids it; inside a word it is a hyphen.
            if minus is not None:
                yield _Token("not", "-", at)
                at = minus.end()
                continue
            yield _Token(_OPERATORS.get(match["word"], "word"), match["word"], at)
        at = match.end()
    yield _Token("end", "", len(text))


def _check_counts(tokens: list[_Token]) -> None:
    words = sum(len(token.text.split()) for token in tokens if token.kind in {"word", "phrase"})
    if words > MAX_WORDS:
        raise UsageError(f"Kueri memuat {words} kata, paling banyak {MAX_WORDS}.")
    prefixes = [token for token in tokens if token.kind == "word" and token.text.endswith("*")]
    if len(prefixes) > MAX_PREFIXES:
        raise _error(prefixes[MAX_PREFIXES].at, f"paling banyak {MAX_PREFIXES} kata dengan tanda *")


class _Parser:
    """Recursive descent over the tokens; every method returns None where nothing searchable was read."""

    def __init__(self, tokens: list[_Token]) -> None:
        self._tokens = tokens
        self._next = 0
        self._nesting = 0

    def parse_all(self) -> Expression | None:
        expression = self._all_of()
        token = self._tokens[self._next]
        if token.kind != "end":
            raise _error(token.at, "kurung tutup tanpa kurung buka")
        return expression

    def _all_of(self) -> Expression | None:
        parts = [self._any_of()]
        while (token := self._tokens[self._next]).kind not in {"end", "close"}:
            if token.kind == "and":
                self._next += 1
            parts.append(self._any_of())
        return _combine(And, parts)

    def _any_of(self) -> Expression | None:
        parts = [self._part()]
        while self._tokens[self._next].kind == "or":
            self._next += 1
            parts.append(self._part())
        return _combine(Or, parts)

    def _part(self) -> Expression | None:
        token = self._tokens[self._next]
        self._next += 1
        match token.kind:
            case "word":
                return _parse_word(token)
            case "phrase":
                return _build_words(token.text)
            case "not":
                with_nothing = self._nested(token, closing=False)
                return None if with_nothing is None else Not(with_nothing)
            case "open":
                return self._nested(token, closing=True)
        if token.kind == "end":
            raise _error(token.at, "masih diharapkan sebuah kata di sini")
        raise _error(token.at, f"diharapkan sebuah kata, bukan {token.text}")

    def _nested(self, token: _Token, *, closing: bool) -> Expression | None:
        self._nesting += 1
        if self._nesting > MAX_NESTING:
            raise _error(token.at, f"paling banyak {MAX_NESTING} tingkat kurung atau sangkalan")
        expression = self._all_of() if closing else self._part()
        if closing:
            if self._tokens[self._next].kind != "close":
                raise _error(token.at, "kurung buka tidak ditutup")
            self._next += 1
        self._nesting -= 1
        return expression


def _parse_word(token: _Token) -> Expression | None:
    if "*" not in token.text:
        return _build_words(token.text)
    word = token.text[:-1]
    if not token.text.endswith("*") or "*" in word:
        raise _error(token.at, "tanda * hanya boleh di akhir kata")
    stems = index_tokens(word)
    if len(stems) != 1 or len(stems[0]) < SHORTEST_PREFIX:
        raise _error(token.at, f"sebelum tanda * harus ada satu kata, sedikitnya {SHORTEST_PREFIX} huruf")
    return Term(stems[0], prefix=True)


def _build_words(text: str) -> Expression | None:
    """Return a word or a phrase as stems; a slang form may stand for several words, which then stand side by side."""
    stems = [term for stem, _, _ in stem_tokens(text) for term in index_tokens(stem)]
    if not stems:
        return None
    return Term(stems[0]) if len(stems) == 1 else Phrase(tuple(stems))


def _combine(kind: type[And | Or], parts: list[Expression | None]) -> Expression | None:
    found = tuple(part for part in parts if part is not None)
    if len(found) < 2:
        return found[0] if found else None
    return kind(found)


def _error(at: int, problem: str) -> UsageError:
    return UsageError(f"Kueri, karakter ke-{at + 1}: {problem}.")
