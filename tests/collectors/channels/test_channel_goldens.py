"""Each saved envelope parses to its golden; a missing golden is written and fails until somebody has looked at it.

The envelopes are invented, in the platforms' own form: `goldens/<name>.page.json` and `goldens/<name>.parsed.json`.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest

from collectors.protocol import ParseContext, ParsedPage, Query, RawPage
from collectors.registry import find_source, load_parser
from collectors.telegram.updates import read_updates, speaks
from collectors.whatsapp.envelope import read_envelope
from sidak.ids import Pseudonymizer
from tests.support.goldens import check_golden

FOLDER = Path(__file__).parent / "goldens"
PAGES = sorted(path.name.removesuffix(".page.json") for path in FOLDER.glob("*.page.json"))
NOW = datetime(2026, 11, 20, 3, tzinfo=UTC)

READERS: dict[str, Callable[[Any], tuple[Any, ...]]] = {
    "bluesky": lambda envelope: tuple(envelope["posts"]),
    "mastodon": tuple,
    "news": tuple,
    "threads": lambda envelope: tuple(envelope["data"]),
    "telegram": lambda envelope: tuple(one for one in read_updates(envelope) if speaks(one)),
    "whatsapp": lambda envelope: read_envelope(json.dumps(envelope).encode()),
}
ACCOUNTS = (
    "628",
    "Nama Orang",
    "nama_orang",
    "13491208",
    "wamid",
    "61000001",
    "61000002",
    "did:plc",
    "contoh.example/profil",
)
"""How accounts look in the envelopes: none of it may come out."""


def read_page(name: str) -> RawPage:
    saved: dict[str, Any] = json.loads((FOLDER / f"{name}.page.json").read_text())
    query = msgspec.convert(saved["query"], Query)
    return RawPage(
        query=query,
        items=READERS[query.source](saved["envelope"]),
        fetched_at=NOW,
        cursor_key=query.id,
        cursor=None,
        includes={
            name: frozenset(value) if isinstance(value, list) else value
            for name, value in saved.get("includes", {}).items()
        },
        where=query.text,
    )


def parse(name: str) -> ParsedPage:
    page = read_page(name)
    allowed = frozenset(find_source(page.query.source).terms.allowed_remainder)
    context = ParseContext(pseudonymize=Pseudonymizer(b"k" * 16), allowed_remainder=allowed)
    return load_parser(page.query.source)(page, context)


@pytest.mark.parametrize("name", PAGES)
def test_golden(name: str) -> None:
    check_golden(FOLDER / f"{name}.parsed.json", parse(name))


@pytest.mark.parametrize("name", PAGES)
def test_no_account_survives_and_every_item_is_accounted_for(name: str) -> None:
    parsed = parse(name)
    assert len(parsed.posts) + len(parsed.rejected) == len(read_page(name).items)
    told = msgspec.json.encode(parsed).decode()
    assert not [one for one in ACCOUNTS if one in told]


@pytest.mark.parametrize("name", PAGES)
def test_what_is_gone_leaves_no_content(name: str) -> None:
    for post in parse(name).posts:
        if post.state != "live":
            assert (post.text, post.title, post.author_key, post.media, post.links) == ("", None, None, (), ())
