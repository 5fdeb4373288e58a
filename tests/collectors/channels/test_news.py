"""News: polite, never led astray, and nothing missed of what a feed shows."""

from __future__ import annotations

import gzip
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from collectors.news.article import MAX_TEXT_CHARS, read_article
from collectors.news.dates import read_feed_date
from collectors.news.feed import read_feed
from collectors.protocol import Window
from collectors.standins.faults import Fault
from collectors.standins.messages import Response
from collectors.standins.news import HTML, XML, build_bomb, write_article
from collectors.verdicts import AnswerError
from collectors.web import Web
from sidak.errors import UsageError

from .conftest import Channels

LONG = "Warga Kecamatan Subah mengeluhkan jalan rusak sejak musim hujan tahun lalu dan belum diperbaiki. " * 4


def paths(channels: Channels) -> list[str]:
    return [request.path for request in channels.standins.log]


def test_articles_are_read_whole_once_and_asked_for_no_more(channels: Channels) -> None:
    news = channels.standins.news
    for number in range(25):
        news.add(f"Kabar {number}", f"{LONG} Nomor {number}.")
    news.add("Resep soto", "Bumbu dan cara memasak yang enak untuk keluarga di rumah. " * 8)
    result = channels.collect("news")
    assert (result.outcome, result.new, result.unmatched) == ("ok", 25, 1)
    post = channels.posts("news")[0]
    assert "Warga Kecamatan Subah" in post["text"]
    assert "Beranda" not in post["text"]
    assert "Nama Wartawan" not in channels.told()
    assert post["author_class"] == "organisation"
    asked = len(paths(channels))
    again = channels.collect("news")
    assert (again.fetched, again.outcome) == (0, "ok")
    assert len(paths(channels)) == asked + 2, "robots.txt, and the feed that has not changed"
    assert channels.standins.log.to("/feed.xml")[-1].headers["if-none-match"]
    assert set(channels.slept) == {1.0}, "one request a second"


def test_new_and_changed_entries_only(channels: Channels) -> None:
    news = channels.standins.news
    kept = [news.add(f"Kabar {number}", LONG) for number in range(5)]
    channels.collect("news")
    channels.standins.log.clear()
    news.change(kept[1], title="Kabar 1 (ralat)", text=f"{LONG} Diralat.")
    new = news.add("Kabar baru", LONG)
    result = channels.collect("news")
    assert (result.new, result.revised) == (1, 1)
    assert [path for path in paths(channels) if path.startswith("/baca")] == [new, kept[1]]


def test_an_article_that_fails_is_kept_by_its_summary_and_tried_again(channels: Channels) -> None:
    path = channels.standins.news.add("Jalan rusak di Subah", LONG)
    channels.standins.faults.add(path, Fault(kind="status", status=503), times=None)
    first = channels.collect("news")
    assert (first.outcome, first.new) == ("ok", 1)
    assert "summary_only" in channels.posts("news")[0]["warnings"]
    channels.standins.faults.clear()
    second = channels.collect("news")
    assert second.revised == 1
    assert "Warga Kecamatan" in channels.posts("news")[1]["text"]


def test_a_crash_between_articles_goes_on_there(channels: Channels, monkeypatch: pytest.MonkeyPatch) -> None:
    from collectors.batch import Batch

    for number in range(30):
        channels.standins.news.add(f"Jalan rusak {number}", LONG)
    add = Batch.add

    def die(batch: Batch, *given: Any, **options: Any) -> None:
        add(batch, *given, **options)
        batch.flush()
        if batch.counts.pages == 2:
            raise KeyboardInterrupt

    monkeypatch.setattr(Batch, "add", die)
    with pytest.raises(KeyboardInterrupt):
        channels.collect("news")
    assert len(channels.posts("news")) == 20
    monkeypatch.setattr(Batch, "add", add)
    channels.standins.log.clear()
    assert channels.collect("news").new == 10
    assert len([path for path in paths(channels) if path.startswith("/baca")]) == 10


def test_a_long_feed_is_read_over_several_passes(channels: Channels, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("collectors.news.client.ARTICLES_A_RUN", 15)
    for number in range(40):
        channels.standins.news.add(f"Jalan rusak {number}", LONG)
    assert [channels.collect("news").new for _ in range(4)] == [15, 15, 10, 0]


def test_robots_are_obeyed(channels: Channels) -> None:
    news = channels.standins.news
    path = news.add("Jalan rusak", LONG)
    news.robots = f"User-agent: *\nCrawl-delay: 5\nDisallow: {path}\n"
    assert channels.collect("news").new == 1
    assert path not in paths(channels)
    assert "summary_only" in channels.posts("news")[0]["warnings"]
    news.robots = "User-agent: sidak\nDisallow: /\n"
    result = channels.collect("news")
    assert result.outcome == "stopped"
    assert "robots.txt does not allow it" in result.message
    assert paths(channels)[-1] == "/robots.txt"
    assert 5.0 in channels.slept


@pytest.mark.parametrize(("status", "outcome"), [(404, "ok"), (403, "ok"), (500, "retry"), (429, "retry")])
def test_robots_that_cannot_be_had(channels: Channels, status: int, outcome: str) -> None:
    channels.standins.news.answers["/robots.txt"] = Response(status=status)
    channels.standins.news.add("Jalan rusak", LONG)
    assert channels.collect("news").outcome == outcome
    assert ("/feed.xml" in paths(channels)) == (outcome == "ok")


@pytest.mark.parametrize(
    "link",
    [
        "http://169.254.169.254/latest/meta-data",
        "http://127.0.0.1:9/x",
        "file:///etc/passwd",
        "//[::1",
        "https://lain.contoh.example/a",
        "http://127.0.0.1:9200@lain/",
    ],
)
def test_a_feed_leads_to_no_other_machine(channels: Channels, link: str) -> None:
    channels.standins.news.add("Jalan rusak", LONG, link=link)
    result = channels.collect("news")
    assert (result.outcome, result.new) == ("ok", 1)
    assert paths(channels) == ["/robots.txt", "/feed.xml"]


def test_a_redirect_stays_on_the_site(channels: Channels) -> None:
    news = channels.standins.news
    path = news.add("Jalan rusak", LONG)
    news.answers["/pindah"] = Response(body=write_article("Jalan rusak", LONG), content_type=HTML)
    news.answers[path] = Response(status=301, headers={"location": "/pindah"})
    other = news.add("Jalan rusak lain", LONG)
    news.answers[other] = Response(status=302, headers={"location": "http://127.0.0.1:9/rahasia"})
    loop = news.add("Jalan rusak berputar", LONG)
    news.answers[loop] = Response(status=302, headers={"location": loop})
    assert channels.collect("news").new == 3
    whole = ["Warga Kecamatan" in post["text"] for post in channels.posts("news")]
    assert sorted(whole) == [False, False, True]


@pytest.mark.parametrize("path", ["/feed.xml", "/baca/1"])
def test_a_gzip_bomb_ends_at_the_cap(channels: Channels, path: str) -> None:
    channels.standins.news.add("Jalan rusak", LONG)
    channels.standins.news.answers[path] = build_bomb(64 << 20)
    result = channels.collect("news")
    assert (result.outcome, result.new) == (("retry", 0) if path == "/feed.xml" else ("ok", 1))


def test_what_is_packed_is_unpacked(channels: Channels) -> None:
    news = channels.standins.news
    news.add("Jalan rusak", LONG)
    news.answers["/feed.xml"] = Response(
        body=gzip.compress(news.feed(channels.standins.url("news"))),
        headers={"content-encoding": "gzip"},
        content_type=XML,
    )
    assert channels.collect("news").new == 1
    for wrong in (b"bukan gzip", gzip.compress(b"x" * 1000)[:-20]):
        news.answers["/feed.xml"] = Response(body=wrong, headers={"content-encoding": "gzip"}, content_type=XML)
        assert channels.collect("news").outcome == "retry"
    news.answers["/feed.xml"] = Response(body=b"x", headers={"content-encoding": "br"}, content_type=XML)
    assert channels.collect("news").outcome == "retry"


BOMB = """<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY lol "lol"><!ENTITY b "&lol;&lol;">]><rss version="2.0"><channel><item><title>&b;</title></item></channel></rss>"""


@pytest.mark.parametrize(
    "body",
    [
        BOMB.encode(), BOMB.encode("utf-16"), BOMB.lower().encode(),
        b'<!DOCTYPE x [<!ENTITY x SYSTEM "file:///etc/passwd">]><rss version="2.0"><channel><item><title>&x;</title></item></channel></rss>',
        b"", b"{}", b"<html><body>Just a moment</body></html>", b"\x00" * 1000, b"<rss", "\ufeff".encode(),
    ],
)  # fmt: skip
def test_what_is_no_feed_is_refused(body: bytes) -> None:
    with pytest.raises(AnswerError):
        read_feed(body, content_type=XML)


def test_feeds_of_three_makes_are_read() -> None:
    atom = b'<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="id"><entry><id>a</id><title>T &amp; U</title><link href="https://a.id/1"/><updated>2026-11-01T00:00:00Z</updated><summary>S</summary><content type="html">&lt;p&gt;isi&lt;/p&gt;</content></entry></feed>'
    old = b'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"><item><title>T</title><link>https://a.id/2</link></item></rdf:RDF>'
    latin = '<?xml version="1.0" encoding="iso-8859-1"?><rss version="2.0"><channel><item><title>caf\u00e9</title></item></channel></rss>'.encode(
        "latin-1"
    )
    assert read_feed(atom, content_type="application/atom+xml")[0][0]["content"] == "<p>isi</p>"
    assert read_feed(old, content_type="text/xml")[0][0]["link"] == "https://a.id/2"
    assert read_feed(latin, content_type="application/xml")[0][0]["title"] == "caf\u00e9"


def test_a_feed_that_is_cut_off_gives_no_half_entry(channels: Channels) -> None:
    news = channels.standins.news
    for number in range(6):
        news.add(f"Jalan rusak {number}", LONG, ago=timedelta(hours=1))
    channels.collect("news")
    news.add("Jalan rusak baru", LONG)
    whole = news.feed(channels.standins.url("news"))
    for share in (0.3, 0.5, 0.8, 0.97):
        news.answers["/feed.xml"] = Response(body=whole[: int(len(whole) * share)], content_type=XML)
        result = channels.collect("news")
        assert result.revised == 0
        assert [warning for warning in result.warnings if "not well formed" in warning]
    del news.answers["/feed.xml"]
    assert channels.collect("news").revised == 0
    assert len({post["native_id"] for post in channels.posts("news")}) == len(channels.posts("news")) == 7


def test_a_feed_turned_over_is_told_as_a_gap(channels: Channels) -> None:
    news = channels.standins.news
    news.shown = 5
    for number in range(5):
        news.add(f"Jalan rusak {number}", LONG)
    assert not channels.collect("news").warnings
    for number in range(9):
        news.add(f"Jalan rusak lagi {number}", LONG)
    result = channels.collect("news")
    assert result.new == 5
    assert [warning for warning in result.warnings if warning.startswith("gap: ")]


def test_one_dead_outlet_stops_no_other(channels: Channels) -> None:
    url = channels.standins.url("news")
    watch = channels.home / "watchlist.toml"
    dead = [f"{url}/mati{number}.xml" for number in range(6)]
    feeds = ", ".join(f'"{one}"' for one in [*dead, f"{url}/feed.xml"])
    watch.write_text(watch.read_text().replace(f'["{url}/feed.xml"]', f"[{feeds}]"))
    news = channels.standins.news
    statuses = (403, 429, 503, 503, 503, 401)
    news.answers = {f"/mati{number}.xml": Response(status=status) for number, status in enumerate(statuses)}
    news.add("Jalan rusak", LONG)
    result = channels.collect("news")
    assert (result.outcome, result.new, result.queries) == ("stopped", 1, 7)


@pytest.mark.parametrize("feed", ["ftp://a.id/feed", "https://a.id", "javascript:x", 'https://a.id/"x'])
def test_a_wrong_address_in_the_watchlist_is_named(channels: Channels, feed: str) -> None:
    (channels.home / "watchlist.toml").write_text(f"feeds = ['{feed}']\n")
    with pytest.raises(UsageError, match="feeds"):
        channels.collect("news")


def test_plain_http_beyond_this_machine_is_not_asked(channels: Channels) -> None:
    (channels.home / "watchlist.toml").write_text('feeds = ["http://kabar.contoh.example/feed"]\n')
    result = channels.collect("news")
    assert result.outcome == "stopped"
    assert "https" in result.message


def test_a_window_takes_what_the_feed_still_shows_of_it(channels: Channels) -> None:
    for hours in range(6):
        channels.standins.news.add(f"Jalan rusak {hours}", LONG, ago=timedelta(hours=hours))
    now = channels.standins.clock.now()
    assert channels.collect("news", window=Window(since=now - timedelta(hours=3, minutes=1))).new == 4
    assert channels.collect("news").new == 2


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("Sun, 01 Nov 2026 08:00:00 +0700", datetime(2026, 11, 1, 1, tzinfo=UTC)),
        ("Min, 01 Nov 2026 08:00 WIB", datetime(2026, 11, 1, 1, tzinfo=UTC)),
        ("Minggu, 1 November 2026 | 08:00 WIB", datetime(2026, 11, 1, 1, tzinfo=UTC)),
        ("1 Agustus 2026 10.30 WITA", datetime(2026, 8, 1, 2, 30, tzinfo=UTC)),
        ("01 Des 2026", datetime(2026, 11, 30, 17, tzinfo=UTC)),
        ("2026-11-01T08:00:00+07:00", datetime(2026, 11, 1, 1, tzinfo=UTC)),
        ("31 Februari 2026 08:00 WIB", None), ("kemarin", None), ("", None), (7, None), ("1 " * 60, None),
    ],
)  # fmt: skip
def test_dates_as_indonesian_feeds_write_them(text: Any, moment: datetime | None) -> None:
    assert read_feed_date(text) == moment


@pytest.mark.parametrize(
    "page",
    [
        "",
        "<html>",
        "<div>" * 20_000,
        "<p" * 100_000,
        "<!--" * 100_000,
        "\0" * 1000,
        "<table><tr>" * 5_000,
        "&#x0;" * 1000,
        "<a b='" * 50_000,
    ],
)
def test_hostile_pages_come_to_nothing_in_time(page: str) -> None:
    began = time.monotonic()
    text = read_article(page)
    assert time.monotonic() - began < 20
    assert text is None or len(text) < len(page)


def test_no_more_is_kept_than_may_be_quoted(channels: Channels) -> None:
    sentences = "\n".join(f"Kalimat nomor {number} tentang jalan rusak di Kecamatan Subah." for number in range(400))
    channels.standins.news.add("Jalan rusak", sentences)
    channels.collect("news")
    post = channels.posts("news")[0]
    assert len(post["text"]) == MAX_TEXT_CHARS
    assert "article_cut" in post["warnings"]


def test_the_end_of_a_web_closes_its_connections() -> None:
    web = Web("http://127.0.0.1:9")
    client = web._client
    del web
    assert client.is_closed
