"""Every figure of every view, asked of the real Elasticsearch, is the one computed from archive and ledger."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from elasticsearch import Elasticsearch

from dashboards.kibana.check import list_requests
from dashboards.kibana.install import view_names
from dashboards.kibana.specs import Panel, RegionMap, Search, read_specs
from index.triage import change_state
from sidak.app import pipeline
from sidak.app.house import House
from sidak.settings import ElasticsearchSettings, Settings
from tests.support.kibana_figures import Figures, Record, compute, read_answer, read_records

pytestmark = pytest.mark.elasticsearch

SPECS = read_specs()
VIEWS = {spec.id: spec for spec in SPECS if isinstance(spec, (Panel, RegionMap, Search))}
NOW = datetime.now(UTC).replace(microsecond=0)
PLACES = (
    "pasar Subah Batang",
    "terminal Ungaran",
    "SDN 2 Subah Batang",
    "jalan raya Semarang Timur",
    "kantor kecamatan Subah",
)
TEXTS = (
    "jalan di depan {} rusak parah banyak lubang, tadi malam ada motor jatuh, tolong diperbaiki",
    "lampu jalan dekat {} mati sudah dua minggu gelap sekali, mohon diperbaiki, hub 0812-3456-7890",
    "drainase di {} mampet dan banjir tiap hujan, Dinas PU tolong ditangani",
    "sopir truk di {} dimintai 20rb sama petugas tiap lewat tanpa karcis, tolong ditindak",
    "sampah menumpuk di {} baunya sampai ke rumah warga, tolong diangkut",
    "jalan {} katanya rusak ya?",
    "katanya lampu di {} mati lagi, benar tidak sih",
)


@pytest.fixture(scope="module")
def house(elasticsearch_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    prefix = f"sidak-test-figures-{uuid4().hex[:8]}"
    server = ElasticsearchSettings(url=elasticsearch_url, prefix=prefix)
    folder = tmp_path_factory.mktemp("figures")
    opened = House(Settings(home=folder / "home", region="33", index="elasticsearch", elasticsearch=server))
    fill(opened, folder / "aduan.csv")
    yield opened
    opened.close()
    with Elasticsearch(elasticsearch_url, request_timeout=60) as admin:
        for name in admin.indices.get(index=f"{prefix}-*").body:
            admin.indices.delete(index=name)


def fill(house: House, source: Path) -> None:
    texts = [text.format(place) for place in PLACES for text in TEXTS]
    # Hours that fall on another day in Jakarta, several weeks, and two posts from before the span of the dashboards.
    moments = [NOW - timedelta(hours=7 * number + 1) for number in range(len(texts) - 2)]
    moments += [NOW - timedelta(days=91), NOW - timedelta(days=200)]
    rows = [
        f'{at},"{text}",{moment.isoformat()}\n' for at, (text, moment) in enumerate(zip(texts, moments, strict=True))
    ]
    source.write_text("id,text,created_at\n" + "".join(rows))
    pipeline.import_with(house, source, profile="generic")
    pipeline.enrich_with(house)
    pipeline.publish_with(house)
    decide(house)
    house.engine.refresh()


def decide(house: House) -> None:
    """Let people work on some reports, all the way on a few."""
    way = ("verifikasi", "telaah", "tindak_lanjut", "selesai")
    for number, id in enumerate(sorted(house.engine.ids())):
        before = "diterima"
        for state in way[: number % 6 if number % 6 <= len(way) else 0]:
            change_state(
                house.ledger, house.engine, id, to_state=state, expected_state=before, actor="penguji",
                note="diperiksa", at=NOW, include_restricted=True,
            )  # fmt: skip
            before = state


@pytest.fixture(scope="module")
def records(house: House) -> list[Record]:
    return read_records(house)


@pytest.fixture(scope="module")
def answers(house: House) -> dict[str, dict[str, Any]]:
    index = view_names(house.settings).reports
    with Elasticsearch(house.settings.elasticsearch.url) as client:
        return {view.id: client.search(index=index, **request).body for view, request in list_requests(SPECS)}


def expected(id: str, records: list[Record]) -> Figures:
    return compute(VIEWS[id], records, now=datetime.now(UTC), days=90)


def nearly(number: float) -> object:
    """Moments are kept in whole milliseconds, other numbers with the precision of 32 bits."""
    return pytest.approx(number, rel=0, abs=1.5) if number > 1e9 else pytest.approx(number, rel=1e-6)


@pytest.mark.parametrize("id", VIEWS)
def test_a_figure_is_the_one_computed_from_the_archive(
    id: str, records: list[Record], answers: dict[str, dict[str, Any]]
) -> None:
    found, wanted = read_answer(VIEWS[id], answers[id]), expected(id, records)
    assert set(found) == set(wanted)
    for group, measures in wanted.items():
        for said, meant in zip(found[group], measures, strict=True):
            assert said == (None if meant is None else nearly(meant)), group


def test_the_comparison_is_about_something(records: list[Record]) -> None:
    assert sum(record["restricted"] for record in records) >= 3
    assert sum(record["review"] for record in records) >= 3
    assert len({record["state"] for record in records}) == 5
    assert len({record["category"] for record in records}) >= 5
    figures = {id: expected(id, records) for id in VIEWS}
    empty = [id for id, found in figures.items() if not any(any(measures) for measures in found.values())]
    assert len(empty) <= 3, empty
    assert max(len(found) for found in figures.values()) > 10


def test_what_is_restricted_is_in_no_figure(records: list[Record], answers: dict[str, dict[str, Any]]) -> None:
    hidden = {record["id"] for record in records if record["restricted"]}
    open_now = [
        record for record in records if not record["restricted"] and record["created_at"] > NOW - timedelta(days=90)
    ]
    assert answers["sidak-mutu-dokumen"]["hits"]["total"]["value"] == len(open_now)
    assert not hidden & {hit["_id"] for answer in answers.values() for hit in answer["hits"]["hits"]}
    assert not [id for id, answer in answers.items() if re.search("pungli", str(answer.get("aggregations", "")))]


def test_rows_of_a_table_come_in_its_order(answers: dict[str, dict[str, Any]]) -> None:
    for id, view in VIEWS.items():
        if isinstance(view, Search):
            order = [hit["sort"][0] for hit in answers[id]["hits"]["hits"]]
            assert order == sorted(order, reverse=True)
            assert len(order) > 2, id
