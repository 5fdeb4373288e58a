"""More like this one: a report's own most telling words, its category and its place, as a search."""

from __future__ import annotations

from collections import Counter
from math import log

from index.document import Document
from index.engine import Filters, SearchQuery, Similar
from index.query_language import And, AtLeast, Expression, Term
from index.ranking import telling
from index.topics import topical_stems
from nlp.search_words import function_words

TELLING_WORDS = 15
_SHARED = 0.2
"""So much of the telling words must stand in a similar report."""
_READ_TERMS = 2_000
_SHORTEST = 3
_TOPICAL = 1.8
"""How much more words of the lexicons weigh: a rare name alone makes no report similar."""


def telling_words(document: Document) -> tuple[str, ...]:
    """Return the words that say most about a report, in the order of its text."""
    terms = document.stems.split(None, _READ_TERMS)[:_READ_TERMS]
    counts = Counter(term for term in terms if _is_telling(term))
    weights = {term: _weight(term) * (1 + log(count)) for term, count in counts.items()}
    chosen = set(sorted(weights, key=lambda term: (-weights[term], term))[:TELLING_WORDS])
    return tuple(term for term in counts if term in chosen)


def similar_query(
    document: Document,
    *,
    include_restricted: bool,
    expression: Expression | None = None,
    filters: Filters = Filters(),  # noqa: B008 - a frozen value
    limit: int = 20,
) -> SearchQuery | None:
    """Return the search for reports like this one, best first; None where it has no words to go by."""
    words = tuple(Term(term) for term in telling_words(document))
    if not words:
        return None
    shared: Expression = AtLeast(max(1, round(_SHARED * len(words))), words)
    return SearchQuery(
        include_restricted=include_restricted,
        expression=shared if expression is None else And((shared, expression)),
        filters=filters,
        similar=Similar(
            id=document.id,
            categories=(document.category,) if document.category else (),
            areas=document.area_path,
        ),
        sort="relevance",
        limit=limit,
    )


def _weight(term: str) -> float:
    return telling(term) * (_TOPICAL if term in topical_stems() else 1.0)


def _is_telling(term: str) -> bool:
    return len(term) >= _SHORTEST and term.isalpha() and term not in function_words()
