"""In which index each id lives: a directory that gives every id one home, whatever lanes and parts it passes through.

An Elasticsearch version settles races within one index only. Reports live in parts that grow (`Growth`) and in two
lanes, and a new reading may move one from the open to the restricted lane. So each id has an entry here:

    {"version": 42, "home": "sidak-restricted-v3-000001-000001", "leaving": ["sidak-reports-v3-000001-000001"]}

An entry is changed before its document (compare-and-set on the sequence number, so changes come one after the other),
and `leaving` names where copies may still be until they are destroyed. A process killed at any moment leaves an entry
that says what is left to do, for the next write of this id or for `unsettled`. The entry of a removed id keeps its last
version and no home, so that a writer who comes late finds it taken.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import msgspec
from elasticsearch import Elasticsearch

from index.elastic_bulk import Action, Bulk
from index.elastic_errors import translate_status
from sidak.errors import RetryError

_ATTEMPTS = 20
_PAGE = 500


class Entry(msgspec.Struct, frozen=True, omit_defaults=True, gc=False):
    """What is known of one id."""

    version: int
    home: str | None = None
    leaving: tuple[str, ...] = ()

    @property
    def places(self) -> tuple[str, ...]:
        """Every index that may hold a copy."""
        return (*((self.home,) if self.home else ()), *self.leaving)


class _Failure(msgspec.Struct, frozen=True):
    type: str
    reason: str | None = None


class Known(msgspec.Struct, frozen=True):
    """An entry as it was read, with what a change of it is compared to."""

    id: str = msgspec.field(name="_id")
    source: Entry | None = msgspec.field(name="_source", default=None)
    seq_no: int = msgspec.field(name="_seq_no", default=-1)
    term: int = msgspec.field(name="_primary_term", default=-1)
    error: _Failure | None = None


class _Answer(msgspec.Struct, frozen=True):
    docs: list[Known]


class _Hits(msgspec.Struct, frozen=True):
    hits: list[Known]


class _Found(msgspec.Struct, frozen=True):
    hits: _Hits


Decide = Callable[[str, Entry | None], Entry | None]
"""Returns the entry that an id is to have, or None where nothing is to be done for it."""


class Homes:
    """Reads and changes the entries of one generation."""

    def __init__(self, client: Elasticsearch, bulk: Bulk, *, address: str) -> None:
        self._client = client
        self._bulk = bulk
        self._address = address

    def look_up(self, ids: Sequence[str], *, homes: str) -> dict[str, Known]:
        """Return the entries of those ids that have one, as of this moment."""
        if not ids:
            return {}
        answer = msgspec.convert(self._client.mget(index=homes, ids=list(ids)).body, _Answer)
        for doc in answer.docs:
            if doc.error is not None:
                status = 404 if doc.error.type == "index_not_found_exception" else 503
                raise translate_status(
                    status, error_type=doc.error.type, reason=doc.error.reason or "", address=self._address
                )
        return {doc.id: doc for doc in answer.docs if doc.source is not None}

    def change(self, ids: Iterable[str], decide: Decide, *, homes: str, mostly_new: bool = False) -> dict[str, Entry]:
        """Bring entries to what `decide` says of each, again where somebody else was faster; return those entries.

        With `mostly_new` the first attempt takes all for new without looking: the server refuses those that are not.
        """
        waiting = list(dict.fromkeys(ids))
        changed: dict[str, Entry] = {}
        for attempt in range(_ATTEMPTS):
            known = {} if mostly_new and attempt == 0 else self.look_up(waiting, homes=homes)
            actions = []
            for id in waiting:
                before = known[id].source if id in known else None
                entry = decide(id, before)
                if entry is None:
                    continue
                changed[id] = entry
                if entry != before:
                    actions.append(_entry_action(id, entry, known.get(id), homes=homes))
            items = self._bulk.send(actions)
            waiting = [action.id for action, item in zip(actions, items, strict=True) if item.status == 409]
            for id in waiting:
                del changed[id]
            if not waiting:
                return changed
        raise RetryError(f"{self._address}: others keep changing {waiting[0]}; try again", reason="busy")

    def settle(self, entries: Mapping[str, Entry], *, homes: str) -> None:
        """Say that the copies which these entries were leaving are gone; one changed since then stays as it is."""

        def settled(id: str, now: Entry | None) -> Entry | None:
            return msgspec.structs.replace(now, leaving=()) if now is not None and now == entries[id] else None

        self.change(entries, settled, homes=homes)

    def unsettled(self, *, homes: str) -> dict[str, Entry]:
        """Return some of the entries that a killed process left in the middle of a move or a removal."""
        self._client.indices.refresh(index=homes)
        answer = self._client.search(
            index=homes, size=_PAGE, query={"exists": {"field": "leaving"}}, allow_partial_search_results=False
        )
        hits = msgspec.convert(answer.body, _Found).hits.hits
        return {hit.id: hit.source for hit in hits if hit.source is not None}


def _entry_action(id: str, entry: Entry, before: Known | None, *, homes: str) -> Action:
    if before is None:
        head: dict[str, Any] = {"create": {"_index": homes, "_id": id}}
    else:
        head = {"index": {"_index": homes, "_id": id, "if_seq_no": before.seq_no, "if_primary_term": before.term}}
    return Action(id, homes, (msgspec.json.encode(head), msgspec.json.encode(entry)))
