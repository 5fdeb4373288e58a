"""Prints how fast each source's answers become posts in the archive, against bare `json.loads` of the same bytes.

`whole way` is what a pass does on one core: load the bytes, parse, commit to the archive. News are parsed as the
entries of a feed; reading the feed itself and the pages of articles has lines of its own, for a page is no post: it
weighs a hundred times as much, and no more than one a second is asked of a host.
"""

from __future__ import annotations

import argparse
import html
import json
import random
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from itertools import cycle, islice
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from benchmarks.invented import make_posts
from collectors.news.article import read_article
from collectors.news.feed import read_feed
from collectors.protocol import ParseContext, Query, RawPage
from collectors.registry import find_source, load_parser
from collectors.standins.clock import StandInClock
from collectors.standins.news import NewsStandIn
from sidak.archive import Archive
from sidak.catalog import Catalog
from sidak.ids import Pseudonymizer
from sidak.intake import Intake
from sidak.models import Post

NOW = datetime(2026, 11, 20, 3, tzinfo=UTC)
GOLDENS = Path(__file__).parents[1] / "tests" / "collectors"
PAGE_ITEMS = 100
BATCH_POSTS = 1000
"""As many as a pass commits at once."""
TEXTS = frozenset({"text", "selftext", "body", "textDisplay", "message", "caption", "description"})
PSEUDONYMIZE = Pseudonymizer(b"k" * 32)


class Sample(NamedTuple):
    """Answers of one source, as bytes, and what its parser is told beside them."""

    source: str
    query: Query
    includes: Mapping[str, Any]
    bodies: list[bytes]

    def parse(self, items: Sequence[Any]) -> tuple[Post, ...]:
        """Return the posts of one page."""
        page = RawPage(
            query=self.query, items=tuple(items), fetched_at=NOW, cursor_key="", cursor=None, includes=self.includes
        )
        return load_parser(self.source)(page, _context(self.source)).posts


@cache
def _context(source: str) -> ParseContext:
    allowed = frozenset(find_source(source).terms.allowed_remainder)
    return ParseContext(pseudonymize=PSEUDONYMIZE, allowed_remainder=allowed)


def read_samples(count: int) -> Iterator[Sample]:
    """Yield `count` items of each source: the goldens' ordinary items over and over, each with a text of its own."""
    texts = make_posts(count)
    for path in sorted(GOLDENS.glob("**/goldens/*.page.json")):
        saved = json.loads(path.read_text())
        query = msgspec.convert(saved["query"], Query)
        response = saved.get("response", saved.get("envelope"))
        includes = {**(response.get("includes", {}) if isinstance(response, dict) else {}), **saved.get("includes", {})}
        offices = saved.get("includes_offices", includes.get("offices", ()))
        whole = Sample(query.source, query, {**includes, "offices": frozenset(offices)}, [])
        items = [item for item in _items(query.source, response) if _is_ordinary(whole, item)]
        chance = random.Random(1)  # noqa: S311 - a fixed mix, no secret
        filled = [_fill(item, text, chance) for item, text in zip(islice(cycle(items), count), texts, strict=True)]
        bodies = [json.dumps(filled[at : at + PAGE_ITEMS]).encode() for at in range(0, count, PAGE_ITEMS)]
        yield whole._replace(bodies=bodies)


def _items(source: str, response: Any) -> Sequence[Any]:  # noqa: ANN401 - whatever the platform answers
    if source == "whatsapp":
        from collectors.whatsapp.envelope import read_envelope

        return read_envelope(json.dumps(response).encode())
    while isinstance(response, dict):
        response = next(response[name] for name in ("data", "items", "children", "posts", "result") if name in response)
    listed: list[Any] = response
    return listed


def _is_ordinary(sample: Sample, item: object) -> bool:
    """Whether an item is a standing post; what is odd or gone takes another way."""
    posts = sample.parse([item])
    return bool(posts) and posts[0].state == "live" and not posts[0].warnings


def _fill(value: Any, text: str, chance: random.Random) -> Any:  # noqa: ANN401 - any JSON value
    """Return an item with the invented text where its own stood."""
    if isinstance(value, list):
        return [_fill(one, text, chance) for one in value]
    if not isinstance(value, dict):
        return value
    filled = {name: _fill(one, text, chance) for name, one in value.items()}
    changed: dict[str, Any] = {name: text for name in TEXTS & value.keys() if isinstance(value[name], str)}
    if "entry" in value:
        changed["article"] = None
    if isinstance(value.get("content"), str):
        changed["content"] = f"<p>{text}</p>"
    return filled | changed


def seconds_of(work: Callable[[], object], *, repeats: int = 3) -> float:
    """Return the computing time of the fastest of some runs."""
    taken = []
    for _ in range(repeats):
        began = time.process_time()
        work()
        taken.append(time.process_time() - began)
    return min(taken)


def store(posts: Sequence[Post], *, again: bool) -> float:
    """Return the computing time of committing posts to an archive of their own, once or once more."""
    with tempfile.TemporaryDirectory() as folder:
        archive = Archive(Path(folder) / "archive", clock=lambda: NOW)
        catalog = Catalog(Path(folder) / "catalog.db", archive)
        intake = Intake(archive, catalog)
        taken = 0.0
        for _ in range(2 if again else 1):
            began = time.process_time()
            for at in range(0, len(posts), BATCH_POSTS):
                intake.store("bench", posts[at : at + BATCH_POSTS], cursors={"q": at})
            taken = time.process_time() - began
        catalog.close()
    return taken


def number_apart(posts: Sequence[Post]) -> list[Post]:
    """Return posts that are all new to an archive: the samples repeat their identities."""
    return [msgspec.structs.replace(post, source="bench", native_id=str(at)) for at, post in enumerate(posts)]


def measure(sample: Sample, count: int) -> str:
    """Return the line of one source."""
    pages = [json.loads(body) for body in sample.bodies]
    parsed = seconds_of(lambda: [sample.parse(page) for page in pages])
    loaded = seconds_of(lambda: [json.loads(body) for body in sample.bodies])
    posts = number_apart([post for page in pages for post in sample.parse(page)])
    stored = min(store(posts, again=False) for _ in range(3))
    name = f"{sample.source}, {sum(map(len, sample.bodies)) / count:.0f} bytes an item"
    return (
        f"{name:28} {count / loaded:11,.0f} {count / parsed:9,.0f} {count / stored:9,.0f}"
        f" {count / (loaded + parsed + stored):10,.0f} {(loaded + parsed + stored) / loaded:12.1f}"
    )


def measure_news(count: int) -> Iterator[str]:
    """Yield lines on the feeds and the article pages of news."""
    outlet = NewsStandIn(StandInClock(NOW))
    outlet.shown = count
    texts = make_posts(count)
    for text in texts:
        outlet.add(text[:80], text)
    feed = outlet.feed("https://kabar.contoh.example")
    seconds = seconds_of(lambda: read_feed(feed, content_type="application/rss+xml"))
    yield f"feed, by feedparser: {count / seconds:,.0f} entries a second, {len(feed) / seconds / 1e6:.1f} MB a second"
    pages = [write_page(texts[at : at + 20]) for at in range(0, min(count, 600), 20)]
    seconds = seconds_of(lambda: [read_article(page) for page in pages])
    size = sum(map(len, pages))
    yield (
        f"article pages of {size / len(pages) / 1e3:.0f} kB, by trafilatura: {len(pages) / seconds:,.0f} pages a"
        f" second, {size / seconds / 1e6:.1f} MB a second"
    )


def write_page(paragraphs: Sequence[str]) -> str:
    """Return a page as outlets build them: the article, and ten times as much around it."""
    menu = "".join(f"<li class='menu-item'><a href='/kanal/{number}'>Kanal {number}</a></li>" for number in range(80))
    cards = "".join(
        f"<div class='card'><a href='/baca/{number}'><img src='/{number}.jpg'><h3>Kabar lain {number}</h3></a></div>"
        for number in range(150)
    )
    body = "".join(f"<p>{html.escape(one)}</p>" for one in paragraphs)
    return (
        f"<!doctype html><html><head><title>Kabar</title><script>{'var a = 1;' * 2000}</script></head><body><header>"
        f"<nav><ul>{menu}</ul></nav></header><main><article><h1>Kabar</h1><div class='isi'>{body}</div></article>"
        f"<aside>{cards}</aside></main><footer><ul>{menu}</ul></footer></body></html>"
    )


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--count", type=int, default=5000, help="items of each source")
    count = options.parse_args().count
    print("posts a second of computing time, on one core; the whole way takes so many times the bare json.loads")
    print(f"{'':28} {'json.loads':>11} {'parse':>9} {'archive':>9} {'whole way':>10} {'times loads':>12}")
    kept: list[Post] = []
    for sample in read_samples(count):
        print(measure(sample, count))
        kept += [post for body in sample.bodies for post in sample.parse(json.loads(body))][: 10_000 // 14]
    known = number_apart(kept)
    print(f"into the archive, all known: {len(known) / min(store(known, again=True) for _ in range(3)):,.0f}")
    for line in measure_news(min(count, 1000)):
        print(line)


if __name__ == "__main__":
    main()
