"""Bluesky: search walks, sealed addresses, the look-up that learns of deletions."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from collectors.bluesky import client as bluesky_client
from collectors.bluesky.parse import parse_page
from collectors.collect import open_client
from collectors.protocol import Query, Window
from collectors.registry import find_source
from collectors.seal import Seal
from collectors.transport import WireError
from sidak.errors import QuarantineError, RetryError
from sidak.ids import Pseudonymizer
from tests.collectors.walks import CONTEXT, Walked
from tests.support import simulated_feeds as feeds

from .conftest import Channels

QUERY = Query(id="bluesky:search:uji", source="bluesky", lane="overheard", text='"jalan rusak"')
SEAL = Seal(CONTEXT.pseudonymize, "bluesky")


def test_all_pages_once_though_page_cursors_end_early(channels: Channels) -> None:
    sky = channels.standins.bluesky
    for number in range(330):
        sky.add(f"jalan rusak nomor {number}", by=f"warga{number}", ago=timedelta(seconds=number * 7))
    sky.early_end = 100
    result = channels.collect("bluesky")
    assert (result.outcome, result.new) == ("ok", 330)
    ids = [post["native_id"] for post in channels.posts("bluesky")]
    assert len(set(ids)) == 330
    assert sky.sign_ins == 1, "one session for the whole pass"
    again = channels.collect("bluesky")
    assert (again.new, again.revised) == (0, 0)


def test_posts_of_one_moment_are_not_lost_between_pages(channels: Channels, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bluesky_client, "PAGE_POSTS", 10)
    for number in range(34):
        channels.standins.bluesky.add(f"jalan rusak {number}", ago=timedelta(seconds=number // 8))
    channels.standins.bluesky.early_end = 20
    assert channels.collect("bluesky").new == 34


def test_mentions_of_the_office_are_addressed(channels: Channels) -> None:
    sky = channels.standins.bluesky
    mention = {"features": [{"$type": "app.bsky.richtext.facet#mention", "did": "did:plc:kantorujicontoh00000000"}]}
    sky.add("lampu mati @uji.contoh.example", facets=[mention])
    sky.add("pungli lagi #LaporBatang")
    assert channels.collect("bluesky").new == 2
    assert {post["text"].split()[0]: post["lane"] for post in channels.posts("bluesky")} == {
        "lampu": "addressed", "pungli": "overheard",
    }  # fmt: skip


def test_an_expired_session_is_renewed_once(channels: Channels) -> None:
    sky = channels.standins.bluesky
    sky.add("banjir")
    sky._token_life = timedelta(minutes=-1)
    result = channels.collect("bluesky")
    assert result.outcome == "stopped"
    assert "ExpiredToken" not in result.message
    assert sky.sign_ins == 1 + result.queries
    sky._token_life = timedelta(minutes=5)
    assert channels.collect("bluesky").new == 1


def test_a_wrong_password_ends_the_lane_at_once(channels: Channels) -> None:
    channels.standins.bluesky._password = "lain"
    result = channels.collect("bluesky")
    assert result.outcome == "stopped"
    assert "createSession" in result.message
    assert len(channels.standins.log) == 2, "once for each lane"


def recheck(channels: Channels) -> tuple[dict[str, str], list[str]]:
    client: Any = open_client(
        find_source("bluesky"), channels.settings, clock=channels.standins.clock.now, rng=random.Random(1)
    )
    ids = list(dict.fromkeys(post["native_id"] for post in channels.posts("bluesky")))
    now, gone = {}, []
    for checked in client.recheck([*ids, "s_palsu", "at://did:plc:x/app.bsky.feed.post/1"]):
        now |= {post.native_id: post.text for post in parse_page(checked.page, channels_context(channels)).posts}
        gone += checked.gone
        assert set(checked.asked) <= set(ids)
    return now, gone


def channels_context(channels: Channels) -> Any:
    from collectors.protocol import ParseContext

    return ParseContext(pseudonymize=channels.house.pseudonymizer)


def test_the_look_up_learns_of_edits_and_deletions(channels: Channels) -> None:
    sky = channels.standins.bluesky
    addresses = [sky.add(f"banjir {number}", by=f"w{number}") for number in range(60)]
    channels.collect("bluesky")
    sky.delete(addresses[3])
    sky.delete(addresses[59])
    sky.change(addresses[7], "banjir surut")
    seal = Seal(channels.house.pseudonymizer, "bluesky")
    now, gone = recheck(channels)
    assert sorted(gone) == sorted(seal.close(addresses[number]) for number in (3, 59))
    assert len(now) == 58
    assert now[seal.close(addresses[7])] == "banjir surut"
    sent = [request.repeated["uris"] for request in channels.standins.log.to("/xrpc/app.bsky.feed.getPosts")]
    assert sorted(len(uris) for uris in sent) == [10, 25, 25]


def test_nothing_kept_names_an_account(channels: Channels) -> None:
    channels.standins.bluesky.add("banjir di Subah", by="pelapor_rahasia")
    channels.standins.bluesky.add("banjir", by="pelapor_rahasia")
    channels.collect("bluesky")
    assert channels.posts("bluesky")
    assert "did:plc" not in channels.told()
    assert "pelapor_rahasia" not in channels.told()


def test_another_key_opens_no_seal() -> None:
    other = Seal(Pseudonymizer(b"j" * 16), "bluesky")
    sealed = SEAL.close("at://did:plc:a/app.bsky.feed.post/3k")
    assert SEAL.open(sealed) == "at://did:plc:a/app.bsky.feed.post/3k"
    assert SEAL.close("at://did:plc:a/app.bsky.feed.post/3k") == sealed
    assert other.open(sealed) is None
    assert Seal(CONTEXT.pseudonymize, "lain").open(sealed) is None
    for wrong in ("", "s_", sealed[:-2], sealed[:-1] + "\u00e9", "m_" + sealed[2:], sealed + "AAAA"):
        assert SEAL.open(wrong) is None


class FeedOfBluesky:
    """Stands where the session stands."""

    def __init__(self, feed: feeds.Feed) -> None:
        self.feed = feed
        self.did = None

    def ask(self, _: str, asked: dict[str, Any], *, doing: str) -> dict[str, Any]:
        try:
            self.feed.stumble()
        except WireError as exc:
            raise RetryError(doing) from exc
        token = asked.get("cursor")
        if token is not None and self.feed.rng.random() < 0.1:
            raise QuarantineError(doing, reason="bad")
        low, high = asked.get("since", ""), asked.get("until", "9")
        found = [(id, made) for id, made in self.feed.visible() if low <= stamp(made) < high]
        start = int(token or 0)
        end = start + self.feed.page_size
        more = end < len(found) and self.feed.rng.random() > 0.2
        posts = [
            {
                "uri": uri(id),
                "cid": "b",
                "indexedAt": stamp(made + timedelta(seconds=1)),
                "record": {"text": "jalan rusak", "createdAt": stamp(made)},
            }
            for id, made in found[start:end]
        ]
        return {"posts": posts, **({"cursor": str(end)} if more else {})}


def stamp(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def uri(id: int) -> str:
    return f"at://did:plc:a{id}/app.bsky.feed.post/3k"


def build(feed: feeds.Feed) -> bluesky_client.BlueskyClient:
    return bluesky_client.BlueskyClient(FeedOfBluesky(feed), seal=SEAL, clock=lambda: feed.now)  # type: ignore[arg-type]


WALKED = Walked(build, QUERY, parse_page, lambda post, _: SEAL.close(uri(post)))


@settings(max_examples=25, deadline=None, phases=(Phase.explicit, Phase.generate))
@given(seed=st.integers(0, 2**32), page_size=st.integers(3, 40), lag=st.floats(0, 590), crashing=st.floats(0, 0.3))
def test_walks_miss_and_double_nothing(seed: int, page_size: int, lag: float, crashing: float) -> None:
    WALKED.check(seed=seed, page_size=page_size, lag=lag, crashing=crashing)


def test_the_overlap_is_what_saves_late_posts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bluesky_client, "OVERLAP", timedelta(0))
    assert WALKED.count_missing(runs=8, page_size=10, lag=590) > 0


def test_a_window_asks_that_stretch_and_leaves_the_cursor(channels: Channels) -> None:
    for hours in range(10):
        channels.standins.bluesky.add(f"banjir {hours}", ago=timedelta(hours=hours))
    now = channels.standins.clock.now()
    result = channels.collect("bluesky", window=Window(since=now - timedelta(hours=5), until=now - timedelta(hours=2)))
    assert sorted(post["text"] for post in channels.posts("bluesky")) == ["banjir 3", "banjir 4", "banjir 5"]
    assert result.new == 3
    assert channels.collect("bluesky").new == 7
