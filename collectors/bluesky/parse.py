"""Bluesky's posts to ours: pure.

The account becomes a pseudonym, and the address that names it is sealed; handles, names and pictures go no further.
"""

from __future__ import annotations

from typing import Any

from collectors.bluesky.addresses import read_address, sorted_at
from collectors.fields import FieldError, Fields, settle_created_at
from collectors.letters import set_item_aside
from collectors.protocol import ParseContext, ParsedPage, RawPage
from collectors.seal import Seal
from sidak.models import Counts, DeadLetter, Lane, Media, Post, Refs
from sidak.text import clean_text

SOURCE = "bluesky"
KNOWN = frozenset(
    {"$type", "author", "embed", "bookmarkCount", "viewer", "threadgate", "debug", "indexedAt", "record", "labels"}
)
KNOWN_IN_RECORD = frozenset({"$type", "entities", "labels", "createdAt"})
SHOWN_IN_LETTERS = ("text", "createdAt", "langs")
"""What of an unreadable post's record is kept: nothing that names an account."""
HIDING = frozenset({"!hide", "!takedown", "!suspend"})
"""Labels by which Bluesky takes a post away."""


def parse_page(page: RawPage, context: ParseContext, /) -> ParsedPage:
    """Map one page, oldest first."""
    posts: list[Post] = []
    rejected: list[DeadLetter] = []
    unknown: set[str] = set()
    seal = Seal(context.pseudonymize, SOURCE)
    for number, item in enumerate(page.items):
        try:
            view = Fields(item)
            record = Fields(view.take("record"))
            posts.append(_parse_post(view, record, page, context, seal))
            unknown |= view.unknown(KNOWN) | record.unknown(KNOWN_IN_RECORD)
        except FieldError as exc:
            data = item.get("record") if isinstance(item, dict) else None
            letter = set_item_aside(SOURCE, item, exc, number=number, page=page, data=data, shown=SHOWN_IN_LETTERS)
            rejected.append(letter)
    return ParsedPage(posts=tuple(reversed(posts)), rejected=tuple(rejected), unknown_fields=tuple(sorted(unknown)))


def _parse_post(view: Fields, record: Fields, page: RawPage, context: ParseContext, seal: Seal) -> Post:
    address = view.take("uri")
    named = read_address(address)
    raw = record.take("text")
    if named is None:
        raise FieldError("uri", "is missing or no post's address")
    if not isinstance(raw, str):
        raise FieldError("text", "is missing")
    text, text_warnings = clean_text(raw)
    claimed = sorted_at({"record": {"createdAt": record.take("createdAt")}, "indexedAt": view.take("indexedAt")})
    created_at, date_warnings = settle_created_at(claimed, collected_at=page.fetched_at)
    features = [feature for facet in record.parts("facets") for feature in facet.parts("features")]
    embed, reply = record.part("embed"), record.part("reply")
    filled: dict[str, Any] = {
        "text": text,
        "lane": _lane(features, reply, page),
        "author_key": context.pseudonymize(SOURCE, named[0]),
        "language_hint": _first_text(record.take("langs")),
        "media": _media(embed),
        "refs": _refs(reply, embed, seal),
        "counts": _counts(view),
        "hashtags": _hashtags(features, record),
        "links": _links(features, embed),
        "warnings": (*text_warnings, *date_warnings),
    }
    bare = {"text": "", "lane": page.query.lane, "state": "withheld", "warnings": date_warnings}
    return Post(
        source=SOURCE,
        native_id=seal.close(str(address)),
        kind="post",
        created_at=created_at,
        collected_at=page.fetched_at,
        revision=view.text("cid"),
        queries=(page.query.id,),
        **(bare if _is_hidden(view) else filled),
    )


def _is_hidden(view: Fields) -> bool:
    return any(label.text("val") in HIDING and label.take("neg") is not True for label in view.parts("labels"))


def _lane(features: list[Fields], reply: Fields, page: RawPage) -> Lane:
    """A post that mentions or answers the office is addressed, by whatever question it was found."""
    offices = page.includes.get("offices")
    if not isinstance(offices, frozenset) or not offices:
        return page.query.lane
    mentioned = {feature.text("did") for feature in features}
    answered = read_address(reply.part("parent").take("uri"))
    return "addressed" if mentioned & offices or (answered and answered[0] in offices) else page.query.lane


def _refs(reply: Fields, embed: Fields, seal: Seal) -> Refs:
    quoted = embed.part("record")
    quoted_address = quoted.take("uri") or quoted.part("record").take("uri")
    root, parent = reply.part("root").take("uri"), reply.part("parent").take("uri")
    thread = _seal(root, seal)
    return Refs(
        thread=thread,
        reply_to=thread if parent == root else _seal(parent, seal),
        quote_of=_seal(quoted_address, seal),
    )


def _seal(address: object, seal: Seal) -> str | None:
    return seal.close(str(address)) if read_address(address) else None


def _media(embed: Fields) -> tuple[Media, ...]:
    """Return pictures and films by the checksum of their bytes: their addresses name the account."""
    found = []
    for holder in (embed, embed.part("media")):
        for image in (*holder.parts("images"), *holder.parts("items")):
            ref = image.part("image").part("ref").text("$link")
            if ref:
                found.append(Media(kind="image", ref=ref, alt=image.text("alt")))
        film = holder.part("video").part("ref").text("$link")
        if film:
            found.append(Media(kind="video", ref=film, alt=holder.text("alt")))
    return tuple(found)


def _hashtags(features: list[Fields], record: Fields) -> tuple[str, ...]:
    tags = record.take("tags")
    listed = [tag for tag in tags[:20] if isinstance(tag, str)] if isinstance(tags, list) else []
    found = [tag for feature in features if (tag := feature.text("tag"))]
    return tuple(dict.fromkeys(clean_text(tag[:640])[0].lower() for tag in (*found, *listed)))


def _links(features: list[Fields], embed: Fields) -> tuple[str, ...]:
    shown = embed.part("external").text("uri") or embed.part("media").part("external").text("uri")
    found = [link for feature in features if (link := feature.text("uri"))]
    return tuple(dict.fromkeys((*found, *([shown] if shown else []))))


def _counts(view: Fields) -> Counts:
    return Counts(
        likes=view.number("likeCount"),
        replies=view.number("replyCount"),
        reposts=view.number("repostCount"),
        quotes=view.number("quoteCount"),
    )


def _first_text(value: object) -> str | None:
    first = value[0] if isinstance(value, list) and value else None
    return clean_text(first[:20])[0].partition("-")[0] or None if isinstance(first, str) else None
