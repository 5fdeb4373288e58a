"""receive, attachment: channels that call us, and what they say of what was sent along."""

from __future__ import annotations

import random
import time
from typing import Annotated

import msgspec
import typer

from sidak.app.commands.common import open_house
from sidak.app.output import emit
from sidak.errors import StopError, UsageError

LOOPBACK = "127.0.0.1"
WHATSAPP = "whatsapp"


def register(app: typer.Typer) -> None:
    """Add these commands."""
    app.command("receive")(receive)
    app.command("attachment")(attachment)


def receive(
    source: Annotated[str, typer.Argument(help="whatsapp.")],
    host: Annotated[str, typer.Option(help="Beyond loopback only behind TLS.")] = LOOPBACK,
    port: Annotated[int, typer.Option(min=0, max=65535)] = 8081,
) -> None:
    """Take in what a platform sends us, until interrupted; what was answered with 200 is in the archive.

    Example: sidak receive whatsapp --port 8081
    """
    _check(source)
    from sidak.app.receive import serve_webhook

    serve_webhook(host=host, port=port)


def attachment(
    source: Annotated[str, typer.Argument(help="whatsapp.")],
    ref: Annotated[str, typer.Argument(help="The attachment's id, the `ref` of a post's media.")],
) -> None:
    """Show what the platform says of an attachment: kind, size, checksum; the bytes are never fetched.

    Example: sidak attachment whatsapp 1234567890
    """
    _check(source)
    from collectors.questions import check_lane
    from collectors.whatsapp.media import describe_media

    with open_house() as house:
        credentials = check_lane(source, "addressed", house.settings, now=house.clock())
        if not credentials.get("access_token", "").strip():
            raise StopError("whatsapp: set SIDAK_SOURCES__WHATSAPP__ACCESS_TOKEN")
        found = describe_media(
            ref,
            credentials=credentials,
            clock=house.clock,
            sleep=time.sleep,
            rng=random.Random(),  # noqa: S311 - jitter, no secret
        )
    emit(msgspec.json.encode(found).decode())


def _check(source: str) -> None:
    if source != WHATSAPP:
        raise UsageError(f"{source!r} does not call us; whatsapp does")
