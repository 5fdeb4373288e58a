"""Messages to posts: pure.

A message id spells out the sender's number, so it is kept as a keyed digest only; the sender becomes a pseudonym.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import msgspec

from collectors.fields import FieldError, Fields, Part, read_degrees, read_epoch, settle_created_at
from collectors.items import parse_items
from collectors.letters import set_item_aside
from collectors.protocol import ParseContext, ParsedPage, RawPage
from sidak.models import DeadLetter, Media, PlaceHint, Post, Refs
from sidak.text import clean_text

SOURCE = "whatsapp"
KNOWN = frozenset({"errors", "identity", "referral", "recipient_type"})
PRIVATE = frozenset({"contacts"})
"""Kinds whose content is other people's data."""
_NUMBERS = re.compile(r"\d{6,}")
"""Telephone numbers, as they may stand anywhere."""
MEDIA_KINDS: Mapping[str, Any] = {
    "image": "image", "sticker": "image", "video": "video", "audio": "audio", "document": "document",
}  # fmt: skip


class _Content(msgspec.Struct, frozen=True, kw_only=True):
    """What a message says, whichever kind it is of."""

    text: str = ""
    media: tuple[Media, ...] = ()
    place_hint: PlaceHint | None = None


def parse_page(page: RawPage, context: ParseContext, /) -> ParsedPage:
    """Map the messages of one delivery in their order."""

    def parse(item: object) -> tuple[Post, set[str]]:
        fields = Fields(_message_in(item))
        return _parse_message(fields, Fields(item), page, context), fields.unknown(KNOWN)

    def set_aside(item: object, problem: FieldError, number: int) -> DeadLetter:
        message = _message_in(item)
        shown = _shown_in_letter(message) if problem.field != "group_id" else ()
        letter = set_item_aside(SOURCE, message, problem, number=number, page=page, data=message, shown=shown)
        return msgspec.structs.replace(letter, payload=_NUMBERS.sub("#", letter.payload))

    return parse_items(page, parse, set_aside)


def _message_in(item: object) -> object:
    return item.get("message") if isinstance(item, dict) else item


def _parse_message(message: Part, item: Fields, page: RawPage, context: ParseContext) -> Post:
    id = _required(message, "id")
    kind = _required(message, "type")
    if message.take("group_id") is not None:
        raise FieldError("group_id", "comes from a group; groups are not read")
    sent_at, date_warnings = settle_created_at(_moment(message.take("timestamp")), collected_at=page.fetched_at)
    about = message.part(kind)
    post = Post(
        source=SOURCE,
        native_id=_key(context, id),
        kind="message",
        lane=page.query.lane,
        text="",
        created_at=sent_at,
        collected_at=page.fetched_at,
        author_key=context.pseudonymize(SOURCE, _account(message, item.part("contact"))),
        visibility="submitted",
        refs=Refs(container=item.text("number")),
        queries=(page.query.id,),
        warnings=date_warnings,
    )
    if kind == "revoke":
        return _take_back(post, _required(about, "original_message_id"), context)
    if kind == "edit":
        post = _edit(post, _required(about, "original_message_id"), context)
        message = about.part("message")
        kind = _required(message, "type")
        about = message.part(kind)
    return _fill(post, message, kind, about, context)


def _fill(post: Post, message: Part, kind: str, about: Part, context: ParseContext) -> Post:
    """Return the post with its content."""
    reader = READERS.get(kind)
    if reader is None:
        raise FieldError("type", f"{kind[:40]} is a kind of message that is not read")
    content = reader(about)
    text, warnings = clean_text(content.text)
    around = message.part("context")
    answered = around.text("id")
    passed_on = around.take("forwarded", "frequently_forwarded") is True
    return msgspec.structs.replace(
        post,
        text=text,
        media=content.media,
        place_hint=content.place_hint,
        refs=msgspec.structs.replace(post.refs, reply_to=_key(context, answered) if answered else None),
        warnings=(*post.warnings, *warnings, *(("forwarded",) if passed_on else ())),
    )


def _edit(post: Post, original: str, context: ParseContext) -> Post:
    """Return the post as a later revision of another message, whose own date Meta does not repeat."""
    return msgspec.structs.replace(
        post,
        native_id=_key(context, original),
        edited_at=post.created_at,
        revision=str(int(post.created_at.timestamp())),
        warnings=(*post.warnings, "original_date_unknown"),
    )


def _take_back(post: Post, original: str, context: ParseContext) -> Post:
    """Return the mark that another message was taken back: identity, state and time."""
    return msgspec.structs.replace(
        post, native_id=_key(context, original), author_key=None, state="deleted", refs=Refs()
    )


def _shown_in_letter(message: object) -> tuple[str, ...]:
    """Return the fields that are kept of an unreadable message, which Meta does not deliver again: not the sender."""
    kind = message.get("type") if isinstance(message, dict) else None
    says = isinstance(kind, str) and kind not in PRIVATE | {"id", "from", "from_user_id", "context"}
    return ("type", str(kind)) if says else ("type",)


def _account(message: Part, contact: Part) -> str | None:
    """Return the account's stable id, else its number: with user names, numbers may be absent."""
    number = message.text("from")
    return message.text("from_user_id") or contact.text("user_id") or contact.text("wa_id") or number


def _key(context: ParseContext, id: str) -> str:
    return "m" + str(context.pseudonymize(f"{SOURCE}:message", id))[1:]


def _required(fields: Part, name: str) -> str:
    value = fields.text(name)
    if value is None:
        raise FieldError(name, "is missing")
    return value


def _moment(value: object) -> datetime | None:
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= 12:
        return read_epoch(int(value))
    return read_epoch(value)


def _read_text(about: Part) -> _Content:
    body = about.take("body")
    if not isinstance(body, str):
        raise FieldError("text", "has no body")
    return _Content(text=body)


def _read_media(kind: str) -> Callable[[Part], _Content]:
    def read(about: Part) -> _Content:
        caption = about.take("caption")
        ref = _required(about, "id")
        media = Media(kind=MEDIA_KINDS[kind], ref=ref)
        return _Content(text=caption if isinstance(caption, str) else "", media=(media,))

    return read


def _read_location(about: Part) -> _Content:
    lines = [line for name in ("name", "address") if (line := about.text(name))]
    latitude, longitude = (
        read_degrees(about.take("latitude"), limit=90),
        read_degrees(about.take("longitude"), limit=180),
    )
    if latitude is None or longitude is None:
        raise FieldError("location", "has no point on this earth")
    hint = PlaceHint(name=", ".join(lines) or None, lat=latitude, lon=longitude, basis="shared_location")
    return _Content(text="\n".join(lines), place_hint=hint)


def _read_button(about: Part) -> _Content:
    return _Content(text=_required(about, "text"))


def _read_interactive(about: Part) -> _Content:
    answers = [about.part(name) for name in ("list_reply", "button_reply", "nfm_reply")]
    lines = [line for answer in answers for name in ("title", "description", "body") if (line := answer.text(name))]
    if not lines:
        raise FieldError("interactive", "has no answer")
    return _Content(text="\n".join(lines))


READERS: Mapping[str, Callable[[Part], _Content]] = {
    "text": _read_text,
    "location": _read_location,
    "button": _read_button,
    "interactive": _read_interactive,
    **{kind: _read_media(kind) for kind in MEDIA_KINDS},
}
