"""Each saved page parses to its golden; a missing golden is written and fails until somebody has looked at it.

The pages are invented, in the platforms' own envelopes: `goldens/<name>.page.json` and `goldens/<name>.parsed.json`.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest

from collectors.protocol import ParseContext, ParsedPage, Query, RawPage
from collectors.registry import find_source, load_parser
from sidak.ids import Pseudonymizer
from tests.support.goldens import check_golden

FOLDER = Path(__file__).parent / "goldens"
PAGES = sorted(path.name.removesuffix(".page.json") for path in FOLDER.glob("*.page.json"))
NAMES_OF_PEOPLE = ("nama_orang", "Nama Orang", "nama_akun", "nama_lain", "nama_seseorang", "t2_orang", "t2_lain")
ACCOUNTS = ('"111"', '"112"', '"113"', '"114"', '"115"', '"116"')


def items_of(response: dict[str, Any]) -> list[Any]:
    """The items of a page, in whichever envelope they come."""
    listed = response["items"] if "items" in response else response["data"]
    items: list[Any] = listed["children"] if isinstance(listed, dict) else listed
    return items


def parse(name: str) -> ParsedPage:
    saved: dict[str, Any] = json.loads((FOLDER / f"{name}.page.json").read_text())
    query = msgspec.convert(saved["query"], Query)
    response = saved["response"]
    page = RawPage(
        query=query,
        items=tuple(items_of(response)),
        fetched_at=datetime(2026, 11, 20, 3, tzinfo=UTC),
        cursor_key=query.id,
        cursor=None,
        includes={
            **response.get("includes", {}),
            **saved.get("includes", {}),
            "offices": frozenset(saved.get("includes_offices", ())),
        },
        where=query.text,
    )
    allowed = frozenset(find_source(query.source).terms.allowed_remainder)
    return load_parser(query.source)(
        page, ParseContext(pseudonymize=Pseudonymizer(b"k" * 16), allowed_remainder=allowed)
    )


@pytest.mark.parametrize("name", PAGES)
def test_golden(name: str) -> None:
    check_golden(FOLDER / f"{name}.parsed.json", parse(name))


@pytest.mark.parametrize("name", PAGES)
def test_no_account_survives_and_every_item_is_accounted_for(name: str) -> None:
    parsed = parse(name)
    saved = items_of(json.loads((FOLDER / f"{name}.page.json").read_text())["response"])
    assert len(parsed.posts) + len(parsed.rejected) == len(saved)
    told = msgspec.json.encode(parsed).decode()
    assert not [one for one in (*NAMES_OF_PEOPLE, *ACCOUNTS) if one in told]


def test_both_spellings_of_x_are_the_same_post() -> None:
    tweet, post = parse("x_tweet_spelling"), parse("x_post_spelling")
    assert tweet.posts == post.posts
    assert tweet.unknown_fields == post.unknown_fields == ("shiny_new_field",)


def test_an_edit_keeps_the_first_number_and_comes_after_what_it_replaces() -> None:
    posts = parse("x_tweet_spelling").posts
    chain = [post for post in posts if "pungli" in post.text]
    assert len({post.native_id for post in chain}) == 1
    assert [post.revision for post in chain] == sorted(post.revision or "" for post in chain)
    assert chain[0].warnings == ("superseded",)
    assert chain[-1].edited_at is not None
    assert chain[0].created_at < chain[-1].edited_at
    assert {post.lane for post in chain} == {"addressed"}, "found by a search, yet it addresses the office"


def test_impossible_dates_become_the_time_of_collection() -> None:
    for name in PAGES:
        for post in parse(name).posts:
            odd = {"date_in_future", "date_too_old", "date_unreadable"} & set(post.warnings)
            assert (post.created_at == post.collected_at) == bool(odd)


def test_what_was_deleted_leaves_no_content() -> None:
    posts = {post.native_id: post for post in parse("reddit_listing").posts}
    for id, state in (("t3_aa7", "deleted"), ("t3_aa6", "removed"), ("t1_bb2", "removed")):
        blank = posts[id]
        assert blank.state == state
        assert (blank.text, blank.title, blank.author_key, blank.links, blank.remainder) == ("", None, None, (), {})
        assert "judul" not in (blank.url or "")
