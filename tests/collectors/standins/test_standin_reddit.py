"""The real praw against the Reddit stand-in."""

from __future__ import annotations

from datetime import timedelta

import prawcore
import pytest
import requests

from .conftest import END, PATIENCE_SECONDS


def titles(listing):
    return [child["data"]["title"] for child in listing["data"]["children"]]


def get(client, path, **params):
    return client.request(method="GET", path=path, params=params)


def test_new_pages_by_after_until_the_end(reddit_client):
    first = get(reddit_client, "r/semarang+indonesia/new", limit=20)
    second = get(reddit_client, "r/semarang+indonesia/new", limit=20, after=first["data"]["after"])
    assert titles(first)[:2] == ["judul 1", "judul 2"]
    assert (first["data"]["dist"], second["data"]["dist"]) == (20, 11)
    assert second["data"]["after"] is None


def test_praws_own_listing_works(reddit_client):
    assert len(list(reddit_client.subreddit("semarang").new(limit=None))) == 30
    found = list(reddit_client.subreddit("indonesia").search("banjir OR pungli", sort="new", time_filter="week"))
    assert [submission.title for submission in found] == ["Banjir <rob>"]
    assert [comment.body for comment in reddit_client.subreddit("indonesia").comments()] == ["iya", "sama"]


def test_before_gives_what_is_newer(reddit_client):
    everything = get(reddit_client, "r/semarang/new", limit=10)
    mark = everything["data"]["children"][3]["data"]["name"]
    assert titles(get(reddit_client, "r/semarang/new", before=mark)) == ["judul 1", "judul 2", "judul 3"]


def test_no_listing_is_longer_than_the_cap(standins, reddit_client):
    standins.reddit._cap = 12
    assert len(list(reddit_client.subreddit("semarang").new(limit=None))) == 12


def test_search_by_age_and_subreddit(reddit_client):
    assert titles(get(reddit_client, "r/semarang/search", q="judul", restrict_sr=1, t="hour", limit=100)) == ["judul 1"]
    assert titles(get(reddit_client, "r/semarang/search/", q="banjir", restrict_sr=1)) == []
    assert titles(get(reddit_client, "r/semarang/search/", q="banjir")) == ["Banjir <rob>"]
    assert titles(get(reddit_client, "r/indonesia/search", q='title:rob NOT "tidak ada"', restrict_sr=1)) != []


def test_an_edit_is_dated(standins, reddit_client):
    standins.clock.set(END - timedelta(days=5, hours=12))
    before = get(reddit_client, "r/indonesia/new")["data"]["children"][0]["data"]
    standins.clock.set(END)
    after = get(reddit_client, "api/info", id=before["name"])["data"]["children"][0]["data"]
    assert (before["edited"], before["selftext"]) == (False, "asli & awal")
    assert (after["edited"], after["selftext"]) == ((END - timedelta(days=3)).timestamp(), "sudah diubah")


def test_deleted_and_removed_leave_listings_but_info_shows_their_traces(standins, reddit_client):
    standins.clock.set(END - timedelta(days=3))
    names = {child["data"]["title"]: child["data"]["name"] for child in children(reddit_client)}
    standins.clock.set(END)
    assert titles(get(reddit_client, "r/indonesia/new")) == ["Banjir <rob>"]
    info = get(reddit_client, "api/info", id=f"{names['Pungli']},{names['Spill']},t3_tidakada")
    deleted, removed = (child["data"] for child in info["data"]["children"])
    assert (deleted["author"], deleted["selftext"], deleted["title"]) == ("[deleted]", "[deleted]", "Pungli")
    assert "author_fullname" not in deleted
    assert (removed["selftext"], removed["removed_by_category"]) == ("[removed]", "moderator")


def children(client):
    return get(client, "r/indonesia/new")["data"]["children"]


def test_paging_goes_on_below_a_deleted_item(standins, reddit_client):
    standins.clock.set(END - timedelta(days=3))
    name = {child["data"]["title"]: child["data"]["name"] for child in children(reddit_client)}["Pungli"]
    standins.clock.set(END)
    assert titles(get(reddit_client, "r/indonesia/new", after=name)) == ["Banjir <rob>"]


def test_comments_point_to_parent_and_submission(reddit_client):
    reply, comment = (child["data"] for child in get(reddit_client, "r/indonesia/comments")["data"]["children"])
    assert reply["parent_id"] == comment["name"]
    assert reply["link_id"] == comment["parent_id"] == comment["link_id"]
    assert comment["subreddit"] == "indonesia"


def test_without_raw_json_texts_are_escaped(standins, reddit_client):
    get(reddit_client, "r/indonesia/new")
    headers = {"Authorization": standins.log.to("/r/")[0].headers["authorization"]}
    plain = requests.get(f"{standins.reddit_url}/r/indonesia/new", headers=headers, timeout=PATIENCE_SECONDS).json()
    assert titles(plain) == ["Banjir &lt;rob&gt;"]


def test_an_expired_token_is_renewed_by_the_client(standins, reddit_client):
    get(reddit_client, "r/indonesia/new")
    standins.reddit.expire_tokens()
    assert titles(get(reddit_client, "r/indonesia/new"))
    assert len(standins.log.to("/api/v1/access_token")) == 2


def test_the_limit_is_told_and_kept(standins, reddit_client):
    standins.reddit.set_rate_limit(1)
    get(reddit_client, "r/indonesia/new")
    token = standins.log.to("/r/")[0].headers["authorization"]
    answer = requests.get(
        f"{standins.reddit_url}/r/all/new", headers={"Authorization": token}, timeout=PATIENCE_SECONDS
    )
    assert answer.status_code == 429
    assert int(answer.headers["retry-after"]) == 240
    assert answer.headers["content-type"].startswith("text/html")


def test_no_client_no_token(standins):
    url = f"{standins.reddit_url}/api/v1/access_token"
    assert requests.post(url, data={"grant_type": "client_credentials"}, timeout=PATIENCE_SECONDS).status_code == 401


def test_a_fault_reaches_praw(standins, reddit_client):
    from collectors.standins.faults import Fault

    standins.faults.add("/r/", Fault(kind="html"))
    with pytest.raises(prawcore.BadJSON):
        get(reddit_client, "r/indonesia/new")
    assert titles(get(reddit_client, "r/indonesia/new"))
