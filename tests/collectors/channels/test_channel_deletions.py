"""A post deleted at the platform is learned of by the look-up and is destroyed everywhere, sealed address or not."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from sidak.app.refresh import refresh_with

from .conftest import Channels

MARK = "KENARIDIHAPUS"


@pytest.mark.parametrize("source", ["bluesky", "mastodon"])
def test_what_is_deleted_there_is_found_in_no_byte_here(channels: Channels, source: str) -> None:
    platform: Any = getattr(channels.standins, source)
    gone = platform.add(f"banjir {MARK} #LaporBatang", by="pelapor")
    for number in range(5):
        platform.add(f"banjir {number} #LaporBatang", by=f"warga{number}")
    assert channels.collect(source).new == 6
    platform.delete(gone)
    channels.standins.clock.advance(timedelta(hours=23))
    summary = refresh_with(channels.house, source)
    assert (summary.outcome, summary.due, summary.deleted) == ("ok", 6, 1), summary
    assert not [path for path in channels.home.rglob("*") if path.is_file() and MARK.encode() in path.read_bytes()]
    assert "pelapor" not in channels.told()
    assert channels.collect(source).new == 0


def test_a_look_up_without_clearance_makes_no_request(channels: Channels) -> None:
    channels.standins.bluesky.add("banjir")
    channels.collect("bluesky")
    (channels.home / "clearance.toml").unlink()
    channels.standins.clock.advance(timedelta(hours=23))
    asked = len(channels.standins.log)
    assert refresh_with(channels.house, "bluesky").outcome == "stopped"
    assert len(channels.standins.log) == asked
