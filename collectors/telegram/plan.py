"""The one question to Telegram: what is new."""

from __future__ import annotations

from collections.abc import Mapping

from collectors.protocol import Query
from collectors.watchlist import Watchlist, query_id
from sidak.models import Lane


def build_queries(
    watchlist: Watchlist,  # noqa: ARG001 - the planners' common form
    *,
    lane: Lane,
    credentials: Mapping[str, str],
) -> tuple[Query, ...]:
    """Return the bot's updates; the number before the colon of its token is the bot's public id."""
    bot = credentials["bot_token"].partition(":")[0]
    return (Query(id=query_id("telegram", "updates", bot), source="telegram", lane=lane, text="updates"),)
