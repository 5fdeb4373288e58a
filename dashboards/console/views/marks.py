"""What is marked in a report's text: its evidence, and the words of the search."""

from __future__ import annotations

from markupsafe import Markup

from dashboards.console.labels import EVIDENCE
from dashboards.console.markup import Mark, cut_text, mark_text
from index.document import Document
from index.highlight import highlight_spans
from index.query_language import Expression

_READ_CHARACTERS = 20_000
"""How far into a text a hit's excerpt is looked for."""


def evidence_marks(document: Document) -> tuple[Mark, ...]:
    """Return the report's evidence as marks."""
    return tuple(
        Mark(
            start=each.start,
            end=each.end,
            style=f"evidence why-{each.why if each.why in EVIDENCE else 'other'}",
            spoken=f"bukti {EVIDENCE.get(each.why, each.why)}",
        )
        for each in document.evidence
    )


def render_excerpt(document: Document, expression: Expression | None) -> Markup:
    """Return a hit's excerpt around the first word that was searched for, else around the first evidence."""
    text = document.text[:_READ_CHARACTERS]
    matches = [
        Mark(start=span.start, end=span.end, style="match", spoken="kata dicari")
        for span in highlight_spans(text, expression)
    ]
    evidence = [mark for mark in evidence_marks(document) if mark.end <= len(text)]
    first = min((mark.start for mark in matches or evidence), default=0)
    shown, marks = cut_text(text, [*matches, *evidence], first=first)
    return mark_text(shown, marks)
