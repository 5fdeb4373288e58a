"""Every line of every source.toml is kept to, by whoever it concerns."""

from __future__ import annotations

import random
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
import requests

from collectors.batch import Into
from collectors.clearance import cleared_lanes, load_clearances
from collectors.collect import collect_source
from collectors.enforce import deadline_of, hold_to_terms, spend_export
from collectors.protocol import ParsedPage
from collectors.questions import plan_questions
from collectors.registry import Source, find_sources
from collectors.terms import load_terms
from collectors.watchlist import Watchlist
from sidak.errors import ClearanceError, RetryError, SidakError, StopError
from sidak.ids import Pseudonymizer
from sidak.models import Post
from sidak.settings import Settings

NOW = datetime(2026, 11, 20, 3, tzinfo=UTC)
SOURCES = find_sources()
ASKED = [name for name, source in SOURCES.items() if source.terms.way == "collect"]
TWO_LANES = [name for name in ASKED if set(SOURCES[name].terms.lanes) == {"addressed", "overheard"}]
LISTS = Watchlist(
    issues=("jalan rusak",), hashtags=("lapor",), subreddits=("uji",), facebook_pages=("7",), feeds=("https://a.b/c",),
    youtube_channels=("UC" + "a" * 22,),
)  # fmt: skip


@pytest.fixture
def requests_made(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every request that any library of ours would send, and none is sent."""
    made: list[str] = []

    def refuse(*_: Any, **__: Any) -> Any:
        made.append("request")
        raise OSError("no network here")

    monkeypatch.setattr(requests.adapters.HTTPAdapter, "send", refuse)
    monkeypatch.setattr(httpx.HTTPTransport, "handle_request", refuse)
    monkeypatch.setattr("socket.create_connection", refuse)
    return made


def settings_for(home: Path, source: Source, *, lanes: tuple[str, ...] | None) -> Settings:
    """A home with all credentials; cleared for these lanes, or with no clearance at all."""
    terms = source.terms
    names = {name for lane in terms.lanes for name in terms.needed_credentials(lane)}
    shaped = {"base_url": "https://contoh.example", "bot_token": "7:" + "a" * 35}
    given = {name: shaped.get(name, f"7{name}") for name in names}
    if lanes is not None:
        states = ", ".join(f'{name} = "ya"' for name in terms.clearance.must_state)
        listed = ", ".join(f'"{lane}"' for lane in lanes)
        (home / "clearance.toml").write_text(
            f'[{source.name}]\nlanes = [{listed}]\nreference = "1"\ndeclared_by = "S"\nvalid_until = 2026-12-31\n'
            f"states = {{ {states} }}\n"
        )
    (home / "watchlist.toml").write_text(
        'issues = ["jalan rusak"]\nhashtags = ["lapor"]\nfacebook_pages = ["7"]\nfeeds = ["https://a.example/rss"]\n'
    )
    return Settings(home=home, pseudonym_key="k" * 32, sources={source.name: given})  # type: ignore[arg-type]


def collect(source: Source, settings: Settings) -> Any:
    class Nowhere:
        def cursor(self, *_: object) -> None:
            return None

        def known(self, *_: object) -> frozenset[str]:
            return frozenset()

    into: Into = Nowhere()  # type: ignore[assignment]
    return collect_source(
        source.name,
        intake=into,
        settings=settings,
        clock=lambda: NOW,
        pseudonymize=Pseudonymizer(b"k" * 32),
        sleep=lambda _: None,
        rng=random.Random(1),
    )


@pytest.mark.parametrize("name", ASKED)
def test_without_clearance_no_request_leaves(name: str, tmp_path: Path, requests_made: list[str]) -> None:
    source = SOURCES[name]
    with pytest.raises(ClearanceError):
        collect(source, settings_for(tmp_path, source, lanes=None))
    assert requests_made == []


@pytest.mark.parametrize("name", [name for name in ASKED if SOURCES[name].terms.status == "available"])
def test_the_count_of_requests_can_be_other_than_none(name: str, tmp_path: Path, requests_made: list[str]) -> None:
    source = SOURCES[name]
    with suppress(SidakError):
        collect(source, settings_for(tmp_path, source, lanes=source.terms.lanes))
    assert requests_made


def test_a_webhook_is_not_opened_without_clearance(tmp_path: Path) -> None:
    from collectors.questions import check_lane

    with pytest.raises(ClearanceError):
        check_lane("whatsapp", "addressed", settings_for(tmp_path, SOURCES["whatsapp"], lanes=None), now=NOW)


@pytest.mark.parametrize("name", TWO_LANES)
def test_the_addressed_lane_works_without_the_overheard_one(name: str, tmp_path: Path) -> None:
    source = SOURCES[name]
    settings = settings_for(tmp_path, source, lanes=("addressed",))
    assert cleared_lanes(source, clearances=load_clearances(settings.clearance_path), now=NOW) == ("addressed",)
    asked = plan_questions(
        source, settings, queries=None, watchlist=LISTS, credentials=settings.credentials(name), now=NOW
    )
    assert asked
    assert {query.lane for query in asked} == {"addressed"}


def post(**changes: Any) -> Post:
    given: dict[str, Any] = {
        "source": "reddit", "native_id": "t3_a", "kind": "post", "lane": "overheard", "text": "jalan rusak",
        "created_at": NOW, "collected_at": NOW,
    }  # fmt: skip
    return Post(**(given | changes))


def test_fields_beyond_the_terms_and_lanes_it_has_not_do_not_pass() -> None:
    terms = SOURCES["reddit"].terms
    page = ParsedPage(
        posts=(post(remainder={"over_18": True, "author": "budi"}), post(native_id="t3_b", lane="addressed"))
    )
    held, faults = hold_to_terms(page, terms)
    assert [one.remainder for one in held.posts] == [{"over_18": True}]
    assert len(faults) == 2
    assert "budi" not in str(faults)
    fine = ParsedPage(posts=(post(),))
    assert hold_to_terms(fine, terms) == (fine, ())


def test_the_nearer_of_two_deadlines_holds() -> None:
    assert deadline_of(SOURCES["x"].terms) == timedelta(hours=24)
    assert deadline_of(SOURCES["youtube"].terms) == timedelta(hours=72)
    assert deadline_of(SOURCES["instagram"].terms) == timedelta(hours=24)
    assert deadline_of(SOURCES["news"].terms) is None


def test_the_export_cap_holds_for_the_whole_day(tmp_path: Path) -> None:
    terms = SOURCES["x"].terms
    assert terms.export_posts_per_day == 500
    path = tmp_path / "budget.db"
    spend_export(path, "x", terms, 450, clock=lambda: NOW)
    with pytest.raises(RetryError) as caught:
        spend_export(path, "x", terms, 51, clock=lambda: NOW)
    assert caught.value.until == datetime(2026, 11, 21, tzinfo=UTC)
    spend_export(path, "x", terms, 50, clock=lambda: NOW)
    spend_export(path, "x", terms, 500, clock=lambda: NOW + timedelta(days=1))
    spend_export(path, "reddit", SOURCES["reddit"].terms, 10**6, clock=lambda: NOW)


@pytest.mark.parametrize(
    "line",
    [
        "refresh_days = 0",
        "deletion_deadline_hours = -1",
        "retention_days = 0",
        "purge_unrefreshed_days = 0\nrefresh_days = 1",
        "export_posts_per_day = 0",
        "nonsense = 1",
    ],
)
def test_a_line_that_could_not_be_kept_to_is_refused(tmp_path: Path, line: str) -> None:
    path = tmp_path / "source.toml"
    path.write_text(f'title = "Uji"\nstatus = "available"\n{line}\n')
    with pytest.raises(StopError, match=r"source\.toml"):
        load_terms(path)


@pytest.mark.parametrize(
    "lines",
    ["", "refresh_days = 1", "deletion_deadline_hours = 24\nrefresh_days = 1", "purge_unrefreshed_days = 7"],
    ids=["nothing", "looks", "a deadline and looks", "a purge without looks"],
)
def test_a_source_that_could_keep_for_ever_is_refused(tmp_path: Path, lines: str) -> None:
    path = tmp_path / "source.toml"
    path.write_text(f'title = "Uji"\nstatus = "available"\n{lines}\n')
    with pytest.raises(StopError, match=r"source\.toml.*(retention_days|purge_unrefreshed_days)"):
        load_terms(path)
    for bound in ("retention_days = 30", "refresh_days = 1\npurge_unrefreshed_days = 30"):
        path.write_text(f'title = "Uji"\nstatus = "available"\n{bound}\n')
        load_terms(path)


@pytest.mark.parametrize("name", [name for name in ASKED if SOURCES[name].terms.purge_unrefreshed_days])
def test_a_source_with_a_deadline_can_look_its_posts_up(name: str, tmp_path: Path) -> None:
    from collectors.collect import open_client

    source = SOURCES[name]
    client = open_client(source, settings_for(tmp_path, source, lanes=source.terms.lanes), clock=lambda: NOW)
    assert callable(getattr(client, "recheck", None))


def test_the_platforms_own_numbers_are_kept_to() -> None:
    """X: 24 hours, ten working days after access ends; YouTube: 30 days; Reddit and Meta: a day."""
    terms = {name: source.terms for name, source in SOURCES.items()}
    assert (terms["x"].deletion_deadline_hours, terms["x"].export_posts_per_day) == (24, 500)
    assert (terms["x"].purge_unrefreshed_days or 99) < 14
    assert (terms["youtube"].refresh_days, (terms["youtube"].purge_unrefreshed_days or 99) < 30) == (30, True)
    for name in ("reddit", "facebook", "instagram", "threads", "bluesky", "mastodon"):
        assert terms[name].deletion_deadline_hours == 24, name


def test_parallel_exports_never_pass_the_cap_together(tmp_path: Path) -> None:
    from concurrent.futures import ThreadPoolExecutor

    terms = SOURCES["x"].terms

    def export(_: int) -> int:
        try:
            spend_export(tmp_path / "budget.db", "x", terms, 30, clock=lambda: NOW)
        except RetryError:
            return 0
        return 30

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(export, range(40))) == 480
    with pytest.raises(ValueError, match="fewer than no posts"):
        spend_export(tmp_path / "budget.db", "x", terms, -30, clock=lambda: NOW)
