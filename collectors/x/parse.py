"""X's posts to ours: pure, in both spellings of the API (`tweet`, and `post` since mid-2026).

The author's number becomes a pseudonym here; handles and names go no further.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from collectors.fields import FieldError, Fields, Part, read_iso, settle_created_at
from collectors.items import parse_items, parse_whole, withhold
from collectors.letters import letters_of
from collectors.protocol import ParseContext, ParsedPage, RawPage
from collectors.x.ids import moment_of, read_id
from sidak.models import Counts, Lane, Media, PlaceHint, Post, Refs
from sidak.text import clean_text

SOURCE = "x"
KNOWN = frozenset(
    {
        "article", "article_title", "card_uri", "community_id", "context_annotations", "display_text_range",
        "edit_controls", "matched_media_notes", "media_metadata", "note_request_suggestions", "paid_partnership",
        "possibly_sensitive", "reply_settings", "scopes", "source", "suggested_source_links",
        "suggested_source_links_with_counts", "username",
    }
)  # fmt: skip
"""Fields of the published specification that are left where they are."""
SHOWN_IN_LETTERS = ("id", "text", "created_at", "lang", "conversation_id")
"""What of an unreadable post is kept for the person who looks at it: nothing that names an account."""
MEDIA_KINDS: Mapping[str, Any] = {"photo": "image", "video": "video", "animated_gif": "video"}
WITHHELD_HERE = frozenset({"ID", "XX", "XY"})
"""Indonesia, and X's codes for everywhere."""


def parse_page(page: RawPage, context: ParseContext, /) -> ParsedPage:
    """Map one page, oldest first: an earlier version of an edited post comes before the later one."""
    shelf = _Shelf(page)
    parse = parse_whole(lambda item: _parse_post(item, shelf, page, context), known=KNOWN)
    return parse_items(page, parse, letters_of(SOURCE, page, shown=SHOWN_IN_LETTERS), arrange=_by_version)


def _by_version(posts: list[Post]) -> list[Post]:
    return sorted(posts, key=lambda post: int(post.revision or 0))


class _Shelf:
    """What a page includes beside its posts: places and media by their keys."""

    def __init__(self, page: RawPage) -> None:
        self.places = self._by(page, "places", "id")
        self.media = self._by(page, "media", "media_key")
        offices = page.includes.get("offices")
        self.offices = offices if isinstance(offices, frozenset) else frozenset()

    def _by(self, page: RawPage, name: str, key: str) -> dict[str, dict[str, Any]]:
        things = page.includes.get(name)
        if not isinstance(things, list):
            return {}
        return {str(thing[key]): thing for thing in things if isinstance(thing, dict) and key in thing}


def _parse_post(item: Fields, shelf: _Shelf, page: RawPage, context: ParseContext) -> Post:
    id = read_id(item.take("id"))
    if id is None:
        raise FieldError("id", "is missing or no number of X's")
    history = [number for one in _list(item.take("edit_history_tweet_ids", "edit_history_post_ids"))
               if (number := read_id(one)) is not None] or [id]  # fmt: skip
    first, last = min(*history, id), max(history)
    text, text_warnings = _read_text(item)
    claimed = read_iso(item.take("created_at"))
    created_at, date_warnings = settle_created_at(
        moment_of(first) if first != id else claimed, collected_at=page.fetched_at
    )
    entities = item.part("entities")
    post = Post(
        source=SOURCE,
        native_id=str(first),
        kind="post",
        lane=_lane(item, entities, shelf, page),
        text=text,
        created_at=created_at,
        collected_at=page.fetched_at,
        author_key=context.pseudonymize(SOURCE, item.text("author_id")),
        url=f"https://x.com/i/web/status/{id}",
        language_hint=_language(item.text("lang", limit=20)),
        place_hint=_place_hint(item.part("geo"), shelf),
        edited_at=settle_created_at(claimed, collected_at=page.fetched_at)[0] if first != id else None,
        revision=str(id),
        media=_media(item.part("attachments"), shelf),
        refs=_refs(item),
        counts=_counts(item),
        hashtags=tuple(tag.lower() for one in entities.parts("hashtags") if (tag := one.text("tag"))),
        links=tuple(url for one in entities.parts("urls") if (url := one.text("unwound_url", "expanded_url"))),
        queries=(page.query.id,),
        warnings=(*text_warnings, *date_warnings, *(("superseded",) if id < last else ())),
        remainder=item.keep(context.allowed_remainder),
    )
    return withhold(post) if _is_withheld(item) else post


def _is_withheld(item: Part) -> bool:
    """Whether X withholds the post here: in Indonesia, everywhere, or without saying where."""
    if item.take("withheld") is None:
        return False
    countries = {code for code in _list(item.part("withheld").take("country_codes")) if isinstance(code, str)}
    return not countries or bool(countries & WITHHELD_HERE)


def _read_text(item: Part) -> tuple[str, tuple[str, ...]]:
    """Return the whole text: long posts carry it in a note. X escapes &, < and > and nothing else."""
    short = item.take("text")
    whole = item.part("note_tweet", "note_post").take("text")
    raw = whole if isinstance(whole, str) and whole else short
    if not isinstance(raw, str):
        raise FieldError("text", "is missing")
    return clean_text(raw.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&"))


def _lane(item: Part, entities: Part, shelf: _Shelf, page: RawPage) -> Lane:
    """A post that addresses the office is addressed, by whatever question it was found."""
    mentioned = {one.text("id") for one in entities.parts("mentions")} | {item.text("in_reply_to_user_id")}
    return "addressed" if mentioned & shelf.offices else page.query.lane


def _language(code: str | None) -> str | None:
    return {"in": "id", "iw": "he", "und": None}.get(code, code) if code else None


def _place_hint(geo: Part, shelf: _Shelf) -> PlaceHint | None:
    place = Part(shelf.places.get(geo.text("place_id") or "", {}))
    name = place.text("full_name", "name")
    point = _list(geo.part("coordinates").take("coordinates"))
    if len(point) == 2 and all(isinstance(one, int | float) and not isinstance(one, bool) for one in point):
        longitude, latitude = point
        if abs(longitude) <= 180 and abs(latitude) <= 90:
            return PlaceHint(name=name, lat=float(latitude), lon=float(longitude), basis="platform_geo")
    return PlaceHint(name=name, basis="platform_place") if name else None


def _media(attachments: Part, shelf: _Shelf) -> tuple[Media, ...]:
    attachments.take("poll_ids")
    found = []
    for key in _list(attachments.take("media_keys"))[:20]:
        thing = Part(shelf.media.get(str(key), {}))
        kind = MEDIA_KINDS.get(thing.text("type") or "")
        if kind:
            url = thing.text("url", "preview_image_url")
            found.append(Media(kind=kind, ref=clean_text(str(key)[:100])[0], url=url, alt=thing.text("alt_text")))
    return tuple(found)


def _refs(item: Part) -> Refs:
    kinds = {
        kind: str(number)
        for one in item.parts("referenced_tweets", "referenced_posts")
        if (kind := one.text("type")) and (number := read_id(one.take("id"))) is not None
    }
    thread = read_id(item.take("conversation_id"))
    return Refs(
        thread=str(thread) if thread else None,
        reply_to=kinds.get("replied_to"),
        quote_of=kinds.get("quoted"),
        repost_of=kinds.get("retweeted") or kinds.get("reposted"),
    )


def _counts(item: Part) -> Counts:
    metrics = item.part("public_metrics")
    return Counts(
        likes=metrics.number("like_count"),
        replies=metrics.number("reply_count"),
        reposts=metrics.number("retweet_count", "repost_count"),
        quotes=metrics.number("quote_count"),
        views=metrics.number("impression_count"),
    )


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []
