"""Mastodon through Mastodon.py: walks by number, late posts of other instances, rules, wishes, look-up."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from collectors.collect import open_client
from collectors.markup import read_markup
from collectors.mastodon import client as mastodon_client
from collectors.mastodon.ids import first_id_at
from collectors.mastodon.parse import parse_page
from collectors.protocol import Query, Window
from collectors.registry import find_source
from collectors.standins.faults import Fault
from collectors.transport import WireError
from sidak.errors import RetryError
from tests.collectors.walks import Walked
from tests.support import simulated_feeds as feeds

from .conftest import Channels

QUERY = Query(id="mastodon:timeline:uji", source="mastodon", lane="overheard", text="#uji")


def test_all_pages_once_though_pages_are_thinned_out(channels: Channels) -> None:
    instance = channels.standins.mastodon
    ids = [instance.add(f"{number} #LaporBatang", ago=timedelta(minutes=number)) for number in range(150)]
    instance.filtered = {int(id) for id in ids[40:75]}
    result = channels.collect("mastodon")
    assert (result.outcome, result.new) == ("ok", 115)
    assert not result.unknown_fields
    assert not result.warnings
    assert channels.collect("mastodon").new == 0


def test_a_post_that_arrives_late_is_found(channels: Channels) -> None:
    instance = channels.standins.mastodon
    instance.add("cepat #LaporBatang")
    instance.add("lambat #LaporBatang", ago=timedelta(minutes=10), late=timedelta(minutes=40))
    assert channels.collect("mastodon").new == 1
    channels.standins.clock.advance(timedelta(minutes=35))
    assert channels.collect("mastodon").new == 1


def test_mentions_are_addressed_whoever_finds_them(channels: Channels) -> None:
    instance = channels.standins.mastodon
    instance.add("pungli @inspektoratuji #LaporBatang")
    instance.add("diam-diam @inspektoratuji", visibility="direct")
    assert channels.collect("mastodon").new == 2
    assert {post["lane"] for post in channels.posts("mastodon")} == {"addressed"}
    assert [post.get("visibility", "public") for post in channels.posts("mastodon")] == ["public", "submitted"]
    assert channels.collect("mastodon").revised == 0


def test_who_asks_not_to_be_indexed_is_not_overheard(channels: Channels) -> None:
    instance = channels.standins.mastodon
    instance.add("jangan dicari #LaporBatang", noindex=True)
    instance.add("boleh #LaporBatang")
    result = channels.collect("mastodon")
    assert [post["text"] for post in channels.posts("mastodon")] == ["boleh #LaporBatang"]
    assert [warning for warning in result.warnings if "1 posts were left" in warning]
    instance.add("kepada kantor @inspektoratuji", noindex=True)
    assert channels.collect("mastodon").new == 1, "who writes to the office wants to be heard"


def test_changed_rules_are_told(channels: Channels) -> None:
    instance = channels.standins.mastodon
    assert not channels.collect("mastodon").warnings
    instance.rules = [*instance.rules, "Dilarang mengumpulkan kiriman."]
    warnings = channels.collect("mastodon").warnings
    assert [warning for warning in warnings if warning.startswith("rules: 127.0.0.1")]
    assert not channels.collect("mastodon").warnings


def test_the_look_up_learns_of_edits_and_deletions(channels: Channels) -> None:
    instance = channels.standins.mastodon
    ids = [instance.add(f"banjir {number} #LaporBatang") for number in range(45)]
    channels.collect("mastodon")
    instance.delete(ids[2])
    instance.change(ids[44], "surut #LaporBatang")
    client: Any = open_client(find_source("mastodon"), channels.settings, clock=channels.standins.clock.now)
    kept = [post["native_id"] for post in channels.posts("mastodon")]
    checks = list(client.recheck([*kept, "lain.contoh.example/117600000000000001"]))
    host = kept[0].partition("/")[0]
    assert [id for checked in checks for id in checked.gone] == [f"{host}/{ids[2]}"]
    assert sum(len(checked.asked) for checked in checks) == 45
    edited = [item for checked in checks for item in checked.page.items if item["edited_at"]]
    assert [item["id"] for item in edited] == [ids[44]]


def test_its_way_to_say_when_is_understood(channels: Channels) -> None:
    headers = {"x-ratelimit-reset": "2026-11-20T03:20:00.916474Z"}
    channels.standins.faults.add("/api/v1", Fault(kind="status", status=429, headers=headers), times=None)
    result = channels.collect("mastodon")
    assert result.until == datetime.fromisoformat("2026-11-20T03:20:00+00:00")
    assert channels.slept == []


def test_the_description_of_the_instance_may_fail(channels: Channels) -> None:
    channels.standins.mastodon.add("banjir #LaporBatang")
    channels.standins.faults.add("/api/v2", Fault(kind="status", status=500), times=None)
    assert channels.collect("mastodon").new == 1


def test_a_token_is_never_taken_for_a_file(channels: Channels, monkeypatch: pytest.MonkeyPatch) -> None:
    from .conftest import CANARY

    folder = channels.home / "lain"
    folder.mkdir()
    (folder / CANARY).write_text("token-lain\nhttps://lain.contoh.example\n")
    monkeypatch.chdir(folder)
    channels.standins.mastodon.add("banjir #LaporBatang")
    assert channels.collect("mastodon").new == 1


def test_a_window_asks_that_stretch_and_leaves_the_cursor(channels: Channels) -> None:
    for hours in range(10):
        channels.standins.mastodon.add(f"{hours} @inspektoratuji #LaporBatang", ago=timedelta(hours=hours))
    now = channels.standins.clock.now()
    window = Window(since=now - timedelta(hours=5), until=now - timedelta(hours=2))
    assert channels.collect("mastodon", window=window).new == 3
    assert channels.collect("mastodon").new == 7


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("<p>a<br>b</p><p>c</p>", "a\nb\n\nc"),
        ("<p>1 &lt; 2 &amp;&amp; 3 < 4</p>", "1 < 2 && 3 < 4"),
        ('<a href="x" class="u"><span class="invisible">https://</span><span>a.id</span></a>', "https://a.id"),
        ("<script>alert(1)</script>", "alert(1)"),
        ("<" * 50_000, "<" * 50_000),
        ("<p" * 50_000, "<p" * 50_000),
        ("&lt;p&gt;", "<p>"),
    ],
)
def test_markup_becomes_text(markup: str, text: str) -> None:
    assert read_markup(markup) == text


class FeedOfMastodon:
    """Stands where the session and the library stand."""

    host = "uji.contoh.example"

    def __init__(self, feed: feeds.Feed) -> None:
        self.feed = feed
        self.library = self
        self.given: list[Any] = []

    def rules(self) -> None:
        return None

    def timeline_hashtag(self, _: str, *, limit: int, max_id: str = "", since_id: str = "0") -> None:
        visible = [(number(id, made), made) for id, made in self.feed.visible()]
        found = sorted((one for one in visible if int(since_id) < one[0] < int(max_id or 1 << 63)), reverse=True)
        page = found[: min(limit, self.feed.page_size)]
        self.given = [{"id": str(id), "content": "<p>x</p>", "created_at": made.isoformat()} for id, made in page]

    def ask(self, fetch: Any, *, path: str, doing: str) -> list[Any]:
        try:
            self.feed.stumble()
        except WireError as exc:
            raise RetryError(doing) from exc
        fetch()
        return self.given


def number(id: int, made: datetime) -> int:
    return first_id_at(made) + (id & 0xFFFF)


def build(feed: feeds.Feed) -> mastodon_client.MastodonClient:
    return mastodon_client.MastodonClient(FeedOfMastodon(feed), handle="", clock=lambda: feed.now)  # type: ignore[arg-type]


WALKED = Walked(build, QUERY, parse_page, lambda post, made: f"uji.contoh.example/{number(post, made)}")


@settings(max_examples=25, deadline=None, phases=(Phase.explicit, Phase.generate))
@given(seed=st.integers(0, 2**32), page_size=st.integers(3, 40), lag=st.floats(0, 3500), crashing=st.floats(0, 0.3))
def test_walks_miss_and_double_nothing(seed: int, page_size: int, lag: float, crashing: float) -> None:
    WALKED.check(seed=seed, page_size=page_size, lag=lag, crashing=crashing)


def test_the_overlap_is_what_saves_late_posts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mastodon_client, "OVERLAP", timedelta(0))
    assert WALKED.count_missing(runs=8, page_size=10, lag=3500) > 0
