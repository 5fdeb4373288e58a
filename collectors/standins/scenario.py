"""Scenarios: invented posts in TOML, dated backwards from the scenario's end and resolved against a moment given.

A scenario is a folder of TOML files under `scenarios/`, one post a line:

    platform = "x"
    posts = [
      { by = "handle", ago = "3d4h", truth = "report pungli 33.25.09", text = "…" },
    ]
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Literal

import msgspec

Platform = Literal["x", "reddit", "youtube", "facebook", "instagram"]
SCENARIOS_FOLDER = Path(__file__).parent / "scenarios"
X_EDIT_WINDOW = timedelta(minutes=30)
"""X lets a post be edited for this long: https://docs.x.com/x-api/fundamentals/edit-posts"""

_HANDLES = {"x": re.compile(r"\w{1,15}", re.ASCII), "reddit": re.compile(r"[\w-]{2,20}", re.ASCII)}
_ANY_HANDLE = re.compile(r"[\w .-]{2,30}", re.ASCII)
_AGO = re.compile(r"(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?")
_TRUTH = re.compile(r"(?P<verdict>report|noise) (?P<what>[a-z_]+)(?: (?P<area>\d\d(?:\.\d\d){0,2}(?:\.\d{4})?))?")


class ScenarioError(ValueError):
    """A scenario file says something that cannot be; the message names the file and the post."""


class Truth(msgspec.Struct, frozen=True, kw_only=True):
    """What the author of the scenario meant; for tests and demos only, never on the wire."""

    is_report: bool
    what: str
    """Category id of a report, or the sort of noise."""
    area: str | None = None
    """Most specific Kemendagri code that the text itself supports."""


class Version(msgspec.Struct, frozen=True, kw_only=True):
    """The text of an item from `at` on."""

    at: datetime
    text: str


class Item(msgspec.Struct, frozen=True, kw_only=True):
    """One post or comment of the scenario, with everything that will ever happen to it."""

    key: str
    number: int
    """Position in the scenario, from which ids are made."""
    platform: Platform
    author: str
    versions: tuple[Version, ...]
    truth: Truth
    deleted_at: datetime | None = None
    removed_at: datetime | None = None
    language: str = "in"
    place: str | None = None
    reply_to: str | None = None
    repost_of: str | None = None
    quote_of: str | None = None
    subreddit: str | None = None
    title: str | None = None

    @property
    def created_at(self) -> datetime:
        """When the first version was posted."""
        return self.versions[0].at

    def version_at(self, moment: datetime) -> int | None:
        """Index of the version that stands at `moment`; None before the item exists."""
        standing = [index for index, version in enumerate(self.versions) if version.at <= moment]
        return standing[-1] if standing else None


class _Edit(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    ago: str
    text: str


class _Row(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    by: str
    ago: str
    truth: str
    text: str
    key: str = ""
    lang: str = "in"
    place: str | None = None
    reply_to: str | None = None
    repost_of: str | None = None
    quote_of: str | None = None
    sub: str | None = None
    title: str | None = None
    edits: tuple[_Edit, ...] = ()
    deleted: str | None = None
    removed: str | None = None


class _File(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    platform: Platform
    posts: tuple[_Row, ...]


def load_scenario(name: str, *, end: datetime, folder: Path = SCENARIOS_FOLDER) -> tuple[Item, ...]:
    """The items of scenario `name` with times counted back from `end`, oldest first; raises ScenarioError."""
    files = sorted((folder / name).glob("*.toml"))
    if not files:
        known = ", ".join(sorted(path.name for path in folder.iterdir() if path.is_dir()))
        raise ScenarioError(f"scenario {name!r} does not exist; there are: {known}")
    items = sorted(
        (item for file in files for item in _read(file, end=end)), key=lambda item: (item.created_at, item.key)
    )
    _check(items)
    by_key = {item.key: item for item in items}
    return tuple(
        msgspec.structs.replace(item, number=number, subreddit=_subreddit(item, by_key))
        for number, item in enumerate(items)
    )


def parse_ago(text: str) -> timedelta:
    """`"3d4h"`, `"20d0h10m"`, `"45m"` as a timedelta; raises ScenarioError."""
    match = _AGO.fullmatch(text)
    if match is None or not text:
        raise ScenarioError(f"{text!r} is no distance in time; write it like 3d4h30m")
    days, hours, minutes, seconds = (int(part or 0) for part in match.groups())
    return timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)


def parse_truth(text: str) -> Truth:
    """`"report pungli 33.25.09"` or `"noise news"` as a Truth; raises ScenarioError."""
    match = _TRUTH.fullmatch(text)
    if match is None:
        raise ScenarioError(f"{text!r} is no truth; write `report CATEGORY [CODE]` or `noise SORT`")
    return Truth(is_report=match["verdict"] == "report", what=match["what"], area=match["area"])


@lru_cache(maxsize=64)
def _decode(content: bytes) -> _File:
    return msgspec.toml.decode(content, type=_File)


def _read(file: Path, *, end: datetime) -> Iterator[Item]:
    try:
        content = _decode(file.read_bytes())
    except msgspec.MsgspecError as error:
        raise ScenarioError(f"{file.name}: {error}") from error
    for index, row in enumerate(content.posts):
        try:
            yield _resolve(row, key=row.key or f"{file.stem}-{index:03d}", platform=content.platform, end=end)
        except ScenarioError as error:
            raise ScenarioError(f"{file.name}: post {index} by {row.by}: {error}") from error


def _resolve(row: _Row, *, key: str, platform: Platform, end: datetime) -> Item:
    edits = (Version(at=end - parse_ago(edit.ago), text=edit.text) for edit in row.edits)
    return Item(
        key=key,
        number=0,
        platform=platform,
        author=row.by,
        versions=(Version(at=end - parse_ago(row.ago), text=row.text), *edits),
        truth=parse_truth(row.truth),
        deleted_at=end - parse_ago(row.deleted) if row.deleted else None,
        removed_at=end - parse_ago(row.removed) if row.removed else None,
        language=row.lang,
        place=row.place,
        reply_to=row.reply_to,
        repost_of=row.repost_of,
        quote_of=row.quote_of,
        subreddit=row.sub,
        title=row.title,
    )


def _subreddit(item: Item, by_key: Mapping[str, Item]) -> str | None:
    """A comment stands where its submission stands."""
    while item.reply_to:
        item = by_key[item.reply_to]
    return item.subreddit


def _check(items: Sequence[Item]) -> None:
    by_key = {item.key: item for item in items}
    if len(by_key) != len(items):
        raise ScenarioError("two posts share a key")
    for item in items:
        times = [version.at for version in item.versions]
        if times != sorted(set(times)):
            raise ScenarioError(f"{item.key}: edits must be later than the post and in order")
        if item.platform == "x" and times[-1] - times[0] > X_EDIT_WINDOW:
            raise ScenarioError(f"{item.key}: X allows edits for {X_EDIT_WINDOW} only")
        if not _HANDLES.get(item.platform, _ANY_HANDLE).fullmatch(item.author):
            raise ScenarioError(f"{item.key}: {item.author!r} is no handle of {item.platform}")
        if item.platform == "reddit" and not item.reply_to and not (item.subreddit and item.title):
            raise ScenarioError(f"{item.key}: a submission needs `sub` and `title`")
        for reference in (item.reply_to, item.repost_of, item.quote_of):
            if reference and (reference not in by_key or by_key[reference].platform != item.platform):
                raise ScenarioError(f"{item.key}: refers to {reference!r}, which is no {item.platform} post")
            if reference and by_key[reference].created_at >= item.created_at:
                raise ScenarioError(f"{item.key}: is older than {reference!r}, to which it refers")
