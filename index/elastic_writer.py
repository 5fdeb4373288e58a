"""Writing and removing on Elasticsearch: first the entry of an id, then its document, then what is left elsewhere.

Whoever writes looks again afterwards whether the indices are still those in use: a rebuild may have taken their place.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor

import msgspec
from elasticsearch import Elasticsearch

from index.admission import admit_document
from index.derived import derive_fields
from index.document import Document
from index.elastic_bulk import MOST_ACTIONS, Action, Bulk, Item
from index.elastic_homes import Entry, Homes, Known
from index.elastic_indices import Indices, Layout
from index.engine import Rejected, WriteOutcome
from sidak.errors import RetryError, StopError

_ATTEMPTS = 3
_AT_ONCE = 6
"""Batches under way at the same time: while one is indexed, the entries of another are made."""
_WRITTEN = frozenset({200, 201})


class _Held(msgspec.Struct, frozen=True):
    index: str = msgspec.field(name="_index")
    id: str = msgspec.field(name="_id")
    version: int = msgspec.field(name="_version", default=-1)
    source: Document | None = msgspec.field(name="_source", default=None)


class _Answer(msgspec.Struct, frozen=True):
    docs: list[_Held]


class _Admitted(msgspec.Struct, frozen=True, gc=False):
    document: Document
    body: bytes


class Writer:
    """Stores, removes and fetches documents by id, in whatever part and lane they live."""

    def __init__(self, client: Elasticsearch, indices: Indices, *, address: str, bulk: Bulk) -> None:
        self._client = client
        self._indices = indices
        self._address = address
        self._bulk = bulk
        self._homes = Homes(client, bulk, address=address)

    def write(self, documents: Sequence[Document]) -> WriteOutcome:
        """Store documents by id, each only if its version is newer than the stored one."""
        for _attempt in range(_ATTEMPTS):
            layout = self._indices.layout()
            try:
                outcome = self._write_into(layout, documents)
            except StopError:
                if self._indices.layout().homes == layout.homes:
                    raise
                continue
            if self._indices.layout().homes == layout.homes:
                return outcome
        raise RetryError(f"{self._address}: the index is being exchanged again and again; try again", reason="busy")

    def delete(self, ids: Sequence[str], *, layout: Layout) -> int:
        """Remove documents for good, from search at once; return how many were there."""
        gone = self._homes.change(ids, _gone, homes=layout.homes)
        return len(self._clear_out(gone, homes=layout.homes))

    def finish_moves(self) -> None:
        """Destroy copies that a killed process left behind, where their document has arrived at its home."""
        layout = self._indices.layout()
        entries = self._homes.unsettled(homes=layout.homes)
        arrived = {held.id: held.version for held in self._fetch((id, entry.home) for id, entry in entries.items())}
        done = {
            id: entry for id, entry in entries.items() if entry.home is None or arrived.get(id, -1) >= entry.version
        }
        self._clear_out(done, homes=layout.homes)

    def read(self, ids: Sequence[str]) -> dict[str, Document]:
        """Return the documents of those ids that are there, as of this moment, restricted ones too."""
        known = self._homes.look_up(ids, homes=self._indices.homes)
        newest: dict[str, _Held] = {}
        for held in self._fetch(_places(known)):
            if held.id not in newest or newest[held.id].version < held.version:
                newest[held.id] = held
        return {id: newest[id].source for id in ids if id in newest and newest[id].source is not None}  # type: ignore[misc]

    def _write_into(self, layout: Layout, documents: Sequence[Document]) -> WriteOutcome:
        """Write batches of which some are under way at the same time, while the next one is made ready here."""
        outcomes: list[WriteOutcome] = []
        for wave in _cut_waves(documents):
            batches = (_admit(wave[start : start + MOST_ACTIONS]) for start in range(0, len(wave), MOST_ACTIONS))
            if len(wave) <= MOST_ACTIONS:
                outcomes += [self._write_batch(layout, *batch) for batch in batches]
                continue
            with ThreadPoolExecutor(_AT_ONCE) as pool:
                waiting = [pool.submit(self._write_batch, layout, *batch) for batch in batches]
            outcomes += [each.result() for each in waiting]
        return WriteOutcome(
            written=sum(each.written for each in outcomes),
            stale=sum(each.stale for each in outcomes),
            rejected=tuple(rejected for each in outcomes for rejected in each.rejected),
        )

    def _write_batch(self, layout: Layout, admitted: Sequence[_Admitted], rejected: Sequence[Rejected]) -> WriteOutcome:
        """Write documents of which no id comes twice; those refused before count as well."""
        by_id = {each.document.id: each for each in admitted}

        def claim(id: str, before: Entry | None) -> Entry | None:
            return self._claim(by_id[id].document, before, layout)

        claims = self._homes.change(by_id, claim, homes=layout.homes, mostly_new=True)
        actions = [_index_action(by_id[id], home) for id, entry in claims.items() if (home := entry.home) is not None]
        items = {action.id: item for action, item in zip(actions, self._bulk.send(actions), strict=True)}
        self._clear_out(
            {id: entry for id, entry in claims.items() if self._must_leave(entry, items[id])}, homes=layout.homes
        )
        written = sum(item.status in _WRITTEN for item in items.values())
        refused = [(id, item) for id, item in items.items() if item.status not in _WRITTEN and item.status != 409]
        return WriteOutcome(
            written=written,
            stale=len(admitted) - written - len(refused),  # a newer one is known, or was faster
            rejected=(*rejected, *(Rejected(id=id, reason=_reason(item)) for id, item in refused)),
        )

    def _claim(self, document: Document, before: Entry | None, layout: Layout) -> Entry | None:
        """Return where a document is to live; None where a version as new lives elsewhere, or is gone."""
        if before is None:
            return Entry(document.version, layout.part(restricted=document.restricted))
        stays = before.home is not None and self._indices.is_restricted(before.home) == document.restricted
        if before.version >= document.version:
            return before if stays and before.version == document.version else None
        home = before.home if stays else layout.part(restricted=document.restricted)
        return Entry(document.version, home, tuple(place for place in before.places if place != home))

    def _must_leave(self, entry: Entry, item: Item) -> bool:
        """Whether copies elsewhere go now: once the document has arrived, and from the open lane in any case."""
        arrived = item.status in _WRITTEN or item.status == 409
        return bool(entry.leaving) and (arrived or self._indices.is_restricted(entry.home or ""))

    def _clear_out(self, entries: Mapping[str, Entry], *, homes: str) -> set[str]:
        """Destroy the copies that these entries are leaving, visibly; return the ids that had one."""
        actions = [_delete_action(id, place, entry.version) for id, entry in entries.items() for place in entry.leaving]
        if not actions:
            return set()
        items = self._bulk.send(actions)
        touched = {action.index for action in actions} | {entry.home for entry in entries.values() if entry.home}
        self._client.indices.refresh(index=sorted(touched), ignore_unavailable=True)
        self._homes.settle(entries, homes=homes)
        return {action.id for action, item in zip(actions, items, strict=True) if item.status == 200}

    def _fetch(self, places: Iterator[tuple[str, str | None]]) -> list[_Held]:
        docs = [{"_index": place, "_id": id} for id, place in places if place is not None]
        if not docs:
            return []
        answer = msgspec.convert(self._client.mget(docs=docs).body, _Answer)
        return [held for held in answer.docs if held.source is not None]


def _admit(documents: Sequence[Document]) -> tuple[list[_Admitted], list[Rejected]]:
    admitted: list[_Admitted] = []
    rejected: list[Rejected] = []
    for document in documents:
        try:
            admitted.append(_Admitted(*admit_document(document)))
        except ValueError as exc:
            rejected.append(Rejected(id=document.id, reason=str(exc)))
    return admitted, rejected


def _cut_waves(documents: Sequence[Document]) -> Iterator[Sequence[Document]]:
    """Yield runs in which no id comes twice: the first of an id must be settled before the second is placed."""
    wave: dict[str, Document] = {}
    for each in documents:
        if each.id in wave:
            yield tuple(wave.values())
            wave = {}
        wave[each.id] = each
    if wave:
        yield tuple(wave.values())


def _gone(_id: str, before: Entry | None) -> Entry | None:
    if before is None or not before.places:
        return None
    version = before.version + 1 if before.home else before.version
    return Entry(version, None, before.places)


def _places(known: Mapping[str, Known]) -> Iterator[tuple[str, str | None]]:
    for id, each in known.items():
        if each.source is not None and each.source.home is not None:
            yield from ((id, place) for place in each.source.places)


def _index_action(admitted: _Admitted, home: str) -> Action:
    document = admitted.document
    header = {"index": {"_index": home, "_id": document.id, "version": document.version, "version_type": "external"}}
    derived = msgspec.json.encode(derive_fields(document))
    # Both are JSON objects: the derived fields go before the closing brace.
    return Action(document.id, home, (msgspec.json.encode(header), admitted.body[:-1] + b"," + derived[1:]))


def _delete_action(id: str, place: str, version: int) -> Action:
    header = {"delete": {"_index": place, "_id": id, "version": version, "version_type": "external_gte"}}
    return Action(id, place, (msgspec.json.encode(header),))


def _reason(item: Item) -> str:
    if item.error is None:
        return f"status {item.status}"
    return f"{item.error.type}: {item.error.reason or 'no reason given'}"[:500]
