"""The texts that judged queries search: read from the development data, analysed as the pipeline does, never kept."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from index.build_document import build_document
from index.document import Document
from sidak.errors import UsageError
from sidak.models import Post

FILES = {
    "complaints_surabaya_2022.jsonl": "files",
    "background/tweets_infrastructure_unlabelled.jsonl": "x",
    "background/tweets_korupsi.jsonl": "x",
    "background/tweets_sp4n_pr.jsonl": "x",
}
"""Which files, and as posts of which source."""

REGION = "35.78"
_SALT = "sidak judged queries 1: "
_UNDATED = datetime(2022, 7, 1, tzinfo=UTC)


class _Row(msgspec.Struct, frozen=True):
    text: str
    created_at: str = ""


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One text: the key of its judgements, as it was written, and as the index holds it."""

    key: str
    text: str
    document: Document


def text_key(text: str) -> str:
    """Return the key under which a text's judgements are kept; nothing of the text can be read from it."""
    return hashlib.sha256((_SALT + " ".join(text.split())).encode("utf-8", "replace")).hexdigest()[:16]


def read_corpus(data: Path) -> Iterator[Entry]:
    """Yield every text of the files once, with the document that the pipeline makes of it."""
    from nlp.analyze import Analyzer

    posts = {post.native_id: post for post in _read_posts(data)}
    reports = Analyzer(REGION).analyze(posts.values(), now=_UNDATED)
    for post, report in zip(posts.values(), reports, strict=True):
        yield Entry(key=post.native_id, text=post.text, document=build_document(report, revision=1))


def _read_posts(data: Path) -> Iterator[Post]:
    seen: set[str] = set()
    for name, source in FILES.items():
        path = data / name
        if not path.is_file():
            raise UsageError(f"{path}: no such file; --data names the folder that holds it")
        with path.open("rb") as file:
            for line in file:
                row = msgspec.json.decode(line, type=_Row, strict=False)
                key = text_key(row.text)
                if row.text.strip() and key not in seen:
                    seen.add(key)
                    at = _read_time(row.created_at)
                    yield Post(
                        source=source, native_id=key, kind="complaint" if source == "files" else "post",
                        lane="addressed" if source == "files" else "overheard", text=row.text, created_at=at,
                        collected_at=at,
                    )  # fmt: skip


def _read_time(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return _UNDATED
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
