"""Reddit's submissions and comments to posts: pure.

The account becomes a pseudonym here. What its author deleted or a moderator removed keeps its identity, state and time,
and nothing else: Reddit itself leaves the title, and the address spells the title out.
"""

from __future__ import annotations

import re

import msgspec

from collectors.fields import FieldError, Fields, read_epoch, settle_created_at
from collectors.items import parse_items
from collectors.letters import letters_of
from collectors.protocol import ParseContext, ParsedPage, RawPage
from collectors.reddit.known_fields import KNOWN
from sidak.models import Counts, Post, PostKind, PostState, Refs
from sidak.text import clean_text

SOURCE = "reddit"
KINDS: dict[str, PostKind] = {"t3": "post", "t1": "comment"}
GONE: dict[str, PostState] = {"[deleted]": "deleted", "[removed]": "removed"}
SHOWN_IN_LETTERS = ("name", "title", "selftext", "body", "created_utc", "subreddit")
"""What of an unreadable item is kept for the person who looks at it: nothing that names an account."""
_FULLNAME = re.compile(r"t[1-6]_[0-9a-z]{1,13}")
_SUBREDDIT = re.compile(r"\w{2,50}")


def parse_page(page: RawPage, context: ParseContext, /) -> ParsedPage:
    """Map one page, oldest first."""

    def parse(item: object) -> tuple[Post, set[str]]:
        fields = _read_thing(item)
        return _parse_thing(fields, page, context), fields.unknown(KNOWN)

    set_aside = letters_of(SOURCE, page, shown=SHOWN_IN_LETTERS, data=_data)
    return parse_items(page, parse, set_aside, arrange=reversed)


def _read_thing(item: object) -> Fields:
    thing = Fields(item)
    if thing.text("kind") not in KINDS:
        raise FieldError("kind", "is neither t3 (submission) nor t1 (comment)")
    return Fields(thing.take("data"))


def _parse_thing(data: Fields, page: RawPage, context: ParseContext) -> Post:
    name = _fullname(data.take("name"))
    if name is None:
        raise FieldError("name", "is missing or no name of Reddit's")
    kind = KINDS.get(name[:2])
    if kind is None:
        raise FieldError("name", f"{name[:2]} is neither submission nor comment")
    body = data.take("selftext" if kind == "post" else "body")
    if not isinstance(body, str):
        raise FieldError("selftext" if kind == "post" else "body", "is missing")
    created_at, date_warnings = settle_created_at(
        read_epoch(data.take("created_utc", "created")), collected_at=page.fetched_at
    )
    thread = name if kind == "post" else _fullname(data.take("link_id"))
    post = Post(
        source=SOURCE,
        native_id=name,
        kind=kind,
        lane=page.query.lane,
        text="",
        created_at=created_at,
        collected_at=page.fetched_at,
        url=_address(name, thread),
        state=_state(data, body),
        refs=Refs(thread=thread, reply_to=_fullname(data.take("parent_id")), container=_container(data)),
        queries=(page.query.id,),
        warnings=date_warnings,
    )
    filled = _fill(post, data, body, context)
    return filled if post.state == "live" else post


def _fill(post: Post, data: Fields, body: str, context: ParseContext) -> Post:
    """Return the post with its content."""
    text, warnings = clean_text(body)
    address = data.text("url")
    edited_at = read_epoch(data.take("edited"))
    return msgspec.structs.replace(
        post,
        text=text,
        title=data.text("title"),
        author_key=context.pseudonymize(SOURCE, _account(data)),
        edited_at=edited_at,
        revision=str(int(edited_at.timestamp())) if edited_at else None,
        refs=msgspec.structs.replace(post.refs, repost_of=_fullname(data.take("crosspost_parent"))),
        counts=Counts(replies=data.number("num_comments"), score=data.number("score")),
        links=(address,) if address and post.kind == "post" and data.take("is_self") is not True else (),
        warnings=(*post.warnings, *warnings),
        remainder=data.keep(context.allowed_remainder),
    )


def _state(data: Fields, body: str) -> PostState:
    category = data.text("removed_by_category")
    if category:
        return "deleted" if category == "deleted" else "removed"
    return GONE.get(body.strip(), "live")


def _account(data: Fields) -> str | None:
    """Return the account's id, else its name; a deleted account has neither."""
    name = data.text("author")
    return data.text("author_fullname") or (name if name != "[deleted]" else None)


def _address(name: str, thread: str | None) -> str | None:
    """Return the address without the title that Reddit spells into it."""
    if thread is None:
        return None
    tail = "" if name == thread else f"_/{name[3:]}/"
    return f"https://www.reddit.com/comments/{thread[3:]}/{tail}"


def _container(data: Fields) -> str | None:
    name = data.text("subreddit")
    return f"r/{name}" if name and _SUBREDDIT.fullmatch(name) else None


def _fullname(value: object) -> str | None:
    return value if isinstance(value, str) and _FULLNAME.fullmatch(value) else None


def _data(item: object) -> object:
    return item.get("data") if isinstance(item, dict) else None
