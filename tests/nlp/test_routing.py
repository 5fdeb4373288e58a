"""Routing: the office by the table of rules, with reason and legal basis, or why a person must decide."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from nlp.components.entities import NameMatcher, find_entities
from nlp.components.routing import Router
from nlp.components.routing_rules import check_table, read_table
from nlp.lexicon import kind_of
from nlp.registries import Office, Project, load_default_offices, load_offices, load_projects
from nlp.taxonomy import categories
from sidak.errors import StopError
from sidak.models import Classification, Routing

BATANG = "33.25.09"


def route(
    text: str,
    category: str | None,
    *,
    area: str | None = BATANG,
    offices: tuple[Office, ...] = (),
    projects: tuple[Project, ...] = (),
) -> Routing:
    entities = find_entities(
        text, offices=NameMatcher((*offices, *load_default_offices())), projects=NameMatcher(projects), area=area
    )
    kind = kind_of(category) if category else None
    return Router(offices=offices, projects=projects).route(
        text, classification=Classification(model="m", kind=kind, category=category), entities=entities, area=area
    )


@pytest.mark.parametrize(
    ("text", "category", "office", "area_code"),
    [
        ("petugas jembatan timbang minta 20rb", "pungli", "kemenhub", None),
        ("jalan nasional berlubang", "jalan_rusak", "kemenpu", None),
        ("jalan provinsi berlubang", "jalan_rusak", "dpupr", "33"),
        ("jalan kabupaten berlubang", "jalan_rusak", "dpupr", "33.25"),
        ("jalan poros desa berlubang", "jalan_rusak", "dpupr", "33.25"),
        ("jalan depan pasar berlubang", "jalan_rusak", "dpupr", "33.25"),
        ("ruas tol berlubang", "jalan_rusak", "bujt", None),
        ("lampu jalan mati", "lampu_jalan", "dishub", "33.25"),
        ("listrik padam", "listrik", "pln", None),
        ("air pdam mati", "air_bersih", "pdam", "33.25"),
        ("atap SD ambruk", "sekolah_rusak", "disdik", "33.25"),
        ("atap SMK ambruk", "sekolah_rusak", "disdik", "33"),
        ("pungli di SMA negeri", "pungli", "inspektorat", "33"),
        ("pungli kepala desa", "pungli", "inspektorat", "33.25"),
        ("pungli di pasar", "pungli", "inspektorat", "33.25"),
        ("sampah menumpuk", "sampah", "dlh", "33.25"),
        ("bayar BPJS ditolak", "pelayanan_buruk", "bpjs_kesehatan", None),
        ("urus BPKB dipersulit", "pelayanan_buruk", "polri", None),
        ("bayar pajak motor antre lama", "pelayanan_lambat", "bapenda", "33"),
        ("stasiun kereta kotor", "fasilitas_umum", "kai", None),
        ("dispermades lambat", "pelayanan_lambat", "dispermades", None),
    ],
)
def test_the_office_follows_from_category_words_and_area(
    text: str, category: str, office: str, area_code: str | None
) -> None:
    routing = route(text, category)
    assert (routing.office, routing.area_code) == (office, area_code)
    assert routing.reason
    assert routing.rule


def test_the_office_carries_its_area_in_its_name_and_the_law_in_words() -> None:
    routing = route("jalan provinsi berlubang", "jalan_rusak")
    assert routing.name == "Dinas Pekerjaan Umum dan Penataan Ruang Provinsi Jawa Tengah"
    assert routing.legal_basis == ("UU 38/2004 jo. UU 2/2022 tentang Jalan, Pasal 15",)
    (span,) = routing.evidence
    assert "jalan provinsi berlubang"[span.start : span.end] == "jalan provinsi"


def test_a_village_official_is_reported_by_the_laws_on_villages_first() -> None:
    assert route("pungli kepala desa", "pungli").legal_basis[0].startswith("UU 6/2014 tentang Desa")


def test_in_jakarta_what_is_a_regencys_elsewhere_is_the_provinces() -> None:
    assert route("jalan depan pasar berlubang", "jalan_rusak", area="31.74.01").area_code == "31"


@pytest.mark.parametrize(
    ("text", "category", "area", "reason"),
    [
        ("rusak", None, BATANG, "kategori"),
        ("jalan depan pasar rusak", "jalan_rusak", None, "daerahnya belum diketahui"),
        ("jalan depan pasar rusak", "jalan_rusak", "33", "daerahnya belum diketahui"),
        ("sekolah ambruk", "sekolah_rusak", BATANG, "jenjang"),
        ("eskalator LRT mati lagi", "transportasi_umum", BATANG, "KAI atau badan usaha daerah"),
        ("sinyal hilang", "telekomunikasi", BATANG, "penyelenggara"),
        ("pelayanan lambat sekali", "pelayanan_lambat", BATANG, "tidak disebut"),
    ],
)
def test_what_is_not_known_is_left_to_a_person_with_the_reason(
    text: str, category: str | None, area: str | None, reason: str
) -> None:
    routing = route(text, category, area=area)
    assert routing.office is None
    assert reason in routing.reason


def test_the_deployments_own_office_takes_the_place_of_the_kind() -> None:
    offices = (
        Office(id="pu_batang", name="DPUPR Batang", kind="dpupr", area_code="33.25"),
        Office(id="pu_kendal", name="DPUPR Kendal", kind="dpupr", area_code="33.24"),
        Office(id="hub", name="Dishub Batang", aliases=("dishub",), area_code="33.25"),
    )
    assert route("jalan depan pasar rusak", "jalan_rusak", offices=offices).office == "pu_batang"
    assert route("jalan depan pasar rusak", "jalan_rusak", area="33.24", offices=offices).office == "pu_kendal"
    assert route("lampu jalan mati", "lampu_jalan", offices=offices).name == "Dishub Batang"


def test_a_named_project_leads_to_its_office_and_a_named_road_to_its_class() -> None:
    projects = (
        Project(id="p", name="Jembatan Kali Contoh", office="dlh"),
        Project(id="r", name="Ruas Contoh Percobaan", road_class="provinsi"),
    )
    assert route("jembatan kali contoh retak", "jembatan_rusak", projects=projects).office == "dlh"
    assert route("ruas contoh percobaan rusak", "jalan_rusak", projects=projects).area_code == "33"
    assert route("jembatan kali contoh dikorupsi", "korupsi_penggelapan", projects=projects).office == "inspektorat"


def test_no_rule_leads_to_the_dissolved_task_force_and_every_category_has_a_rule() -> None:
    table = read_table()
    assert "saber" not in str(table).lower()
    for category in categories():
        kind = kind_of(category)
        assert any(category in rule.categories or kind in rule.kinds for rule in table.rule), category


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        ({"id": "a", "kinds": ["damage"], "office": "pln", "reason": "r", "any": ["nothing"]}, "any or none"),
        ({"id": "a", "categories": ["x"], "office": "pln", "reason": "r"}, "categories"),
        ({"id": "a", "kinds": ["damage"], "office": "pln", "reason": "r", "laws": ["x"]}, "laws"),
        ({"id": "a", "kinds": ["damage"], "office": "pln"}, "reason"),
        ({"id": "a", "kinds": ["damage"], "reason": "r"}, "exactly one"),
        ({"id": "a", "office": "pln", "reason": "r"}, "one is needed"),
        ({"id": "a", "kinds": ["damage"], "office": "pln", "colour": "red"}, "colour"),
    ],
)
def test_a_wrong_rule_is_named_with_file_and_field(rule: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=r"rules\.toml") as caught:
        check_table({"settings": {}, "laws": {}, "cues": {}, "rule": [rule]})
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("load", "content", "message"),
    [
        (load_offices, "id,name,aliases,area_code,kind\na,b,,,x\n", "line 2: field kind: 'x'"),
        (load_offices, "id,name,aliases,area_code,budget\n", "unknown columns: budget"),
        (load_projects, "id,name,aliases,area_code,road_class\na,b,,,raya\n", "line 2: field road_class: 'raya'"),
    ],
)
def test_a_wrong_registry_column_names_file_line_and_field(
    tmp_path: Path, load: Any, content: str, message: str
) -> None:
    path = tmp_path / "registry.csv"
    path.write_text(content)
    with pytest.raises(StopError, match=r"registry\.csv") as caught:
        load(path)
    assert message in str(caught.value)
