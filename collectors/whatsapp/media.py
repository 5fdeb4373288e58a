"""What Meta says of an attachment: kind, size, checksum. The bytes are never fetched, the address is not kept."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Mapping
from urllib.parse import urlsplit

import msgspec

from collectors.fields import Fields
from collectors.verdicts import AnswerError, call
from collectors.web import Web
from sidak.clock import Clock
from sidak.errors import UsageError

BASE_URL = "https://graph.facebook.com"
API_VERSION = "v23.0"
MEDIA_HOSTS = (".fbsbx.com", ".fbcdn.net", ".whatsapp.net")
_ID = re.compile(r"[0-9]{1,32}")


class MediaReference(msgspec.Struct, frozen=True, kw_only=True):
    """An attachment as Meta describes it; `held` tells whether it lies on one of Meta's own hosts."""

    id: str
    mime_type: str | None
    bytes: int | None
    sha256: str | None
    held: bool


def describe_media(
    id: str,
    *,
    credentials: Mapping[str, str],
    clock: Clock,
    sleep: Callable[[float], None],
    rng: random.Random,
) -> MediaReference:
    """Ask for one attachment; raises UsageError for what is no id, else what `call` raises."""
    if not _ID.fullmatch(id):
        raise UsageError(f"{id[:40]!r} is no media id of WhatsApp's; it is the `ref` of an attachment")
    web = Web(credentials.get("base_url", BASE_URL), headers={"authorization": f"Bearer {credentials['access_token']}"})
    try:
        return call(
            lambda: _read(Fields(web.get(f"/{API_VERSION}/{id}").json_object()), id),
            doing=f"WhatsApp, attachment {id}",
            failures=(),
            clock=clock,
            sleep=sleep,
            rng=rng,
        )
    finally:
        web.close()


def _read(body: Fields, id: str) -> MediaReference:
    if body.text("id") != id:
        raise AnswerError("the answer is about another attachment")
    size = body.take("file_size")
    host = urlsplit(body.text("url", limit=2000) or "").hostname or ""
    return MediaReference(
        id=id,
        mime_type=body.text("mime_type"),
        bytes=int(size) if isinstance(size, str) and size.isdecimal() and len(size) < 16 else body.number("file_size"),
        sha256=body.text("sha256"),
        held=host.endswith(MEDIA_HOSTS),
    )
