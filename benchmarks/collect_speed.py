"""Prints how fast each source's answers become posts and posts come into the archive, against bare `json.loads`."""

from __future__ import annotations

import argparse
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
from collectors.protocol import ParseContext, Query, RawPage
from collectors.registry import find_source, load_parser
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
        yield whole._replace(source=query.source, bodies=bodies)


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
    changed = {name: text for name in TEXTS & value.keys() if isinstance(value[name], str)}
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


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--count", type=int, default=5000, help="items of each source")
    count = options.parse_args().count
    kept: list[Post] = []
    print(f"{'posts a second of computing time':34} {'parse':>9} {'json.loads':>11} {'times loads':>12} {'both':>9}")
    for sample in read_samples(count):
        pages = [json.loads(body) for body in sample.bodies]
        parsed = seconds_of(lambda sample=sample, pages=pages: [sample.parse(page) for page in pages])  # type: ignore[misc]
        loaded = seconds_of(lambda sample=sample: [json.loads(body) for body in sample.bodies])  # type: ignore[misc]
        name = f"{sample.source}, {sum(map(len, sample.bodies)) / count:.0f} bytes an item"
        print(
            f"{name:34} {count / parsed:9,.0f} {count / loaded:11,.0f} {parsed / loaded:12.1f}"
            f" {count / (parsed + loaded):9,.0f}"
        )
        kept += [post for page in pages for post in sample.parse(page)][: 10_000 // 14]
    unique = [msgspec.structs.replace(post, source="bench", native_id=str(number)) for number, post in enumerate(kept)]
    for name, again in (("into the archive, new", False), ("into the archive, all known", True)):
        print(f"{name:34} {len(unique) / min(store(unique, again=again) for _ in range(3)):9,.0f}")


if __name__ == "__main__":
    main()
