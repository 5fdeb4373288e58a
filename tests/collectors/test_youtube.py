"""YouTube by its real library: everything below the watched channels is read, and no day's budget is passed."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from collectors.standins.faults import Fault
from collectors.standins.youtube_wire import channel_id, comment_id, video_id


def read(deployment: Any) -> dict[str, dict[str, Any]]:
    stream = deployment.archive.stream("posts/youtube")
    posts = [json.loads(record) for segment in stream.segments() for record in stream.read(segment)]
    return {post["native_id"]: post for post in posts}


def ids_of(deployment: Any, *keys: str) -> set[str]:
    world = deployment.standins.youtube._world
    items = [world.item(key) for key in keys]
    return {f"c:{comment_id(item, world)}" if item.reply_to else f"v:{video_id(item)}" for item in items}


def everything_said_of(deployment: Any, word: str) -> set[str]:
    world = deployment.standins.youtube._world
    keys = [s.item.key for s in world.see_live() if word in f"{s.item.title} {s.text}".lower()]
    return ids_of(deployment, *keys)


def test_videos_comments_and_hidden_replies_are_found(deployment: Any) -> None:
    result = deployment.collect("youtube")
    assert result.outcome == "ok", result.message
    posts = read(deployment)
    assert everything_said_of(deployment, "pungli") <= set(posts)
    assert ids_of(deployment, "yt-masak").isdisjoint(posts), "it speaks of nothing that is listened for"
    replies = [post for post in posts.values() if post["refs"].get("reply_to")]
    assert len(replies) >= 2
    assert deployment.standins.log.to("/youtube/v3/comments")
    assert {post["source"] for post in posts.values()} == {"youtube"}
    assert not result.unknown_fields


def test_a_search_finds_other_channels_and_reads_their_comments(deployment: Any) -> None:
    deployment.standins.clock.set(deployment.standins.end - timedelta(days=3))
    deployment.standins.youtube.close_comments("yt-tutup")
    result = deployment.collect("youtube")
    assert result.outcome == "ok", result.message
    assert ids_of(deployment, "yt-vlog", "yt-tutup") <= set(read(deployment))
    assert everything_said_of(deployment, "ungaran") <= set(read(deployment))


def test_whoever_writes_below_the_offices_videos_has_addressed_it(deployment: Any) -> None:
    deployment.collect("youtube")
    posts = read(deployment)
    thanks = [post for post in posts.values() if "terima kasih" in post["text"]]
    assert [post["lane"] for post in thanks] == ["addressed"], "kept, though no word of the watchlist is in it"
    handles = {item.author for item in deployment.standins.items if item.platform == "youtube"}
    told = json.dumps(list(posts.values()))
    assert not [one for one in handles if one in told or channel_id(one) in told]


def test_an_edit_is_a_revision_and_a_quiet_pass_changes_nothing(deployment: Any) -> None:
    deployment.standins.clock.set(deployment.standins.end - timedelta(days=15))
    first = deployment.collect("youtube")
    deployment.standins.clock.advance(timedelta(days=1, hours=1))
    second = deployment.collect("youtube")
    assert (first.outcome, second.outcome, second.revised) == ("ok", "ok", 1)
    third = deployment.collect("youtube")
    assert (third.new, third.revised) == (0, 0)


def test_a_search_is_not_asked_before_its_share_of_the_day_has_passed(deployment: Any) -> None:
    searches = lambda: len(deployment.standins.log.to("/youtube/v3/search"))  # noqa: E731
    deployment.collect("youtube")
    assert searches() == 1
    deployment.standins.clock.advance(timedelta(minutes=10))
    deployment.collect("youtube")
    assert searches() == 1
    deployment.standins.clock.advance(timedelta(minutes=10))
    deployment.collect("youtube")
    assert searches() == 2


def test_a_day_of_passes_stays_below_a_hundred_searches(deployment: Any) -> None:
    path = deployment.home / "watchlist.toml"
    phrases = ", ".join(f'"jalan rusak nomor {n} di kampung yang jauh sekali"' for n in range(40))
    path.write_text(f"issues = [{phrases}]\n")
    for _ in range(48):
        assert deployment.collect("youtube").outcome == "ok"
        deployment.standins.clock.advance(timedelta(minutes=30))
    assert 80 <= len(deployment.standins.log.to("/youtube/v3/search")) <= 100


def test_our_own_count_ends_the_day_before_youtube_does(deployment: Any) -> None:
    from collectors.budget import Budget
    from collectors.registry import find_source

    terms = find_source("youtube").terms.budgets
    Budget(deployment.home / "budget.db", "youtube", terms, clock=deployment.standins.clock.now).spend("units", 9_998)
    result = deployment.collect("youtube")
    assert (result.outcome, result.until) == ("retry", datetime(2026, 11, 20, 8, tzinfo=UTC))
    assert len(deployment.standins.log.to("/youtube/v3/")) == 2
    deployment.standins.clock.set(datetime(2026, 11, 20, 8, 1, tzinfo=UTC))
    assert deployment.collect("youtube").outcome == "ok"


def test_used_up_on_youtubes_side_means_midnight_pacific(deployment: Any) -> None:
    deployment.standins.youtube.limits["units"] = 3
    result = deployment.collect("youtube")
    assert (result.outcome, result.until) == ("retry", datetime(2026, 11, 20, 8, tzinfo=UTC))
    assert "quotaExceeded" in result.message
    assert deployment.slept == [], "it is not asked again and again"


def test_a_wrong_key_needs_a_person(deployment: Any) -> None:
    body = json.dumps({"error": {"code": 400, "message": "Bad Request", "errors": [{"reason": "keyInvalid"}]}})
    deployment.standins.faults.add("/youtube", Fault(kind="status", status=400, body=body.encode()), times=None)
    result = deployment.collect("youtube")
    assert result.outcome == "stopped"
    assert "credentials" in result.message


def test_the_key_stands_in_no_address(deployment: Any) -> None:
    deployment.collect("youtube")
    requests = deployment.standins.log.to("/youtube/v3/")
    assert requests
    assert all("kenari" in request.headers["x-goog-api-key"] for request in requests)
    assert not any("kenari" in repr(request.query) for request in requests)


def test_a_window_asks_that_stretch_and_moves_no_cursor(deployment: Any) -> None:
    from collectors.protocol import Window

    end = deployment.standins.end
    window = Window(since=end - timedelta(days=17), until=end - timedelta(days=15))
    deployment.collect("youtube", window=window)
    found = read(deployment)
    assert {datetime.fromisoformat(post["created_at"]) for post in found.values()} == {end - timedelta(days=16)}
    assert deployment.collect("youtube").new > 3


def test_stored_videos_and_comments_are_looked_up_and_the_missing_told(deployment: Any) -> None:
    from collectors.collect import open_client
    from collectors.registry import find_source

    standins = deployment.standins
    client: Any = open_client(find_source("youtube"), deployment.settings, clock=standins.clock.now)
    ids = sorted(ids_of(deployment, "yt-subah", "yt-vlog", "yt-subah-k1"))
    answers = list(client.recheck([*ids, "c:UgTidakPernahAda0001"]))
    assert {id for checked in answers for id in checked.asked} == {*ids, "c:UgTidakPernahAda0001"}
    gone = {id for checked in answers for id in checked.gone}
    assert gone == ids_of(deployment, "yt-vlog") | {"c:UgTidakPernahAda0001"}
