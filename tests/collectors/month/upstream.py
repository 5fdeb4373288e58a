"""What people write, edit and delete on every platform over some weeks; each text carries a token of its own."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from collectors.standins.channels import ChannelStandIns

OPENINGS = ("jalan rusak", "banjir", "pungli", "jalan rusak parah")
PLANNED = ("x", "reddit", "youtube", "facebook", "instagram")
"""Written into a scenario ahead; the others are told at the moment itself."""
CHANNELS = ("telegram", "bluesky", "mastodon", "threads", "news", "whatsapp")
BASES = {
    "youtube": ("KabarJateng.Uji", "kabar pagi"),
    "facebook": ("InfoBatangUji", "kabar pagi"),
    "instagram": ("InspektoratUji", "kantor kami"),
}
"""Who writes what stands above the comments, every other day."""
EDITED = frozenset({"x", "reddit", "youtube", "facebook", "bluesky", "mastodon", "telegram", "news"})
DELETED = frozenset({"x", "reddit", "youtube", "facebook", "instagram", "bluesky", "mastodon"})
"""Where a deletion can be learned of; of the others nobody is told."""


@dataclass(kw_only=True)
class Written:
    """One post upstream with everything that happens to it."""

    token: str
    source: str
    by: str
    versions: list[tuple[datetime, str]]
    deleted_at: datetime | None = None
    under: str = ""
    handle: Any = field(default=None)

    @property
    def created_at(self) -> datetime:
        return self.versions[0][0]

    @property
    def text(self) -> str:
        """How it reads in the end."""
        return self.versions[-1][1]


def write_month(start: datetime, end: datetime, *, a_day: int, rng: random.Random) -> list[Written]:
    """Posts of all platforms, oldest first; nothing is deleted in the last hours, so that all of it can be learned of."""
    found = []
    number = 0
    for source in (*PLANNED, *CHANNELS):
        for _ in range(int((end - start) / timedelta(days=1) * a_day)):
            created = start + timedelta(seconds=rng.randrange(int((end - start).total_seconds())))
            number += 1
            found.append(_write(source, number, created, end, rng))
    return sorted(found, key=lambda one: one.created_at)


def _write(source: str, number: int, created: datetime, end: datetime, rng: random.Random) -> Written:
    token = f"q{number:06d}z"
    text = f"{rng.choice(OPENINGS)} di subah batang {token} #LaporBatang"
    versions = [(created, text)]
    later = min(created + timedelta(minutes=rng.randint(2, 28 if source == "x" else 2000)), end)
    if source in EDITED and rng.random() < 0.2 and later > created:
        versions.append((later, f"{text} sudah ditambal"))
    gone = versions[-1][0] + timedelta(minutes=rng.randint(1, 4000))
    deleted = gone if source in DELETED and rng.random() < 0.15 and gone < end else None
    return Written(
        token=token, source=source, by=f"warga{number % 40}", versions=versions, deleted_at=deleted
    )  # fmt: skip


def write_scenario(folder: Path, written: list[Written], start: datetime, end: datetime) -> None:
    """Put the planned platforms into a scenario; comments stand under a post of the last two days."""
    (folder / "bulan").mkdir(parents=True)
    for platform in PLANNED:
        rows = [
            _row(*BASES[platform], start + timedelta(days=day, minutes=-1), end, key=f"{platform}{day}")
            for day in range(0, (end - start).days, 2)
            if platform in BASES
        ]
        rows += [_planned(one, start, end) for one in written if one.source == platform]
        body = "\n".join(f"{{ {row} }}," for row in rows)
        (folder / "bulan" / f"{platform}.toml").write_text(f'platform = "{platform}"\nposts = [\n{body}\n]\n')


def _planned(one: Written, start: datetime, end: datetime) -> str:
    more: dict[str, str] = {"key": one.token}
    if one.source in BASES:
        more["reply_to"] = f"{one.source}{(one.created_at - start).days // 2 * 2}"
    if one.source == "reddit":
        more |= {"sub": "indonesia", "title": "Laporan warga"}
    if one.deleted_at:
        more["deleted"] = _ago(one.deleted_at, end)
    row = _row(one.by, one.versions[0][1], one.created_at, end, **more)
    edits = ", ".join(f'{{ ago = "{_ago(at, end)}", text = "{text}" }}' for at, text in one.versions[1:])
    return f"{row}, edits = [{edits}]" if edits else row


def _row(by: str, text: str, at: datetime, end: datetime, **more: str) -> str:
    extra = "".join(f', {name} = "{value}"' for name, value in more.items())
    return f'by = "{by}", ago = "{_ago(at, end)}", truth = "noise chatter", text = "{text}"{extra}'


def _ago(at: datetime, end: datetime) -> str:
    return f"{int((end - at).total_seconds())}s"


def events(written: list[Written]) -> list[tuple[datetime, int, str, Written]]:
    """What happens on the channels, in order of time."""
    return sorted((event for one in written if one.source in CHANNELS for event in _events(one)), key=lambda e: e[:2])


def _events(one: Written) -> Iterator[tuple[datetime, int, str, Written]]:
    for number, (at, _) in enumerate(one.versions):
        yield at, number, "write" if number == 0 else "edit", one
    if one.deleted_at:
        yield one.deleted_at, 9, "delete", one


def happen(what: str, one: Written, channels: ChannelStandIns) -> None:
    """Let a channel's stand-in write, edit or delete."""
    platform: Any = getattr(channels, one.source)
    text = one.versions[what == "edit"][1]
    if what == "delete":
        platform.delete(one.handle)
    elif one.source == "telegram":
        if what == "write":
            one.handle = platform.write(text)
            platform.add("message", one.handle)
        else:
            edited = {**one.handle, "text": text, "edit_date": int(channels.clock.now().timestamp())}
            platform.add("edited_message", edited)
    elif one.source == "whatsapp":
        platform.post(platform.write("text", {"body": text}))
    elif one.source == "news":
        body = f"{text}. Warga berharap pemerintah segera turun tangan. " * 8
        if what == "write":
            one.handle = platform.add(text, body)
        else:
            platform.change(one.handle, title=text, text=body)
    elif what == "write":
        one.handle = platform.add(text, by=one.by)
    else:
        platform.change(one.handle, text)
