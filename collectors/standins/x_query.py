"""The operators of X's search that mean something in a scenario; any other is refused as X refuses unknown ones."""

from __future__ import annotations

from collectors.standins.matching import COMMON_OPERATORS, Candidate, OperatorTable, Predicate, QueryError

_FLAGS = frozenset({"retweet", "quote", "reply"})
_HAS = {"hashtags": "#", "mentions": "@", "links": "http"}


def _is(value: str) -> Predicate:
    if value not in _FLAGS:
        raise QueryError(f"unknown operator 'is:{value}'")
    return lambda candidate: value in candidate.flags


def _has(value: str) -> Predicate:
    if value not in _HAS:
        raise QueryError(f"unknown operator 'has:{value}'")
    return lambda candidate: _HAS[value] in candidate.text


def _anywhere(_: str) -> Predicate:
    """Places do not narrow the search: the scenario's posts all are from one country, and few carry geo."""

    def holds(_: Candidate) -> bool:
        return True

    return holds


OPERATORS: OperatorTable = {**COMMON_OPERATORS, "is": _is, "has": _has, "place_country": _anywhere, "place": _anywhere}
