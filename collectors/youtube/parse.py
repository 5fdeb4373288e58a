"""YouTube's videos and comments to posts: pure. The channel of whoever posted becomes a pseudonym here."""

from __future__ import annotations

import re

from collectors.fields import FieldError, Fields, Part, read_iso, settle_created_at
from collectors.items import oldest_first, parse_items
from collectors.letters import letters_of
from collectors.protocol import ParseContext, ParsedPage, RawPage
from sidak.models import Counts, PlaceHint, Post, Refs
from sidak.text import clean_text

SOURCE = "youtube"
KNOWN = frozenset({"etag", "kind", "contentDetails", "status"})
KNOWN_SNIPPET = frozenset(
    {
        "authorChannelUrl", "authorDisplayName", "authorProfileImageUrl", "canRate", "categoryId", "channelTitle",
        "liveBroadcastContent", "localized", "moderationStatus", "tags", "thumbnails", "viewerRating",
    }
)  # fmt: skip
"""Fields of the published reference that are left where they are."""
SHOWN_IN_LETTERS = ("id", "kind")
"""What of an unreadable item is kept for the person who looks at it: nothing that names an account."""
_VIDEO = re.compile(r"[\w-]{6,20}", re.ASCII)
_COMMENT = re.compile(r"[\w.-]{10,120}", re.ASCII)


def parse_page(page: RawPage, context: ParseContext, /) -> ParsedPage:
    """Map one page, oldest first."""

    def parse(item: object) -> tuple[Post, set[str]]:
        fields = Fields(item)
        snippet = fields.whole("snippet")
        post = _parse_item(fields, snippet, page, context)
        return post, fields.unknown(KNOWN) | {f"snippet.{name}" for name in snippet.unknown(KNOWN_SNIPPET)}

    return parse_items(page, parse, letters_of(SOURCE, page, shown=SHOWN_IN_LETTERS), arrange=oldest_first)


def _parse_item(item: Fields, snippet: Fields, page: RawPage, context: ParseContext) -> Post:
    match item.take("kind"):
        case "youtube#video":
            return _parse_video(item, snippet, page, context)
        case "youtube#comment":
            return _parse_comment(item, snippet, page, context)
    raise FieldError("kind", "is neither video nor comment")


def _parse_video(item: Fields, snippet: Fields, page: RawPage, context: ParseContext) -> Post:
    id = _id(item, _VIDEO)
    title, description = snippet.text("title"), snippet.take("description")
    if title is None and not isinstance(description, str):
        raise FieldError("title", "is missing, and so is the description")
    text, warnings = clean_text(description if isinstance(description, str) else "")
    created_at, date_warnings = settle_created_at(read_iso(snippet.take("publishedAt")), collected_at=page.fetched_at)
    statistics = item.part("statistics")
    return Post(
        source=SOURCE,
        native_id=f"v:{id}",
        kind="video",
        lane=page.query.lane,
        text=text,
        title=title,
        created_at=created_at,
        collected_at=page.fetched_at,
        author_key=context.pseudonymize(SOURCE, snippet.text("channelId")),
        url=f"https://www.youtube.com/watch?v={id}",
        language_hint=snippet.text("defaultAudioLanguage", "defaultLanguage", limit=20),
        place_hint=_place_hint(item.part("recordingDetails")),
        refs=Refs(thread=f"v:{id}"),
        counts=Counts(
            likes=_count(statistics, "likeCount"),
            replies=_count(statistics, "commentCount"),
            views=_count(statistics, "viewCount"),
        ),
        queries=(page.query.id,),
        warnings=(*warnings, *date_warnings),
        remainder=item.keep(context.allowed_remainder),
    )


def _parse_comment(item: Fields, snippet: Fields, page: RawPage, context: ParseContext) -> Post:
    id = _id(item, _COMMENT)
    original, displayed = snippet.take("textOriginal"), snippet.take("textDisplay")
    body = original if isinstance(original, str) else displayed
    if not isinstance(body, str):
        raise FieldError("textDisplay", "is missing")
    text, warnings = clean_text(body)
    published, updated = read_iso(snippet.take("publishedAt")), read_iso(snippet.take("updatedAt"))
    created_at, date_warnings = settle_created_at(published, collected_at=page.fetched_at)
    edited_at = updated if updated and published and updated > published and updated <= page.fetched_at else None
    parent, video = snippet.text("parentId"), snippet.text("videoId", limit=20) or page.includes.get("video")
    video = video if isinstance(video, str) and _VIDEO.fullmatch(video) else None
    snippet.take("channelId")  # the channel that was commented on
    return Post(
        source=SOURCE,
        native_id=f"c:{id}",
        kind="comment",
        lane=page.query.lane,
        text=text,
        created_at=created_at,
        collected_at=page.fetched_at,
        author_key=context.pseudonymize(SOURCE, snippet.part("authorChannelId").text("value")),
        url=f"https://www.youtube.com/watch?v={video}&lc={id}" if video else None,
        edited_at=edited_at,
        revision=str(int(edited_at.timestamp())) if edited_at else None,
        refs=Refs(
            thread=f"v:{video}" if video else None,
            reply_to=f"c:{parent}" if parent and _COMMENT.fullmatch(parent) else None,
        ),
        counts=Counts(likes=snippet.number("likeCount")),
        queries=(page.query.id,),
        warnings=(*warnings, *date_warnings),
        remainder=item.keep(context.allowed_remainder),
    )


def _id(item: Part, form: re.Pattern[str]) -> str:
    id = item.take("id")
    if not isinstance(id, str) or not form.fullmatch(id):
        raise FieldError("id", "is missing or no id of YouTube's")
    return id


def _count(statistics: Part, name: str) -> int | None:
    """YouTube writes its counts as text."""
    value = statistics.text(name, limit=16)
    return int(value) if value and value.isascii() and value.isdigit() else None


def _place_hint(details: Part) -> PlaceHint | None:
    name, location = details.text("locationDescription"), details.part("location")
    latitude, longitude = location.take("latitude"), location.take("longitude")
    point = [one for one in (latitude, longitude) if isinstance(one, int | float) and not isinstance(one, bool)]
    if len(point) == 2 and abs(point[0]) <= 90 and abs(point[1]) <= 180:
        return PlaceHint(name=name, lat=float(point[0]), lon=float(point[1]), basis="platform_geo")
    return PlaceHint(name=name, basis="platform_place") if name else None
