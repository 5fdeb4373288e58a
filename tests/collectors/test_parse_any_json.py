"""Whatever JSON a platform sends: no page raises, no item is lost, and all that comes out can be stored."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from collectors.facebook.parse import parse_page as parse_facebook
from collectors.instagram.parse import parse_page as parse_instagram
from collectors.protocol import ParseContext, Parser, Query, RawPage
from collectors.reddit.parse import parse_page as parse_reddit
from collectors.x.parse import parse_page as parse_x
from collectors.youtube.parse import parse_page as parse_youtube
from sidak.ids import Pseudonymizer, fingerprint

NOW = datetime(2026, 11, 20, 3, tzinfo=UTC)
CONTEXT = ParseContext(
    pseudonymize=Pseudonymizer(b"k" * 16),
    allowed_remainder=frozenset({"possibly_sensitive", "reply_settings", "over_18", "upvote_ratio"}),
)
TEXTS = st.text(st.characters(), max_size=20) | st.sampled_from(
    ["\ud83d", "\0", "\u202e", "<script>", "9" * 30, "1e999"]
)
SCALARS = (
    st.none() | st.booleans() | st.integers(-(10**30), 10**30) | st.floats() | TEXTS
    | st.sampled_from(["2123000000000000000", "t3_abc", "t1_x", "2026-11-19T00:00:00Z", "0001-01-01T00:00:00+14:00", 1.7e9])
)  # fmt: skip
ANY = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3), max_leaves=8
)


def objects(*names: str) -> st.SearchStrategy[dict[str, Any]]:
    return st.dictionaries(st.sampled_from(names) | TEXTS, ANY, max_size=10)


X_ITEMS = st.fixed_dictionaries(
    {"id": st.just("2123000000000000000") | ANY, "text": TEXTS | ANY},
    optional={
        "entities": objects("hashtags", "mentions", "urls") | ANY,
        "geo": objects("place_id", "coordinates") | ANY,
        "edit_history_tweet_ids": st.lists(st.just("2122000000000000000") | ANY, max_size=3) | ANY,
        "attachments": objects("media_keys") | ANY,
        "referenced_posts": st.lists(objects("id", "type"), max_size=3) | ANY,
        "created_at": ANY, "lang": ANY, "withheld": ANY, "author_id": ANY, "public_metrics": objects("like_count"),
        "note_tweet": objects("text") | ANY, "reply_settings": ANY, "in_reply_to_user_id": ANY,
    },
)  # fmt: skip
REDDIT_DATA = st.fixed_dictionaries(
    {"name": st.just("t3_abc") | ANY, "selftext": TEXTS | ANY, "body": TEXTS | ANY},
    optional=dict.fromkeys(("title", "created_utc", "edited", "author", "author_fullname", "url", "score", "over_18", "upvote_ratio", "removed_by_category", "subreddit", "parent_id"), ANY),
)  # fmt: skip
REDDIT_ITEMS = st.fixed_dictionaries({"kind": st.sampled_from(["t1", "t3"]) | ANY, "data": REDDIT_DATA | ANY})


YOUTUBE_ITEMS = st.fixed_dictionaries(
    {
        "kind": st.sampled_from(["youtube#video", "youtube#comment"]) | ANY,
        "id": st.sampled_from(["abcdefghijk", "UgabcdefghijkAAAA"]) | ANY,
        "snippet": objects("title", "description", "textDisplay", "textOriginal", "publishedAt", "updatedAt", "channelId", "authorChannelId", "parentId", "videoId", "likeCount") | ANY,
    },
    optional={"statistics": objects("likeCount", "viewCount") | ANY, "recordingDetails": objects("location") | ANY},
)  # fmt: skip


def check(parse: Parser, source: str, items: list[Any], includes: Any) -> None:
    query = Query(id=f"{source}:uji", source=source, lane="overheard", text="uji")
    page = RawPage(
        query=query, items=tuple(items), fetched_at=NOW, cursor_key="uji", cursor=None, includes=includes, where="uji"
    )
    parsed = parse(page, CONTEXT)
    assert len(parsed.posts) + len(parsed.rejected) == len(items)
    assert msgspec.json.decode(msgspec.json.encode(parsed), type=type(parsed)) == parsed
    assert all(fingerprint(post) for post in parsed.posts)
    assert parsed == parse(page, CONTEXT)


@settings(max_examples=150, deadline=None)
@given(st.lists(X_ITEMS | ANY, max_size=3), st.dictionaries(st.sampled_from(["places", "media", "offices"]), ANY))
def test_x(items: list[Any], includes: dict[str, Any]) -> None:
    check(parse_x, "x", items, includes)


@settings(max_examples=150, deadline=None)
@given(st.lists(REDDIT_ITEMS | ANY, max_size=3))
def test_reddit(items: list[Any]) -> None:
    check(parse_reddit, "reddit", items, {})


@settings(max_examples=150, deadline=None)
@given(st.lists(YOUTUBE_ITEMS | ANY, max_size=3), st.dictionaries(st.just("video"), ANY))
def test_youtube(items: list[Any], includes: dict[str, Any]) -> None:
    check(parse_youtube, "youtube", items, includes)


GRAPH_ITEMS = st.fixed_dictionaries(
    {"id": st.sampled_from(["123_456", "17900000000000001"]) | ANY},
    optional={
        "from": objects("id", "name") | ANY, "place": objects("name", "location") | ANY,
        "comments": objects("summary") | ANY, "parent": objects("id") | ANY,
        **dict.fromkeys(("message", "caption", "text", "timestamp", "created_time", "permalink_url", "permalink", "media_type", "username", "parent_id", "like_count"), ANY),
    },
)  # fmt: skip
GRAPH_INCLUDES = st.fixed_dictionaries(
    {},
    optional={
        "edge": st.sampled_from(["posts", "comments"]) | ANY,
        "kind": st.sampled_from(["hashtag", "comments", "tagged"]) | ANY,
        "thread": ANY,
        "container": ANY,
    },
)


@settings(max_examples=150, deadline=None)
@given(st.lists(GRAPH_ITEMS | ANY, max_size=3), GRAPH_INCLUDES)
def test_facebook(items: list[Any], includes: dict[str, Any]) -> None:
    check(parse_facebook, "facebook", items, includes)


@settings(max_examples=150, deadline=None)
@given(st.lists(GRAPH_ITEMS | ANY, max_size=3), GRAPH_INCLUDES)
def test_instagram(items: list[Any], includes: dict[str, Any]) -> None:
    check(parse_instagram, "instagram", items, includes)


def test_no_number_that_json_lacks_is_kept() -> None:
    data = {"name": "t3_abc", "selftext": "x", "upvote_ratio": float("nan"), "created_utc": float("inf")}
    check(parse_reddit, "reddit", [{"kind": "t3", "data": data}], {})


def test_ten_million_characters_are_cut_and_told() -> None:
    item = {"id": "2123000000000000000", "text": "jalan rusak " * 900_000}
    query = Query(id="x:uji", source="x", lane="overheard", text="uji")
    page = RawPage(query=query, items=(item,), fetched_at=NOW, cursor_key="uji", cursor=None)
    post = parse_x(page, CONTEXT).posts[0]
    assert len(post.text) == 1_000_000
    assert "text_cut" in post.warnings
