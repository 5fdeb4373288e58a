"""The search language both platforms share in essence: words, "phrases", OR, NOT or -, brackets, operators."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

_TOKEN = re.compile(
    r"""\s*(?:(?P<paren>[()])|(?P<minus>-(?=\S))|"(?P<phrase>[^"]*)"|(?P<operator>[a-z_]+):(?:"(?P<quoted>[^"]*)"|(?P<value>[^\s()"]+))|(?P<word>[^\s()"]+))"""
)
_WORD = re.compile(r"\w+")
MAX_DEPTH = 32

Predicate = Callable[["Candidate"], bool]
OperatorTable = dict[str, Callable[[str], Predicate]]


class QueryError(ValueError):
    """The query cannot be read; the message says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """What a query looks at: the text and the values that operators compare."""

    text: str
    words: str
    """From `join_words`; hashtags and mentions count as words too."""
    language: str = ""
    author: str = ""
    flags: frozenset[str] = frozenset()


def join_words(text: str) -> str:
    """Runs of letters and digits, case folded, with one space around each, so that phrases are substrings."""
    return f" {' '.join(_WORD.findall(text.casefold()))} "


COMMON_OPERATORS: OperatorTable = {
    "lang": lambda value: lambda candidate: candidate.language == value,
    "from": lambda value: lambda candidate: candidate.author.casefold() == value.lstrip("@").casefold(),
    "is": lambda value: lambda candidate: value in candidate.flags,
}


def compile_query(text: str, *, operators: OperatorTable = COMMON_OPERATORS) -> Predicate:
    """A predicate for `text`; terms side by side must all hold. Raises QueryError."""
    parser = _Parser(_tokenize(text), operators)
    predicate = parser.parse_either()
    if parser.tokens:
        raise QueryError(f"unexpected {parser.tokens[0].text!r}")
    return predicate


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    value: str = ""


def _tokenize(text: str) -> list[_Token]:
    tokens = []
    position = 0
    while position < len(text.rstrip()):
        match = _TOKEN.match(text, position)
        if match is None:
            raise QueryError(f"cannot read {text[position : position + 20]!r}")
        position = match.end()
        kind = str(match.lastgroup if match.lastgroup not in {"quoted", "value"} else "operator")
        value = match["quoted"] or match["value"] or ""
        tokens.append(_Token(kind, str(match[kind]), value))
    return tokens


class _Parser:
    def __init__(self, tokens: list[_Token], operators: OperatorTable) -> None:
        self.tokens = tokens
        self._operators = operators
        self._depth = 0

    def parse_either(self) -> Predicate:
        options = [self._parse_all()]
        while self._next_is("word", "OR"):
            self.tokens.pop(0)
            options.append(self._parse_all())
        return options[0] if len(options) == 1 else lambda candidate: any(option(candidate) for option in options)

    def _parse_all(self) -> Predicate:
        parts: list[Predicate] = []
        while self.tokens and not self._next_is("word", "OR") and not self._next_is("paren", ")"):
            if self._next_is("word", "AND"):
                self.tokens.pop(0)
                continue
            parts.append(self._parse_one())
        if not parts:
            raise QueryError("a term is missing")
        return lambda candidate: all(part(candidate) for part in parts)

    def _parse_one(self) -> Predicate:
        if not self.tokens:
            raise QueryError("the query ends where a term belongs")
        if self._depth == MAX_DEPTH:
            raise QueryError(f"brackets and negations nest deeper than {MAX_DEPTH}")
        self._depth += 1
        predicate = self._parse_term(self.tokens.pop(0))
        self._depth -= 1
        return predicate

    def _parse_term(self, token: _Token) -> Predicate:
        if token.kind == "minus" or (token.kind == "word" and token.text == "NOT"):
            negated = self._parse_one()
            return lambda candidate: not negated(candidate)
        if token.kind == "paren":
            return self._parse_brackets(token)
        if token.kind == "operator":
            if token.text not in self._operators:
                raise QueryError(f"unknown operator {token.text!r}")
            return self._operators[token.text](token.value)
        return match_words(token.text)

    def _parse_brackets(self, token: _Token) -> Predicate:
        if token.text == ")":
            raise QueryError("a closing bracket without an opening one")
        inner = self.parse_either()
        if not self._next_is("paren", ")"):
            raise QueryError("a bracket is not closed")
        self.tokens.pop(0)
        return inner

    def _next_is(self, kind: str, text: str) -> bool:
        return bool(self.tokens) and self.tokens[0].kind == kind and self.tokens[0].text == text


def match_words(text: str) -> Predicate:
    """Holds where the words of `text` stand next to each other; `#tag` and `@name` need their sign."""
    if text[:1] in {"#", "@"}:
        pattern = re.compile(rf"(?<!\w){re.escape(text)}(?!\w)", re.IGNORECASE)
        return lambda candidate: pattern.search(candidate.text) is not None
    wanted = join_words(text)
    if not wanted.strip():
        raise QueryError(f"{text!r} has no word")
    return lambda candidate: wanted in candidate.words
