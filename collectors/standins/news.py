"""An outlet: a feed with ETag, articles, robots.txt; gzip bombs and other surprises on demand."""

from __future__ import annotations

import gzip
import hashlib
import html
import threading
from collections.abc import Mapping
from datetime import timedelta
from email.utils import format_datetime

from collectors.standins.clock import StandInClock
from collectors.standins.messages import Request, Response
from collectors.standins.server import Routes

XML = "application/rss+xml; charset=utf-8"
HTML = "text/html; charset=utf-8"


class NewsStandIn:
    """Shows its newest articles in `/feed.xml` and each at its own address."""

    def __init__(self, clock: StandInClock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._articles: dict[str, dict[str, str]] = {}
        self.robots = "User-agent: *\nDisallow: /admin/\n"
        self.shown = 50
        self.answers: dict[str, Response] = {}
        """What to answer at a path instead of what belongs there."""

    def add(self, title: str, text: str, *, ago: timedelta = timedelta(), link: str | None = None) -> str:
        """Publish something; return its path."""
        with self._lock:
            path = f"/baca/{len(self._articles) + 1}"
            self._articles[path] = {
                "title": title,
                "text": text,
                "link": link or "",
                "published": format_datetime(self._clock.now() - ago),
            }
            return path

    def change(self, path: str, *, title: str, text: str) -> None:
        """Rewrite an article."""
        with self._lock:
            self._articles[path].update(title=title, text=text)

    def add_routes(self, routes: Routes) -> None:
        """Put the pages into a route table."""
        routes.add("GET", "/{name}", self._page)
        routes.add("GET", "/baca/{number}", self._page)

    def feed(self, base: str) -> bytes:
        """The feed as it reads now, newest first."""
        with self._lock:
            articles = list(self._articles.items())[-self.shown :]
        items = "".join(
            f"<item><guid isPermaLink='false'>{hashlib.sha256(path.encode()).hexdigest()[:12]}</guid>"
            f"<title>{html.escape(one['title'])}</title><link>{html.escape(one['link'] or base + path)}</link>"
            f"<description>{html.escape('<p>' + html.escape(one['title']) + ', ringkasnya.</p>')}</description>"
            f"<dc:creator>Nama Wartawan</dc:creator><pubDate>{one['published']}</pubDate></item>"
            for path, one in reversed(articles)
        )
        return (
            "<?xml version='1.0' encoding='UTF-8'?><rss version='2.0' xmlns:dc='http://purl.org/dc/elements/1.1/'>"
            f"<channel><title>Kabar Uji</title><link>{base}</link><language>id-ID</language>{items}</channel></rss>"
        ).encode()

    def _page(self, request: Request, _: Mapping[str, str]) -> Response:
        if request.path in self.answers:
            return self.answers[request.path]
        if request.path == "/robots.txt":
            return Response(body=self.robots.encode(), content_type="text/plain")
        if request.path == "/feed.xml":
            return self._feed(request)
        with self._lock:
            article = self._articles.get(request.path)
        if article is None:
            return Response(status=404, body=b"<h1>404</h1>", content_type=HTML)
        return Response(body=write_article(article["title"], article["text"]), content_type=HTML)

    def _feed(self, request: Request) -> Response:
        body = self.feed(f"http://{request.headers['host']}")
        etag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
        if request.headers.get("if-none-match") == etag:
            return Response(status=304, headers={"etag": etag}, content_type=XML)
        return Response(body=body, headers={"etag": etag}, content_type=XML)


def write_article(title: str, text: str) -> bytes:
    """A page around an article, with what stands around articles."""
    paragraphs = "".join(f"<p>{html.escape(part)}</p>" for part in text.split("\n"))
    return (
        f"<html><head><title>{html.escape(title)}</title><meta name='author' content='Nama Wartawan'></head><body>"
        "<nav><a href='/'>Beranda</a> <a href='/daerah'>Daerah</a></nav>"
        f"<article><h1>{html.escape(title)}</h1>{paragraphs}</article>"
        "<footer>Hak cipta</footer><script>alert(1)</script></body></html>"
    ).encode()


def build_bomb(size: int) -> Response:
    """`size` bytes of nothing, packed."""
    return Response(body=gzip.compress(bytes(size)), headers={"content-encoding": "gzip"}, content_type=XML)
