"""Indexing through the engine against the Elasticsearch client's own helper, over the same prepared documents."""

from __future__ import annotations

import gc
import time
from collections import deque
from collections.abc import Sequence

import msgspec
from elasticsearch.helpers import parallel_bulk

from benchmarks.search_engines import MeasuredElastic, computing_seconds, write_all
from benchmarks.search_results import Race, say
from benchmarks.synthetic_reports import make_documents
from index.admission import admit_document
from index.derived import derive_fields
from index.document import Document

TURN = 25_000


def race(measured: MeasuredElastic, *, documents: int) -> Race:
    """Index the same documents through the engine and through the client's own helper, in turns, each into its own."""
    say("Elasticsearch: warming up")
    other = _make_rival(measured)
    spent = {"ours": [0.0, 0.0], "theirs": [0.0, 0.0]}
    warm_up = 2 * TURN
    for turn, start in enumerate(range(0, warm_up + documents, TURN)):
        chunk = list(make_documents(TURN, start=start, total=warm_up + documents))
        prepared = [_prepare(document) for document in chunk]
        gc.collect()
        gc.freeze()  # or whoever comes second pays for looking through all documents of the turn again and again
        for name in ("ours", "theirs") if turn % 2 else ("theirs", "ours"):
            computing, began = computing_seconds(measured), time.perf_counter()
            if name == "ours":
                write_all(measured, chunk)
            else:
                _write_with_helper(measured, prepared, index=other)
            if start >= warm_up:
                spent[name][0] += time.perf_counter() - began
                spent[name][1] += computing_seconds(measured) - computing
        gc.unfreeze()
        say(f"Elasticsearch: {start + TURN:,} of {warm_up + documents:,} by both ways")
    measured.admin.indices.delete(index=other)
    measured.engine.clear()
    return Race(documents, (spent["ours"][0], spent["ours"][1]), (spent["theirs"][0], spent["theirs"][1]))


def _make_rival(measured: MeasuredElastic) -> str:
    """Make an index with the mapping and settings of ours."""
    [ours] = measured.admin.indices.get(index=f"{measured.prefix}-reports").body.values()
    given = {"uuid", "creation_date", "provided_name", "version", "history"}
    settings = {name: value for name, value in ours["settings"]["index"].items() if name not in given}
    name = f"{measured.prefix}-rival"
    measured.admin.indices.create(index=name, mappings=ours["mappings"], settings={"index": settings})
    return name


def _prepare(document: Document) -> dict[str, object]:
    admitted, body = admit_document(document)
    source = msgspec.json.decode(body, type=dict[str, object]) | derive_fields(admitted)
    return {"_id": admitted.id, "version": admitted.version, "version_type": "external", "_source": source}


def _write_with_helper(measured: MeasuredElastic, prepared: Sequence[dict[str, object]], *, index: str) -> None:
    actions = ({"_index": index, **each} for each in prepared)
    deque(parallel_bulk(measured.admin, actions, thread_count=4, chunk_size=500), maxlen=0)
