"""What can be said of an ES|QL query without a server: its commands, its functions, and whether its fields are there.

It reads the part of the language that our examples use; whatever is beyond that is called unknown, never passed over.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from dashboards.kibana.fields import NEVER_SHOWN

COMMANDS = frozenset({"FROM", "WHERE", "EVAL", "STATS", "SORT", "LIMIT", "KEEP", "DROP"})
FUNCTIONS = frozenset({
    "COUNT", "COUNT_DISTINCT", "MAX", "MIN", "AVG", "SUM", "MEDIAN", "PERCENTILE", "BUCKET", "DATE_TRUNC", "NOW",
    "ROUND", "COALESCE", "CASE", "LENGTH", "LEFT", "MV_COUNT", "DATE_DIFF", "TO_LONG", "TO_DOUBLE",
})  # fmt: skip
WORDS = frozenset({
    "AND", "OR", "NOT", "IN", "IS", "NULL", "NULLS", "FIRST", "LAST", "ASC", "DESC", "BY", "TRUE", "FALSE", "LIKE",
    "DAY", "DAYS", "WEEK", "WEEKS", "MONTH", "MONTHS", "HOUR", "HOURS", "MINUTES",
})  # fmt: skip
WALL = re.compile(r"\bWHERE\s+restricted\s*==\s*false\b", re.IGNORECASE)
_TOKEN = re.compile(r'\s+|//[^\n]*|(?P<text>"(?:[^"\\]|\\.)*")|(?P<name>[A-Za-z_][\w.]*)|(?P<number>\d+(?:\.\d+)?)'
                    r"|(?P<sign>==|!=|<=|>=|[-+*/%<>=(),|]|\{index\})")  # fmt: skip


def find_faults(query: str, fields: Collection[str]) -> Iterator[str]:
    """Yield what is wrong with a query."""
    tokens, rest = _read(query)
    if rest:
        yield f"cannot be read from {rest[:30]!r} on"
        return
    commands = _split(tokens)
    if [text for _, text in commands[0]] != ["FROM", "{index}"]:
        yield "must begin with FROM {index}"
    if WALL.search(query) is None:
        yield "must say WHERE restricted == false"
    known = set(fields)
    for command in commands:
        yield from _faults_of(command, known)


def _faults_of(command: list[tuple[str, str]], known: set[str]) -> Iterator[str]:
    if not command:
        yield "holds an empty command"
        return
    word = command[0][1].upper()
    if word not in COMMANDS:
        yield f"{command[0][1]} is no command that this check knows"
        return
    if command.count(("sign", "(")) != command.count(("sign", ")")):
        yield f"{word}: brackets do not match"
    makes = word in {"EVAL", "STATS"}
    followed = list(zip(command[1:], [*command[2:], ("", "")], strict=True))
    made = {text for (kind, text), behind in followed if makes and kind == "name" and behind == ("sign", "=")}
    for (kind, text), behind in followed:
        if kind == "name" and text.upper() not in WORDS:
            yield from _faults_of_name(text, known | made, called=behind == ("sign", "("))
    if word in {"STATS", "KEEP"}:
        known &= _kept(command)  # what was not named is gone
    known |= made


def _faults_of_name(name: str, known: Collection[str], *, called: bool) -> Iterator[str]:
    if called:
        if name.upper() not in FUNCTIONS:
            yield f"{name} is no function that this check knows"
    elif name in NEVER_SHOWN:
        yield f"{name}: views say nothing about authors"
    elif name not in known:
        yield f"{name}: the mapping has no such field"


def _kept(command: list[tuple[str, str]]) -> set[str]:
    """Return what a command names for those after it: all that KEEP says, and of STATS what stands behind BY."""
    behind = command[0][1].upper() == "KEEP"
    depth = 0
    kept: set[str] = set()
    for kind, text in command[1:]:
        depth += (text == "(") - (text == ")")
        behind = behind or text.upper() == "BY"
        if behind and depth == 0 and kind == "name":
            kept.add(text)
    return kept


def _read(query: str) -> tuple[list[tuple[str, str]], str]:
    tokens: list[tuple[str, str]] = []
    at = 0
    while (match := _TOKEN.match(query, at)) is not None:
        if match.lastgroup is not None:
            tokens.append((match.lastgroup, match.group()))
        at = match.end()
    return tokens, query[at:]


def _split(tokens: list[tuple[str, str]]) -> list[list[tuple[str, str]]]:
    commands: list[list[tuple[str, str]]] = [[]]
    for token in tokens:
        if token == ("sign", "|"):
            commands.append([])
        else:
            commands[-1].append(token)
    return commands
