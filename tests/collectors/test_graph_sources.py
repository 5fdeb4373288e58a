"""Facebook and Instagram through Graph: pages with their comments, a week's 30 hashtags, Meta's limits heeded."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from collectors.collect import open_client
from collectors.registry import find_source
from collectors.standins.faults import Fault
from collectors.standins.graph_wire import account_id, comment_id, object_number, post_id


def read(deployment: Any, source: str) -> dict[str, dict[str, Any]]:
    stream = deployment.archive.stream(f"posts/{source}")
    posts = [json.loads(record) for segment in stream.segments() for record in stream.read(segment)]
    return {post["native_id"]: post for post in posts}


def facebook_ids(deployment: Any, *keys: str) -> set[str]:
    world = deployment.standins.graph._facebook
    items = [world.item(key) for key in keys]
    return {f"c:{comment_id(one, world)}" if one.reply_to else f"p:{post_id(one, world)}" for one in items}


def instagram_id(deployment: Any, key: str) -> str:
    item = deployment.standins.graph._instagram.item(key)
    return f"{'c' if item.reply_to else 'm'}:{object_number(item)}"


def client_of(deployment: Any, source: str) -> Any:
    return open_client(find_source(source), deployment.settings, clock=deployment.standins.clock.now)


def test_own_page_its_tags_and_cleared_pages_are_read_with_their_comments(deployment: Any) -> None:
    result = deployment.collect("facebook")
    assert result.outcome == "ok", result.message
    posts = read(deployment, "facebook")
    assert facebook_ids(deployment, "fb-info", "fb-info-k1", "fb-banjir", "fb-kantor-k1", "fb-titip") <= set(posts)
    assert facebook_ids(deployment, "fb-resep").isdisjoint(posts), "a cleared page is matched here"
    by_text = {post["text"]: post for post in posts.values()}
    tagged = next(post for text, post in by_text.items() if "sopir diminta 30rb" in text)
    assert tagged["lane"] == "addressed"
    assert posts[facebook_ids(deployment, "fb-kantor-k1").pop()]["lane"] == "addressed"
    assert not result.unknown_fields


@pytest.mark.parametrize("source", ["facebook", "instagram"])
def test_no_name_is_kept_and_no_token_is_told(deployment: Any, source: str) -> None:
    assert deployment.collect(source).outcome == "ok"
    told = json.dumps(list(read(deployment, source).values()))
    people = {item.author for item in deployment.standins.items if item.platform == source} - {"InspektoratUji"}
    assert not [one for one in people if f'"{one}"' in told or account_id(one) in told.replace("/", " ").split()]
    for request in deployment.standins.log.to("/v25.0/"):
        assert "kenari" in request.headers["authorization"]
        assert "kenari" not in repr(request.query)
        assert ("appsecret_proof" in request.query) == (source == "facebook")


def test_edits_and_late_comments_arrive_and_a_quiet_pass_changes_nothing(deployment: Any) -> None:
    clock = deployment.standins.clock
    clock.set(deployment.standins.end - timedelta(days=8, hours=22))
    deployment.collect("facebook")
    clock.advance(timedelta(hours=6))
    second = deployment.collect("facebook")
    assert second.revised == 1
    late = [post for post in read(deployment, "facebook").values() if "rt 3" in post["text"]]
    assert len(late) == 1
    third = deployment.collect("facebook")
    assert (third.new, third.revised) == (0, 0)


def test_posts_that_nobody_touched_are_not_asked_for_comments(deployment: Any) -> None:
    asked = lambda: [one.path for one in deployment.standins.log.to("/v25.0/") if one.path.endswith("/comments")]  # noqa: E731
    deployment.collect("facebook")
    assert asked()
    deployment.standins.log.clear()
    deployment.standins.clock.advance(timedelta(hours=2))
    deployment.collect("facebook")
    assert asked() == []


def test_paging_follows_cursors_and_never_the_address_with_the_token(
    deployment: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from collectors.facebook import client

    monkeypatch.setattr(client, "PAGE_ITEMS", 1)
    assert deployment.collect("facebook").outcome == "ok"
    requests = deployment.standins.log.to("/v25.0/")
    assert any("after" in request.query for request in requests)
    assert not any("access_token" in request.query for request in requests)
    assert facebook_ids(deployment, "fb-info", "fb-banjir") <= set(read(deployment, "facebook"))


def test_what_is_nearly_used_up_is_left_alone(deployment: Any) -> None:
    deployment.standins.graph.usage = 96
    result = deployment.collect("facebook")
    assert result.outcome == "retry"
    assert result.until == deployment.standins.clock.now() + timedelta(hours=1)
    assert len(deployment.standins.log.to("/v25.0/")) == 1
    deployment.standins.graph.usage = 5
    assert deployment.collect("facebook").outcome == "ok"


@pytest.mark.parametrize(("code", "outcome"), [(4, "retry"), (32, "retry"), (190, "stopped"), (10, "stopped")])
def test_refusals_in_the_body_end_the_pass_as_they_should(deployment: Any, code: int, outcome: str) -> None:
    body = {"error": {"message": "x", "type": "OAuthException", "code": code, "fbtrace_id": "A"}}
    deployment.standins.faults.add(
        "/v25.0/", Fault(kind="status", status=400, body=json.dumps(body).encode()), times=None
    )
    result = deployment.collect("facebook")
    assert (result.outcome, result.new) == (outcome, 0)
    assert deployment.slept == []


def test_a_batch_with_a_missing_object_is_halved_until_it_is_found(deployment: Any) -> None:
    standins = deployment.standins
    standins.clock.set(standins.end - timedelta(days=10))
    deployment.collect("facebook")
    stored = sorted(read(deployment, "facebook"))
    standins.clock.set(standins.end)
    answers = list(client_of(deployment, "facebook").recheck(stored))
    gone = {id for checked in answers for id in checked.gone}
    assert {id for checked in answers for id in checked.asked} == set(stored)
    assert [read(deployment, "facebook")[id]["text"][:15] for id in gone] == ["sekalian pungli"]


def test_hashtags_give_their_last_day_without_any_author(deployment: Any) -> None:
    result = deployment.collect("instagram")
    assert result.outcome == "ok", result.message
    posts = read(deployment, "instagram")
    found = [post for post in posts.values() if post["refs"].get("container", "").startswith("#")]
    assert len(found) == 2
    assert not any("author_key" in post for post in found)
    assert not any("bergas" in post["text"] for post in posts.values()), "three days old"


def test_own_comments_with_replies_and_tags_are_addressed(deployment: Any) -> None:
    deployment.standins.clock.set(deployment.standins.end - timedelta(days=2))
    deployment.collect("instagram")
    posts = read(deployment, "instagram")
    assert instagram_id(deployment, "ig-kantor-k1") in posts
    texts = {post["text"]: post["lane"] for post in posts.values()}
    assert texts["kelurahan di patebon pak"] == "addressed"
    assert any("kaligawe" in text and lane == "addressed" for text, lane in texts.items())


def test_thirty_hashtags_a_week_and_no_more(deployment: Any) -> None:
    tags = ", ".join(f'"tag{n}"' for n in range(29))
    path = deployment.home / "watchlist.toml"
    path.write_text(f'issues = ["jalan rusak"]\nhashtags = [{tags}, "jalanrusak", "banjirsemarang"]\n')
    searched = lambda: [one.query["q"] for one in deployment.standins.log.to("/v25.0/ig_hashtag_search")]  # noqa: E731
    first = deployment.collect("instagram")
    assert len(set(searched())) == 30
    assert any(warning.startswith("gap: #banjirsemarang was not asked for") for warning in first.warnings)
    deployment.standins.clock.advance(timedelta(hours=1))
    deployment.standins.log.clear()
    deployment.collect("instagram")
    assert "banjirsemarang" not in searched(), "the count outlives the pass"
    assert deployment.standins.log.to("/v25.0/"), "known tags go on for free"
    path.write_text('issues = ["jalan rusak"]\nhashtags = ["banjirsemarang"]\n')
    deployment.standins.clock.advance(timedelta(days=7))
    assert not any(one.startswith("gap: #") for one in deployment.collect("instagram").warnings)


def test_a_hashtag_that_was_left_too_long_tells_its_gap(deployment: Any) -> None:
    deployment.collect("instagram")
    deployment.standins.clock.advance(timedelta(hours=30))
    warnings = deployment.collect("instagram").warnings
    assert any(one.startswith("gap: #jalanrusak: last asked at 2026-11-20T03:00") for one in warnings)


def test_only_comments_can_be_looked_up(deployment: Any) -> None:
    ids = [instagram_id(deployment, "ig-kantor-k1"), "m:17900000000000001", "c:17900000000000001"]
    answers = list(client_of(deployment, "instagram").recheck(ids))
    assert {id for checked in answers for id in checked.asked} == {ids[0], ids[2]}
    assert {id for checked in answers for id in checked.gone} == {ids[2]}
