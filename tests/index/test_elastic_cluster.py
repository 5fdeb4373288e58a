"""A cluster of three on loopback, one of which is killed while reports are written: nothing lost, nothing doubled."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator

import pytest
from elasticsearch import Elasticsearch

from index.elastic import ElasticEngine, open_elastic
from index.engine import SearchQuery
from sidak.errors import RetryError
from sidak.settings import ElasticsearchSettings
from tests.support.documents import NOW, make_document
from tests.support.elasticsearch import Node, UnavailableError, run_nodes, unavailable

pytestmark = [pytest.mark.elasticsearch, pytest.mark.timeout(1500)]

BATCHES, BATCH = 30, 40


@pytest.fixture(scope="module")
def cluster() -> Iterator[list[Node]]:
    settings = {
        "cluster.fault_detection.leader_check.interval": "1s",
        "cluster.fault_detection.follower_check.interval": "1s",
    }
    try:
        with run_nodes(3, settings=settings) as nodes:
            yield nodes
    except UnavailableError as exc:
        unavailable(exc)


def open_engine(cluster: list[Node]) -> ElasticEngine:
    settings = ElasticsearchSettings(url=",".join(node.url for node in cluster), prefix="sidak", timeout_seconds=60)
    return open_elastic(settings, clock=lambda: NOW)


def write_stubbornly(engine: ElasticEngine, number: int, told: list[str]) -> tuple[int, int]:
    """Write one batch again and again until it is answered, as publishing does from one run to the next."""
    batch = [make_document(f"x:{number}-{each}", restricted=each % 4 == 0) for each in range(BATCH)]
    while True:
        try:
            outcome = engine.write(batch)
        except RetryError as exc:
            told.append(str(exc))
            time.sleep(0.5)
            continue
        assert outcome.rejected == ()
        return outcome.written, outcome.stale


def test_a_node_killed_while_indexing_costs_nothing(cluster: list[Node]) -> None:
    engine = open_engine(cluster)
    engine.setup()
    with Elasticsearch(cluster[0].url, request_timeout=60) as admin:
        admin.cluster.health(wait_for_status="green", timeout="120s")
        shards = {
            (row["index"], row["prirep"]): row["node"] for row in admin.cat.shards(index="sidak-*", format="json")
        }
    assert {prirep for _, prirep in shards} == {"p", "r"}  # every part has a replica
    victim = int(shards[("sidak-reports-v3-000001-000001", "p")].removeprefix("node-"))
    counts: list[tuple[int, int]] = []
    told: list[str] = []

    def write_all() -> None:
        counts.extend(write_stubbornly(engine, number, told) for number in range(BATCHES))

    thread = threading.Thread(target=write_all)
    thread.start()
    while len(counts) < BATCHES // 4 and thread.is_alive():
        time.sleep(0.02)
    os.kill(cluster[victim].server_pid(), signal.SIGKILL)
    thread.join()
    assert BATCHES // 4 <= len(counts) == BATCHES
    assert all(sum(count) == BATCH for count in counts)
    assert not [message for message in told if "Traceback" in message]

    left = [node for at, node in enumerate(cluster) if at != victim]
    survivors = open_engine(left)
    survivors.refresh()
    assert survivors.count() == BATCHES * BATCH
    assert len(set(survivors.ids())) == BATCHES * BATCH
    assert survivors.search(SearchQuery(include_restricted=False)).total == BATCHES * BATCH * 3 // 4
    again = [survivors.write([make_document(f"x:{number}-1")]) for number in range(BATCHES)]
    assert [(outcome.written, outcome.stale) for outcome in again] == [(0, 1)] * BATCHES
    survivors.close()
    engine.close()
