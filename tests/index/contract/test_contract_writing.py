"""What every engine does with documents: versions settle races, refusals name a reason, what is removed is gone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import msgspec
import pytest

from index.admission import MAX_VERSION
from index.document import PlaceView
from index.engine import Engine, Page
from sidak.ids import document_version
from sidak.models import Evidence
from tests.support.documents import NOW, make_document

Find = Callable[..., Page]
Fill = Callable[..., None]

FULL = make_document(
    "reddit:abc",
    "Jembatan Subah ambrol",
    version=(7 << 24) | 3,
    title="Jembatan",
    url="https://example.org/1",
    author_key="a_0123",
    edited_at=NOW,
    warnings=("odd_time",),
    is_report=None,
    reasons=("saksi mata",),
    category="jembatan_rusak",
    category_probability=0.81,
    restricted=True,
    placed=True,
    area_code="33.25.09",
    area_level="kecamatan",
    area_name="Kec. Subah, Kab. Batang",
    area_probability=0.94,
    places=(PlaceView(name="Kec. Subah", type="area", code="33.25.09", level="kecamatan", probability=0.94),),
    offices=("Dinas PU",),
    projects=("Ruas Subah",),
    amounts=(20_000, 10**15),
    urgency=0.123456789012345,
    urgency_reasons=("bahaya",),
    evidence=(Evidence(start=0, end=8, why="category"),),
    personal_data=("PHONE",),
    incident_id="i1",
    incident_link="suggested",
    state="telaah",
    state_at=datetime(2026, 11, 19, 1, 2, 3, 456789, tzinfo=UTC),
    decisions=3,
)


def test_what_was_written_comes_back_whole(engine: Engine) -> None:
    engine.write([FULL])
    assert engine.get(FULL.id, include_restricted=True) == FULL


def test_older_and_equal_versions_change_nothing(engine: Engine) -> None:
    new = make_document(version=5, text="baru")
    assert engine.write([new]).written == 1
    again = engine.write([new, make_document(version=4, text="lama")])
    assert (again.written, again.stale, again.rejected) == (0, 2, ())
    assert engine.get(new.id, include_restricted=False) == new


def test_a_newer_version_replaces_words_and_facets(engine: Engine, fill: Fill, find: Find) -> None:
    fill(make_document(text="lampu padam", category="lampu_jalan", version=1))
    fill(make_document(text="banjir besar", category="banjir", version=2))
    assert find("lampu").total == 0
    page = find("banjir", facets=("category",))
    assert [value.value for value in page.facets["category"]] == ["banjir"]
    assert engine.count() == 1


def test_versions_within_one_write_are_settled_too(engine: Engine) -> None:
    outcome = engine.write([make_document(version=2, text="kedua"), make_document(version=1, text="pertama")])
    assert (outcome.written, outcome.stale) == (1, 1)
    document = engine.get("x:1", include_restricted=False)
    assert document is not None
    assert document.text == "kedua"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"id": ""}, "id"),
        ({"id": "x:" + "9" * 600}, "id"),
        ({"version": -1}, "version"),
        ({"version": MAX_VERSION}, "version"),
        ({"urgency": float("nan")}, "urgency"),
        ({"source": "s" * 2_000}, "source"),
        ({"amounts": (10**30,)}, "amounts"),
        ({"text": "lone \ud800 surrogate"}, "characters"),
        ({"created_at": datetime(2026, 1, 1)}, "created_at"),  # noqa: DTZ001 - the missing time zone is the point
    ],
)
def test_an_unfit_document_is_refused_by_name_and_the_others_are_kept(
    engine: Engine, changes: dict[str, object], field: str
) -> None:
    unfit = msgspec.structs.replace(make_document("x:unfit"), **changes)
    outcome = engine.write([make_document("x:1"), unfit, make_document("x:2")])
    engine.refresh()
    assert outcome.written == 2
    assert [rejected.id for rejected in outcome.rejected] == [unfit.id]
    assert field in outcome.rejected[0].reason
    assert sorted(engine.ids()) == ["x:1", "x:2"]


def test_extreme_numbers_and_times_are_stored(engine: Engine, fill: Fill, find: Find) -> None:
    documents = [
        make_document("x:1970", created_at=datetime(1970, 1, 1, tzinfo=UTC)),
        make_document("x:old", created_at=datetime(1905, 6, 1, tzinfo=UTC)),
        make_document("x:future", created_at=datetime(9999, 12, 31, tzinfo=UTC), version=MAX_VERSION - 1),
    ]
    fill(*documents)
    assert [hit.id for hit in find(sort="newest").hits] == ["x:future", "x:1970", "x:old"]


def test_removed_documents_are_gone_at_once_and_may_come_back(engine: Engine, fill: Fill, find: Find) -> None:
    fill(make_document("x:1"), make_document("x:2"))
    assert engine.delete(["x:1", "x:1", "x:none", "", "\ud800"]) == 1
    assert engine.delete([]) == 0
    assert engine.get("x:1", include_restricted=True) is None
    assert [hit.id for hit in find("rusak").hits] == ["x:2"]
    assert list(engine.ids()) == ["x:2"]


def test_a_later_post_of_a_removed_id_is_taken(engine: Engine, fill: Fill) -> None:
    fill(make_document(version=document_version(ordinal=1, revision=3, decisions=2)))
    engine.delete(["x:1"])
    again = make_document(version=document_version(ordinal=1, revision=4, decisions=0))
    assert engine.write([again]).written == 1


def test_get_of_strange_ids_is_none(engine: Engine) -> None:
    for id in ("", "x:none", "x:" + "9" * 600, "\ud800", "../_search", "a/b?c=d"):
        assert engine.get(id, include_restricted=True) is None


def test_marks_are_remembered_once_and_forgotten_by_clear(engine: Engine, fill: Fill) -> None:
    assert engine.published_segments() == frozenset()
    fill(make_document())
    for segment in ("reports/1", "reports/2", "reports/1"):
        engine.mark_published(segment)
    assert engine.published_segments() == {"reports/1", "reports/2"}
    engine.clear()
    assert engine.published_segments() == frozenset()
    assert (engine.count(), list(engine.ids())) == (0, [])
    fill(make_document())
    assert engine.count() == 1


def test_setting_up_twice_keeps_everything(engine: Engine, fill: Fill) -> None:
    fill(make_document())
    engine.mark_published("reports/1")
    engine.setup()
    assert (engine.count(), engine.published_segments()) == (1, {"reports/1"})


def test_ids_beyond_one_page_are_all_told(engine: Engine, fill: Fill) -> None:
    wanted = [f"x:{number:05}" for number in range(2_300)]
    fill(*(make_document(id) for id in wanted))
    assert list(engine.ids()) == wanted
