"""Offices and projects: the registries' files, and finding their names in texts."""

from __future__ import annotations

from pathlib import Path

import pytest
import spacy
from hypothesis import given
from hypothesis import strategies as st

from nlp.components.entities import NameMatcher, find_entities
from nlp.registries import Office, Project, load_default_offices, load_offices, load_projects
from sidak.errors import StopError

OFFICES = NameMatcher(load_default_offices())
PROJECTS = NameMatcher(
    [Project(id="p1", name="Peningkatan Ruas Contoh - Percobaan", aliases=("ruas contoh percobaan",))]
)


def offices_in(text: str) -> list[str]:
    return [office.id for office in find_entities(text, offices=OFFICES, projects=PROJECTS).offices]


def write(folder: Path, text: str) -> Path:
    path = folder / "registry.csv"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("petugas DISHUB di jembatan timbang minta 20rb", ["dishub", "uppkb"]),
        ("Satpol-PP dan Dinas Pekerjaan Umum diam", ["satpol_pp", "dpupr"]),
        ("air PDAM mati", ["pdam"]),
        ("dishubkan saja", []),
        ("jembatan, timbang dulu", []),
        ("satpolpp dan dinasperhubungan diam", ["satpol_pp", "dishub"]),
        ("din perhubungan diam", ["dishub"]),
        ("dinas perhubugan dan dsidukcapil", ["dishub", "disdukcapil"]),
        ("puskesmsa tutup", ["puskesmas"]),
        ("inspektur datang", []),
    ],
)
def test_offices_are_found_as_whole_words(text: str, ids: list[str]) -> None:
    assert offices_in(text) == ids


def test_a_project_is_found_by_its_name_across_hyphens() -> None:
    text = "peningkatan ruas contoh-percobaan mangkrak"
    (project,) = find_entities(text, offices=OFFICES, projects=PROJECTS).projects
    assert text[project.start : project.end] == "peningkatan ruas contoh-percobaan"


@pytest.mark.parametrize("text", ["ruas conto percobaan rusak", "ruascontohpercobaan", "RUAS CONTOH PERCOBAAN"])
def test_a_project_is_found_badly_spelt(text: str) -> None:
    assert [each.id for each in find_entities(text, offices=OFFICES, projects=PROJECTS).projects] == ["p1"]


def test_what_people_leave_out_of_a_projects_name_may_be_left_out() -> None:
    projects = NameMatcher([Project(id="p", name="Rehabilitasi Berkala Jembatan Kali Contoh")])
    text = "jembatan kali contoh belum jadi"
    assert [each.id for each in find_entities(text, offices=OFFICES, projects=projects).projects] == ["p"]


def test_of_offices_with_one_name_the_one_of_the_area_is_meant() -> None:
    offices = NameMatcher(
        [
            Office(id="dishub_prov", name="Dishub", area_code="33"),
            Office(id="dishub_batang", name="Dishub", area_code="33.25"),
        ]
    )

    def found(area: str | None) -> list[str]:
        return [each.id for each in find_entities("dishub", offices=offices, projects=PROJECTS, area=area).offices]

    assert found("33.25.09") == ["dishub_batang"]
    assert found("33.26") == ["dishub_prov"]
    assert found("35.78") == []
    assert found(None) == []


def test_registries_are_read(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        "\ufeffid,name,aliases,area_code,budget,contractor\np1,Jalan Contoh,ruas a | ruas b,33.25.09,1500000000,CV Contoh\n",
    )
    (project,) = load_projects(path)
    assert project == Project(
        id="p1",
        name="Jalan Contoh",
        aliases=("ruas a", "ruas b"),
        area_code="33.25.09",
        budget=1_500_000_000,
        contractor="CV Contoh",
    )


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("id,name\na,b\n", "line 1: columns missing: aliases, area_code"),
        ("id,name,aliases,area_code,colour\n", "line 1: unknown columns: colour"),
        ("id,name,aliases,area_code\na,,,\n", "line 2: field name: empty"),
        ("id,name,aliases,area_code\na,b,,99.99\n", "line 2: field area_code"),
        ("id,name,aliases,area_code\na,b,,\na,c,,\n", "line 3: field id"),
        ("id,name,aliases,area_code\na,b,,,,,\n", "line 2: more fields"),
        ('id,name,aliases,area_code\na,"b,,\n', "line 2: not readable as CSV"),
        ("id,name,aliases,area_code,budget\na,b,,,1.5 M\n", "line 2: field budget"),
        ("", "line 1: columns missing"),
    ],
)
def test_a_wrong_registry_names_file_line_and_field(tmp_path: Path, content: str, message: str) -> None:
    with pytest.raises(StopError, match=r"registry\.csv") as caught:
        load_projects(write(tmp_path, content))
    assert message in str(caught.value)


def test_a_registry_that_cannot_be_read_says_so(tmp_path: Path) -> None:
    with pytest.raises(StopError, match="cannot be read"):
        load_offices(tmp_path / "none.csv")
    (tmp_path / "latin.csv").write_bytes(b"id,name,aliases,area_code\na,caf\xe9,,\n")
    with pytest.raises(StopError, match="line 2: not UTF-8"):
        load_offices(tmp_path / "latin.csv")


@given(st.text(max_size=200), st.text(max_size=40))
def test_any_text_gives_spans_that_spell_a_name(text: str, name: str) -> None:
    things = NameMatcher([Office(id="a", name=name, aliases=("b c",))])
    for office in find_entities(text + " " + name, offices=things, projects=PROJECTS).offices:
        assert 0 <= office.start < office.end <= len(text) + 1 + len(name)


def test_the_component_writes_its_extension(tmp_path: Path) -> None:
    import nlp.components.entities  # noqa: F401  (registers the factory)

    own = write(tmp_path, "id,name,aliases,area_code\ndishub,Dishub Contoh,dishub,33.25\n")
    pipeline = spacy.blank("id")
    finder = pipeline.add_pipe("sidak_entities", config={"offices_file": str(own)})
    doc = finder(pipeline.make_doc("lapor dishub"))
    assert doc._.sidak_entities.offices[0].name == "Dishub Contoh"
