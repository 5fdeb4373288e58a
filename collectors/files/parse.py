"""Rows of a file to posts: pure, the profile says which column is what.

The author's name ends here: only its pseudonym goes on, and it never enters a dead letter.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from collectors.files.dates import parse_time, parse_zone
from collectors.files.profiles import Profile, column_key
from collectors.files.rows import Broken, Row, digest_of
from collectors.protocol import ParseContext, ParsedPage, RawPage
from sidak.models import DeadLetter, Lane, PlaceHint, Post
from sidak.text import clean_text

SOURCE = "files"
EARLIEST_AT = datetime(2000, 1, 1, tzinfo=UTC)
"""Older dates are the zero of some clock or a slip of the pen."""
FUTURE_TOLERANCE = timedelta(days=1)
"""Clocks and zones differ; more than a day ahead is a wrong date."""
MAX_ID_CHARS = 200
MAX_FIELD_CHARS = 1000
MAX_PAYLOAD_CHARS = 4000
MAX_UNKNOWN_FIELDS = 100
LANES: dict[str, Lane] = {"addressed": "addressed", "overheard": "overheard"}

_LINK = re.compile(r"https?://[^\s<>\"]+", re.IGNORECASE)
_PART = re.compile(r"\{([^{}]+)\}")


class _FieldError(Exception):
    """One cell that no post can be made with."""

    def __init__(self, field: str, detail: str) -> None:
        super().__init__(detail)
        self.field = field


def parse_page(page: RawPage, context: ParseContext, /) -> ParsedPage:
    """Map one page of rows to posts; each row becomes a post or a dead letter that names file, line and field."""
    profile: Profile = page.includes["profile"]
    posts: list[Post] = []
    rejected: list[DeadLetter] = []
    unknown: set[str] = set()
    for item in page.items:
        if isinstance(item, Broken):
            rejected.append(_broken_letter(item, page))
            continue
        if len(unknown) < MAX_UNKNOWN_FIELDS:
            unknown.update(item.fields.keys() - profile.known_columns)
        try:
            posts.append(_parse_row(item, profile, page, context))
        except _FieldError as exc:
            rejected.append(_field_letter(item, exc, profile, page))
    fields = sorted(clean_text(name, limit=MAX_FIELD_CHARS)[0] for name in unknown)[:MAX_UNKNOWN_FIELDS]
    return ParsedPage(posts=tuple(posts), rejected=tuple(rejected), unknown_fields=tuple(fields))


def _parse_row(row: Row, profile: Profile, page: RawPage, context: ParseContext) -> Post:
    native_id = _native_id(row, profile)
    text, warnings = _required_text(row, profile)
    url = _cell(row, profile.columns.url)
    if url and not _LINK.fullmatch(url):
        url, warnings = "", (*warnings, "url_dropped")
    return Post(
        source=SOURCE,
        native_id=f"{profile.name}:{native_id}",
        kind=profile.kind,
        lane=_lane(row, profile),
        text=text,
        created_at=_created_at(row, profile, page.fetched_at),
        collected_at=page.fetched_at,
        title=_cell(row, profile.columns.title) or None,
        author_key=context.pseudonymize(f"{SOURCE}:{profile.name}", _cell(row, profile.columns.author)),
        url=url or None,
        place_hint=_place_hint(row, profile),
        visibility=profile.visibility,
        links=tuple(_LINK.findall(text)[:50]),
        queries=(page.query.id,),
        warnings=(*row.warnings, *warnings),
        remainder={name: value for name in profile.keep if (value := _cell(row, (name,)))},
    )


def _required_text(row: Row, profile: Profile) -> tuple[str, tuple[str, ...]]:
    text, warnings = clean_text(_raw_cell(row, profile.columns.text))
    if not text.strip():
        raise _FieldError("text", "the text is empty")
    return text, warnings


def _native_id(row: Row, profile: Profile) -> str:
    """Return the row's own id, else a hash of its content: the same row is the same post in any file."""
    given = _cell(row, profile.columns.id, limit=MAX_ID_CHARS + 1)
    if len(given) > MAX_ID_CHARS:
        raise _FieldError("id", f"the id is longer than {MAX_ID_CHARS} characters")
    if given:
        return given
    if profile.id_when_missing == "reject":
        raise _FieldError("id", "the id is empty")
    content = {key: value for key, value in row.fields.items() if key in profile.known_columns}
    return f"row-{digest_of(sorted((key, _plain(value)) for key, value in content.items()))}"


def _created_at(row: Row, profile: Profile, fetched_at: datetime) -> datetime:
    value = _first(row, profile.columns.created_at)
    if value in (None, ""):
        raise _FieldError("created_at", "the date is empty")
    try:
        created_at = parse_time(value, formats=profile.dates, zone=parse_zone(profile.timezone))
    except ValueError as exc:
        raise _FieldError("created_at", str(exc)) from exc
    if created_at < EARLIEST_AT:
        raise _FieldError("created_at", f"{created_at:%Y-%m-%d} is before {EARLIEST_AT:%Y}; is the date right?")
    if created_at > fetched_at + FUTURE_TOLERANCE:
        raise _FieldError("created_at", f"{created_at:%Y-%m-%d} lies in the future; is the date right?")
    return created_at


def _lane(row: Row, profile: Profile) -> Lane:
    given = _cell(row, profile.columns.lane).lower()
    if not given:
        return profile.lane
    if given not in LANES:
        raise _FieldError("lane", f"{given[:40]!r} is no lane; expected {' or '.join(LANES)}")
    return LANES[given]


def _place_hint(row: Row, profile: Profile) -> PlaceHint | None:
    parts = []
    for template in profile.place:
        cells = {name: _cell(row, (name,)) for name in _PART.findall(template)}
        if all(cells.values()):
            parts.append(_filled(template, cells))
    return PlaceHint(name=", ".join(parts), basis="declared") if parts else None


def _filled(template: str, cells: dict[str, str]) -> str:
    return _PART.sub(lambda match: cells[match[1]], template)


# ---------------------------------------------------------------- cells


def _first(row: Row, names: tuple[str, ...]) -> Any:  # noqa: ANN401 - whatever the file's format has
    return next((row.fields[key] for name in names if (key := column_key(name)) in row.fields), None)


def _raw_cell(row: Row, names: tuple[str, ...]) -> str:
    return _plain(_first(row, names))


def _cell(row: Row, names: tuple[str, ...], *, limit: int = MAX_FIELD_CHARS) -> str:
    """Return a short field in one line, cleaned."""
    raw = _raw_cell(row, names)
    return " ".join(clean_text(raw[: limit * 4])[0].split())[:limit]


def _plain(value: object) -> str:
    """Return a cell as text: a whole number has no decimal point."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return "" if value != value else str(value)  # noqa: PLR0124 - only NaN, an empty cell in many exports, differs from itself


# ---------------------------------------------------------------- dead letters


def _broken_letter(item: Broken, page: RawPage) -> DeadLetter:
    where = f"{page.where}, line {item.line}"
    return DeadLetter(
        id=_letter_id(where, item.digest, page), stage="parse", reason=item.reason, detail=item.detail,
        at=page.fetched_at, where=where,
    )  # fmt: skip


def _field_letter(row: Row, problem: _FieldError, profile: Profile, page: RawPage) -> DeadLetter:
    where = f"{page.where}, line {row.line}, field {problem.field}"
    shown = {
        name: clean_text(_raw_cell(row, getattr(profile.columns, name)), limit=MAX_PAYLOAD_CHARS)[0]
        for name in ("created_at", "lane", "title", "text")
    }
    if problem.field != "id":
        shown["native_id"] = f"{profile.name}:{_native_id(row, profile)}"  # by which a deletion finds the letter
    return DeadLetter(
        id=_letter_id(where, digest_of(row.fields), page), stage="parse", reason=f"bad_{problem.field}",
        detail=str(problem), at=page.fetched_at, where=where, payload=msgspec.json.encode(shown).decode(),
    )  # fmt: skip


def _letter_id(where: str, digest: str, page: RawPage) -> str:
    return f"{SOURCE}:{digest_of((page.query.id, where, digest))}"
