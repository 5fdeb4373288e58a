"""Asks feeds and the articles they lead to; what was read before and has not changed is not asked for again."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import msgspec

from collectors.news.article import decode_page
from collectors.news.dates import read_feed_date
from collectors.news.feed import key_of, mark_of, read_feed
from collectors.news.site import ARTICLE_BYTES, FEED_BYTES, Site
from collectors.protocol import Query, RawPage, Window
from collectors.web import WebAnswer
from sidak.clock import Clock
from sidak.errors import QuarantineError, RetryError, StopError

PAGE_ENTRIES = 10
ARTICLES_A_RUN = 60
"""The rest of a feed waits for the next pass, so that one outlet does not hold up the others."""
AGAIN = ""
"""Stands for the mark of an entry whose article is still to be had."""


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """What is durable of a feed: its entries by key, and where all of them are through, how to ask for news only."""

    etag: str | None = None
    modified: str | None = None
    seen: dict[str, str] = {}


class _Feed(msgspec.Struct, frozen=True, kw_only=True):
    """One answer of a feed."""

    etag: str | None
    modified: str | None
    entries: list[dict[str, Any]]
    common: dict[str, Any]


def build_client(
    *,
    credentials: Mapping[str, str],  # noqa: ARG001 - the clients' common form
    clock: Clock,
    sleep: Callable[[float], None],
    rng: random.Random,
) -> NewsClient:
    """Return a client; nobody is asked for credentials."""
    return NewsClient(clock=clock, sleep=sleep, rng=rng)


class NewsClient:
    """Fetches one feed and its new articles."""

    def __init__(self, *, clock: Clock, sleep: Callable[[float], None], rng: random.Random) -> None:
        self._clock = clock
        self._sleep = sleep
        self._rng = rng

    def fetch(self, query: Query, *, window: Window, cursor: object) -> Iterator[RawPage]:
        """Yield entries with their articles, a few at a time; with a window those that the feed still shows of it."""
        site = Site(query.text, clock=self._clock, sleep=self._sleep, rng=self._rng)
        windowed = bool(window)
        before = Seen() if windowed else _read_seen(cursor)
        feed = self._ask(query, site, before)
        if feed is None:
            yield self._page(query, [], before, site=site, common={}, windowed=windowed)
            return
        marks = {key_of(entry): mark_of(entry) for entry in feed.entries}
        seen = {key: mark for key, mark in before.seen.items() if key in marks}
        news = [
            entry
            for entry in feed.entries
            if seen.get(key_of(entry)) != marks[key_of(entry)] and _inside(entry, window)
        ]
        warnings = _warn(query, feed, before, seen)
        for start in range(0, min(len(news), ARTICLES_A_RUN), PAGE_ENTRIES):
            items = []
            for entry in news[start : min(start + PAGE_ENTRIES, ARTICLES_A_RUN)]:
                article, again = self._fetch_article(entry, site)
                items.append({"entry": entry, "article": article})
                seen[key_of(entry)] = AGAIN if again else marks[key_of(entry)]
            state = msgspec.structs.replace(before, seen=dict(seen))
            yield self._page(query, items, state, site=site, common=feed.common, windowed=windowed, warnings=warnings)
            warnings = ()
        through = all(seen.get(key) == mark for key, mark in marks.items()) and not feed.common["broken"]
        last = Seen(etag=feed.etag if through else None, modified=feed.modified if through else None, seen=dict(seen))
        yield self._page(query, [], last, site=site, common=feed.common, windowed=windowed, warnings=warnings)

    def _ask(self, query: Query, site: Site, before: Seen) -> _Feed | None:
        headers = {"if-none-match": before.etag, "if-modified-since": before.modified}
        return site.fetch(
            query.text,
            _read_answer,
            limit=FEED_BYTES,
            headers={name: value for name, value in headers.items() if value},
        )

    def _fetch_article(self, entry: Mapping[str, Any], site: Site) -> tuple[str | None, bool]:
        """Return an article's page, and whether to try again later; an entry is kept without it all the same."""
        link = entry.get("link")
        if not isinstance(link, str) or not _is_ours(link, site):
            return None, False
        try:
            return site.fetch(link, decode_page, limit=ARTICLE_BYTES), False
        except RetryError:
            return None, True
        except (QuarantineError, StopError):
            return None, False

    def _page(
        self,
        query: Query,
        items: list[dict[str, Any]],
        state: Seen,
        *,
        site: Site,
        common: Mapping[str, Any],
        windowed: bool,
        warnings: tuple[str, ...] = (),
    ) -> RawPage:
        return RawPage(
            query=query,
            items=tuple(items),
            fetched_at=self._clock(),
            cursor_key=query.id,
            cursor=None if windowed else msgspec.to_builtins(state),
            includes={"host": site.host, "language": common.get("language")},
            where=query.text,
            warnings=warnings,
        )


def _read_answer(answer: WebAnswer) -> _Feed | None:
    if answer.status_code == 304:
        return None
    entries, common = read_feed(answer.content, content_type=answer.headers.get("content-type", ""))
    return _Feed(
        etag=_header(answer, "etag"), modified=_header(answer, "last-modified"), entries=entries, common=common
    )


def _header(answer: WebAnswer, name: str) -> str | None:
    value = answer.headers.get(name, "")[:200]
    return value if value.isascii() and value.isprintable() and value else None


def _read_seen(cursor: object) -> Seen:
    try:
        return msgspec.convert(cursor, Seen) if cursor is not None else Seen()
    except msgspec.ValidationError:
        return Seen()


def _is_ours(link: str, site: Site) -> bool:
    try:
        return site.owns(link)
    except ValueError:
        return False


def _inside(entry: Mapping[str, Any], window: Window) -> bool:
    return window.holds(read_feed_date(entry.get("published")) or read_feed_date(entry.get("updated")))


def _warn(query: Query, feed: _Feed, before: Seen, still_shown: Mapping[str, str]) -> tuple[str, ...]:
    found = []
    if before.seen and feed.entries and not still_shown:
        found.append(f"gap: {query.text}: nothing of the last pass is shown any more; articles between are missing")
    if feed.common["broken"]:
        found.append(f"{query.text}: the feed is not well formed; what could be read of it was taken")
    return tuple(found)
