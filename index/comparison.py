"""Are two indices the same? Document by document, and as one digest each that does not depend on any order."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator

import msgspec

from index.document import Document
from index.engine import Engine, SearchQuery

_PAGE = 500
_SHOWN = 10
_MODULUS = 1 << 256

_Pair = tuple[Document | None, Document | None]


class Fingerprint(msgspec.Struct, frozen=True, kw_only=True):
    """The number of documents and the sum of their SHA-256 (modulo 2²⁵⁶): equal only for the same set of documents."""

    documents: int = 0
    digest: str = "0" * 64


class Comparison(msgspec.Struct, frozen=True, kw_only=True):
    """Two indices side by side."""

    before: Fingerprint
    after: Fingerprint
    missing: int = 0
    """In the first only."""
    extra: int = 0
    """In the second only."""
    changed: int = 0
    examples: tuple[str, ...] = ()
    """Some of the ids that differ."""

    @property
    def same(self) -> bool:
        """Whether both hold the same documents, byte by byte."""
        return self.before == self.after


Progress = Callable[[int], None]
Settle = Callable[[str], object]
"""Brings a document in both indices up to what people decided meanwhile."""


class _Sum:
    def __init__(self) -> None:
        self._documents = 0
        self._total = 0

    def add(self, document: Document | None) -> None:
        if document is not None:
            self._documents += 1
            self._total += int.from_bytes(hashlib.sha256(msgspec.json.encode(document)).digest())

    def result(self) -> Fingerprint:
        return Fingerprint(documents=self._documents, digest=f"{self._total % _MODULUS:064x}")


def fingerprint_index(engine: Engine) -> Fingerprint:
    """Return the fingerprint of all documents, restricted ones too."""
    total = _Sum()
    for document in all_documents(engine):
        total.add(document)
    return total.result()


def compare_indices(
    before: Engine, after: Engine, *, settle: Settle, on_progress: Progress = lambda _done: None
) -> Comparison:
    """Compare all documents by id; a pair that differs is settled and read again, since people decide meanwhile."""
    sums = (_Sum(), _Sum())
    counts = {"missing": 0, "extra": 0, "changed": 0}
    examples: list[str] = []
    for number, pair in enumerate(_side_by_side(all_documents(before), all_documents(after))):
        if number % _PAGE == 0:
            on_progress(number)
        old, new = pair if pair[0] == pair[1] else _read_again(pair, before, after, settle=settle)
        sums[0].add(old)
        sums[1].add(new)
        if old != new:
            counts["extra" if old is None else "missing" if new is None else "changed"] += 1
            examples += [(old or new).id] if len(examples) < _SHOWN else []  # type: ignore[union-attr] # not both
    return Comparison(before=sums[0].result(), after=sums[1].result(), examples=tuple(examples), **counts)


def all_documents(engine: Engine) -> Iterator[Document]:
    """Yield every document in the order of the ids, restricted ones too, each once."""
    last = ""
    while True:
        page = engine.scan(SearchQuery(include_restricted=True), after=last, limit=_PAGE)
        for document in page:
            if document.id != last:
                yield document
            last = document.id
        if len(page) < _PAGE:
            return


def _side_by_side(left: Iterator[Document], right: Iterator[Document]) -> Iterator[_Pair]:
    old, new = next(left, None), next(right, None)
    while old is not None or new is not None:
        if new is None or (old is not None and old.id < new.id):
            yield old, None
            old = next(left, None)
        elif old is None or new.id < old.id:
            yield None, new
            new = next(right, None)
        else:
            yield old, new
            old, new = next(left, None), next(right, None)


def _read_again(pair: _Pair, before: Engine, after: Engine, *, settle: Settle) -> _Pair:
    id = next(document.id for document in pair if document is not None)
    settle(id)
    return before.get(id, include_restricted=True), after.get(id, include_restricted=True)
