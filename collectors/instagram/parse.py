"""Instagram's media and comments to posts: pure. From a hashtag nothing of an author is taken."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Literal

from collectors.fields import FieldError, Fields, read_iso, settle_created_at
from collectors.instagram.plan import COMMENTS, HASHTAG
from collectors.items import oldest_first, parse_items, parse_whole
from collectors.letters import letters_of
from collectors.protocol import ParseContext, ParsedPage, RawPage
from sidak.models import Counts, Media, Post, Refs

SOURCE = "instagram"
KNOWN = frozenset({"hidden", "media_url", "thumbnail_url", "username", "from", "children", "media_product_type"})
SHOWN_IN_LETTERS = ("id", "caption", "text", "timestamp")
"""What of an unreadable item is kept for the person who looks at it: nothing that names an account."""
MEDIA_KINDS: Mapping[str, Literal["image", "video"]] = {"IMAGE": "image", "VIDEO": "video", "CAROUSEL_ALBUM": "image"}
_ID = re.compile(r"[0-9]{1,25}", re.ASCII)
_ADDRESS = re.compile(r"https://www\.instagram\.com/(?:p|reel|tv)/[\w-]{1,40}/?", re.ASCII)
_HASHTAG = re.compile(r"#(\w{1,100})")


def parse_page(page: RawPage, context: ParseContext, /) -> ParsedPage:
    """Map one page, oldest first."""
    parse_item = _parse_comment if page.includes.get("kind") == COMMENTS else _parse_media
    parse = parse_whole(lambda item: parse_item(item, page, context), known=KNOWN)
    return parse_items(page, parse, letters_of(SOURCE, page, shown=SHOWN_IN_LETTERS), arrange=oldest_first)


def _parse_media(item: Fields, page: RawPage, context: ParseContext) -> Post:
    id = _id(item)
    text, warnings = item.body("caption")
    created_at, date_warnings = settle_created_at(read_iso(item.take("timestamp")), collected_at=page.fetched_at)
    address = item.text("permalink")
    from_hashtag = page.includes.get("kind") == HASHTAG
    return Post(
        source=SOURCE,
        native_id=f"m:{id}",
        kind="post",
        lane=page.query.lane,
        text=text,
        created_at=created_at,
        collected_at=page.fetched_at,
        author_key=None if from_hashtag else context.pseudonymize(SOURCE, item.text("username")),
        url=address if address and _ADDRESS.fullmatch(address) else None,
        media=_media(item, id),
        refs=Refs(thread=f"m:{id}", container=f"#{page.query.text}" if from_hashtag else None),
        counts=Counts(likes=item.number("like_count"), replies=item.number("comments_count")),
        hashtags=tuple(dict.fromkeys(tag.lower() for tag in _HASHTAG.findall(text)))[:50],
        queries=(page.query.id,),
        warnings=(*warnings, *date_warnings),
        remainder=item.keep(context.allowed_remainder),
    )


def _parse_comment(item: Fields, page: RawPage, context: ParseContext) -> Post:
    id = _id(item)
    text, warnings = item.body("text")
    created_at, date_warnings = settle_created_at(read_iso(item.take("timestamp")), collected_at=page.fetched_at)
    thread, parent = page.includes.get("thread"), item.text("parent_id", limit=30)
    return Post(
        source=SOURCE,
        native_id=f"c:{id}",
        kind="comment",
        lane=page.query.lane,
        text=text,
        created_at=created_at,
        collected_at=page.fetched_at,
        author_key=context.pseudonymize(SOURCE, item.part("from").text("id") or item.text("username")),
        refs=Refs(
            thread=f"m:{thread}" if isinstance(thread, str) and _ID.fullmatch(thread) else None,
            reply_to=f"c:{parent}" if parent and _ID.fullmatch(parent) else None,
        ),
        counts=Counts(likes=item.number("like_count")),
        queries=(page.query.id,),
        warnings=(*warnings, *date_warnings),
        remainder=item.keep(context.allowed_remainder),
    )


def _id(item: Fields) -> str:
    id = item.take("id")
    if not isinstance(id, str) or not _ID.fullmatch(id):
        raise FieldError("id", "is missing or no id of Instagram's")
    return id


def _media(item: Fields, id: str) -> tuple[Media, ...]:
    """Return the reference to a medium; its address holds a passing signature and is not kept."""
    kind = MEDIA_KINDS.get(item.text("media_type", limit=30) or "")
    return (Media(kind=kind, ref=id),) if kind else ()
