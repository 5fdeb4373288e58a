"""What of a scenario can be seen on a platform at the stand-ins' present moment."""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from collectors.standins.clock import StandInClock
from collectors.standins.scenario import Item, Platform

State = Literal["live", "deleted", "removed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """An item as it stands now: its version, and whether its author or a moderator took it away."""

    item: Item
    version: int
    state: State

    @property
    def text(self) -> str:
        """The text that stands, whatever the state."""
        return self.item.versions[self.version].text

    @property
    def changed_at(self) -> datetime:
        """When the standing version was written."""
        return self.item.versions[self.version].at


class World:
    """The items of one platform under the stand-ins' clock."""

    def __init__(self, items: Iterable[Item], *, platform: Platform, clock: StandInClock) -> None:
        self.clock = clock
        self._items = tuple(item for item in items if item.platform == platform)
        self._by_key = {item.key: item for item in self._items}

    def see_all(self) -> list[Seen]:
        """Everything ever posted up to now, oldest first, deleted and removed items included."""
        now = self.clock.now()
        return [seen for item in self._items if (seen := self._see(item, now)) is not None]

    def see_live(self) -> list[Seen]:
        """What a visitor sees now, oldest first."""
        return [seen for seen in self.see_all() if seen.state == "live"]

    def see(self, key: str) -> Seen | None:
        """One item by its key in the scenario; None before it exists."""
        return self._see(self._by_key[key], self.clock.now())

    def item(self, key: str) -> Item:
        """One item by its key, whatever the time."""
        return self._by_key[key]

    def _see(self, item: Item, now: datetime) -> Seen | None:
        version = item.version_at(now)
        if version is None:
            return None
        return Seen(item=item, version=version, state=self._state(item, now))

    def _state(self, item: Item, now: datetime) -> State:
        """A repost goes with its original."""
        if item.deleted_at is not None and item.deleted_at <= now:
            return "deleted"
        if item.removed_at is not None and item.removed_at <= now:
            return "removed"
        return self._state(self._by_key[item.repost_of], now) if item.repost_of else "live"


def number_of(name: str, *, below: int) -> int:
    """A number that looks random and is always the same for `name`; for account ids and engagement."""
    return zlib.crc32(name.encode()) % below
