"""Whatever JSON a channel sends: no page raises, no item is lost, and all that comes out can be stored."""

from __future__ import annotations

from typing import Any

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from collectors.bluesky.parse import parse_page as parse_bluesky
from collectors.mastodon.parse import parse_page as parse_mastodon
from collectors.news.parse import parse_page as parse_news
from collectors.protocol import ParseContext, Parser, Query, RawPage
from collectors.telegram.parse import parse_page as parse_telegram
from collectors.threads.parse import parse_page as parse_threads
from collectors.whatsapp.envelope import read_envelope
from collectors.whatsapp.parse import parse_page as parse_whatsapp
from sidak.ids import Pseudonymizer, fingerprint
from tests.collectors.test_parse_any_json import ANY, TEXTS, objects

from .conftest import NOW

CONTEXT = ParseContext(pseudonymize=Pseudonymizer(b"k" * 16), allowed_remainder=frozenset({"possibly_sensitive"}))


def check(parse: Parser, source: str, items: list[Any], includes: Any = None) -> None:
    query = Query(id=f"{source}:uji", source=source, lane="addressed", text="uji")
    page = RawPage(
        query=query,
        items=tuple(items),
        fetched_at=NOW,
        cursor_key="uji",
        cursor=None,
        includes=includes or {},
        where="uji",
    )
    parsed = parse(page, CONTEXT)
    assert len(parsed.posts) + len(parsed.rejected) == len(items)
    assert msgspec.json.decode(msgspec.json.encode(parsed), type=type(parsed)) == parsed
    assert all(fingerprint(post) for post in parsed.posts)
    assert parsed == parse(page, CONTEXT)


WHATSAPP_KINDS = st.sampled_from(["text", "image", "location", "interactive", "button", "edit", "revoke", "contacts"])
WHATSAPP = st.fixed_dictionaries(
    {"id": st.just("wamid.x") | ANY, "type": WHATSAPP_KINDS | ANY},
    optional={
        "text": objects("body") | ANY, "image": objects("id", "caption") | ANY, "button": objects("text") | ANY,
        "location": objects("latitude", "longitude", "name") | ANY, "interactive": objects("list_reply") | ANY,
        "edit": objects("original_message_id", "message") | ANY, "revoke": objects("original_message_id") | ANY,
        "context": objects("id", "forwarded") | ANY, "timestamp": ANY, "from": ANY, "from_user_id": ANY,
    },
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(st.lists(st.fixed_dictionaries({"message": WHATSAPP | ANY, "contact": ANY, "number": ANY}) | ANY, max_size=3))
def test_whatsapp(items: list[Any]) -> None:
    check(parse_whatsapp, "whatsapp", items)


@settings(max_examples=60, deadline=None)
@given(st.lists(WHATSAPP | ANY, max_size=3) | ANY, st.lists(objects("wa_id", "user_id"), max_size=2) | ANY, ANY)
def test_whatsapp_envelope(messages: Any, contacts: Any, odd: Any) -> None:
    import json

    value = {"messages": messages, "contacts": contacts, "metadata": odd}
    envelope = {"entry": [{"changes": [{"field": "messages", "value": value}, odd]}, odd]}
    items = read_envelope(json.dumps(envelope).encode())
    wanted = messages if isinstance(messages, list) else []
    ignored = sum(isinstance(one, dict) and one.get("type") in ("reaction", "system") for one in wanted)
    assert len(items) == len(wanted) - ignored
    check(parse_whatsapp, "whatsapp", list(items))


TELEGRAM = st.fixed_dictionaries(
    {"message_id": st.just(7) | ANY, "chat": st.just({"id": 1, "type": "private"}) | objects("id", "type", "username") | ANY},
    optional={
        "text": ANY, "caption": ANY, "date": ANY, "edit_date": ANY, "from": objects("id") | ANY, "photo": ANY,
        "entities": st.lists(objects("type", "offset", "length", "url"), max_size=2) | ANY, "document": objects("file_id"),
        "location": objects("latitude", "longitude"), "venue": objects("location", "title"), "poll": objects("question"),
        "reply_to_message": objects("message_id"), "forward_origin": ANY, "sender_chat": objects("id"),
    },
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.dictionaries(st.sampled_from(["message", "channel_post", "x"]), TELEGRAM | ANY, max_size=2) | ANY, max_size=3
    )
)
def test_telegram(items: list[Any]) -> None:
    check(parse_telegram, "telegram", items)


ADDRESS = st.just("at://did:plc:abc/app.bsky.feed.post/3kx") | ANY
RECORD = st.fixed_dictionaries(
    {"text": TEXTS | ANY},
    optional={
        "createdAt": ANY, "langs": ANY, "tags": ANY, "reply": objects("root", "parent") | ANY,
        "facets": st.lists(st.fixed_dictionaries({"features": st.lists(objects("did", "tag", "uri"), max_size=2) | ANY}), max_size=2) | ANY,
        "embed": objects("images", "video", "record", "external", "media") | ANY,
    },
)  # fmt: skip
BLUESKY = st.fixed_dictionaries(
    {"uri": ADDRESS, "record": RECORD | ANY},
    optional={
        "cid": ANY,
        "author": ANY,
        "indexedAt": ANY,
        "labels": st.lists(objects("val"), max_size=2) | ANY,
        "likeCount": ANY,
    },
)


@settings(max_examples=60, deadline=None)
@given(st.lists(BLUESKY | ANY, max_size=3), ANY)
def test_bluesky(items: list[Any], offices: Any) -> None:
    check(parse_bluesky, "bluesky", items, {"offices": offices})


STATUS = st.fixed_dictionaries(
    {"id": st.just("117020593741189701") | ANY, "content": TEXTS | ANY},
    optional={
        "created_at": ANY, "edited_at": ANY, "account": objects("uri", "id", "noindex") | ANY, "card": objects("url") | ANY,
        "tags": st.lists(objects("name"), max_size=2) | ANY, "mentions": st.lists(objects("acct"), max_size=2) | ANY,
        "media_attachments": st.lists(objects("type", "id", "url"), max_size=2) | ANY, "visibility": ANY, "quote": ANY,
        "in_reply_to_id": ANY, "reblog": objects("id") | ANY, "spoiler_text": ANY, "language": ANY,
    },
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(st.lists(STATUS | st.fixed_dictionaries({"status": STATUS | ANY}) | ANY, max_size=3), ANY)
def test_mastodon(items: list[Any], offices: Any) -> None:
    check(parse_mastodon, "mastodon", items, {"offices": offices, "host": "uji.contoh.example"})


ENTRY = st.dictionaries(st.sampled_from(["id", "link", "title", "summary", "content", "published", "updated"]), ANY)
PAGES = ANY | st.sampled_from(
    ["<html>", "<p>" * 3000, "\0", "<article><p>" + "jalan rusak " * 40 + "</p></article>", "\ud83d<p>"]
)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.fixed_dictionaries({"entry": ENTRY | ANY, "article": PAGES}) | ANY, max_size=3), ANY, ANY)
def test_news(items: list[Any], host: Any, language: Any) -> None:
    check(parse_news, "news", items, {"host": host, "language": language})


THREAD = st.fixed_dictionaries(
    {"id": st.just("18000000000000001") | ANY, "text": TEXTS | ANY},
    optional={
        "media_type": ANY | st.sampled_from(["IMAGE", "TEXT_POST"]), "timestamp": ANY, "username": ANY,
        "permalink": st.just("https://www.threads.com/@a/post/C1234567") | ANY,
    },
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(st.lists(THREAD | ANY, max_size=3))
def test_threads(items: list[Any]) -> None:
    check(parse_threads, "threads", items)
