"""One page's items to posts, the same way for every source: what is odd is set aside, what is new is noticed."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from operator import attrgetter
from typing import Any

from collectors.fields import FieldError, Fields
from collectors.letters import SetAside
from collectors.protocol import ParsedPage, RawPage
from sidak.models import DeadLetter, Post

Parse = Callable[[Any], tuple[Post, set[str]]]
"""An item to its post, and the names of its fields that nobody here knows; raises FieldError."""


def parse_items(
    page: RawPage, parse: Parse, set_aside: SetAside, *, arrange: Callable[[list[Post]], Iterable[Post]] = iter
) -> ParsedPage:
    """Return a page's posts in the order that `arrange` gives them; an odd item never costs the others."""
    posts: list[Post] = []
    rejected: list[DeadLetter] = []
    unknown: set[str] = set()
    for number, item in enumerate(page.items):
        try:
            post, news = parse(item)
        except FieldError as exc:
            rejected.append(set_aside(item, exc, number))
            continue
        posts.append(post)
        if news:
            unknown |= news
    return ParsedPage(posts=tuple(arrange(posts)), rejected=tuple(rejected), unknown_fields=tuple(sorted(unknown)))


def parse_whole(parse: Callable[[Fields], Post], *, known: frozenset[str]) -> Parse:
    """Return the reading of items whose own fields are the post's."""

    def read(item: object) -> tuple[Post, set[str]]:
        fields = Fields(item)
        return parse(fields), fields.unknown(known)

    return read


def oldest_first(posts: list[Post]) -> list[Post]:
    """Return posts by the time of posting."""
    return sorted(posts, key=attrgetter("created_at"))


def withhold(post: Post) -> Post:
    """Return what may be kept of a post that the platform withholds: identity, state and time."""
    return Post(
        source=post.source,
        native_id=post.native_id,
        kind=post.kind,
        lane=post.lane,
        text="",
        created_at=post.created_at,
        collected_at=post.collected_at,
        url=post.url,
        revision=post.revision,
        state="withheld",
        queries=post.queries,
        warnings=post.warnings,
    )
