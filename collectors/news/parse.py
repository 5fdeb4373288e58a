"""News entries to posts: pure. The author is the outlet; by-lines are not read."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from collectors.fields import FieldError, Fields, settle_created_at
from collectors.items import parse_items
from collectors.letters import set_item_aside
from collectors.markup import read_markup
from collectors.news.article import MAX_TEXT_CHARS, read_article
from collectors.news.dates import read_feed_date
from collectors.news.feed import key_of
from collectors.protocol import ParseContext, ParsedPage, RawPage
from sidak.models import DeadLetter, Post, Refs
from sidak.text import TEXT_CUT, clean_text

SOURCE = "news"
SHOWN_IN_LETTERS = ("link", "title", "published")
MAX_LINK_CHARS = 1000


def parse_page(page: RawPage, context: ParseContext, /) -> ParsedPage:
    """Map entries, oldest first as far as the feed's order tells."""

    def parse(item: object) -> tuple[Post, set[str]]:
        entry, article = _entry_in(item), Fields(item).take("article")
        return _parse_entry(Fields(entry), article, page, context), set()

    def set_aside(item: object, problem: FieldError, number: int) -> DeadLetter:
        entry = _entry_in(item)  # the same entry is set aside once, whatever its article's page was
        return set_item_aside(SOURCE, entry, problem, number=number, page=page, data=entry, shown=SHOWN_IN_LETTERS)

    return parse_items(page, parse, set_aside, arrange=reversed)


def _entry_in(item: object) -> object:
    return item.get("entry") if isinstance(item, dict) else None


def _parse_entry(entry: Fields, article: object, page: RawPage, context: ParseContext) -> Post:
    host = str(page.includes.get("host") or "")
    title = entry.text("title")
    text, text_warnings = _read_text(entry, article)
    if not title and not text:
        raise FieldError("title", "and text are missing")
    published = read_feed_date(entry.take("published")) or read_feed_date(entry.take("updated"))
    created_at, date_warnings = settle_created_at(published, collected_at=page.fetched_at)
    return Post(
        source=SOURCE,
        native_id=f"{host}/{key_of({name: entry.take(name) for name in ('id', 'link', 'title')})}",
        kind="article",
        lane=page.query.lane,
        text=text,
        title=read_markup(title)[:1000] or None if title else None,
        created_at=created_at,
        collected_at=page.fetched_at,
        author_key=context.pseudonymize(SOURCE, host),
        author_class="organisation",
        url=_read_link(entry.take("link")),
        language_hint=_language(page.includes.get("language")),
        refs=Refs(container=host or None),
        queries=(page.query.id,),
        warnings=(*text_warnings, *date_warnings),
    )


def _read_text(entry: Fields, article: object) -> tuple[str, tuple[str, ...]]:
    """Return the article, else what the feed itself says of it; no more than may be quoted."""
    whole = read_article(article) if isinstance(article, str) else None
    content, summary = entry.take("content"), entry.take("summary")
    raw = whole or (read_markup(content) if isinstance(content, str) else "")
    raw = raw or (read_markup(summary) if isinstance(summary, str) else "")
    text, warnings = clean_text(raw, limit=MAX_TEXT_CHARS)
    told = ("article_cut" if warning == TEXT_CUT else warning for warning in warnings)
    return text, (*told, *(() if whole else ("summary_only",)))


def _read_link(value: object) -> str | None:
    if not isinstance(value, str) or len(value) > MAX_LINK_CHARS:
        return None
    try:
        parts = urlsplit(value.strip())
    except ValueError:
        return None
    return clean_text(value.strip())[0] if parts.scheme in {"http", "https"} and parts.netloc else None


def _language(value: Any) -> str | None:  # noqa: ANN401 - whatever the feed says
    return clean_text(value[:20])[0].partition("-")[0].lower() or None if isinstance(value, str) else None
