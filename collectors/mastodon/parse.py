"""Mastodon's statuses to posts: pure.

The account becomes a pseudonym; names, and addresses that spell them, go no further.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from collectors.fields import FieldError, Fields, read_iso, settle_created_at
from collectors.items import parse_items
from collectors.letters import letters_of
from collectors.markup import read_markup
from collectors.mastodon.ids import read_id
from collectors.protocol import ParseContext, ParsedPage, RawPage
from sidak.models import Counts, Lane, Media, Post, Refs
from sidak.text import clean_text

SOURCE = "mastodon"
KNOWN = frozenset(
    {
        "application", "bookmarked", "emojis", "favourited", "filtered", "in_reply_to_account_id", "muted", "pinned",
        "poll", "quote_approval", "quotes_count", "reblogged", "sensitive", "tagged_collections", "text", "uri", "url",
        "local_only", "reactions", "content_type",
    }
)  # fmt: skip
SHOWN_IN_LETTERS = ("id", "created_at", "content", "spoiler_text", "language")
"""What of an unreadable status is kept: nothing that names an account."""
MEDIA_KINDS: Mapping[str, Any] = {"image": "image", "gifv": "video", "video": "video", "audio": "audio"}
PUBLIC = frozenset({"public", "unlisted"})


def parse_page(page: RawPage, context: ParseContext, /) -> ParsedPage:
    """Map one page of statuses or of notifications that bring one, oldest first."""

    def parse(item: object) -> tuple[Post, set[str]]:
        fields = Fields(_status_in(item))
        return _parse_status(fields, page, context), fields.unknown(KNOWN)

    set_aside = letters_of(SOURCE, page, shown=SHOWN_IN_LETTERS, data=_status_in)
    return parse_items(page, parse, set_aside, arrange=reversed)


def _status_in(item: object) -> object:
    return item.get("status", item) if isinstance(item, dict) else item


def _parse_status(status: Fields, page: RawPage, context: ParseContext) -> Post:
    id, markup = read_id(status.take("id")), status.take("content")
    if id is None:
        raise FieldError("id", "is missing or no number of Mastodon's")
    if not isinstance(markup, str):
        raise FieldError("content", "is missing")
    host = str(page.includes.get("host", ""))
    cleaned, text_warnings = clean_text(markup)
    created_at, date_warnings = settle_created_at(read_iso(status.take("created_at")), collected_at=page.fetched_at)
    edited = read_iso(status.take("edited_at"))
    account = status.part("account")
    reference = account.text("uri", "url") or account.text("id")
    card = status.part("card").text("url")
    return Post(
        source=SOURCE,
        native_id=f"{host}/{id}",
        kind="post",
        lane=_lane(status, page),
        text=clean_text(read_markup(cleaned))[0],
        title=status.text("spoiler_text"),
        created_at=created_at,
        collected_at=page.fetched_at,
        author_key=context.pseudonymize(SOURCE, reference),
        url=f"https://{host}/statuses/{id}",
        language_hint=status.text("language", limit=20),
        edited_at=settle_created_at(edited, collected_at=page.fetched_at)[0] if edited else None,
        revision=str(int(edited.timestamp() * 1000)) if edited else None,
        visibility="public" if status.text("visibility") in PUBLIC else "submitted",
        media=_media(status),
        refs=_refs(status, host),
        counts=_counts(status),
        hashtags=tuple(name.lower() for tag in status.parts("tags") if (name := tag.text("name"))),
        links=(card,) if card else (),
        queries=(page.query.id,),
        warnings=(*text_warnings, *date_warnings),
    )


def _lane(status: Fields, page: RawPage) -> Lane:
    """A post that mentions the office is addressed, by whatever question it was found."""
    offices = page.includes.get("offices")
    mentioned = {(one.text("acct") or "").lower() for one in status.parts("mentions")}
    return "addressed" if isinstance(offices, frozenset) and mentioned & offices else page.query.lane


def _media(status: Fields) -> tuple[Media, ...]:
    found = []
    for one in status.parts("media_attachments"):
        kind, ref = MEDIA_KINDS.get(one.text("type") or ""), one.text("id")
        if kind and ref:
            found.append(Media(kind=kind, ref=ref, url=one.text("url"), alt=one.text("description")))
    return tuple(found)


def _refs(status: Fields, host: str) -> Refs:
    quoted = status.part("quote").part("quoted_status").take("id")
    return Refs(
        reply_to=_ref(status.take("in_reply_to_id"), host),
        quote_of=_ref(quoted, host),
        repost_of=_ref(status.part("reblog").take("id"), host),
    )


def _ref(value: object, host: str) -> str | None:
    number = read_id(value)
    return f"{host}/{number}" if number is not None else None


def _counts(status: Fields) -> Counts:
    return Counts(
        likes=status.number("favourites_count"),
        replies=status.number("replies_count"),
        reposts=status.number("reblogs_count"),
        quotes=status.number("quotes_count"),
    )
