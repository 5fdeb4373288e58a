"""What people type, as an expression: words, "phrases", "near"~5, OR/ATAU, NOT/BUKAN/-, prefix*, field:value, ( ).

    query  = either { either }            all of them; AND or DAN may stand between
    either = part { OR part }             OR binds tighter than a blank, as people expect of `jalan OR jembatan rusak`
    part   = NOT part | "(" query ")" | '"' words '"' [ "~" number ] | field | word | prefix*
    field  = name ":" value | name ( ">" | ">=" | "<" | "<=" ) value       see index/query_fields.py
Operators are written in capitals, so that the words *atau*, *bukan* and *dan* can be searched. Function words (*di*,
*yang*) beside other words need not be found; in a phrase they must.
"""

from __future__ import annotations

from typing import cast

from index.query_errors import QueryError
from index.query_fields import read_field
from index.query_language import MAX_DISTANCE, And, Expression, Near, Not, Or, Phrase, Term
from index.query_tokens import Token, read_tokens
from index.tokens import index_tokens, search_terms
from nlp.search_words import function_words
from nlp.words import clean_text
from sidak.errors import UsageError

MAX_LENGTH = 500
MAX_WORDS = 40
MAX_PREFIXES = 5
MAX_FIELDS = 20
MAX_NEAR_WORDS = 8
MAX_NESTING = 10
SHORTEST_PREFIX = 3
"""Shorter ones stand for too many words, and no engine has them ready."""


def parse_query(text: str) -> Expression | None:
    """Return what a query asks for, or None for an empty one; raises QueryError naming where it is wrong."""
    text = clean_text(text)
    if len(text) > MAX_LENGTH:
        raise QueryError(f"kueri terlalu panjang: {len(text)} karakter, paling banyak {MAX_LENGTH}", at=MAX_LENGTH)
    tokens = list(read_tokens(text))
    if len(tokens) == 1:
        return None
    _check_counts(tokens)
    expression = _Parser(tokens).parse_all()
    if expression is None:
        raise UsageError("Kueri ini tidak memuat kata yang dapat dicari.")
    return expression


def _check_counts(tokens: list[Token]) -> None:
    words = 0
    for token in tokens:
        words += len(token.text.split()) if token.kind in {"word", "phrase"} else 0
        if words > MAX_WORDS:
            raise QueryError(f"kueri memuat lebih dari {MAX_WORDS} kata", at=token.at)
    prefixes = [token for token in tokens if token.kind == "word" and token.text.endswith("*")]
    if len(prefixes) > MAX_PREFIXES:
        raise QueryError(f"paling banyak {MAX_PREFIXES} kata dengan tanda *", at=prefixes[MAX_PREFIXES].at)
    fields = [token for token in tokens if token.kind == "field"]
    if len(fields) > MAX_FIELDS:
        raise QueryError(f"paling banyak {MAX_FIELDS} penyaring", at=fields[MAX_FIELDS].at)


class _Parser:
    """Recursive descent over the tokens; every method returns None where nothing searchable was read."""

    def __init__(self, tokens: list[Token]) -> None:
        self._tokens = tokens
        self._next = 0
        self._nesting = 0

    def parse_all(self) -> Expression | None:
        expression = self._all_of()
        token = self._tokens[self._next]
        if token.kind != "end":
            raise QueryError("kurung tutup tanpa kurung buka", at=token.at)
        return expression

    def _all_of(self) -> Expression | None:
        parts = [self._any_of()]
        while (token := self._tokens[self._next]).kind not in {"end", "close"}:
            if token.kind == "and":
                self._next += 1
            parts.append(self._any_of())
        return _combine(And, _without_function_words(parts))

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
                return _parse_phrase(token)
            case "field":
                return read_field(token.name, token.sign, token.text, at=token.value_at)
            case "not":
                avoided = self._nested(token, closing=False)
                return None if avoided is None else Not(avoided)
            case "open":
                return self._nested(token, closing=True)
            case "end":
                raise QueryError("masih diharapkan sebuah kata di sini", at=token.at)
        raise QueryError(f"diharapkan sebuah kata, bukan {token.text}", at=token.at)

    def _nested(self, token: Token, *, closing: bool) -> Expression | None:
        self._nesting += 1
        if self._nesting > MAX_NESTING:
            raise QueryError(f"paling banyak {MAX_NESTING} tingkat kurung atau sangkalan", at=token.at)
        expression = self._all_of() if closing else self._part()
        if closing:
            if self._tokens[self._next].kind != "close":
                raise QueryError("kurung buka tidak ditutup", at=token.at)
            self._next += 1
        self._nesting -= 1
        return expression


def _parse_word(token: Token) -> Expression | None:
    if "*" not in token.text:
        stems = search_terms(token.text)
        return _build_words([stem for stem in stems if stem not in function_words()] or stems)
    word = token.text[:-1]
    if not token.text.endswith("*") or "*" in word:
        raise QueryError("tanda * hanya boleh di akhir kata", at=token.at)
    stems = index_tokens(word)
    if len(stems) != 1 or len(stems[0]) < SHORTEST_PREFIX:
        raise QueryError(f"sebelum tanda * harus ada satu kata, sedikitnya {SHORTEST_PREFIX} huruf", at=token.at)
    return Term(stems[0], prefix=True)


def _parse_phrase(token: Token) -> Expression | None:
    words = _build_words(search_terms(token.text))
    if token.distance is None or not isinstance(words, Phrase):
        return words
    if token.distance > MAX_DISTANCE:
        raise QueryError(f"jarak kata paling banyak {MAX_DISTANCE}", at=token.at)
    stems = tuple(dict.fromkeys(words.stems))
    if len(stems) > MAX_NEAR_WORDS:
        raise QueryError(f"paling banyak {MAX_NEAR_WORDS} kata yang berdekatan", at=token.at)
    return Near(stems, token.distance) if len(stems) > 1 else Term(stems[0])


def _build_words(stems: list[str]) -> Expression | None:
    """Return a word or a phrase; a slang form may stand for several words, which then stand side by side."""
    if not stems:
        return None
    return Term(stems[0]) if len(stems) == 1 else Phrase(tuple(stems))


def _without_function_words(parts: list[Expression | None]) -> list[Expression | None]:
    telling = [part for part in parts if not _is_function_word(part)]
    words = any(isinstance(part, Term | Phrase | Near | Or) for part in telling)
    return telling if words else parts


def _is_function_word(part: Expression | None) -> bool:
    return isinstance(part, Term) and not part.prefix and part.stem in function_words()


def _combine(kind: type[And | Or], parts: list[Expression | None]) -> Expression | None:
    found = tuple(part for part in parts if part is not None)
    if len(found) < 2:
        return found[0] if found else None
    return cast("Expression", kind(found))
