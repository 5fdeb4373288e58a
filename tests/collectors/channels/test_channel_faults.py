"""The channels' clients against stand-ins that misbehave: the verdict, no hang, no secret, and nothing stored is lost."""

from __future__ import annotations

import logging
import random
import time
import traceback
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from collectors.transport import WEB_PAGE
from collectors.whatsapp.media import MediaReference, describe_media
from sidak.errors import ClearanceError, RetryError, SidakError, StopError
from tests.collectors.conftest import ShortLimits
from tests.collectors.fault_table import check_cell, verdict
from tests.collectors.test_fault_matrix import (
    CLOCKS,
    FAULTS,
    all_closed,
    hold_clients,
    overhear_errors,
    quick_faults,
)

from .conftest import Channels

pytestmark = [pytest.mark.timeout(60), pytest.mark.usefixtures("short_limits")]


AGO = timedelta(minutes=1)


def _fill_telegram(channels: Channels) -> None:
    bot = channels.standins.telegram
    for number in range(3):
        bot.add("message", bot.write(f"jalan rusak {number} {channels.standins.clock.now()}"))


def _fill_bluesky(channels: Channels) -> None:
    for number in range(3):
        channels.standins.bluesky.add(f"jalan rusak {number} lagi, banjir pula", by=f"warga{number}", ago=AGO)


def _fill_mastodon(channels: Channels) -> None:
    for number in range(3):
        channels.standins.mastodon.add(f"lampu mati {number} #LaporBatang", by=f"warga{number}", ago=AGO)


def _fill_news(channels: Channels) -> None:
    for number in range(3):
        channels.standins.news.add(f"jalan rusak {number}", "Warga mengeluh soal jalan rusak. " * 20, ago=AGO)


def _fill_threads(channels: Channels) -> None:
    for number in range(3):
        channels.standins.threads.add(f"jalan rusak {number}", by=f"warga{number}", ago=AGO)


FILL: dict[str, Callable[[Channels], None]] = {
    "telegram": _fill_telegram,
    "bluesky": _fill_bluesky,
    "mastodon": _fill_mastodon,
    "news": _fill_news,
    "threads": _fill_threads,
}
LISTENED = {
    "news": "/feed.xml",
    "threads": "/v1.0/keyword_search",
    "mastodon": "/api/v1/timelines",
    "telegram": "/bot",
    "bluesky": "/xrpc/app.bsky.feed.searchPosts",
}
"""Where each source's posts are asked for."""
OTHERWISE = {("news", "malformed"): "ok"}
"""Many feeds are not well formed: what can be read of one is taken, and the rest is asked for again."""


@pytest.mark.parametrize("source", LISTENED)
@pytest.mark.parametrize("name", FAULTS)
def test_a_lasting_fault(
    channels: Channels, short_limits: ShortLimits, source: str, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    """One good pass, one under the fault, one after it: the middle one loses nothing and says why."""
    caplog.set_level(logging.DEBUG)
    fault, outcome = FAULTS[name]
    outcome = OTHERWISE.get((source, name), outcome)
    FILL[source](channels)
    first = channels.collect(source)
    assert first.outcome == "ok", first.message
    assert first.new > 0
    if source == "news":  # else it is answered that nothing has changed, and there is no body to be hurt
        channels.standins.news.add("Resep soto", "Bumbu dan cara memasak. " * 20)
    kept = len(channels.posts(source))
    channels.standins.clock.advance(timedelta(minutes=10))  # Threads' questions are spaced
    channels.standins.faults.add(LISTENED[source], fault, times=None)
    began = time.monotonic()
    with short_limits.hasty(when=fault.kind in {"hang", "drip"}):
        hurt = channels.collect(source)
    assert time.monotonic() - began < 30
    assert hurt.outcome == outcome, hurt.message
    assert hurt.message or hurt.warnings
    assert all(pause <= 8 for pause in channels.slept), "it never sleeps long"
    if name in {"429 retry-after", "429 reset"}:
        assert hurt.until is not None
        assert hurt.until > channels.standins.clock.now()
    assert len(channels.posts(source)) == kept
    if source != "news":  # a feed is no JSON: there every page is read as a feed
        assert (WEB_PAGE in hurt.message) == (name == "html 200")
    channels.standins.faults.clear()
    channels.standins.clock.advance(timedelta(minutes=10))
    after = channels.collect(source)
    assert after.outcome == "ok", after.message
    assert after.new == 0
    assert len(channels.posts(source)) == kept
    assert "kenari" not in caplog.text + hurt.message + repr(hurt), "no secret is told"
    check_cell(name, source, verdict(hurt))


@pytest.mark.parametrize("source", LISTENED)
@pytest.mark.parametrize("name", CLOCKS)
def test_a_clock_that_is_off(channels: Channels, source: str, name: str) -> None:
    """A pass by a wrong clock and one by the right clock keep all that was written before and between them."""
    clock = channels.standins.clock
    FILL[source](channels)
    hurt = channels.collect(source, clock=lambda: clock.now() + CLOCKS[name])
    clock.advance(timedelta(hours=3))
    FILL[source](channels)
    assert channels.collect(source).outcome == "ok"
    assert len({post["native_id"] for post in channels.posts(source)}) == 6
    check_cell(name, source, verdict(hurt))


@pytest.mark.parametrize("name", FAULTS)
def test_a_lasting_fault_while_an_attachment_is_looked_up(
    channels: Channels, short_limits: ShortLimits, name: str
) -> None:
    fault, outcome = FAULTS[name]
    channels.standins.whatsapp.media["65463453"] = {"url": "https://lookaside.fbsbx.com/a", "file_size": 7}
    channels.standins.faults.add("/v23.0/", fault, times=None)
    with short_limits.hasty(when=fault.kind in {"hang", "drip"}), pytest.raises(SidakError) as caught:
        look_up(channels)
    error = caught.value
    seen = "retry" if isinstance(error, RetryError) or getattr(error, "reason", "") == "poison" else "stop"
    assert seen == {"stopped": "stop"}.get(outcome, outcome), error
    assert all(pause <= 8 for pause in channels.slept)
    assert "kenari" not in "".join(traceback.format_exception(error))
    channels.standins.faults.clear()
    assert look_up(channels).bytes == 7
    check_cell(name, "whatsapp", "wait" if isinstance(error, RetryError) and error.until else seen)


@pytest.mark.parametrize("name", CLOCKS)
def test_a_clock_that_is_off_while_an_attachment_is_looked_up(channels: Channels, name: str) -> None:
    channels.standins.whatsapp.media["65463453"] = {"url": "https://lookaside.fbsbx.com/a", "file_size": 7}
    assert look_up(channels, skew=CLOCKS[name]).bytes == 7
    check_cell(name, "whatsapp", "ok")


def look_up(channels: Channels, *, skew: timedelta = timedelta()) -> MediaReference:
    return describe_media(
        "65463453",
        credentials=channels.settings.credentials("whatsapp"),
        clock=lambda: channels.standins.clock.now() + skew,
        sleep=channels.slept.append,
        rng=random.Random(7),
    )


@pytest.mark.parametrize("source", LISTENED)
@pytest.mark.parametrize("name", ["reset", "truncated", "503", "malformed", "html 200"])
def test_a_passing_fault_is_outlived(channels: Channels, source: str, name: str) -> None:
    FILL[source](channels)
    channels.standins.faults.add(LISTENED[source], FAULTS[name][0], times=2)
    result = channels.collect(source)
    assert result.outcome == "ok", result.message
    assert result.new > 0
    assert channels.slept


@pytest.mark.parametrize("source", LISTENED)
@pytest.mark.parametrize("kind", ["null_bytes", "surrogates"])
def test_odd_texts_sink_no_page(channels: Channels, source: str, kind: Any) -> None:
    from collectors.standins.faults import Fault

    if source == "news":
        pytest.skip("a feed is no JSON; test_news.py has what is odd in feeds")
    FILL[source](channels)
    channels.standins.faults.add(LISTENED[source], Fault(kind=kind), times=None)
    result = channels.collect(source)
    assert result.outcome == "ok", result.message
    assert result.new > 0


@pytest.mark.parametrize("source", LISTENED)
def test_no_exception_holds_a_secret(channels: Channels, source: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Walks every failure down to its last cause, as a careless log would."""
    told = overhear_errors(monkeypatch)
    for fault in quick_faults():
        channels.standins.faults.add(LISTENED[source], fault, times=None)
        channels.collect(source)
        channels.standins.faults.clear()
    assert len(told) > 15
    assert not any("kenari" in text or "Authorization" in text for text in told)


@pytest.mark.parametrize("source", LISTENED)
def test_a_netrc_and_a_proxy_change_nothing(channels: Channels, source: str, monkeypatch: pytest.MonkeyPatch) -> None:
    netrc = channels.home / "netrc"
    netrc.write_text("default login a password b\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    FILL[source](channels)
    assert channels.collect(source).outcome == "ok"
    sent = [request.headers.get("authorization", "") for request in channels.standins.log]
    assert not [one for one in sent if one.lower().startswith("basic")]


@pytest.mark.parametrize("source", LISTENED)
def test_no_clearance_no_request(channels: Channels, source: str) -> None:
    path = channels.home / "clearance.toml"
    whole = path.read_text()
    for change in (
        (f"[{source}]", "[tiktok]"),
        ("2026-12-31", "2026-11-01"),
        ('reference = "Nota 7"', 'reference = ""'),
    ):
        path.write_text(whole.replace(*change))
        with pytest.raises(ClearanceError):
            channels.collect(source)
    path.unlink()
    with pytest.raises(ClearanceError):
        channels.collect(source)
    assert len(channels.standins.log) == 0


@pytest.mark.parametrize("source", LISTENED)
def test_each_missing_credential_is_named(channels: Channels, source: str) -> None:
    from collectors.registry import find_source
    from collectors.terms import variable_of

    whole = channels.settings.sources.get(source, {})
    for name in find_source(source).terms.credentials:
        channels.settings.sources[source] = {key: value for key, value in whole.items() if key != name}
        with pytest.raises(StopError, match=variable_of(source, name)):
            channels.collect(source)
    assert len(channels.standins.log) == 0


@pytest.mark.parametrize("source", LISTENED)
@pytest.mark.parametrize("name", [None, "truncated", "drip", "503", "oversize"])
def test_no_connection_outlives_its_pass(
    channels: Channels, short_limits: ShortLimits, monkeypatch: pytest.MonkeyPatch, source: str, name: str | None
) -> None:
    held = hold_clients(monkeypatch)
    FILL[source](channels)
    if name is not None:
        channels.standins.faults.add(LISTENED[source], FAULTS[name][0], times=None)
    with short_limits.hasty(when=name == "drip"):
        channels.collect(source)
    assert held
    assert all_closed(channels.standins)
