"""The check of the views: a field, a reference or a condition that would fail an analyst is found before."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import msgspec
import pytest
from elasticsearch import Elasticsearch

from dashboards.kibana.check import check_on_server, check_specs
from dashboards.kibana.conditions import build_clauses, build_kql
from dashboards.kibana.esql import find_faults
from dashboards.kibana.install import check_views
from dashboards.kibana.lens import build_columns
from dashboards.kibana.saved_objects import ORIGIN, IndexNames, build_objects
from dashboards.kibana.specs import Bounds, Dashboard, DataView, Measure, Panel, Place, Search, Spec, read_specs
from index.area_points import (
    area_index,
    count_area_points,
    list_points,
    mapped_area_capabilities,
    write_area_points,
)
from index.elastic_indices import Indices, report_template
from index.elastic_probe import Capability, mapped_capabilities, open_probe, read_alias
from index.open_engine import open_engine
from index.states import IN_PROCESS, NOT_HANDLED
from nlp.areas import all_areas, level_of
from nlp.taxonomy import categories
from sidak.app.cli import run
from sidak.errors import StopError
from sidak.settings import ElasticsearchSettings, Settings
from tests.support.documents import NOW, make_document

SPECS = read_specs()
NAMES = IndexNames(reports="sidak-reports", areas="sidak-areas")


def _changed(which: str, /, **changes: Any) -> tuple[Spec, ...]:
    return tuple(msgspec.structs.replace(spec, **changes) if spec.id == which else spec for spec in SPECS)


def _complaints(specs: tuple[Spec, ...]) -> list[str]:
    return [str(misfit) for misfit in check_specs(specs, build_objects(specs, names=NAMES))]


def test_the_views_fit_the_mapping() -> None:
    assert check_views(Settings()).misfits == ()
    assert run(["kibana", "check"]) == 0


def test_the_command_ends_well_every_time(tmp_path: Path) -> None:
    """Types with msgspec.Meta made about every third run crash as Python ended (msgspec issue 717)."""
    environment = os.environ | {"SIDAK_HOME": str(tmp_path)}
    command = [sys.executable, "-c", "from dashboards.kibana.specs import read_specs; read_specs()"]
    assert [subprocess.run(command, env=environment, check=False).returncode for _ in range(6)] == [0] * 6


@pytest.mark.parametrize(
    ("id", "changes", "words"),
    [
        ("sidak-status", {"by": "status"}, "sidak-status: status: the mapping has no such field"),
        ("sidak-status", {"by": "text"}, "sidak-status: text: the mapping cannot count by it: text"),
        ("sidak-status", {"by": "url"}, "sidak-status: url: the mapping cannot count by it: keyword, not searchable"),
        ("sidak-status", {"by": "evidence"}, "sidak-status: evidence: the mapping has no such field"),
        ("sidak-status", {"by": "author_key"}, "sidak-status: author_key: views say nothing about authors"),
        ("sidak-status", {"over_time": "state"}, "sidak-status: state: the mapping cannot draw time by it"),
        ("sidak-status", {"where": {"restricted": False, "urgency": "tinggi"}}, "sidak-status: urgency: the mapping cannot filter words"),
        ("sidak-status", {"where": {"restricted": False, "state": Bounds(at_least=1)}}, "sidak-status: state: the mapping cannot filter amounts"),
        ("sidak-status", {"where": {"restricted": False, "url": Bounds(known=True)}}, "sidak-status: url: the mapping cannot tell the presence"),
        ("sidak-status", {"then_by": "text"}, "sidak-status: text: the mapping cannot count by it: text"),
        ("sidak-status", {"measures": (Measure(take="max", of="state", label="x"),)}, "sidak-status: state: the mapping cannot measure"),
        ("sidak-status", {"measures": (Measure(take="unique", of="text", label="x"),)}, "sidak-status: text: the mapping cannot count the values"),
        ("sidak-status", {"measures": (Measure(take="max", label="x"),)}, "sidak-status: measures: max: `of` names"),
        ("sidak-status", {"measures": (Measure(take="count", of="state", label="x"),)}, "sidak-status: measures: count: `of` names"),
        ("sidak-status", {"measures": (Measure(take="count", label="x"),) * 2}, "sidak-status: measures: a bar_horizontal shows one"),
        ("sidak-gub-wilayah-status", {"measures": (Measure(take="max", of="urgency", label="x"),)}, "sidak-gub-wilayah-status: measures: groups within groups"),
        ("sidak-status", {"by": None, "then_by": "state"}, "sidak-status: then_by: there is no `by`"),
        ("sidak-peta-kabkota", {"where": {}}, "sidak-peta-kabkota: restricted: the view must say"),
        ("sidak-inspektur", {"controls": ["text"]}, "sidak-inspektur: text: the mapping cannot count by it"),
        ("sidak-inspektur", {"places": []}, "sidak-inspektur: places: does not show sidak-asal-waktu"),
        ("sidak-wilayah-titik", {"labels": {"nama": "Nama"}}, "sidak-wilayah-titik: nama: the index of regions has no such field"),
        ("sidak-esql-minggu", {"query": "FROM {index} | LIMIT 5"}, "sidak-esql-minggu: query: must say WHERE restricted"),
        ("sidak-status", {"where": {"restricted": "false"}}, "sidak-status: restricted: "),
        ("sidak-status", {"where": {"is_report": True}}, "sidak-status: restricted: the view must say"),
        ("sidak-status", {"where": {"restricted": True}}, "sidak-status: restricted: the view must say"),
        ("sidak-terbaru", {"columns": ["author_key"]}, "sidak-terbaru: author_key: views say nothing about authors"),
        ("sidak-terbaru", {"largest_by": "text"}, "sidak-terbaru: text: the mapping cannot sort by it"),
        ("sidak-laporan", {"time_field": "posted_at"}, "sidak-laporan: posted_at: the mapping has no such field"),
        ("sidak-laporan", {"labels": {"judul": "Judul"}}, "sidak-laporan: judul: the mapping has no such field"),
        ("sidak-wilayah", {"description": "lihat https://peta.example/x"}, "sidak-wilayah: attributes: holds an address"),
        ("sidak-wilayah", {"id": "sidak-lain"}, "sidak-inspektur: 10:panel_10: refers to sidak-wilayah"),
    ],
)  # fmt: skip
def test_what_would_not_work_is_named_with_view_and_field(id: str, changes: dict[str, Any], words: str) -> None:
    assert any(said.startswith(words) for said in _complaints(_changed(id, **changes)))


def test_two_files_with_one_id_are_refused() -> None:
    with pytest.raises(StopError, match="sidak-status: two files have this id"):
        build_objects(_changed("sidak-wilayah", id="sidak-status"), names=NAMES)
    with pytest.raises(StopError, match="one data_view over reports"):
        build_objects([spec for spec in SPECS if not isinstance(spec, DataView)], names=NAMES)


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
        (
            'type = "panel"\nid = "sidak-a"\ntitle = "a"\nchart = "number"\nwhere = { a = ["b", "c)"] }',
            "rusak.toml.*where",
        ),
        ('type = "panel"\nid = "sidak-a"\ntitle = "a"\nchart = "number"\nwhere = {}\ntop = 0', "rusak.toml.*top"),
        ('type = "panel"\nid = "a"\ntitle = "a"\nchart = "number"\nwhere = {}', "rusak.toml.*id: 'a'"),
        ('type = "panel"\nid = "sidak-a"\ntitle = ""\nchart = "number"\nwhere = {}', "rusak.toml.*title"),
        (
            'type = "panel"\nid = "sidak-a"\ntitle = "a"\nchart = "number"\nwhere = {}\nmeasures = []',
            "rusak.toml.*measures",
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
    assert set(waiting.where["state"]) == NOT_HANDLED | IN_PROCESS


def test_values_are_shown_in_the_words_of_the_console() -> None:
    (view,) = [each for each in build_objects(SPECS, names=NAMES) if each.id == "sidak-laporan"]
    formats = json.loads(view.attributes["fieldFormatMap"])
    shown = {entry["key"]: entry["value"] for entry in formats["category"]["params"]["lookupEntries"]}
    assert shown == {id: category.label for id, category in categories().items()}
    areas = {entry["key"] for entry in formats["area_kabkota"]["params"]["lookupEntries"]}
    assert "33.25" in areas
    assert all(len(code) == 5 for code in areas)


def test_every_column_has_an_indonesian_name() -> None:
    (view,) = [spec for spec in SPECS if isinstance(spec, DataView) and spec.over == "reports"]
    shown = {column for spec in SPECS if isinstance(spec, Search) for column in spec.columns}
    counted = {spec.by for spec in SPECS if isinstance(spec, Panel) and spec.by}
    chosen = {field for spec in SPECS if isinstance(spec, Dashboard) for field in spec.controls}
    assert shown | counted | chosen <= set(view.labels)


def test_every_figure_says_where_its_date_version_and_coverage_stand() -> None:
    built = build_objects(SPECS, names=NAMES)
    figures = [each for each in built if each.type in {"lens", "map"}]
    assert len(figures) > 30
    assert all(ORIGIN in each.attributes["description"] for each in figures)
    numbers = [each.attributes["state"] for each in built if each.attributes.get("visualizationType") == "lnsMetric"]
    for state in numbers:
        column = state["visualization"]["secondaryMetricAccessor"]
        layer = state["datasourceStates"]["formBased"]["layers"]["laporan"]
        assert (layer["columns"][column]["operationType"], layer["columns"][column]["sourceField"]) == (
            "max",
            "analyzed_at",
        )
    for dashboard in [spec for spec in SPECS if isinstance(spec, Dashboard)]:
        text = json.loads(next(each for each in built if each.id == dashboard.id).attributes["panelsJSON"])[0]
        assert "Asal data" in text["embeddableConfig"]["savedVis"]["params"]["markdown"]


def test_the_offices_that_the_issue_names_have_a_dashboard_of_their_own() -> None:
    dashboards = {spec.id: spec for spec in SPECS if isinstance(spec, Dashboard)}
    assert set(dashboards) == {"sidak-inspektur", "sidak-gubernur", "sidak-mutu"}
    on_them = {place.show for spec in dashboards.values() for place in spec.places}
    assert {spec.id for spec in SPECS if isinstance(spec, Panel)} <= on_them


def test_no_two_views_of_a_dashboard_stand_in_the_same_place() -> None:
    for spec in (each for each in SPECS if isinstance(each, Dashboard)):
        taken = [
            (x, y)
            for place in spec.places
            for x in range(place.x, place.x + place.w)
            for y in range(place.y, place.y + place.h)
        ]
        assert len(taken) == len(set(taken)), spec.id
    with pytest.raises(ValueError, match="outside of the grid"):
        Place(show="sidak-a", x=40, y=0, w=10, h=1)


def test_panels_refer_to_what_their_dashboard_names() -> None:
    """Kibana finds a panel by `N:panel_N` and a choice by `controlGroup_FIELD:optionsListDataView`."""
    for each in (each for each in build_objects(SPECS, names=NAMES) if each.type == "dashboard"):
        names = {reference.name: reference for reference in each.references}
        for panel in json.loads(each.attributes["panelsJSON"]):
            if "panelRefName" in panel:
                assert names.pop(f"{panel['panelIndex']}:{panel['panelRefName']}").type == panel["type"]
        for field in json.loads(each.attributes["controlGroupInput"]["panelsJSON"]):
            assert names.pop(f"controlGroup_{field}:optionsListDataView").id == "sidak-laporan"
        assert not names


def test_a_map_joins_points_with_reports_by_the_code_of_the_region() -> None:
    (each,) = [each for each in build_objects(SPECS, names=NAMES) if each.id == "sidak-peta-kabkota"]
    assert {(reference.name, reference.id) for reference in each.references} == {
        ("layer_0_source_index_pattern", "sidak-wilayah-titik"),
        ("layer_0_join_0_index_pattern", "sidak-laporan"),
    }
    [layer] = json.loads(each.attributes["layerListJSON"])
    [join] = layer["joins"]
    assert (join["leftField"], join["right"]["term"]) == ("code", "area_kabkota")
    assert join["right"]["whereQuery"]["query"] == "restricted: false and is_report: true"
    counted = layer["style"]["properties"]["iconSize"]["options"]["field"]["name"]
    assert counted == f"__kbnjoin__count__{join['right']['id']}"


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("FROM lain | WHERE restricted == false", "must begin with FROM {index}"),
        ("FROM {index} | WHERE restricted == true", "must say WHERE restricted == false"),
        ("FROM {index} | WHERE restricted == false | ENRICH a", "ENRICH is no command"),
        ("FROM {index} | WHERE restricted == false AND judul == 1", "judul: the mapping has no such field"),
        ("FROM {index} | WHERE restricted == false | STATS n = HITUNG(*)", "HITUNG is no function"),
        ("FROM {index} | WHERE restricted == false | STATS n = COUNT(* BY kind", "STATS: brackets"),
        ("FROM {index} | WHERE restricted == false | STATS n = MAX(urgency) BY kind | SORT urgency", "urgency: the mapping"),
        ("FROM {index} | WHERE restricted == false | KEEP author_key", "author_key: views say nothing"),
        ("FROM {index} | WHERE restricted == false | | LIMIT 1", "empty command"),
        ('FROM {index} | WHERE restricted == false AND state == "a', "cannot be read from"),
        ("", "must begin"),
    ],
)  # fmt: skip
def test_faults_of_an_esql_query_are_named(query: str, words: str) -> None:
    assert any(words in fault for fault in find_faults(query, mapped_capabilities()))


def test_names_that_a_query_makes_are_known_behind_it() -> None:
    query = (
        'FROM {index} // semua\n| WHERE restricted == false AND state IN ("telaah", "tunda")\n| EVAL besar = urgency >= 0.5'
        "\n| STATS n = COUNT(*) BY minggu = DATE_TRUNC(1 week, created_at), besar | SORT n DESC, minggu | LIMIT 3"
    )
    assert list(find_faults(query, mapped_capabilities())) == []


def test_conditions_say_the_same_in_both_languages() -> None:
    where = {"urgency": Bounds(at_least=0.25, below=1), "area_code": Bounds(known=False), "state": ["tunda", "telaah"]}
    assert build_kql(where) == "urgency >= 0.25 and urgency < 1 and not area_code: * and state: (tunda or telaah)"
    assert build_clauses(where) == [
        {"range": {"urgency": {"gte": 0.25, "lt": 1}}},
        {"bool": {"must_not": [{"exists": {"field": "area_code"}}]}},
        {"terms": {"state": ["tunda", "telaah"]}},
    ]


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
    with Elasticsearch(elasticsearch_url, request_timeout=60) as admin:
        for name in admin.indices.get(index=f"{settings.prefix}-*").body:
            admin.indices.delete(index=name)


@pytest.mark.elasticsearch
def test_the_real_server_answers_every_panel(server: ElasticsearchSettings) -> None:
    checked = check_views(Settings(index="elasticsearch", elasticsearch=server))
    assert checked.misfits == ()
    said = " ".join(checked.notes)
    assert "has no ES|QL: 4 examples were checked against the mapping only" in said
    assert f"{server.prefix}-areas is not there yet" in said


@pytest.mark.elasticsearch
def test_regions_are_written_once_and_again(server: ElasticsearchSettings) -> None:
    assert write_area_points(server) == write_area_points(server) == count_area_points(server)
    with open_probe(server, index=area_index(server)) as probe:
        assert probe.capabilities() == mapped_area_capabilities()
    notes = check_views(Settings(index="elasticsearch", elasticsearch=server)).notes
    assert not [note for note in notes if "-areas" in note]


def test_every_province_and_regency_has_a_point() -> None:
    points = {point["code"]: point for point in list_points()}
    assert points["33.25"]["name"] == "Kab. Batang"
    regions = {code for code, _ in all_areas() if level_of(code) in {"provinsi", "kabkota"}}
    assert len(points) > 0.9 * len(regions)


@pytest.mark.elasticsearch
def test_the_mapping_promises_what_the_real_server_says(server: ElasticsearchSettings) -> None:
    with open_probe(server, index=read_alias(server)) as probe:
        said = probe.capabilities()
    leaves = {name: each for name, each in said.items() if each.type != "object"}
    promised = mapped_capabilities()
    # The server can still search by the column of a field without an index; the promise is the narrower one.
    for name in ("version", "day_topic", "week_topic"):
        promised[name] = Capability(type=promised[name].type, searchable=True, aggregatable=True)
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
