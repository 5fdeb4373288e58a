"""Index documents for tests: invented, complete, and changed in the one thing a test is about."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from index.document import Document
from index.tokens import search_terms
from nlp.areas import ancestors
from nlp.normalize import normalize_text

NOW = datetime(2026, 11, 20, 5, 0, tzinfo=UTC)


def make_document(id: str = "x:1", text: str = "Jalan rusak parah", **changes: Any) -> Document:
    """Return a document of this text; `area_code` brings its path along."""
    code = changes.get("area_code")
    fields: dict[str, Any] = {
        "id": id,
        "version": 1,
        "source": "x",
        "lane": "overheard",
        "post_kind": "post",
        "visibility": "public",
        "created_at": NOW,
        "collected_at": NOW,
        "text": text,
        "model": "test",
        "analyzed_at": NOW,
        "language": "id",
        "normalized": normalize_text(text).text,
        "stems": " ".join(search_terms(text)),
        "is_report": True,
        "report_probability": 0.9,
        "kind": "damage",
        "category": "jalan_rusak",
        "area_path": ancestors(code) if code else (),
    }
    return Document(**fields | changes)
