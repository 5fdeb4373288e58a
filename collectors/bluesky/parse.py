"""Bluesky's posts to ours: pure.

The account becomes a pseudonym, and the address that names it is sealed; handles, names and pictures go no further.
"""

from __future__ import annotations

from collectors.bluesky.addresses import earliest, read_address
from collectors.fields import NOTHING, FieldError, Fields, Part, settle_created_at
from collectors.items import parse_items, withhold
from collectors.letters import letters_of
from collectors.protocol import ParseContext, ParsedPage, RawPage
from collectors.seal import Seal
from sidak.models import Counts, Lane, Media, Post, Refs
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
    seal = Seal(context.pseudonymize, SOURCE)

    def parse(item: object) -> tuple[Post, set[str]]:
        view = Fields(item)
        record = Fields(view.take("record"))
        post = _parse_post(view, record, page, context, seal)
        return post, view.unknown(KNOWN) | record.unknown(KNOWN_IN_RECORD)

    set_aside = letters_of(SOURCE, page, shown=SHOWN_IN_LETTERS, data=_record_in)
    return parse_items(page, parse, set_aside, arrange=reversed)


def _record_in(item: object) -> object:
    return item.get("record") if isinstance(item, dict) else None


def _parse_post(view: Fields, record: Fields, page: RawPage, context: ParseContext, seal: Seal) -> Post:
    address, raw = view.take("uri"), record.take("text")
    named = read_address(address)
    if named is None:
        raise FieldError("uri", "is missing or no post's address")
    if not isinstance(raw, str):
        raise FieldError("text", "is missing")
    text, text_warnings = clean_text(raw)
    claimed = earliest(record.take("createdAt"), view.take("indexedAt"))
    created_at, date_warnings = settle_created_at(claimed, collected_at=page.fetched_at)
    features = [feature for facet in record.parts("facets") for feature in facet.parts("features")]
    embed, reply = record.part("embed"), record.part("reply")
    post = Post(
        source=SOURCE,
        native_id=seal.close(address),
        kind="post",
        lane=_lane(features, reply, page),
        text=text,
        created_at=created_at,
        collected_at=page.fetched_at,
        author_key=context.pseudonymize(SOURCE, named[0]),
        language_hint=_first_text(record.take("langs")),
        revision=view.text("cid"),
        media=_media(embed),
        refs=_refs(reply, embed, seal),
        counts=_counts(view),
        hashtags=_hashtags(features, record.take("tags")),
        links=_links(features, embed),
        queries=(page.query.id,),
        warnings=(*text_warnings, *date_warnings),
    )
    return withhold(post) if _is_hidden(view) else post


def _is_hidden(view: Part) -> bool:
    labels = view.parts("labels")
    return any(label.text("val") in HIDING and label.take("neg") is not True for label in labels) if labels else False


def _lane(features: list[Part], reply: Part, page: RawPage) -> Lane:
    """A post that mentions or answers the office is addressed, by whatever question it was found."""
    offices = page.includes.get("offices")
    if not isinstance(offices, frozenset) or not offices:
        return page.query.lane
    if features and not offices.isdisjoint(feature.text("did") for feature in features):
        return "addressed"
    answered = read_address(reply.part("parent").take("uri"))
    return "addressed" if answered and answered[0] in offices else page.query.lane


def _refs(reply: Part, embed: Part, seal: Seal) -> Refs:
    if reply is NOTHING and embed is NOTHING:
        return Refs()
    quoted = embed.part("record")
    root, parent = reply.part("root").take("uri"), reply.part("parent").take("uri")
    thread = _seal(root, seal)
    return Refs(
        thread=thread,
        reply_to=thread if parent == root else _seal(parent, seal),
        quote_of=_seal(quoted.take("uri") or quoted.part("record").take("uri"), seal),
    )


def _seal(address: object, seal: Seal) -> str | None:
    return seal.close(address) if isinstance(address, str) and read_address(address) else None


def _media(embed: Part) -> tuple[Media, ...]:
    """Return pictures and films by the checksum of their bytes: their addresses name the account."""
    if embed is NOTHING:
        return ()
    found = []
    for holder in (embed, embed.part("media")):
        if holder is NOTHING:
            continue
        for image in (*holder.parts("images"), *holder.parts("items")):
            ref = image.part("image").part("ref").text("$link")
            if ref:
                found.append(Media(kind="image", ref=ref, alt=image.text("alt")))
        film = holder.part("video").part("ref").text("$link")
        if film:
            found.append(Media(kind="video", ref=film, alt=holder.text("alt")))
    return tuple(found)


def _hashtags(features: list[Part], tags: object) -> tuple[str, ...]:
    if not features and not tags:
        return ()
    listed = [tag for tag in tags[:20] if isinstance(tag, str)] if isinstance(tags, list) else []
    found = [tag for feature in features if (tag := feature.text("tag"))]
    return tuple(dict.fromkeys(clean_text(tag[:640])[0].lower() for tag in (*found, *listed)))


def _links(features: list[Part], embed: Part) -> tuple[str, ...]:
    if not features and embed is NOTHING:
        return ()
    shown = embed.part("external").text("uri") or embed.part("media").part("external").text("uri")
    found = [link for feature in features if (link := feature.text("uri"))]
    return tuple(dict.fromkeys((*found, *([shown] if shown else []))))


def _counts(view: Part) -> Counts:
    return Counts(
        likes=view.number("likeCount"),
        replies=view.number("replyCount"),
        reposts=view.number("repostCount"),
        quotes=view.number("quoteCount"),
    )


def _first_text(value: object) -> str | None:
    first = value[0] if isinstance(value, list) and value else None
    return clean_text(first[:20])[0].partition("-")[0] or None if isinstance(first, str) else None
