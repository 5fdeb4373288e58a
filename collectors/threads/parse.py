"""Threads' posts to ours: pure. The user name becomes a pseudonym, and the address that spells it goes no further."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from collectors.fields import FieldError, Fields, read_iso, settle_created_at
from collectors.items import parse_items, parse_whole
from collectors.letters import letters_of
from collectors.protocol import ParseContext, ParsedPage, RawPage
from sidak.models import Media, Post
from sidak.text import clean_text

SOURCE = "threads"
KNOWN = frozenset(
    {"has_replies", "is_quote_post", "is_reply", "media_url", "thumbnail_url", "shortcode", "owner", "children",
     "media_product_type", "is_reply_owned_by_me", "topic_tag", "alt_text", "link_attachment_url"}
)  # fmt: skip
SHOWN_IN_LETTERS = ("id", "text", "timestamp")
"""What of an unreadable post is kept: nothing that names an account."""
MEDIA_KINDS: Mapping[str, Any] = {"IMAGE": "image", "CAROUSEL_ALBUM": "image", "VIDEO": "video", "AUDIO": "audio"}
_ID = re.compile(r"[0-9]{1,25}", re.ASCII)
_CODE = re.compile(r"https://www\.threads\.(?:net|com)/@[\w.]{1,40}/post/([\w-]{5,40})/?", re.ASCII)
_HASHTAG = re.compile(r"#(\w{1,100})")


def parse_page(page: RawPage, context: ParseContext, /) -> ParsedPage:
    """Map one page, oldest first."""
    parse = parse_whole(lambda item: _parse_post(item, page, context), known=KNOWN)
    return parse_items(page, parse, letters_of(SOURCE, page, shown=SHOWN_IN_LETTERS), arrange=reversed)


def _parse_post(item: Fields, page: RawPage, context: ParseContext) -> Post:
    id, kind, raw = item.text("id"), item.text("media_type"), item.take("text")
    if id is None or not _ID.fullmatch(id):
        raise FieldError("id", "is missing or no number of Threads'")
    media = (Media(kind=MEDIA_KINDS[kind], ref=id),) if kind is not None and kind in MEDIA_KINDS else ()
    if not isinstance(raw, str):
        if not media or raw is not None:  # a picture may stand without words
            raise FieldError("text", "is missing")
        raw = ""
    text, text_warnings = clean_text(raw)
    created_at, date_warnings = settle_created_at(read_iso(item.take("timestamp")), collected_at=page.fetched_at)
    name = item.text("username")
    code = _CODE.fullmatch(item.text("permalink") or "")
    return Post(
        source=SOURCE,
        native_id=id,
        kind="post",
        lane=page.query.lane,
        text=text,
        created_at=created_at,
        collected_at=page.fetched_at,
        author_key=context.pseudonymize(SOURCE, name.casefold() if name else None),
        url=f"https://www.threads.com/t/{code[1]}" if code else None,
        media=media,
        hashtags=tuple(dict.fromkeys(tag.lower() for tag in _HASHTAG.findall(text)[:30])),
        queries=(page.query.id,),
        warnings=(*text_warnings, *date_warnings),
    )
