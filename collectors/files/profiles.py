"""Column profiles: how one kind of file maps to posts, as data.

Built-in profiles are the TOML files in `profiles/`; a deployment's own is named by the path of its file.
"""

from __future__ import annotations

import io
import re
from functools import cached_property, lru_cache
from importlib import resources
from pathlib import Path
from typing import Literal

import msgspec

from collectors.files.dates import ZONES, parse_zone
from sidak.errors import UsageError
from sidak.models import Lane, PostKind, Visibility

REQUIRED = ("text", "created_at")
_PLACEHOLDER = re.compile(r"\{([^{}]+)\}")


class Columns(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The headings that hold each field; the first that the file has counts. Case and outer spaces do not."""

    text: tuple[str, ...]
    created_at: tuple[str, ...]
    id: tuple[str, ...] = ()
    url: tuple[str, ...] = ()
    author: tuple[str, ...] = ()
    title: tuple[str, ...] = ()
    lane: tuple[str, ...] = ()


class Profile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, dict=True):
    """How the columns of one kind of file become posts."""

    columns: Columns
    dates: tuple[str, ...]
    """Tried in order: strptime formats (%B also reads Indonesian month names), or "iso", "excel", "unix"."""
    name: str = ""
    description: str = ""
    kind: PostKind = "post"
    lane: Lane = "overheard"
    """Where the file has no lane column, or the cell is empty."""
    visibility: Visibility = "public"
    timezone: str = "WIB"
    """Of times without a zone: WIB, WITA, WIT, UTC or an offset like +07:00."""
    place: tuple[str, ...] = ()
    """Parts of the place hint, smallest first, like "Kec. {kecamatan}"; a part with an empty cell is left out."""
    encodings: tuple[str, ...] = ()
    """What to try where a CSV file is not UTF-8."""
    keep: tuple[str, ...] = ()
    """Further columns to keep beside the post; all others are dropped."""
    id_when_missing: Literal["row_hash", "reject"] = "row_hash"

    @cached_property
    def place_columns(self) -> tuple[str, ...]:
        """The columns that the place hint is made of."""
        return tuple(name for part in self.place for name in _PLACEHOLDER.findall(part))

    @cached_property
    def known_columns(self) -> frozenset[str]:
        """The keys of all columns that this profile reads."""
        named = (name for names in msgspec.structs.astuple(self.columns) for name in names)
        return frozenset(column_key(name) for name in (*named, *self.place_columns, *self.keep))


@lru_cache(maxsize=4096)
def column_key(heading: str) -> str:
    """Return a heading as headings are compared: no outer spaces or byte order mark, no difference of case."""
    return " ".join(heading.replace("\ufeff", "").split()).casefold()


def profile_names() -> tuple[str, ...]:
    """Return the names of the built-in profiles."""
    folder = resources.files("collectors.files") / "profiles"
    return tuple(sorted(entry.name.removesuffix(".toml") for entry in folder.iterdir() if entry.name.endswith(".toml")))


def load_profile(name: str) -> Profile:
    """Return a built-in profile by name, or one of the deployment's own by the path of its TOML file.

    Raises UsageError where there is none, or where the file is no valid profile.
    """
    if name.endswith(".toml"):
        path = Path(name)
        try:
            return _decode(path.read_bytes(), name=path.stem, where=name)
        except OSError as exc:
            raise UsageError(f"{name}: cannot read the profile ({exc.strerror})") from exc
    if name not in profile_names():
        raise UsageError(
            f"unknown profile {name!r}; there are {', '.join(profile_names())}, or give the path of a .toml file"
        )
    data = (resources.files("collectors.files") / "profiles" / f"{name}.toml").read_bytes()
    return _decode(data, name=name, where=f"profile {name}")


def require_columns(profile: Profile, headings: list[str], *, where: str) -> None:
    """Raise UsageError where a file's headings lack a column that no post can do without."""
    present = {column_key(heading) for heading in headings}
    for field in REQUIRED:
        wanted: tuple[str, ...] = getattr(profile.columns, field)
        if not any(column_key(name) in present for name in wanted):
            have = ", ".join(heading[:40] for heading in headings[:30] if heading) or "nothing"
            raise UsageError(
                f"{where}: no column for {field}; profile {profile.name!r} looks for {' or '.join(wanted)},"
                f" the file has {have}"
            )


def _decode(data: bytes, *, name: str, where: str) -> Profile:
    try:
        profile = msgspec.toml.decode(data, type=Profile)
        parse_zone(profile.timezone)
        for encoding in profile.encodings:
            io.TextIOWrapper(io.BytesIO(), encoding=encoding)
    except msgspec.DecodeError as exc:
        raise UsageError(f"{where}: not a valid profile ({exc})") from exc
    except LookupError as exc:
        raise UsageError(f"{where}: {exc}") from exc
    except ValueError as exc:
        raise UsageError(f"{where}: {exc}; expected one of {', '.join(ZONES)} or an offset like +07:00") from exc
    return msgspec.structs.replace(profile, name=profile.name or name)
