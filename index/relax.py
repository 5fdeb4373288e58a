"""A query whose words stand together in too few reports, asked again for most of its words."""

from __future__ import annotations

from index.query_language import And, AtLeast, Expression, Phrase, Term

FEW = 10
"""With fewer hits than this the words are asked for less strictly."""


def relax_query(expression: Expression | None) -> Expression | None:
    """Return the query with half of its words enough, everything else as it was; None where that changes nothing."""
    if not isinstance(expression, And):
        return None
    words = tuple(part for part in expression.parts if isinstance(part, Term | Phrase))
    others = tuple(part for part in expression.parts if not isinstance(part, Term | Phrase))
    if len(words) < 2:
        return None
    loose = AtLeast((len(words) + 1) // 2, words)
    return And((loose, *others)) if others else loose
