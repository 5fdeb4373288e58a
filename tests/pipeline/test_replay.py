"""A mapping conflict on the real server: refused inside an HTTP 200, told, kept, and taken once it is mended."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from elasticsearch import Elasticsearch

from index import elastic_indices
from index.elastic_templates import report_template
from sidak.app import pipeline
from sidak.app.audit import balance_posts, check_balance
from sidak.app.cli import run
from sidak.app.house import House
from sidak.app.replay import waiting_letters
from sidak.settings import ElasticsearchSettings, Settings
from tests.support.elasticsearch import remove_deployment

pytestmark = pytest.mark.elasticsearch

AT = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
ROWS = [
    f"jalan di depan {place} Subah Batang rusak parah, banyak lubang sudah 3 bulan, tolong diperbaiki"
    for place in ("pasar", "balai desa", "puskesmas")
]


@pytest.fixture
def admin(elasticsearch_url: str) -> Iterator[Elasticsearch]:
    with Elasticsearch(elasticsearch_url) as client:
        yield client


@pytest.fixture
def house(
    elasticsearch_url: str, admin: Elasticsearch, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[House]:
    prefix = f"sidak-replay-{uuid4().hex[:12]}"
    settings = Settings(
        home=tmp_path / "home", region="33", index="elasticsearch",
        elasticsearch=ElasticsearchSettings(url=elasticsearch_url, prefix=prefix),
    )  # fmt: skip
    for name, value in {
        "HOME": str(settings.home), "REGION": "33", "INDEX": "elasticsearch",
        "ELASTICSEARCH__URL": elasticsearch_url, "ELASTICSEARCH__PREFIX": prefix,
    }.items():  # fmt: skip
        monkeypatch.setenv(f"SIDAK_{name}", value)
    opened = House(settings, clock=lambda: AT)
    yield opened
    opened.close()
    remove_deployment(admin, prefix)


def conflicting() -> dict[str, Any]:
    """Return a mapping that an administrator got wrong: categories are no addresses."""
    template = report_template()
    template["mappings"]["properties"]["category"] = {"type": "ip"}
    return template


def test_what_is_refused_is_told_and_taken_once_it_is_mended(
    house: House,
    admin: Elasticsearch,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(elastic_indices, "report_template", conflicting)
    source = tmp_path / "aduan.csv"
    lines = [f'{number},"{text}",2026-11-18\n' for number, text in enumerate(ROWS)]
    source.write_text("id,text,created_at\n" + "".join(lines))
    pipeline.import_with(house, source, profile="generic")
    pipeline.enrich_with(house)
    published = pipeline.publish_with(house)
    assert (published.written, published.rejected) == (0, len(ROWS))
    [letter, *_] = letters = list(waiting_letters(house))
    assert len(letters) == len(ROWS)
    assert "category" in letter.detail
    balance = balance_posts(house)
    check_balance(balance)
    assert balance.dead_lettered == len(ROWS)

    assert run(["replay"]) == 1
    told = capsys.readouterr().err
    assert letters[0].where in told
    assert "sidak reindex" in told
    assert "Traceback" not in told

    alias = f"{house.settings.elasticsearch.prefix}-reports"
    admin.indices.put_mapping(index=alias, properties={"category": {"type": "ip", "ignore_malformed": True}})
    assert run(["replay", "--json"]) == 0
    assert f'"written":{len(ROWS)}' in capsys.readouterr().out
    assert house.engine.count() == len(ROWS)
    assert list(waiting_letters(house)) == []
    after = balance_posts(house)
    check_balance(after)
    assert (after.indexed, after.dead_lettered) == (len(ROWS), 0)
    assert run(["replay", "--json"]) == 0
    assert '"posts":0' in capsys.readouterr().out


def test_a_rebuild_with_the_right_mapping_takes_what_was_refused(
    house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as wrong:
        wrong.setattr(elastic_indices, "report_template", conflicting)
        source = tmp_path / "aduan.csv"
        source.write_text(f'id,text,created_at\n1,"{ROWS[0]}",2026-11-18\n')
        pipeline.import_with(house, source, profile="generic")
        pipeline.enrich_with(house)
        assert pipeline.publish_with(house).rejected == 1
    assert run(["reindex"]) == 0
    assert house.engine.count() == 1
    assert run(["replay"]) == 0
    assert list(waiting_letters(house)) == []
