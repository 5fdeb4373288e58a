"""`sidak reindex` as an operator meets it: the same index again, from archive and ledger, whatever became of the old."""

from __future__ import annotations

import hashlib
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest
from elasticsearch import Elasticsearch

from sidak.app import pipeline
from sidak.app.audit import balance_posts, check_balance
from sidak.app.cli import run
from sidak.app.forget import forget
from sidak.app.house import House
from sidak.app.reindex import reindex
from sidak.errors import IntegrityError, RetryError
from sidak.settings import ElasticsearchSettings, Settings
from tests.support.deployments import decide, visible
from tests.support.elasticsearch import remove_deployment

AT = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
PLACES = ("pasar Subah", "balai desa Subah", "SDN 2 Subah", "puskesmas Subah", "kantor kecamatan Subah", "terminal")
TROUBLES = (
    "jalan di depan {} Batang rusak parah, banyak lubang sudah 3 bulan, tolong diperbaiki",
    "lampu jalan depan {} Batang mati sudah seminggu gelap sekali tolong diperbaiki",
)
ROWS = [trouble.format(place) for place in PLACES for trouble in TROUBLES]
KILL_ME = """
import os, sys
from sidak.app.house import House
from sidak.app.reindex import reindex
from sidak.settings import load_settings
reindex(House(load_settings()), on_progress=lambda *_: (print("midway", flush=True), sys.stdin.read()))
"""


@pytest.fixture(params=["sqlite", pytest.param("elasticsearch", marks=pytest.mark.elasticsearch)])
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Settings]:
    if request.param == "sqlite":
        yield Settings(home=tmp_path / "home", region="33")
        return
    url = request.getfixturevalue("elasticsearch_url")
    prefix = "sidak-reindex-" + hashlib.sha256(str(tmp_path).encode()).hexdigest()[:12]
    server = ElasticsearchSettings(url=url, prefix=prefix)
    yield Settings(home=tmp_path / "home", region="33", index="elasticsearch", elasticsearch=server)
    with Elasticsearch(url) as admin:
        left = remove_deployment(admin, prefix)
    assert len(left) == 3  # two lanes and the directory: nothing of the old or of a killed rebuild


@pytest.fixture
def house(settings: Settings, tmp_path: Path) -> Iterator[House]:
    opened = House(settings, clock=lambda: AT)
    fill(opened, tmp_path / "aduan.csv")
    yield opened
    opened.close()


def fill(house: House, source: Path) -> None:
    lines = [f'{number},"{text}",2026-11-18\n' for number, text in enumerate(ROWS)]
    source.write_text("id,text,created_at\n" + "".join(lines))
    pipeline.import_with(house, source, profile="generic")
    pipeline.enrich_with(house)
    pipeline.publish_with(house)
    assert house.engine.count() > 6


def digest(house: House) -> object:
    return *visible(house), house.engine.published_segments()


def test_the_rebuilt_index_is_the_one_before(house: House) -> None:
    ids = sorted(house.engine.ids())
    decide(house, ids[0], at=AT)
    forget(house, [ids[1]])
    before = digest(house)
    summary = reindex(house)
    assert summary.written == len(ids) - 1
    assert summary.same is True
    assert summary.before is not None
    assert (summary.documents, summary.digest) == (len(ids) - 1, summary.before.digest)
    assert digest(house) == before
    assert house.engine.get(ids[1], include_restricted=True) is None
    check_balance(balance_posts(house))
    assert pipeline.publish_with(house).segments == 0


@pytest.mark.parametrize("moment", ["reindex", "compare"])
def test_a_decision_during_the_rebuild_is_kept_and_a_strange_document_is_not(house: House, moment: str) -> None:
    ids = sorted(house.engine.ids())
    stranger = msgspec.structs.replace(house.engine.get(ids[0], include_restricted=True), id="x:stranger")
    house.engine.write([stranger])

    def decide_meanwhile(label: str, _done: int, _total: int) -> None:
        if label != moment:
            return
        with_another = House(house.settings, clock=lambda: AT)
        decide(with_another, ids[2], at=AT)
        with_another.close()

    assert len(house.engine.published_segments()) == 1
    summary = reindex(house, on_progress=decide_meanwhile)
    assert (summary.missing, summary.extra, summary.changed) == (1, 0, 0)
    assert summary.examples == ("x:stranger",)
    found = house.engine.get(ids[2], include_restricted=True)
    assert found is not None
    assert (found.state, found.decisions) == ("verifikasi", 1)
    assert set(house.engine.ids()) == set(ids)


def test_a_rebuild_without_the_grouping_cache_groups_again(house: House) -> None:
    before = digest(house)
    house.grouper.close()
    del house.__dict__["grouper"]
    for path in (house.settings.home / "cache").glob("incidents.db*"):
        path.unlink()
    reindex(house)
    assert digest(house) == before


def test_killed_midway_it_changes_nothing_and_can_be_run_again(house: House) -> None:
    before = digest(house)
    settings = house.settings
    env = {name: value for name, value in os.environ.items() if not name.startswith("SIDAK_")}
    env |= {"SIDAK_HOME": str(settings.home), "SIDAK_REGION": "33", "SIDAK_INDEX": settings.index}
    env |= {"SIDAK_ELASTICSEARCH__URL": settings.elasticsearch.url}
    env |= {"SIDAK_ELASTICSEARCH__PREFIX": settings.elasticsearch.prefix}
    with subprocess.Popen(
        [sys.executable, "-c", KILL_ME],
        cwd=Path(__file__).parents[2], env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    ) as process:  # fmt: skip
        assert process.stdout is not None
        try:
            assert process.stdout.readline() == b"midway\n"
        finally:
            process.send_signal(signal.SIGKILL)
    assert digest(house) == before
    reindex(house)
    assert digest(house) == before


def test_forgetting_reaches_what_a_killed_rebuild_left(house: House) -> None:
    [victim, *_] = sorted(house.engine.ids())
    abandoned = house.engine.rebuilding(resume=True)
    document = house.engine.get(victim, include_restricted=True)
    assert document is not None
    fresh = abandoned.__enter__()  # never left, as if the process had been killed
    fresh.write([document])
    fresh.refresh()
    assert list(fresh.ids()) == [victim]
    forget(house, [victim])
    assert list(fresh.ids()) == []
    fresh.close()
    if house.settings.index == "sqlite":
        for path in (house.settings.home / "index").glob("index*"):
            assert b"Subah" not in path.read_bytes() or path.name.startswith("index.db")
    house.close()  # the client that both share is closed
    reindex(house)
    assert house.engine.get(victim, include_restricted=True) is None


def test_what_is_published_during_a_rebuild_is_in_the_new_index(house: House, tmp_path: Path) -> None:
    source = tmp_path / "susulan.csv"
    source.write_text(
        "id,text,created_at\nlate,jembatan Subah Batang ambrol kemarin tolong segera diperbaiki,2026-11-19\n"
    )
    began = []

    def publish_meanwhile(label: str, _done: int, _total: int) -> None:
        if label != "reindex" or began:
            return
        began.append(label)
        other = House(house.settings, clock=lambda: AT)
        pipeline.import_with(other, source, profile="generic")
        pipeline.enrich_with(other)
        assert pipeline.publish_with(other).written == 1
        other.close()

    before = house.engine.count()
    summary = reindex(house, on_progress=publish_meanwhile)
    assert began
    assert house.engine.count() == before + 1
    assert summary.same is True


def test_broken_off_it_goes_on_where_it_was(house: House, tmp_path: Path) -> None:
    add_segment(house, tmp_path)
    before = digest(house)

    def break_off(_label: str, _done: int, _total: int) -> None:
        raise RetryError("the server is gone")

    with pytest.raises(RetryError):
        reindex(house, on_progress=break_off)
    assert digest(house) == before
    summary = reindex(house)
    assert (summary.resumed, summary.segments, summary.same) == (1, 1, True)
    assert digest(house) == before


def add_segment(house: House, folder: Path) -> None:
    source = folder / "tambahan.csv"
    source.write_text(f'id,text,created_at\nmore,"{ROWS[0]} sekali lagi",2026-11-19\n')
    pipeline.import_with(house, source, profile="generic")
    pipeline.enrich_with(house)
    pipeline.publish_with(house)


@pytest.mark.parametrize("damaged", ["index.db", "index.current"])
def test_the_command_repairs_a_damaged_index(
    damaged: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SIDAK_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("SIDAK_REGION", "33")
    house = House(Settings(home=tmp_path / "home", region="33"), clock=lambda: AT)
    fill(house, tmp_path / "aduan.csv")
    before = digest(house)
    house.close()
    (tmp_path / "home" / "index" / damaged).write_bytes(b"this is no index" * 2_000)
    with pytest.raises(IntegrityError, match="sidak reindex"):
        house.engine.count()
    house.close()
    assert run(["search", "jalan"]) == 1
    assert "sidak reindex" in capsys.readouterr().err
    assert run(["reindex"]) == 0
    told = capsys.readouterr().err
    assert "reindexed" in told
    assert "nothing to compare with" in told
    assert digest(house) == before
    assert [path.name for path in (tmp_path / "home" / "index").glob("index.db*")] == []
    house.close()
