"""What the bot hears is kept before Telegram is told to forget it."""

from __future__ import annotations

import json
import random
from datetime import timedelta
from typing import Any

import pytest

from collectors.protocol import Window
from collectors.telegram.client import PAGE_UPDATES
from sidak.errors import StopError

from .conftest import Channels


def say(channels: Channels, count: int, *, start: int = 0) -> None:
    bot = channels.standins.telegram
    for number in range(start, start + count):
        bot.add("message", bot.write(f"aduan {number}", by=61_000_000 + number))


def texts(channels: Channels) -> list[str]:
    return [post["text"] for post in channels.posts("telegram")]


def test_all_pages_once_and_then_nothing(channels: Channels) -> None:
    say(channels, 2 * PAGE_UPDATES + 7)
    result = channels.collect("telegram")
    assert (result.outcome, result.new) == ("ok", 2 * PAGE_UPDATES + 7)
    assert sorted(texts(channels)) == sorted(f"aduan {n}" for n in range(result.new))
    assert channels.standins.telegram.waiting() == []
    again = channels.collect("telegram")
    assert (again.outcome, again.fetched) == ("ok", 0)
    polls = [json.loads(request.body)["timeout"] for request in channels.standins.log]
    assert polls == [10, 0, 0, 0, 10], "only the first question of a pass may be held open"


def test_nothing_is_forgotten_there_that_is_not_durable_here(
    channels: Channels, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The archive fails again and again, each time after another page."""
    rng = random.Random(4)
    store = channels.house.intake.store

    def stumble(*given: Any, **options: Any) -> Any:
        if rng.random() < 0.5:
            raise StopError("the disk is full")
        return store(*given, **options)

    monkeypatch.setattr(channels.house.intake, "store", stumble)
    said = 0
    for _ in range(15):
        count = rng.randint(0, 250)
        say(channels, count, start=said)
        said += count
        try:
            channels.collect("telegram")
        except StopError:
            kept = set(texts(channels))
            waiting = len(channels.standins.telegram.waiting())
            assert len(kept) + waiting >= said, "what is not kept here still waits there"
    monkeypatch.setattr(channels.house.intake, "store", store)
    channels.collect("telegram")
    assert sorted(texts(channels)) == sorted(f"aduan {n}" for n in range(said))


def test_an_edit_is_a_revision_and_an_edit_of_a_channel_too(channels: Channels) -> None:
    bot = channels.standins.telegram
    message = bot.write("lubang di Subah")
    bot.add("message", message)
    bot.add("edited_message", {**message, "text": "lubang di Subah, depan SD", "edit_date": message["date"] + 9})
    chat = {"id": -100190, "type": "channel", "username": "kabarbatang"}
    post = {"message_id": 3, "chat": chat, "sender_chat": chat, "date": message["date"], "text": "banjir"}
    bot.add("channel_post", post)
    bot.add("edited_channel_post", {**post, "text": "banjir surut", "edit_date": message["date"] + 9})
    result = channels.collect("telegram")
    assert (result.new, result.revised) == (2, 2)
    kept = channels.posts("telegram")
    assert kept[0]["native_id"] == kept[1]["native_id"]
    assert kept[3]["url"] == "https://t.me/kabarbatang/3"


def test_a_private_chat_leaves_no_name_and_no_number(channels: Channels) -> None:
    bot = channels.standins.telegram
    bot.add("message", bot.write("pungli", by=61_234_567))
    bot.add("message", {**bot.write("x", by=61_234_567), "text": None})
    channels.collect("telegram")
    assert not [one for one in ("61234567", "Nama Orang", "nama_orang") if one in channels.told()]
    assert channels.posts("telegram")[0]["visibility"] == "submitted"


def test_a_silence_of_ours_is_told_as_a_gap(channels: Channels) -> None:
    channels.collect("telegram")
    say(channels, 3)
    channels.standins.clock.advance(timedelta(hours=30))
    result = channels.collect("telegram")
    assert result.new == 0
    assert [warning for warning in result.warnings if warning.startswith("gap: Telegram keeps updates for 24 hours")]
    assert not channels.collect("telegram").warnings


def test_after_a_quiet_week_numbers_may_start_anywhere(channels: Channels) -> None:
    bot = channels.standins.telegram
    say(channels, 2)
    channels.collect("telegram")
    for _ in range(8):
        channels.standins.clock.advance(timedelta(hours=23))
        assert not channels.collect("telegram").warnings
    bot.next_id = 5
    say(channels, 3, start=2)
    assert channels.collect("telegram").new == 3
    say(channels, 1, start=5)
    assert channels.collect("telegram").new == 1
    assert channels.standins.telegram.waiting() == []


def test_a_window_looks_and_confirms_nothing(channels: Channels) -> None:
    say(channels, 2)
    channels.standins.clock.advance(timedelta(hours=2))
    say(channels, 1, start=2)
    now = channels.standins.clock.now()
    result = channels.collect("telegram", window=Window(since=now - timedelta(hours=1)))
    assert result.new == 1
    assert len(channels.standins.telegram.waiting()) == 3
    assert channels.collect("telegram").new == 2


def test_updates_without_numbers_end_no_less_than_the_pass(channels: Channels) -> None:
    from collectors.standins.faults import Fault

    body = json.dumps({"ok": True, "result": [{"message": {}}, 7]}).encode()
    channels.standins.faults.add("/bot", Fault(kind="status", status=200, body=body), times=None)
    result = channels.collect("telegram")
    assert result.outcome == "retry"
    assert "without numbers" in result.message
    assert len(channels.standins.log) == 1


def test_a_second_reader_is_told(channels: Channels) -> None:
    channels.standins.telegram.fetched_elsewhere = True
    result = channels.collect("telegram")
    assert result.outcome == "stopped"
    assert "status 409 from getUpdates" in result.message


def test_telegrams_own_way_to_say_when(channels: Channels) -> None:
    from collectors.standins.faults import Fault

    body = b'{"ok":false,"error_code":429,"description":"Too Many Requests","parameters":{"retry_after":700}}'
    channels.standins.faults.add("/bot", Fault(kind="status", status=429, body=body), times=None)
    result = channels.collect("telegram")
    assert result.until == channels.standins.clock.now() + timedelta(seconds=700)


@pytest.mark.parametrize("token", ["", "abc", "7:a/../b", "7:a\nb", "7:a b"])
def test_what_is_no_token_is_never_sent(channels: Channels, token: str) -> None:
    from pydantic import SecretStr

    channels.settings.sources["telegram"]["bot_token"] = SecretStr(token)
    with pytest.raises(StopError, match="SIDAK_SOURCES__TELEGRAM__BOT_TOKEN") as caught:
        channels.collect("telegram")
    assert not token or token not in str(caught.value)
    assert len(channels.standins.log) == 0
