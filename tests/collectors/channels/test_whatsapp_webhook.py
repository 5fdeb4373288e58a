"""The webhook as Meta sees it: the real ASGI application, served by uvicorn, called over loopback."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest
import uvicorn

from collectors.whatsapp.webhook import MAX_BODY_BYTES
from sidak.app.receive import Keeper, build_webhook
from sidak.app.serve import open_listener
from sidak.errors import ClearanceError, StopError, UsageError

from .conftest import CANARY, Channels

VERIFY = {"hub.mode": "subscribe", "hub.verify_token": f"v-{CANARY}", "hub.challenge": "1158201444"}


class Served:
    """The application on a port of its own."""

    def __init__(self, channels: Channels) -> None:
        self.channels = channels
        self.woken: list[bool] = []
        credentials = channels.settings.credentials("whatsapp")
        app, self.tally = build_webhook(
            channels.house, credentials=credentials, on_deleted=lambda: self.woken.append(True)
        )
        listener = open_listener("127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{listener.getsockname()[1]}/whatsapp"
        self.server = uvicorn.Server(uvicorn.Config(app, log_level="critical", lifespan="off"))
        self.thread = threading.Thread(target=self.server.run, kwargs={"sockets": [listener]})
        self.thread.start()
        self.client = httpx.Client(timeout=30, trust_env=False)

    def send(self, body: bytes, headers: Any) -> int:
        return self.client.post(self.url, content=body, headers=headers).status_code

    def stop(self) -> None:
        self.client.close()
        self.server.should_exit = True
        self.thread.join()


@pytest.fixture
def served(channels: Channels) -> Iterator[Served]:
    running = Served(channels)
    yield running
    running.stop()


def segments(channels: Channels) -> int:
    return len(channels.house.archive.stream("posts/whatsapp").segments())


def test_the_handshake(served: Served) -> None:
    answer = served.client.get(served.url, params=VERIFY)
    assert (answer.status_code, answer.text) == (200, "1158201444")
    assert answer.headers["content-type"].startswith("text/plain")
    for wrong in (
        {"hub.verify_token": "lain"}, {"hub.verify_token": "\u00e9"}, {"hub.mode": "unsubscribe"}, {"hub.challenge": ""},
        {"hub.challenge": "9" * 5000},
    ):  # fmt: skip
        assert served.client.get(served.url, params=VERIFY | wrong).status_code == 403
    assert served.client.get(served.url).status_code == 403


def test_only_what_meta_signed_comes_in(served: Served) -> None:
    meta = served.channels.standins.whatsapp
    body = meta.post(meta.write("text", {"body": "jalan rusak di Subah"}))
    signed = meta.sign(body)
    other = type(meta)(served.channels.standins.clock, app_secret="lain").sign(body)
    for headers in (
        {},
        {"x-hub-signature-256": ""},
        {"x-hub-signature-256": "sha256="},
        other,
        {"x-hub-signature-256": signed["x-hub-signature-256"].upper()},
    ):
        assert served.send(body, headers) == 403
    assert served.send(body + b" ", signed) == 403
    assert served.send(body.replace(b"Subah", b"Tersono"), signed) == 403
    assert segments(served.channels) == 0
    assert served.channels.letters() == []
    assert served.send(body, signed) == 200
    assert [post["text"] for post in served.channels.posts("whatsapp")] == ["jalan rusak di Subah"]


def test_a_storm_of_redeliveries_changes_nothing(served: Served) -> None:
    channels, meta = served.channels, served.channels.standins.whatsapp
    bodies = [meta.post(meta.write("text", {"body": f"lubang ke-{n}"}, by=f"62811000{n:04d}")) for n in range(20)]
    with ThreadPoolExecutor(8) as pool:
        first = list(pool.map(lambda body: served.send(body, meta.sign(body)), bodies))
        before = (segments(channels), channels.posts("whatsapp"))
        storm = list(pool.map(lambda body: served.send(body, meta.sign(body)), bodies * 15))
    assert set(first + storm) == {200}
    assert (segments(channels), channels.posts("whatsapp")) == before
    assert sorted(post["text"] for post in before[1]) == sorted(f"lubang ke-{n}" for n in range(20))
    assert before[0] < 20, "what comes together is committed together"
    counts = served.tally.take()
    assert (counts["new"], counts["unchanged"]) == (20, 300)


def test_nothing_is_acknowledged_that_is_not_durable(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    channels, meta = served.channels, served.channels.standins.whatsapp
    body = meta.post(meta.write("text", {"body": "air mati"}))

    def refuse(*_: Any, **__: Any) -> Any:
        raise StopError("the disk is full")

    with monkeypatch.context() as patch:
        patch.setattr(channels.house.intake, "store", refuse)
        assert meta.deliver(served.send) == 1
    assert meta.deliver(served.send) == 0
    assert [post["text"] for post in channels.posts("whatsapp")] == ["air mati"]
    assert served.send(body, meta.sign(body)) == 200
    assert len(channels.posts("whatsapp")) == 1


def test_an_answer_waits_for_the_archive_only(served: Served) -> None:
    """While another process holds the stages' locks, messages are taken in all the same."""
    meta = served.channels.standins.whatsapp
    with served.channels.house.alone("enrich"), served.channels.house.alone("publish"):
        meta.post(meta.write("text", {"body": "banjir"}))
        assert meta.deliver(served.send) == 0  # had it waited for the locks, no answer would have come in time


def test_the_clearance_may_end_while_it_runs(served: Served) -> None:
    channels, meta = served.channels, served.channels.standins.whatsapp
    meta.post(meta.write("text", {"body": "sesudah izin habis"}))
    now = channels.standins.clock.now()
    channels.standins.clock.set(now.replace(year=2027))
    assert meta.deliver(served.send) == 1
    assert segments(channels) == 0
    channels.standins.clock.set(now)
    assert meta.deliver(served.send) == 0


@pytest.mark.parametrize(
    "change", [("[whatsapp]", "[tiktok]"), ('notice = "papan"', 'notice = ""'), ("2026-12-31", "2026-11-01")]
)
def test_without_clearance_it_does_not_even_start(channels: Channels, change: tuple[str, str]) -> None:
    from collectors.questions import check_lane

    path = channels.home / "clearance.toml"
    path.write_text(path.read_text().replace(*change))
    with pytest.raises(ClearanceError):
        check_lane("whatsapp", "addressed", channels.settings, now=channels.standins.clock.now())
    assert len(channels.standins.log) == 0


def test_missing_secrets_are_named(channels: Channels) -> None:
    from collectors.questions import check_lane

    del channels.settings.sources["whatsapp"]["app_secret"]
    with pytest.raises(StopError, match="SIDAK_SOURCES__WHATSAPP__APP_SECRET"):
        check_lane("whatsapp", "addressed", channels.settings, now=channels.standins.clock.now())


def test_it_is_not_collected(channels: Channels) -> None:
    with pytest.raises(UsageError, match="sidak receive whatsapp"):
        channels.collect("whatsapp")


def test_too_much_is_turned_away(served: Served) -> None:
    meta = served.channels.standins.whatsapp
    large = b'{"entry": "' + b"x" * MAX_BODY_BYTES + b'"}'
    assert served.send(large, meta.sign(large)) == 413

    def pieces() -> Iterator[bytes]:
        for start in range(0, len(large), 1 << 16):
            yield large[start : start + (1 << 16)]

    answer = served.client.post(served.url, content=pieces(), headers=meta.sign(large))
    assert answer.status_code == 413


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"7", b'{"entry": 7}', b"[" * 200_000, b"<html>", b"\xff\xfe", b'{"entry": null}']
)
def test_what_cannot_be_read_is_set_aside_once(served: Served, body: bytes) -> None:
    meta = served.channels.standins.whatsapp
    for _ in range(3):
        assert served.send(body, meta.sign(body)) == 200
    letters = served.channels.letters()
    assert [letter["reason"] for letter in letters] == ["bad_delivery"]
    assert "payload" not in letters[0]


@pytest.mark.parametrize(
    "value", [{}, {"messages": None}, {"messages": 7}, {"messages": []}, {"contacts": 7, "statuses": {}}]
)
def test_what_holds_no_message_is_answered_and_leaves_nothing(served: Served, value: dict[str, Any]) -> None:
    meta = served.channels.standins.whatsapp
    meta.post_value(value)
    meta.post_status("wamid.x")
    assert meta.deliver(served.send) == 0
    assert segments(served.channels) == 0
    assert served.channels.letters() == []


def test_unknown_kinds_become_dead_letters_beside_good_messages(served: Served) -> None:
    channels, meta = served.channels, served.channels.standins.whatsapp
    meta.post(
        meta.write("text", {"body": "tiang listrik miring"}),
        meta.write("hologram", {"body": "lubang, hubungi 628110000001"}),
        meta.write("contacts", {"name": "Ibu Sri"}),
        {"type": "text"},
        7,  # type: ignore[arg-type]
        meta.write("text", {"body": "grup"}, group_id="g1"),
        meta.write("reaction", {"emoji": "\u2764"}),
        contacts=[],
    )
    assert meta.deliver(served.send) == 0
    assert [post["text"] for post in channels.posts("whatsapp")] == ["tiang listrik miring"]
    reasons = sorted(letter["reason"] for letter in channels.letters())
    assert "lubang, hubungi #" in channels.told(), "Meta does not deliver it again"
    assert reasons == ["bad_group_id", "bad_id", "bad_item", "bad_type", "bad_type"]
    assert not [word for word in ("Ibu Sri", "62811", "grup") if word in channels.told()]


def test_a_message_taken_back_wakes_the_keeper_and_is_destroyed(served: Served) -> None:
    channels, meta = served.channels, served.channels.standins.whatsapp
    first = meta.write("text", {"body": "petugas minta uang CANARYTAKENBACK"})
    meta.post(first)
    meta.deliver(served.send)
    assert not served.woken
    meta.post(meta.write("revoke", {"original_message_id": first["id"]}))
    meta.deliver(served.send)
    assert served.woken
    keeper = Keeper(channels.settings, clock=channels.standins.clock.now, beat_seconds=60)
    keeper.start(served.tally)
    keeper.stop()
    assert not any(b"CANARYTAKENBACK" in path.read_bytes() for path in channels.home.rglob("*") if path.is_file())
    assert [post["type"] for post in channels.posts("whatsapp")] == ["tombstone", "tombstone"]
    body = meta.post(first)
    assert served.send(body, meta.sign(body)) == 200
    assert all(post["type"] == "tombstone" for post in channels.posts("whatsapp")), (
        "a redelivery does not bring it back"
    )
    runs = channels.house.journal.runs(source="whatsapp")
    assert runs[-1].counts["deleted"] == 1


def test_a_sender_that_hangs_up_loses_nothing(served: Served) -> None:
    meta = served.channels.standins.whatsapp
    body = meta.post(meta.write("text", {"body": "putus di tengah"}))
    with pytest.raises(httpx.TimeoutException):
        httpx.post(
            served.url, content=body, headers=meta.sign(body), timeout=httpx.Timeout(5, read=0.001), trust_env=False
        )
    deadline = time.monotonic() + 60
    while not served.channels.posts("whatsapp") and time.monotonic() < deadline:
        time.sleep(0.05)
    assert served.send(body, meta.sign(body)) == 200
    assert len(served.channels.posts("whatsapp")) == 1


def test_a_body_that_drips_is_given_up(channels: Channels) -> None:
    from collectors.whatsapp.webhook import Webhook

    hook = Webhook(
        None,
        app_secret="a",
        verify_token="b",
        why_not=lambda: None,
        clock=channels.standins.clock.now,
        read_seconds=0.05,
    )  # type: ignore[arg-type]
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        await asyncio.sleep(0.02)
        return {"type": "http.request", "body": b" ", "more_body": True}

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "method": "POST",
        "path": "/whatsapp",
        "raw_path": b"/whatsapp",
        "query_string": b"",
        "headers": [],
        "root_path": "",
        "scheme": "http",
        "http_version": "1.1",
        "server": ("127.0.0.1", 1),
        "client": None,
    }
    asyncio.run(hook.build_app()(scope, receive, send))
    assert sent[0]["status"] == 408


def test_an_attachment_is_described_and_never_fetched(channels: Channels) -> None:
    from collectors.whatsapp.media import describe_media
    from sidak.errors import QuarantineError

    standins = channels.standins
    standins.whatsapp.media["65463453"] = {
        "url": "https://lookaside.fbsbx.com/whatsapp_business/attachments/?mid=1",
        "mime_type": "image/jpeg",
        "sha256": "ab",
        "file_size": "303833",
    }
    options: dict[str, Any] = {
        "credentials": channels.settings.credentials("whatsapp"),
        "clock": standins.clock.now,
        "sleep": channels.slept.append,
        "rng": __import__("random").Random(1),
    }
    found = describe_media("65463453", **options)
    assert (found.mime_type, found.bytes, found.sha256, found.held) == ("image/jpeg", 303833, "ab", True)
    assert len(standins.log) == 1
    with pytest.raises(QuarantineError):
        describe_media("1", **options)
    with pytest.raises(UsageError):
        describe_media("../me", **options)
    assert CANARY not in json.dumps([request.path for request in standins.log])
