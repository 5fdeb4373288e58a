"""Grouping: copies and reports of one spot meet, different places never do, and asking twice changes nothing."""

from __future__ import annotations

import io
import json
import random
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlp.incidents import Grouper, IncidentLinkage, group_lines, group_stream
from nlp.incidents.traits import traits_of_line
from sidak.errors import StopError
from sidak.models import Report

DAY = 86_400
SUBAH, LIMPUNG, KELURAHAN_A, KELURAHAN_B = "33.25.09", "33.25.12", "33.25.09.2011", "33.25.09.2012"
CAMPAIGN = (
    "Kami warga meminta pemerintah kabupaten segera memperbaiki jembatan yang putus sejak banjir bulan lalu "
    "karena anak sekolah terpaksa menyeberangi sungai setiap hari dan sudah dua orang hanyut"
)


def line(
    id: str,
    text: str,
    *,
    category: str | None = "jalan_rusak",
    area: str | None = SUBAH,
    road: str | None = None,
    landmark: str | None = None,
    day: float = 0,
) -> dict:
    places = [{"type": "road", "text": road}] if road else []
    places += [{"type": "landmark", "text": landmark}] if landmark else []
    hour, minute = divmod(round(day % 1 * 1440), 60)
    return {
        "id": id,
        "category": category,
        "area": {"code": area, "level": "kecamatan", "probability": 0.9} if area else None,
        "places": places,
        "created_at": f"2026-{3 + int(day) // 28:02d}-{1 + int(day) % 28:02d}T{hour:02d}:{minute:02d}:00+00:00",
        "redacted_text": text,
    }


def link(*lines: dict) -> list[dict]:
    return [each["incident"] for each in group_lines(lines)]


def incidents(*lines: dict) -> int:
    return len({each["id"] for each in link(*lines)})


@pytest.fixture
def grouper(tmp_path: Path) -> Iterator[Grouper]:
    grouper = Grouper(tmp_path / "incidents.db")
    yield grouper
    grouper.close()


def assign(grouper: Grouper, given: dict) -> IncidentLinkage:
    return grouper.assign_traits(traits_of_line(given))


# ---------------------------------------------------------------- copies


def test_a_copy_paste_campaign_is_one_incident() -> None:
    rng = random.Random(1)
    openings = ["", "Tolong disebarkan! ", "RT: ", "Mohon bantuannya, ", "viralkan!! "]
    lines = [
        line(f"x:{n}", rng.choice(openings) + CAMPAIGN, category=rng.choice(["jembatan_rusak", None]), day=n / 20)
        for n in range(60)
    ]
    links = link(*lines)
    assert len({each["id"] for each in links}) == 1
    assert links[0]["link"] == "new"
    assert {each["link"] for each in links[1:]} == {"confirmed"}


def test_a_restricted_copy_shares_no_incident_with_an_open_one() -> None:
    accused = [line(f"x:{n}", CAMPAIGN, category="pungli") | {"kind": "misconduct"} for n in (1, 3)]
    told = [line(f"x:{n}", CAMPAIGN, category="pungli") | {"kind": None} for n in (2, 4)]
    links = link(accused[0], told[0], accused[1], told[1])
    assert links[0]["id"] == links[2]["id"]
    assert links[1]["id"] == links[3]["id"]
    assert links[0]["id"] != links[1]["id"]


def test_one_letter_about_two_districts_is_two_incidents() -> None:
    assert incidents(line("x:1", CAMPAIGN, area=SUBAH), line("x:2", CAMPAIGN, area=LIMPUNG)) == 2


def test_an_article_about_each_of_two_roads_is_two_incidents() -> None:
    text = "Warga mengeluhkan {} yang rusak parah dan berlubang di banyak titik sehingga sering terjadi kecelakaan malam hari"
    assert incidents(line("x:1", text.format("Jl. Mawar"), road="Jl. Mawar"), line("x:2", text.format("Jl. Melati"), road="Jalan Melati")) == 2  # fmt: skip


def test_two_schools_of_one_district_are_two_incidents() -> None:
    text = "Atap ruang kelas {} roboh, murid belajar di teras, mohon dinas pendidikan segera turun tangan memperbaiki"
    one = line("x:1", text.format("SDN 1 Subah"), category="sekolah_rusak", landmark="SDN 1 Subah")
    other = line("x:2", text.format("SDN 3 Subah"), category="sekolah_rusak", landmark="SDN 3 Subah")
    assert incidents(one, other) == 2


def test_an_unplaced_copy_does_not_join_two_places() -> None:
    lines = [line("x:1", CAMPAIGN), line("x:2", CAMPAIGN, area=None), line("x:3", CAMPAIGN, area=LIMPUNG)]
    first, unplaced, other = link(*lines)
    assert unplaced["id"] == first["id"]
    assert other["id"] != first["id"]


def test_an_unplaced_letter_with_another_village_in_it_is_only_suggested() -> None:
    text = CAMPAIGN + " di Dusun {}"
    first, other = link(line("x:1", text.format("Krajan"), area=None), line("x:2", text.format("Sidomulyo"), area=None))
    assert (other["id"], other["link"]) == (first["id"], "suggested")


def test_other_house_numbers_are_never_confirmed() -> None:
    text = "Got di RT 0{} RW 05 mampet dan bau sekali sudah seminggu tidak ada petugas yang datang membersihkan saluran"
    links = link(line("x:1", text.format(3), category="drainase"), line("x:2", text.format(7), category="drainase"))
    assert links[1]["link"] != "confirmed"


def test_old_words_for_a_new_matter_are_never_confirmed() -> None:
    text = (
        "Mohon izin melapor di tempat tinggal kami sampai sekarang {} belum juga ada, mohon segera ditindaklanjuti ya"
    )
    one = line("x:1", text.format("paving jalan"), category="jalan_rusak")
    assert link(one, line("x:2", text.format("lampu jalan"), category="lampu_jalan"))[1]["link"] == "suggested"


def test_the_same_words_a_season_later_are_a_new_incident() -> None:
    assert incidents(line("x:1", CAMPAIGN), line("x:2", CAMPAIGN, day=100)) == 2


# ---------------------------------------------------------------- one spot


def test_reports_of_one_road_meet_in_their_own_words() -> None:
    links = link(
        line("x:1", "Jl. Raya Subah berlubang dalam, motor jatuh tadi malam", road="Jl. Raya Subah"),
        line("x:2", "lubang di jalan raya subah makin dalam, tadi ada motor jatuh lagi", road="jalan raya subah", area="33.25", day=3),
    )  # fmt: skip
    assert links[1]["id"] == links[0]["id"]
    assert links[1]["link"] == "suggested"
    assert 0.75 <= links[1]["similarity"] < 0.95


@pytest.mark.parametrize(
    ("change", "count"),
    [
        ({}, 1),
        ({"category": "banjir"}, 2),
        ({"area": KELURAHAN_B}, 2),
        ({"area": None}, 2),
        ({"day": 40}, 2),
        ({"road": "Jl. Lain"}, 2),
    ],
    ids=["same", "category", "area", "unplaced", "time", "road"],
)
def test_category_place_and_time_must_agree(change: dict, count: int) -> None:
    first = line("x:1", "Jalan depan pasar berlubang parah", area=KELURAHAN_A, road="Jl. Pasar")
    second = line("x:2", "jalan pasar berlubang parah sekali", **({"area": KELURAHAN_A, "road": "Jl. Pasar"} | change))
    assert incidents(first, second) == count


def test_a_flood_is_over_sooner_than_a_broken_road() -> None:
    flood = [
        line(f"x:{day}", "Banjir selutut di Subah", category="banjir", area=KELURAHAN_A, day=day) for day in (0, 10)
    ]
    road = [line(f"x:{day}", "Jalan rusak parah di Subah", area=KELURAHAN_A, day=day) for day in (0, 10)]
    assert (incidents(*flood), incidents(*road)) == (2, 1)


def test_a_province_or_no_category_is_no_ground_to_meet() -> None:
    assert incidents(line("x:1", "Jalan rusak", area="33"), line("x:2", "Jalan rusak", area="33")) == 2
    assert incidents(line("x:1", "Jalan rusak", category=None), line("x:2", "Jalan rusak", category=None)) == 2


# ---------------------------------------------------------------- memory


def random_lines(seed: int, count: int) -> list[dict]:
    rng = random.Random(seed)
    words = [
        "jalan",
        "rusak",
        "lubang",
        "parah",
        "banjir",
        "selutut",
        "lampu",
        "mati",
        "jembatan",
        "putus",
        "warga",
        "mohon",
        "segera",
        "pasar",
        "dalam",
    ]
    return [
        line(
            f"x:{n}",
            rng.choice([CAMPAIGN, " ".join(rng.choices(words, k=rng.randint(1, 14)))]),
            category=rng.choice(["jalan_rusak", "banjir", None]),
            area=rng.choice([SUBAH, LIMPUNG, KELURAHAN_A, KELURAHAN_B, "33.25", None]),
            road=rng.choice([None, "Jl. Mawar", "Jl. Melati"]),
            day=rng.randint(0, 20),
        )
        for n in range(count)
    ]


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10**6), again=st.lists(st.integers(0, 29), max_size=10))
def test_the_same_report_always_gets_its_first_answer_and_places_never_meet(seed: int, again: list[int]) -> None:
    lines = random_lines(seed, 30)
    grouper = Grouper()
    first = [assign(grouper, each) for each in lines]
    assert [assign(grouper, lines[n]) for n in again] == [first[n] for n in again]
    grouper.close()
    assert [(each.incident_id, each.link) for each in first] == [(each["id"], each["link"]) for each in link(*lines)]
    areas: dict[str, list[str]] = {}
    for given_line, linkage in zip(lines, first, strict=True):
        if given_line["area"]:
            areas.setdefault(linkage.incident_id, []).append(given_line["area"]["code"])
    for codes in areas.values():
        deepest = max(codes, key=len)
        assert all(deepest == code or deepest.startswith(f"{code}.") for code in codes)


def test_incidents_survive_closing_and_can_be_rebuilt_by_replaying(tmp_path: Path) -> None:
    lines = random_lines(7, 40)
    path = tmp_path / "cache" / "incidents.db"
    grouper = Grouper(path)
    first = [assign(grouper, each) for each in lines]
    grouper.close()
    reopened = Grouper(path)
    assert [assign(reopened, each) for each in reversed(lines)] == first[::-1]
    reopened.close()
    for file in path.parent.iterdir():
        file.unlink()
    rebuilt = Grouper(path)
    assert [assign(rebuilt, each) for each in lines] == first
    rebuilt.close()


def test_what_is_forgotten_leaves_no_trace_and_the_incident_stays(grouper: Grouper, tmp_path: Path) -> None:
    founder, member = line("x:1", CAMPAIGN), line("x:2", "PERHATIAN! " + CAMPAIGN)
    incident = assign(grouper, founder).incident_id
    assert assign(grouper, member).incident_id == incident
    grouper.forget(["x:1", "x:tidak-ada"])
    assert assign(grouper, line("x:3", CAMPAIGN)).incident_id == incident
    grouper.forget(["x:2", "x:3"])
    with sqlite3.connect(tmp_path / "incidents.db") as database:
        for table in ("member", "anchor", "incident", "band", "block"):
            assert database.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,), table
    database.close()


def test_the_store_holds_no_text(grouper: Grouper, tmp_path: Path) -> None:
    assign(grouper, line("x:1", CAMPAIGN, road="Jl. Rahasia"))
    grouper.close()
    content = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    assert b"jembatan yang" not in content.lower()
    assert b"rahasia" not in content.lower()


def test_a_campaign_does_not_make_each_next_report_dearer(grouper: Grouper, tmp_path: Path) -> None:
    for n in range(200):
        assign(grouper, line(f"x:{n}", CAMPAIGN))
    with sqlite3.connect(tmp_path / "incidents.db") as database:
        assert database.execute("SELECT count(*) FROM anchor").fetchone() == (1,)
    database.close()


def test_a_folder_that_cannot_hold_the_store_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(StopError, match="it is a cache"):
        Grouper(tmp_path / "file" / "incidents.db")


def test_a_store_that_is_none_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "incidents.db").write_bytes(b"rusak" * 1000)
    with pytest.raises(StopError, match="it is a cache, delete it"):
        Grouper(tmp_path / "incidents.db")


# ---------------------------------------------------------------- lines


def test_every_line_comes_back_in_order_and_broken_ones_say_why() -> None:
    lines = [
        json.dumps(line("x:1", CAMPAIGN)),
        "{broken",
        "[1]",
        "",
        json.dumps({"id": "x:2"}),
        json.dumps({"id": "x:3", "error": "text is missing"}),
        json.dumps(line("x:4", CAMPAIGN) | {"area": {"code": "Subah"}}),
        json.dumps(line("x:5", CAMPAIGN) | {"created_at": "kemarin"}),
        json.dumps(line("x:6", CAMPAIGN) | {"places": "Subah"}),
        json.dumps(line("x:7", CAMPAIGN + " \ud800") | {"extra": 10**30}),
    ]
    sink = io.BytesIO()
    assert group_stream(io.BytesIO("\n".join(lines).encode()), sink) == len(lines)
    out = [json.loads(each) for each in sink.getvalue().splitlines()]
    assert [each.get("id") for each in out] == ["x:1", None, None, None, "x:2", "x:3", "x:4", "x:5", "x:6", "x:7"]
    assert ["error" in each for each in out] == [False, *[True] * 8, False]
    assert out[3] == {"id": None, "error": "line is empty"}
    assert out[5] == {"id": "x:3", "error": "text is missing"}
    assert out[6]["error"].startswith("field area: ")
    assert out[9]["incident"] == {"id": out[0]["incident"]["id"], "link": "confirmed", "similarity": out[9]["incident"]["similarity"]}  # fmt: skip
    assert out[0]["redacted_text"] == CAMPAIGN


@settings(max_examples=50, deadline=None)
@given(
    st.lists(
        st.dictionaries(
            st.sampled_from(["id", "redacted_text", "category", "area", "places", "created_at", "error"]),
            st.recursive(
                st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(codec=None), max_size=12),
                lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["code", "type", "text"]), inner),
                max_leaves=4,
            ),
        ),
        max_size=6,
    )
)  # fmt: skip
def test_whatever_the_lines_hold_each_comes_back(lines: list[dict]) -> None:
    sink = io.BytesIO()
    source = io.BytesIO("\n".join(json.dumps(each) for each in lines).encode())
    assert group_stream(source, sink) == len(lines)
    assert all("error" in json.loads(each) or "incident" in json.loads(each) for each in sink.getvalue().splitlines())


# ---------------------------------------------------------------- reports


def report(id: str, text: str, *, basis: str = "text", day: int = 1) -> Report:
    model = {"model": "1"}
    found = {
        "type": "report",
        "post": {
            "type": "post",
            "source": "x",
            "native_id": id,
            "kind": "post",
            "lane": "overheard",
            "text": text,
            "created_at": f"2026-03-{day:02d}T00:00:00Z",
            "collected_at": "2026-04-01T00:00:00Z",
        },
        "ordinal": 0,
        "model": "1",
        "analyzed_at": "2026-04-01T00:00:00Z",
        "gate": {**model, "passed": True, "score": 1.0, "reason": "words"},
        "language": {**model, "code": "id", "probability": 1.0},
        "normalized": {**model, "text": text.lower(), "stems": text.lower()},
        "relevance": {**model, "is_report": True, "probability": 1.0},
        "classification": {**model, "kind": "damage", "category": "jalan_rusak", "probability": 1.0},
        "location": {
            **model,
            "placed": True,
            "places": [{"text": "Jl. Mawar", "start": 0, "end": 9, "type": "road"}],
            "area": {"code": SUBAH, "level": "kecamatan", "probability": 0.9, "basis": basis},
        },
        "entities": model,
        "amounts": model,
        "redaction": {**model, "text": text},
        "urgency": model,
    }
    return msgspec.convert(found, Report)


def test_reports_are_assigned_once_also_when_they_come_back_edited(grouper: Grouper) -> None:
    first = grouper.assign(report("1", "Jl. Mawar berlubang parah"))
    second = grouper.assign(report("2", "Jl. Mawar makin parah, tadi ada motor jatuh", day=2))
    assert (first.link, second.link, second.incident_id) == ("new", "suggested", first.incident_id)
    assert grouper.assign(report("2", "Ternyata di tempat lain", day=3)) == second


def test_an_area_that_is_only_assumed_is_no_place(grouper: Grouper) -> None:
    first = grouper.assign(report("1", "Jl. Mawar berlubang parah", basis="home"))
    second = grouper.assign(report("2", "Jl. Mawar berlubang parah sekali", basis="home"))
    assert first.incident_id != second.incident_id
