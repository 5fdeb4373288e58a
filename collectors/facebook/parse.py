"""Facebook's posts and comments to posts: pure. Of `from` only a pseudonym is kept; addresses are made of numbers."""

from __future__ import annotations

import re

from collectors.fields import FieldError, Fields, Part, read_iso, settle_created_at
from collectors.items import oldest_first, parse_items, parse_whole
from collectors.letters import letters_of
from collectors.protocol import ParseContext, ParsedPage, RawPage
from sidak.models import Counts, PlaceHint, Post, Refs

SOURCE = "facebook"
KNOWN = frozenset({"story", "is_hidden", "status_type", "attachments", "message_tags", "updated_time"})
SHOWN_IN_LETTERS = ("id", "message", "created_time")
"""What of an unreadable item is kept for the person who looks at it: nothing that names an account."""
_ID = re.compile(r"[0-9]{1,25}(_[0-9]{1,25})?", re.ASCII)
_POST_IN_ADDRESS = re.compile(r"/posts/([0-9]{1,25})", re.ASCII)
_COMMENT_IN_ADDRESS = re.compile(r"[?&]comment_id=([0-9]{1,25})", re.ASCII)
_REPLY_IN_ADDRESS = re.compile(r"[?&]reply_comment_id=([0-9]{1,25})", re.ASCII)


def parse_page(page: RawPage, context: ParseContext, /) -> ParsedPage:
    """Map one page, oldest first."""
    parse_item = _parse_comment if page.includes.get("edge") == "comments" else _parse_post
    parse = parse_whole(lambda item: parse_item(item, page, context), known=KNOWN)
    return parse_items(page, parse, letters_of(SOURCE, page, shown=SHOWN_IN_LETTERS), arrange=oldest_first)


def _parse_post(item: Fields, page: RawPage, context: ParseContext) -> Post:
    id = _id(item.take("id"))
    if id is None:
        raise FieldError("id", "is missing or no id of Facebook's")
    text, warnings = item.body("message")
    created_at, date_warnings = settle_created_at(read_iso(item.take("created_time")), collected_at=page.fetched_at)
    author, container = item.part("from").text("id"), _id(page.includes.get("container"))
    summaries = {name: item.part(name).part("summary").number("total_count") for name in ("comments", "reactions")}
    return Post(
        source=SOURCE,
        native_id=f"p:{id}",
        kind="post",
        lane=page.query.lane,
        text=text,
        created_at=created_at,
        collected_at=page.fetched_at,
        author_key=context.pseudonymize(SOURCE, author),
        author_class="organisation" if author and author == container else "unknown",
        url=f"https://www.facebook.com/{id}",
        place_hint=_place_hint(item.part("place")),
        refs=Refs(thread=f"p:{id}", container=container),
        counts=Counts(
            likes=summaries["reactions"], replies=summaries["comments"], reposts=item.part("shares").number("count")
        ),
        queries=(page.query.id,),
        warnings=(*warnings, *date_warnings),
        remainder=item.keep(context.allowed_remainder),
    )


def _parse_comment(item: Fields, page: RawPage, context: ParseContext) -> Post:
    address = item.take("permalink_url")
    id = _id(item.take("id")) or _id_in(address)
    if id is None:
        raise FieldError("id", "is missing, in the address as well")
    text, warnings = item.body("message")
    created_at, date_warnings = settle_created_at(read_iso(item.take("created_time")), collected_at=page.fetched_at)
    author, container = item.part("from").text("id"), _id(page.includes.get("container"))
    thread, parent = _id(page.includes.get("thread")), _id(item.part("parent").take("id"))
    post, _, comment = id.partition("_")
    return Post(
        source=SOURCE,
        native_id=f"c:{id}",
        kind="comment",
        lane=page.query.lane,
        text=text,
        created_at=created_at,
        collected_at=page.fetched_at,
        author_key=context.pseudonymize(SOURCE, author),
        author_class="organisation" if author and author == container else "unknown",
        url=f"https://www.facebook.com/{post}?comment_id={comment}" if comment else None,
        refs=Refs(
            thread=f"p:{thread}" if thread else None,
            reply_to=f"c:{parent}" if parent else None,
            container=container,
        ),
        counts=Counts(likes=item.number("like_count"), replies=item.number("comment_count")),
        queries=(page.query.id,),
        warnings=(*warnings, *date_warnings),
        remainder=item.keep(context.allowed_remainder),
    )


def _id(value: object) -> str | None:
    return value if isinstance(value, str) and _ID.fullmatch(value) else None


def _id_in(address: object) -> str | None:
    """Return the id that a comment's address spells: strangers' comments come without one."""
    if not isinstance(address, str) or len(address) > 1000:
        return None
    post = _POST_IN_ADDRESS.search(address)
    comment = _REPLY_IN_ADDRESS.search(address) or _COMMENT_IN_ADDRESS.search(address)
    return f"{post[1]}_{comment[1]}" if post and comment else None


def _place_hint(place: Part) -> PlaceHint | None:
    name, location = place.text("name"), place.part("location")
    point = [location.take("latitude"), location.take("longitude")]
    numbers = [one for one in point if isinstance(one, int | float) and not isinstance(one, bool)]
    if len(numbers) == 2 and abs(numbers[0]) <= 90 and abs(numbers[1]) <= 180:
        return PlaceHint(name=name, lat=float(numbers[0]), lon=float(numbers[1]), basis="platform_place")
    return PlaceHint(name=name, basis="platform_place") if name else None
