"""The words of an Elasticsearch index: those spelt like a given one, with the reports that a caller may see."""

from __future__ import annotations

import msgspec
from elasticsearch import Elasticsearch

from index.engine import MOST_COUNTED, TermCount
from index.spelling import SHORTEST, allowed_edits, nearest

_SUGGESTED = 100


class _Option(msgspec.Struct, frozen=True):
    text: str


class _Word(msgspec.Struct, frozen=True):
    options: list[_Option]


class _Suggestions(msgspec.Struct, frozen=True):
    spelling: list[_Word]


class _SuggestAnswer(msgspec.Struct, frozen=True):
    suggest: _Suggestions


class _Bucket(msgspec.Struct, frozen=True):
    doc_count: int


class _Buckets(msgspec.Struct, frozen=True):
    buckets: dict[str, _Bucket]


class _Counts(msgspec.Struct, frozen=True):
    terms: _Buckets


class _CountAnswer(msgspec.Struct, frozen=True):
    aggregations: _Counts


def similar_terms(client: Elasticsearch, term: str, *, index: str, include_restricted: bool) -> tuple[TermCount, ...]:
    """Return words spelt like this one that visible reports hold, nearest first.

    The server proposes from all reports; what it proposes counts only for the visible ones that hold it.
    """
    proposed = nearest(term, [term, *_propose(client, term, index=index)])
    if not proposed:
        return ()
    wall = [] if include_restricted else [{"term": {"restricted": False}}]
    filters = {each: {"term": {"stems": each}} for each in proposed}
    answer = client.search(
        index=index, size=0, query={"bool": {"filter": wall}}, aggs={"terms": {"filters": {"filters": filters}}},
        allow_partial_search_results=False,
    )  # fmt: skip
    counts = msgspec.convert(answer.body, _CountAnswer).aggregations.terms.buckets
    found = ((each, min(counts[each].doc_count, MOST_COUNTED)) for each in proposed)
    return tuple(TermCount(term=each, count=count) for each, count in found if count)


def _propose(client: Elasticsearch, term: str, *, index: str) -> list[str]:
    wanted = {
        "field": "stems", "suggest_mode": "always", "max_edits": allowed_edits(term), "prefix_length": 1,
        "min_word_length": SHORTEST, "size": _SUGGESTED, "shard_size": _SUGGESTED, "sort": "score",
        "string_distance": "damerau_levenshtein", "accuracy": 0.3,
    }  # fmt: skip
    answer = client.search(
        index=index, size=0, suggest={"spelling": {"text": term, "term": wanted}}, allow_partial_search_results=False
    )
    words = msgspec.convert(answer.body, _SuggestAnswer).suggest.spelling
    return [option.text for word in words for option in word.options]
