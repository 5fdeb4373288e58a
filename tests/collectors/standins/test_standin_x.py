"""The real tweepy against the X stand-in."""

from __future__ import annotations

from datetime import timedelta

import pytest
import requests
import tweepy

from collectors.standins.app import StandIns
from collectors.standins.truth import build_truths
from collectors.watchlist import load_watchlist
from collectors.x.plan import build_queries

from .conftest import END, PATIENCE_SECONDS, build_x_client


def pages_of(client, query, **options):
    token = None
    while True:
        answer = client.search_recent_tweets(query, max_results=10, next_token=token, **options).json()
        yield answer
        token = answer["meta"].get("next_token")
        if token is None:
            return


def texts(answer):
    return [post["text"] for post in answer.get("data", [])]


def test_search_pages_through_everything_once_and_newest_first(x_client):
    pages = list(pages_of(x_client, '"jalan rusak"'))
    ids = [int(post["id"]) for page in pages for post in page["data"]]
    assert [len(page["data"]) for page in pages] == [10, 10, 5]
    assert ids == sorted(set(ids), reverse=True)
    assert pages[0]["meta"]["newest_id"] == str(ids[0])


def test_tweepys_own_paginator_works(x_client):
    x_client.return_type = dict
    pages = list(tweepy.Paginator(x_client.search_recent_tweets, "jalan", max_results=10))
    assert sum(len(page["data"]) for page in pages) == 25


def test_a_page_token_holds_while_new_posts_arrive(standins, x_client):
    standins.clock.set(END - timedelta(hours=5, minutes=1))
    first = x_client.search_recent_tweets("jalan", max_results=10).json()
    standins.clock.set(END)
    second = x_client.search_recent_tweets("jalan", max_results=10, next_token=first["meta"]["next_token"]).json()
    assert int(second["data"][0]["id"]) < int(first["data"][-1]["id"])
    assert not set(texts(first)) & set(texts(second))


def test_since_id_gives_only_newer_posts(x_client):
    known = x_client.search_recent_tweets("jalan", max_results=10).json()["data"][3]["id"]
    assert texts(x_client.search_recent_tweets("jalan", since_id=known).json()) == [
        "jalan rusak nomor 1",
        "jalan rusak nomor 2",
        "jalan rusak nomor 3",
    ]


def test_search_forgets_after_seven_days_but_mentions_do_not(standins, x_client):
    assert x_client.search_recent_tweets("pungli").json() == {"meta": {"result_count": 0}}
    assert texts(x_client.get_users_mentions(standins.office_id).json()) == ["pungli di timbangan @InspektoratUji"]


@pytest.mark.parametrize(
    ("options", "named"),
    [
        ({"start_time": END - timedelta(days=8)}, "start_time"),
        ({"end_time": END}, "end_time"),
        ({"since_id": 1_000_000}, "since_id"),
        ({"max_results": 9}, "max_results"),
        ({"next_token": "bukan"}, "next_token"),
    ],
)
def test_a_wrong_parameter_is_refused_by_name(x_client, options, named):
    with pytest.raises(tweepy.BadRequest) as refused:
        x_client.search_recent_tweets("jalan", **options)
    assert named in str(refused.value)


@pytest.mark.parametrize(
    "query", ["x" * 513, "(jalan", "jalan OR", "retweets_of:saya", '"', "(" * 400, "-" * 400 + "a"]
)
def test_a_query_x_would_not_take_is_refused(x_client, query):
    with pytest.raises(tweepy.BadRequest):
        x_client.search_recent_tweets(query)


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("banjir", 4),
        ("banjir -is:retweet", 3),
        ("banjir -is:retweet -is:reply lang:in", 1),
        ("(banjir OR sampah) lang:in -is:retweet", 3),
        ("#banjir", 1),
        ('"numpuk sampah" place_country:ID', 1),
        ("from:sopir OR from:londo", 1),
    ],
)
def test_queries_find_what_they_say(x_client, query, count):
    assert x_client.search_recent_tweets(query).json()["meta"]["result_count"] == count


def test_an_edit_is_a_new_id_with_the_chain_and_the_old_one_is_found_no_more(standins, x_client):
    standins.clock.set(END - timedelta(days=3, minutes=8))
    before = x_client.search_recent_tweets("banjir from:tukang_ubah").json()["data"][0]
    standins.clock.set(END)
    after = x_client.search_recent_tweets("banjir from:tukang_ubah").json()["data"][0]
    assert before["edit_history_tweet_ids"] == [before["id"]]
    assert after["text"] == "banjir ketiga &amp; &lt; 3"
    assert after["edit_history_tweet_ids"][0] == before["id"]
    assert len(after["edit_history_tweet_ids"]) == 3
    assert after["edit_history_tweet_ids"][-1] == after["id"]
    old = x_client.get_tweets([before["id"]]).json()["data"][0]
    assert (old["text"], len(old["edit_history_tweet_ids"])) == ("banjir pertama", 3)


def test_a_deleted_post_vanishes_and_lookup_says_so(standins, x_client):
    standins.clock.set(END - timedelta(days=3))
    kept, gone = (x_client.search_recent_tweets(q).json()["data"][0]["id"] for q in ("jalan OR sampah", "dihapus"))
    standins.clock.set(END)
    assert x_client.search_recent_tweets("dihapus").json()["meta"]["result_count"] == 0
    answer = x_client.get_tweets([kept, gone, "42"]).json()
    assert [post["id"] for post in answer["data"]] == [kept]
    assert [error["resource_id"] for error in answer["errors"]] == [gone, "42"]
    assert answer["errors"][0]["type"].endswith("/resource-not-found")


def test_fields_and_expansions_come_only_when_asked(x_client):
    bare = x_client.search_recent_tweets("sampah").json()
    assert set(bare["data"][0]) == {"id", "text", "edit_history_tweet_ids"}
    assert "includes" not in bare
    full = x_client.search_recent_tweets(
        "sampah",
        tweet_fields=["created_at", "author_id", "lang", "note_tweet", "public_metrics", "conversation_id"],
        expansions=["author_id", "geo.place_id"],
        place_fields=["country_code"],
    ).json()
    post = full["data"][0]
    assert post["created_at"] == "2026-11-15T12:00:00.000Z"
    assert len(post["text"]) <= 280
    assert post["note_tweet"]["text"] == "sampah numpuk " * 40
    assert full["includes"]["users"] == [{"id": post["author_id"], "name": "Panjang", "username": "panjang"}]
    assert full["includes"]["places"][0]["full_name"] == "Batang, Indonesia"
    assert "retweet_count" in post["public_metrics"]


def test_a_repost_refers_to_its_original(x_client):
    answer = x_client.search_recent_tweets(
        "is:retweet", tweet_fields=["referenced_tweets"], expansions=["referenced_tweets.id"]
    ).json()
    reference = answer["data"][0]["referenced_tweets"][0]
    assert reference["type"] == "retweeted"
    assert answer["data"][0]["text"].startswith("RT @tukang_ubah: banjir pertama")
    assert reference["id"] in answer["includes"]["tweets"][0]["edit_history_tweet_ids"]


def test_the_new_spelling_renames_every_field(folder):
    with StandIns(end=END, scenario="kecil", folder=folder, x_spelling="post") as standins:
        headers = {"Authorization": "Bearer t"}
        query = {"query": "is:retweet", "post.fields": "referenced_posts,public_metrics"}
        query["expansions"] = "referenced_posts.id"
        answer = requests.get(
            f"{standins.x_url}/2/tweets/search/recent", query, headers=headers, timeout=PATIENCE_SECONDS
        ).json()
    post = answer["data"][0]
    assert set(post) == {"id", "text", "edit_history_post_ids", "referenced_posts", "public_metrics"}
    assert "repost_count" in post["public_metrics"]
    assert "posts" in answer["includes"]


def test_rate_headers_count_down_and_the_window_opens_again(standins, x_client):
    standins.x.set_rate_limit(2)
    first = x_client.search_recent_tweets("jalan").headers
    assert (first["x-rate-limit-limit"], first["x-rate-limit-remaining"]) == ("2", "1")
    x_client.search_recent_tweets("jalan")
    with pytest.raises(tweepy.TooManyRequests) as refused:
        x_client.search_recent_tweets("jalan")
    assert refused.value.response.headers["x-rate-limit-reset"] == str(int(END.timestamp()) + 900)
    standins.clock.advance(timedelta(seconds=901))
    assert x_client.search_recent_tweets("jalan").status_code == 200


def test_a_limit_lowered_below_what_was_used_counts_no_further_than_zero(standins, x_client):
    for _ in range(3):
        x_client.search_recent_tweets("jalan")
    standins.x.set_rate_limit(2)
    with pytest.raises(tweepy.TooManyRequests) as refused:
        x_client.search_recent_tweets("jalan")
    assert refused.value.response.headers["x-rate-limit-remaining"] == "0"


def test_truth_is_found_by_the_id_a_collector_stores(standins, x_client):
    truths = build_truths(standins.items)
    post = x_client.search_recent_tweets("from:tukang_ubah").json()["data"][0]
    assert truths["x:" + post["edit_history_tweet_ids"][0]].what == "banjir"


def test_no_bearer_no_answer(standins):
    assert requests.get(f"{standins.x_url}/2/tweets?ids=1", timeout=PATIENCE_SECONDS).status_code == 401


def test_the_whole_scenario_can_be_collected_week_by_week():
    seen: dict[str, str] = {}
    with StandIns(end=END) as standins:
        for client in build_x_client(standins):
            for week in (4, 3, 2, 1, 0):
                standins.clock.set(END - timedelta(weeks=week))
                for answer in pages_of(client, "-is:retweet (lang:in OR lang:en)"):
                    seen |= {post["id"]: post["text"] for post in answer["data"]}
    posts = [item for item in standins.items if item.platform == "x" and not item.repost_of]
    never = [item.key for item in posts if item.deleted_at and item.deleted_at - item.created_at < timedelta(days=1)]
    edited = [item for item in posts if len(item.versions) > 1]
    assert len(seen) >= len(posts) - len(never)
    assert len(edited) >= 5
    assert sum("typo" in text for text in seen.values()) == 1


def test_the_scenarios_own_watchlist_finds_nearly_all_of_its_reports():
    with StandIns(end=END) as standins:
        queries = build_queries(load_watchlist(standins.watchlist_path), lane="overheard", credentials={})
        found = set()
        for client in build_x_client(standins):
            for week in (4, 3, 2, 1, 0):
                standins.clock.set(END - timedelta(weeks=week))
                for query in queries:
                    for answer in pages_of(client, query.text):
                        found |= {"x:" + post["edit_history_tweet_ids"][0] for post in answer.get("data", [])}
    reports = {id for id, truth in build_truths(standins.items).items() if id.startswith("x:") and truth.is_report}
    assert len(queries) <= 8
    assert len(found & reports) > 0.9 * len(reports)
    assert len(found - reports) > 100
