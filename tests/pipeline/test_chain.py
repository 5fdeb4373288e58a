"""The whole chain on invented posts: stand-ins, real clients, archive, reading, index, ledger, audit."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr

from collectors.standins.app import StandIns
from collectors.standins.truth import build_truths
from index.decisions import Ledger
from index.engine import SearchQuery
from index.triage import change_state
from sidak.app import pipeline
from sidak.app.audit import audit_archive, balance_posts, check_balance
from sidak.app.demo_home import Addresses, furnish_home
from sidak.app.export import export
from sidak.app.export_question import Question
from sidak.app.forget import forget
from sidak.app.house import House
from sidak.errors import IntegrityError, RetryError, StopError, UsageError
from sidak.models import Post
from sidak.settings import ElasticsearchSettings, Settings

END = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def platforms() -> Iterator[StandIns]:
    with StandIns(end=END) as running:
        yield running


def make_settings(home: Path, platforms: StandIns) -> Settings:
    env = furnish_home(home, Addresses(**platforms.describe()), today=END.date())  # type: ignore[typeddict-item] # as JSON gives them
    credentials: dict[str, dict[str, SecretStr]] = {}
    for name, value in env.items():
        if name.startswith("SIDAK_SOURCES__"):
            _, source, key = name.lower().split("__")
            credentials.setdefault(source, {})[key] = SecretStr(value)
    return Settings(home=home, region="33", sources=credentials)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory, platforms: StandIns) -> Iterator[House]:
    opened = House(make_settings(tmp_path_factory.mktemp("chain") / "home", platforms), clock=lambda: END)
    for source in pipeline.plan_sources(opened.settings, clock=opened.clock):
        pipeline.collect_with(opened, source)
    pipeline.enrich_with(opened)
    pipeline.publish_with(opened)
    yield opened
    opened.close()


def everything(house: House) -> SearchQuery:
    return SearchQuery(include_restricted=True, limit=100)


def test_every_post_is_accounted_for(house: House) -> None:
    balance = balance_posts(house)
    check_balance(balance)
    assert balance.waiting == 0
    assert balance.collected > 100
    assert balance.indexed > 50
    assert sum(balance.filtered.values()) > 20
    assert audit_archive(house) > 3


def test_running_everything_again_changes_nothing(house: House) -> None:
    before = balance_posts(house)
    again = [pipeline.collect_with(house, source) for source in ("x", "reddit")]
    assert [summary.new + summary.revised for summary in again] == [0, 0]
    assert pipeline.enrich_with(house).posts == 0
    assert pipeline.publish_with(house).written == 0
    assert balance_posts(house) == before


def test_no_author_and_no_handle_survives_the_collectors(house: House, platforms: StandIns) -> None:
    handles = {item.author for item in platforms.items if len(item.author) > 8}
    stored = b"".join(
        record
        for name in house.archive.names("posts")
        for entry in house.archive.stream(name).segments()
        for record in house.archive.stream(name).read(entry)
    ).decode()
    texts = " ".join(version.text for item in platforms.items for version in item.versions)
    leaked = [handle for handle in handles if handle in stored and handle not in texts]
    assert leaked == []


def test_the_levy_at_the_weigh_bridge_reaches_the_inspector_and_nobody_else(house: House) -> None:
    from index.parse_query import parse_query

    query = SearchQuery(include_restricted=True, expression=parse_query('"jembatan timbang" subah'), limit=50)
    found = house.engine.search(query)
    levies = [hit for hit in found.hits if hit.category == "pungli" and "33.25" in hit.area_path]
    assert levies
    assert all(hit.restricted and hit.evidence for hit in levies)
    blind = house.engine.search(SearchQuery(include_restricted=False, expression=query.expression, limit=50))
    assert not {hit.id for hit in levies} & {hit.id for hit in blind.hits}


def test_most_of_what_the_scenario_calls_a_report_is_found_and_most_noise_is_not(
    house: House, platforms: StandIns
) -> None:
    """Behaviour on generated text, no measure of accuracy: it notices a reading that has stopped to work."""
    truths = build_truths(platforms.items)
    known = {id for id, _, gone in house.catalog.newest() if id in truths and not gone}
    indexed = set(house.engine.ids())
    reports = {id for id in known if truths[id].is_report}
    noise = known - reports
    assert len(reports & indexed) / len(reports) > 0.6
    assert len(noise & indexed) / len(noise) < 0.4


def test_a_decision_survives_the_loss_of_the_index(house: House) -> None:
    report_id = house.engine.search(everything(house)).hits[0].id
    change_state(
        house.ledger,
        house.engine,
        report_id,
        to_state="verifikasi",
        expected_state="diterima",
        actor="ratna",
        note="akan dicek",
        at=END,
        include_restricted=True,
    )
    before = {hit.id: (hit.state, hit.version) for hit in house.engine.search(everything(house)).hits}
    assert before[report_id][0] == "verifikasi"
    house.engine.clear()
    pipeline.publish_with(house)
    after = {hit.id: (hit.state, hit.version) for hit in house.engine.search(everything(house)).hits}
    assert after == before
    check_balance(balance_posts(house))


def test_an_index_that_was_down_while_somebody_decided_catches_up(house: House) -> None:
    report_id = house.engine.search(everything(house)).hits[1].id
    with Ledger(house.settings.ledger_database_url()) as ledger:
        ledger.decide(report_id, "verifikasi", expected_state="diterima", actor="ratna", note="", at=END)
    assert pipeline.publish_with(house).decisions >= 1
    found = house.engine.get(report_id, include_restricted=True)
    assert found is not None
    assert found.state == "verifikasi"


def test_the_audit_names_a_lost_post_and_a_strange_document(house: House) -> None:
    document = house.engine.search(everything(house)).hits[2]
    house.engine.delete([document.id])
    with pytest.raises(IntegrityError, match=document.id):
        check_balance(balance_posts(house))
    house.engine.write([document])
    import msgspec

    stranger = msgspec.structs.replace(document, id="x:1")
    house.engine.write([stranger])
    with pytest.raises(IntegrityError, match="x:1 is indexed"):
        check_balance(balance_posts(house))
    house.engine.delete(["x:1"])
    check_balance(balance_posts(house))


def bytes_of(home: Path) -> Iterator[tuple[Path, bytes]]:
    import zstandard

    for path in home.rglob("*"):
        if path.is_file():
            data = path.read_bytes()
            yield path, zstandard.ZstdDecompressor().decompressobj().decompress(data) if path.suffix == ".zst" else data


def test_a_forgotten_post_is_in_no_byte_of_the_home_and_does_not_come_back(tmp_path: Path) -> None:
    canary = "kenarikuning7731"
    source = tmp_path / "aduan.csv"
    source.write_text(
        "id,text,created_at\n"
        f"1,jalan di depan pasar Subah Batang rusak parah {canary} sudah 3 bulan,2026-11-18\n"
        "2,lampu jalan depan balai desa Subah mati sudah seminggu gelap sekali,2026-11-18\n"
    )
    house = House(Settings(home=tmp_path / "home", region="33"), clock=lambda: END)
    pipeline.import_with(house, source, profile="generic")
    pipeline.enrich_with(house)
    pipeline.publish_with(house)
    assert house.engine.count() == 2
    change_state(
        house.ledger, house.engine, "files:generic:1", to_state="verifikasi", expected_state="diterima", actor="ratna",
        note="kepala desa sudah dihubungi", at=END, include_restricted=True,
    )  # fmt: skip
    export(house, Question(), out=tmp_path / "home" / "keluar.csv", format="csv")
    holding = {path.name for path, data in bytes_of(tmp_path / "home") if canary.encode() in data}
    assert {"keluar.csv", "index.db"} <= {name.removesuffix("-wal") for name in holding}
    assert not {name for name in holding if name.startswith("ledger")}, "decisions hold nothing of the text"
    certificate = forget(house, ["files:generic:1"])
    assert (certificate.tombstones, certificate.post_revisions, certificate.reports, certificate.documents) == (1,) * 4
    house.close()
    assert [path for path, data in bytes_of(tmp_path / "home") if canary.encode() in data] == []
    assert certificate.exports == 1

    house = House(house.settings, clock=lambda: END)
    assert pipeline.import_with(house, source, profile="generic").refused == 1
    pipeline.enrich_with(house)
    pipeline.publish_with(house)
    assert set(house.engine.ids()) == {"files:generic:2"}
    balance = balance_posts(house)
    check_balance(balance)
    assert (balance.collected, balance.indexed, balance.deleted) == (2, 1, 1)
    assert forget(house, ["files:generic:1"]).tombstones == 0
    house.close()


def test_forgetting_something_that_is_no_id_is_refused(house: House) -> None:
    with pytest.raises(UsageError, match="no post id"):
        forget(house, ["kenari"])


def test_an_edit_replaces_the_document_and_one_that_is_no_report_any_more_leaves(tmp_path: Path) -> None:
    house = House(Settings(home=tmp_path / "home", region="33"), clock=lambda: END)
    source = tmp_path / "aduan.csv"
    lines = {
        "1": "jalan di depan pasar Subah Batang rusak parah, banyak lubang sudah 3 bulan, tolong diperbaiki",
        "2": "lampu jalan depan balai desa Subah mati sudah seminggu gelap sekali tolong diperbaiki",
    }

    def run() -> None:
        source.write_text("id,text,created_at\n" + "".join(f'{id},"{text}",2026-11-18\n' for id, text in lines.items()))
        pipeline.import_with(house, source, profile="generic")
        pipeline.enrich_with(house)
        pipeline.publish_with(house)

    run()
    assert house.engine.count() == 2
    lines["1"] = "jembatan desa Subah Batang ambrol, warga tidak bisa lewat, tolong segera diperbaiki"
    lines["2"] = "selamat pagi semuanya"
    run()
    found = house.engine.get("files:generic:1", include_restricted=True)
    assert found is not None
    assert found.category == "jembatan_rusak"
    assert house.engine.get("files:generic:2", include_restricted=True) is None
    check_balance(balance_posts(house))
    house.close()


def test_a_source_without_clearance_makes_no_request(tmp_path: Path, platforms: StandIns) -> None:
    settings = make_settings(tmp_path / "home", platforms)
    settings.clearance_path.unlink()
    asked = len(platforms.log.to("/"))
    with pytest.raises(StopError, match="clearance"):
        pipeline.collect(settings, "x", clock=lambda: END)
    assert pipeline.plan_sources(settings, clock=lambda: END) == []
    assert len(platforms.log.to("/")) == asked


def test_a_platform_that_is_down_is_a_retry_and_is_noted(tmp_path: Path, platforms: StandIns) -> None:
    settings = make_settings(tmp_path / "home", platforms)
    settings.sources["x"]["base_url"] = SecretStr("http://127.0.0.1:9")
    with pytest.raises(RetryError):
        pipeline.collect(settings, "x", clock=lambda: END)
    house = House(settings, clock=lambda: END + timedelta(hours=2))
    run = house.journal.runs(stage="collect", source="x")[0]
    assert run.outcome == "retry"
    assert "demo-token" not in run.message
    assert house.journal.last_success(stage="collect", source="x") is None
    house.close()


def test_a_deletion_that_the_index_was_down_for_is_taken_up_again(tmp_path: Path, platforms: StandIns) -> None:
    """Elasticsearch is down at an address that nobody serves; then the index is there, and the next pass finishes."""
    down = ElasticsearchSettings(url="http://127.0.0.1:9")
    settings = make_settings(tmp_path / "home", platforms)
    gone = Post(
        source="reddit", native_id="t3_zz1", kind="post", lane="overheard", text="", state="deleted",
        created_at=END - timedelta(days=1), collected_at=END,
    )  # fmt: skip
    broken = House(settings.model_copy(update={"index": "elasticsearch", "elasticsearch": down}), clock=lambda: END)
    broken.intake.store("reddit", [gone])
    summary = pipeline.collect_with(broken, "reddit")
    assert summary.outcome == "retry"
    assert summary.new > 0
    assert broken.journal.runs(source="reddit")[0].outcome == "retry"
    broken.close()
    house = House(settings, clock=lambda: END)
    assert pipeline.collect_with(house, "reddit").deleted == 1
    assert pipeline.collect_with(house, "reddit").deleted == 0
    house.close()
