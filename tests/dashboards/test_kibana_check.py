"""The check of the views: a field, a reference or a condition that would fail an analyst is found before."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import msgspec
import pytest
from elasticsearch import Elasticsearch

from dashboards.kibana.check import check_on_server, check_specs
from dashboards.kibana.install import check_views
from dashboards.kibana.lens import build_columns, build_kql
from dashboards.kibana.saved_objects import build_objects
from dashboards.kibana.specs import DataView, Panel, Search, Spec, read_specs
from index.elastic_indices import Indices, report_template
from index.elastic_probe import Capability, mapped_capabilities, open_probe, read_alias
from index.open_engine import open_engine
from index.states import OPEN
from nlp.taxonomy import categories
from sidak.app.cli import run
from sidak.errors import StopError
from sidak.settings import ElasticsearchSettings, Settings
from tests.support.documents import NOW, make_document

SPECS = read_specs()


def _changed(which: str, /, **changes: Any) -> tuple[Spec, ...]:
    return tuple(msgspec.structs.replace(spec, **changes) if spec.id == which else spec for spec in SPECS)


def _complaints(specs: tuple[Spec, ...]) -> list[str]:
    return [str(misfit) for misfit in check_specs(specs, build_objects(specs, index="sidak-reports"))]


def test_the_views_fit_the_mapping() -> None:
    assert check_views(Settings()) == ()
    assert run(["kibana", "check"]) == 0


@pytest.mark.parametrize(
    ("id", "changes", "words"),
    [
        ("sidak-status", {"by": "status"}, "sidak-status: status: the mapping has no such field"),
        ("sidak-status", {"by": "text"}, "sidak-status: text: the mapping cannot count by it: text"),
        ("sidak-status", {"by": "url"}, "sidak-status: url: the mapping cannot count by it: keyword, not searchable"),
        ("sidak-status", {"by": "evidence"}, "sidak-status: evidence: the mapping has no such field"),
        ("sidak-status", {"by": "author_key"}, "sidak-status: author_key: views say nothing about authors"),
        ("sidak-status", {"over_time": "state"}, "sidak-status: state: the mapping cannot draw time by it"),
        ("sidak-status", {"where": {"restricted": False, "urgency": "tinggi"}}, "sidak-status: urgency: the mapping cannot filter"),
        ("sidak-status", {"where": {"restricted": "false"}}, "sidak-status: restricted: "),
        ("sidak-status", {"where": {"is_report": True}}, "sidak-status: restricted: the view must say"),
        ("sidak-status", {"where": {"restricted": True}}, "sidak-status: restricted: the view must say"),
        ("sidak-terbaru", {"columns": ["author_key"]}, "sidak-terbaru: author_key: views say nothing about authors"),
        ("sidak-terbaru", {"newest_by": "text"}, "sidak-terbaru: text: the mapping cannot sort by it"),
        ("sidak-laporan", {"time_field": "posted_at"}, "sidak-laporan: posted_at: the mapping has no such field"),
        ("sidak-laporan", {"labels": {"judul": "Judul"}}, "sidak-laporan: judul: the mapping has no such field"),
        ("sidak-wilayah", {"description": "lihat https://peta.example/x"}, "sidak-wilayah: attributes: holds an address"),
        ("sidak-wilayah", {"id": "sidak-lain"}, "sidak-ringkasan: 3:panel_3: refers to sidak-wilayah"),
    ],
)  # fmt: skip
def test_what_would_not_work_is_named_with_view_and_field(id: str, changes: dict[str, Any], words: str) -> None:
    assert any(said.startswith(words) for said in _complaints(_changed(id, **changes)))


def test_two_files_with_one_id_are_refused() -> None:
    with pytest.raises(StopError, match="sidak-status: two files have this id"):
        build_objects(_changed("sidak-wilayah", id="sidak-status"), index="i")


def test_the_command_fails_naming_view_and_field(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("dashboards.kibana.install.read_specs", lambda: _changed("sidak-status", by="status"))
    assert run(["kibana", "check"]) == 1
    assert "sidak-status: status: the mapping has no such field" in capsys.readouterr().err
    assert run(["kibana", "push"]) == 1
    assert "nothing was sent" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('type = "panel"', "rusak.toml"),
        ('type = "search"\nid = "lain"', "rusak.toml"),
        ("type = ", "rusak.toml"),
        ("\x00", "rusak.toml"),
        (
            'type = "panel"\nid = "sidak-a"\ntitle = "a"\nchart = "number"\nwhere = { a = "b or *" }',
            "rusak.toml.*where",
        ),
        ('type = "panel"\nid = "sidak-a"\ntitle = "a"\nchart = "number"\nwhere = {}\ntpo = 3', "rusak.toml.*tpo"),
    ],
)
def test_a_file_of_the_wrong_shape_is_named(tmp_path: Path, text: str, words: str) -> None:
    (tmp_path / "rusak.toml").write_text(text, encoding="utf-8")
    with pytest.raises(StopError, match=words):
        read_specs(tmp_path)


def test_a_file_of_any_other_bytes_is_named(tmp_path: Path) -> None:
    (tmp_path / "rusak.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(StopError, match=r"rusak\.toml"):
        read_specs(tmp_path)


def test_reports_waiting_for_a_person_are_those_in_an_open_state() -> None:
    (waiting,) = [spec for spec in SPECS if spec.id == "sidak-perlu-keputusan"]
    assert isinstance(waiting, Panel)
    assert set(waiting.where["state"]) == OPEN


def test_values_are_shown_in_the_words_of_the_console() -> None:
    (view,) = [each for each in build_objects(SPECS, index="i") if each.type == "index-pattern"]
    formats = json.loads(view.attributes["fieldFormatMap"])
    shown = {entry["key"]: entry["value"] for entry in formats["category"]["params"]["lookupEntries"]}
    assert shown == {id: category.label for id, category in categories().items()}
    areas = {entry["key"] for entry in formats["area_kabkota"]["params"]["lookupEntries"]}
    assert "33.25" in areas
    assert all(len(code) == 5 for code in areas)


def test_every_column_has_an_indonesian_name() -> None:
    (view,) = [spec for spec in SPECS if isinstance(spec, DataView)]
    shown = {column for spec in SPECS if isinstance(spec, Search) for column in spec.columns}
    counted = {spec.by for spec in SPECS if isinstance(spec, Panel) and spec.by}
    assert shown | counted <= set(view.labels)


def test_a_panel_counts_what_its_file_says() -> None:
    (panel,) = [spec for spec in SPECS if spec.id == "sidak-kategori-per-hari"]
    assert isinstance(panel, Panel)
    columns = build_columns(panel, labels={})
    assert [column["operationType"] for column in columns.values()] == ["terms", "date_histogram", "count"]
    assert [column["sourceField"] for column in columns.values()] == ["category", "created_at", "___records___"]
    assert build_kql(panel.where) == "restricted: false and is_report: true"
    assert build_kql({"state": ["tunda", "telaah"]}) == "state: (tunda or telaah)"


def test_the_alias_is_the_one_that_readers_use() -> None:
    with Elasticsearch("http://127.0.0.1:1") as client:
        assert read_alias(ElasticsearchSettings(prefix="uji")) == Indices(client, prefix="uji").read


@pytest.fixture(scope="module")
def server(elasticsearch_url: str) -> Iterator[ElasticsearchSettings]:
    """Yield the settings of a server with an index of ours."""
    settings = ElasticsearchSettings(url=elasticsearch_url, prefix=f"sidak-test-kibana-{uuid4().hex[:8]}")
    engine = open_engine(Settings(index="elasticsearch", elasticsearch=settings), clock=lambda: NOW)
    engine.setup()
    engine.write([make_document("x:1", area_code="33.25.09"), make_document("x:2", created_at=NOW.replace(year=1971))])
    engine.refresh()
    engine.close()
    yield settings
    with Elasticsearch(elasticsearch_url) as admin:
        for name in admin.indices.get(index=f"{settings.prefix}-*").body:
            admin.indices.delete(index=name)


@pytest.mark.elasticsearch
def test_the_real_server_answers_every_panel(server: ElasticsearchSettings) -> None:
    assert check_views(Settings(index="elasticsearch", elasticsearch=server)) == ()


@pytest.mark.elasticsearch
def test_the_mapping_promises_what_the_real_server_says(server: ElasticsearchSettings) -> None:
    with open_probe(server, index=read_alias(server)) as probe:
        said = probe.capabilities()
    leaves = {name: each for name, each in said.items() if each.type != "object"}
    promised = mapped_capabilities()
    # The server can still search numbers by their column where they have no index; the promise is the narrower one.
    promised["version"] = Capability(type="long", searchable=True, aggregatable=True)
    assert leaves == promised


@pytest.mark.elasticsearch
def test_the_real_server_refuses_what_cannot_be_counted(server: ElasticsearchSettings) -> None:
    with open_probe(server, index=read_alias(server)) as probe:
        found = [str(each) for each in check_on_server(_changed("sidak-status", by="text"), probe)]
    assert found[0].startswith("sidak-status: text: the index on the server cannot count by it")
    assert found[1].startswith("sidak-status: text: the server refuses: ")
    assert "Fielddata" in found[1] or "text" in found[1]


@pytest.mark.elasticsearch
def test_an_older_index_on_the_server_is_noticed(server: ElasticsearchSettings) -> None:
    name = f"{server.prefix}-old"
    template = report_template()
    del template["mappings"]["properties"]["area_kabkota"]
    with Elasticsearch(server.url) as admin:
        admin.indices.create(index=name, **template)
    with open_probe(server, index=name) as probe:
        found = [str(each) for each in check_on_server(SPECS, probe)]
    assert "sidak-wilayah: area_kabkota: the index on the server has no such field" in found


@pytest.mark.elasticsearch
def test_an_index_that_is_not_there_says_what_makes_it(server: ElasticsearchSettings) -> None:
    other = server.model_copy(update={"prefix": "sidak-test-none"})
    with pytest.raises(StopError, match="sidak publish"):
        check_views(Settings(index="elasticsearch", elasticsearch=other))
