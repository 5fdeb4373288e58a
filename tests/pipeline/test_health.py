"""The health page's figures, from the real parts."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from sidak.app import pipeline
from sidak.app.health import read_health
from sidak.app.house import House
from sidak.settings import ElasticsearchSettings, Settings

NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
CSV = """id,text,created_at
1,"jalan di depan pasar Subah Batang berlubang parah sudah 3 bulan, tolong diperbaiki",2026-11-18
2,selamat pagi semuanya,2026-11-18
3,"tanpa tanggal",kemarin sore
"""


def test_every_sum_is_there_and_in_indonesian(tmp_path: Path) -> None:
    (tmp_path / "aduan.csv").write_text(CSV)
    house = House(Settings(home=tmp_path / "home", region="33"), clock=lambda: NOW)
    pipeline.import_with(house, tmp_path / "aduan.csv", profile="generic")
    pipeline.enrich_with(house)
    pipeline.publish_with(house)
    health = read_health(house)
    assert health.loss is not None
    assert (health.loss.collected, health.loss.indexed, health.loss.filtered, health.loss.balanced) == (2, 1, 1, True)
    assert (health.index_count, health.index_name) == (1, "sqlite")
    assert sum(count.count for count in health.dead_letters) == 1
    sources = {source.source: source for source in health.sources}
    assert (sources["files"].posts, sources["files"].last_success_at) == (2, NOW)
    assert "izin" in sources["x"].why
    assert not sources["tiktok"].available
    house.close()


def test_an_index_that_is_down_does_not_hide_the_rest(tmp_path: Path) -> None:
    down = ElasticsearchSettings(url="http://127.0.0.1:9")
    house = House(Settings(home=tmp_path, index="elasticsearch", elasticsearch=down), clock=lambda: NOW)
    health = read_health(house)
    assert health.loss is None
    assert health.index_count is None
    assert len(health.sources) >= 4
    house.close()
