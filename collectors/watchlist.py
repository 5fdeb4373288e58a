"""What a deployment listens for, and how it comes down to few questions.

The packaged defaults hold issue phrases; the deployment's `watchlist.toml` replaces them key by key and adds its
places, projects, offices, hashtags, subreddits and accounts, and says who reviewed it and when.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from datetime import date
from functools import cached_property
from pathlib import Path

import msgspec

from sidak.errors import StopError, UsageError

DEFAULT_FILE = Path(__file__).with_name("watchlist_default.toml")
_PHRASE = re.compile(r"[\w][\w .,'&/#-]{1,60}")
_SUBREDDIT = re.compile(r"\w{2,21}")
_HANDLE = re.compile(r"\w{1,15}")
_HASHTAG = re.compile(r"\w{1,100}")
_CHANNEL = re.compile(r"UC[\w-]{22}", re.ASCII)
_PAGE = re.compile(r"[0-9]{1,20}", re.ASCII)
_FEED = re.compile(r"https?://[\w.:\[\]-]{3,120}/[^\s\"<>#]{0,400}", re.ASCII)
_WORDS = re.compile(r"\w+")
WORDS = "use words of two to sixty letters, without quotation marks"
HINTS = {
    "subreddits": "write the name without r/",
    "x_accounts": "write the name without @",
    "hashtags": "write it without #",
    "youtube_channels": "write the channel's id, UC and 22 characters",
    "facebook_pages": "write the page's number",
    "feeds": "write an address such as https://kabar.example/rss, without user name or password",
}
"""What to write instead of what cannot be asked for."""


class Watchlist(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, dict=True):
    """Phrases, places, projects and accounts, in lower case where case says nothing."""

    issues: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    projects: tuple[str, ...] = ()
    offices: tuple[str, ...] = ()
    subreddits: tuple[str, ...] = ()
    x_accounts: tuple[str, ...] = ()
    hashtags: tuple[str, ...] = ()
    youtube_channels: tuple[str, ...] = ()
    facebook_pages: tuple[str, ...] = ()
    feeds: tuple[str, ...] = ()
    reviewed_by: str = ""
    reviewed_on: date | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """What is listened for wherever it is: projects and offices."""
        return tuple(dict.fromkeys((*self.projects, *self.offices)))

    def matches(self, *texts: str | None) -> bool:
        """Return whether a post speaks of an issue, project, office or hashtag; words are compared, not punctuation."""
        return self._pattern.search(_flatten(" ".join(text for text in texts if text))) is not None

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        phrases = sorted({_flatten(phrase).strip() for phrase in (*self.issues, *self.names, *self.hashtags)} - {""})
        return re.compile(f" (?:{'|'.join(map(re.escape, phrases))}) " if phrases else r"(?!)")


def load_watchlist(path: Path) -> Watchlist:
    """Read the packaged defaults and the deployment's file over them; raises UsageError naming file, key and value."""
    merged = {**_read(DEFAULT_FILE), **(_read(path) if path.exists() else {})}
    try:
        watchlist = msgspec.convert(merged, Watchlist)
    except msgspec.ValidationError as exc:
        raise UsageError(f"{path}: {exc}") from exc
    for key, form in (
        ("issues", _PHRASE), ("places", _PHRASE), ("projects", _PHRASE), ("offices", _PHRASE),
        ("subreddits", _SUBREDDIT), ("x_accounts", _HANDLE), ("hashtags", _HASHTAG),
        ("youtube_channels", _CHANNEL), ("facebook_pages", _PAGE),
        ("feeds", _FEED),
    ):  # fmt: skip
        _check(getattr(watchlist, key), form, key=key, path=path)
    return watchlist


def pack_terms(terms: Iterable[str], *, room: int, joint: str = " OR ") -> list[str]:
    """Join terms by OR into as few groups as fit into `room` characters each; raises StopError for one too long."""
    groups: list[list[str]] = []
    sizes: list[int] = []
    for term in sorted(set(terms), key=lambda one: (-len(one), one)):
        if len(term) > room:
            raise StopError(f"watchlist: {term!r} does not fit a query of the platform")
        fits = next((index for index, size in enumerate(sizes) if size + len(joint) + len(term) <= room), None)
        if fits is None:
            groups.append([term])
            sizes.append(len(term))
        else:
            groups[fits].append(term)
            sizes[fits] += len(joint) + len(term)
    return [joint.join(group) for group in groups]


def pack_pairs(left: Sequence[str], right: Sequence[str], *, limit: int, suffix: str = "") -> list[str]:
    """Return queries `(l1 OR l2 …) (r1 OR r2 …)suffix` within `limit` characters that cover every pair.

    How to share the room between the two sides is tried out; the fewest queries win.
    """
    room = limit - len(suffix) - len("() ()")
    longest_left, longest_right = max(map(len, left)), max(map(len, right))
    if longest_left + longest_right > room:
        raise StopError(f"watchlist: a phrase and a place do not fit together into {limit} characters")
    best: list[str] = []
    for share in range(longest_left, room - longest_right + 1, 8):
        queries = [
            f"({a}) ({b}){suffix}" for a in pack_terms(left, room=share) for b in pack_terms(right, room=room - share)
        ]
        if not best or len(queries) < len(best):
            best = queries
    return best


def quote(term: str) -> str:
    """Return a term as platforms take it: several words in quotation marks."""
    return term if term.isalnum() else f'"{term}"'


def query_id(source: str, what: str, text: str) -> str:
    """Return the stable id of a question: the same canonical text finds its cursor again."""
    return f"{source}:{what}:{hashlib.sha256(text.encode()).hexdigest()[:16]}"


def _read(path: Path) -> dict[str, object]:
    try:
        return msgspec.toml.decode(path.read_bytes(), type=dict[str, object])
    except OSError as exc:
        raise UsageError(f"{path}: cannot be read ({exc.strerror})") from exc
    except UnicodeDecodeError as exc:
        raise UsageError(f"{path}: is not written in UTF-8") from exc
    except msgspec.MsgspecError as exc:
        raise UsageError(f"{path}: {exc}") from exc


def _check(values: tuple[str, ...], form: re.Pattern[str], *, key: str, path: Path) -> None:
    for value in values:
        if not form.fullmatch(value) or not value.strip():
            shown = f"{value.rpartition('@')[2][:80]!r}" if key == "feeds" else f"{value[:80]!r}"  # no password is told
            raise UsageError(f"{path}: {key}: {shown} cannot be asked for; {HINTS.get(key, WORDS)}")


def _flatten(text: str) -> str:
    """Return the words in lower case with one space around each."""
    return f" {' '.join(_WORDS.findall(text.casefold()))} "
