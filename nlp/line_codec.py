"""One JSON line in, one JSON line out: the contract of `sidak analyze`, without archive or index."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

import msgspec
import orjson

from nlp.places.hints import hinted_area
from nlp.words import clean_text
from sidak.errors import QuarantineError
from sidak.models import Evidence, Lane, PersonalData, PlaceHint, Post, Report

_AREA = ("code", "level", "probability", "lat", "lon", "precision")
LINE_SOURCE = "input"
"""The source of posts whose id does not name one."""

_HINT_WARNING = (
    "place_hint is not understood and left out; write a code as 33.25.09, a name as Kec. Subah, Kab. Batang, "
    "or an object with lat and lon in Indonesia"
)


class EmptyLine(NamedTuple):
    """What the lines of all posts that the gate turned away have in common."""

    sections: bytes
    end: bytes


def empty_line(report: Report) -> EmptyLine:
    """Take the common parts out of the line of a post without text."""
    line = write_line(report, id="")
    sections, data, rest = line.partition(b'"personal_data":')
    _, probability, sections = sections.partition(b'"report_probability":0.0')
    _, text, end = rest.partition(b'"redacted_text":""')
    if not (data and probability and text):
        raise ValueError("the line of an empty post lacks a field")
    return EmptyLine(sections + data, end)


class LineTask(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A line that could be read: id and time as given, and what a post is made of."""

    id: str
    text: str
    lane: Lane
    moment: datetime
    created_at: str | None
    place_hint: PlaceHint | None
    warnings: tuple[str, ...] = ()

    def post(self, *, collected_at: datetime) -> Post:
        """Return the post; a source that the id does not name is LINE_SOURCE."""
        source, colon, native = self.id.partition(":")
        if not (source and colon and native):
            source, native = LINE_SOURCE, self.id
        return Post(
            source=source,
            native_id=native,
            kind="post",
            lane=self.lane,
            text=self.text,
            created_at=self.moment,
            collected_at=collected_at,
            place_hint=self.place_hint,
        )


def parse_line(line: bytes, *, lane: Lane, now: datetime, region: str | None = None) -> LineTask:
    """Read one JSON line. Raises QuarantineError naming the field that is wrong; `payload` holds the id, if any."""
    row = _load(line)
    id = _text_field(row, "id", id="")
    if not id.strip():
        raise _wrong("id", "is empty", "")
    text = _text_field(row, "text", id=id)
    given_time = row.get("created_at")
    moment = _time(given_time, id)
    given_lane = lane if row.get("lane") is None else row["lane"]
    if given_lane not in ("addressed", "overheard"):
        raise _wrong("lane", 'is neither "addressed" nor "overheard"', id)
    hint = _place_hint(row.get("place_hint"), id)
    understood = hint is None or hinted_area(hint, region=region) is not None
    return LineTask(
        id=id,
        text=text,
        lane=given_lane,
        moment=moment or now,
        created_at=given_time if moment else None,
        place_hint=hint,
        warnings=() if understood else (_HINT_WARNING,),
    )


def write_line(report: Report, *, id: str, created_at: str | None = None, warnings: Sequence[str] = ()) -> bytes:
    """Return the report as one JSON line, without the newline; a time that was given is handed on, for grouping."""
    area = report.location.area
    classification = report.classification
    given = {} if created_at is None else {"created_at": created_at}
    return orjson.dumps(
        {
            "id": id,
            **given,
            "lane": report.post.lane,
            "language": report.language.code,
            "is_report": report.relevance.is_report,
            "report_probability": report.relevance.probability,
            "kind": classification.kind,
            "category": classification.category,
            "category_probability": classification.probability,
            "placed": report.location.placed,
            "places": [_place(place) for place in msgspec.to_builtins(report.location.places)],
            "area": None if area is None else {k: getattr(area, k) for k in _AREA},
            "offices": msgspec.to_builtins(report.entities.offices),
            "projects": msgspec.to_builtins(report.entities.projects),
            "amounts": msgspec.to_builtins(report.amounts.items),
            "dates": msgspec.to_builtins(report.dates.items),
            "urgency": {
                "score": report.urgency.score,
                "reasons": report.urgency.reasons,
                "parts": msgspec.to_builtins(report.urgency.parts),
            },
            "routing": _routing(report),
            "evidence": [_evidence(each) for each in _all_evidence(report)],
            "personal_data": msgspec.to_builtins(report.redaction.personal_data),
            "redacted_text": report.redaction.text,
            "model": report.model,
            **({"warnings": list(warnings)} if warnings else {}),
        }
    )


def write_brief(
    task: LineTask,
    *,
    language: str,
    probability: float,
    personal_data: Sequence[PersonalData],
    redacted: str,
    empty: EmptyLine,
) -> bytes:
    """Return the line of a post that the gate turned away: what `write_line` writes of a report with empty sections."""
    given = b"" if task.created_at is None else b',"created_at":' + orjson.dumps(task.created_at)
    return b"".join(
        (
            b'{"id":',
            orjson.dumps(task.id),
            given,
            b',"lane":"%b","language":"%b"' % (task.lane.encode(), language.encode()),
            b',"is_report":false,"report_probability":',
            orjson.dumps(probability),
            empty.sections,
            orjson.dumps(msgspec.to_builtins(personal_data)) if personal_data else b"[]",
            b',"redacted_text":',
            orjson.dumps(redacted),
            empty.end if not task.warnings else _with_warnings(empty.end, task.warnings),
        )
    )


def _with_warnings(end: bytes, warnings: Sequence[str]) -> bytes:
    return end.removesuffix(b"}") + b',"warnings":' + orjson.dumps(list(warnings)) + b"}"


def write_error(message: str, *, id: str | None) -> bytes:
    """Return the line that stands for one that could not be read."""
    return orjson.dumps({"id": id, "error": message})


def _load(line: bytes) -> dict[str, Any]:
    if not line.strip():
        raise _wrong("line", "is empty", "")
    try:
        row = orjson.loads(line)
    except orjson.JSONDecodeError:
        row = _load_leniently(line)
    if not isinstance(row, dict):
        raise _wrong("line", "is no JSON object", "")
    return row


def _load_leniently(line: bytes) -> Any:  # noqa: ANN401 - any JSON value
    """Read what orjson refuses but Python reads: lone surrogates, a byte-order mark, huge numbers."""
    try:
        return json.loads(line.decode("utf-8-sig"))
    except UnicodeDecodeError as exc:
        raise _wrong("line", f"is not UTF-8 (byte {exc.start})", "") from exc
    except (ValueError, RecursionError) as exc:
        raise _wrong("line", f"is no valid JSON ({exc})", "") from exc


def _text_field(row: dict[str, Any], name: str, *, id: str) -> str:
    value = row.get(name)
    if name == "id" and isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if not isinstance(value, str):
        raise _wrong(name, "is missing" if value is None else "is no string", id)
    return clean_text(value)


def _time(value: object, id: str) -> datetime | None:
    if value is None or value == "":
        return None
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else None
        if moment is not None:
            return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError) as exc:
        raise _wrong("created_at", "is no ISO 8601 time", id) from exc
    raise _wrong("created_at", "is no ISO 8601 time", id)


def _place_hint(value: object, id: str) -> PlaceHint | None:
    """Read a hint: a name, a Kemendagri code, or an object with name, code, lat, lon and basis."""
    if value is None or value == "":
        return None
    if isinstance(value, str):
        name = clean_text(value)
        is_code = name.replace(".", "").isdecimal()
        return PlaceHint(code=name if is_code else None, name=None if is_code else name, basis="declared")
    if isinstance(value, dict):
        try:
            return msgspec.convert({"basis": "declared", **value}, PlaceHint)
        except msgspec.ValidationError as exc:
            raise _wrong("place_hint", f"is wrong: {exc}", id) from exc
    raise _wrong("place_hint", "is neither a string nor an object", id)


def _wrong(field: str, problem: str, id: str) -> QuarantineError:
    return QuarantineError(f"{field} {problem}", where=field, reason="bad_line", payload=id)


def _routing(report: Report) -> dict[str, Any]:
    """Return the office that should act, null where a person must decide; `reason` says why in either case."""
    routing = report.routing
    fields = ("office", "name", "area_code", "rule", "reason", "legal_basis", "check")
    spans = [{"start": each.start, "end": each.end} for each in routing.evidence]
    return {**{field: getattr(routing, field) for field in fields}, "evidence": spans}


def _place(place: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in place.items() if value is not None}


def _all_evidence(report: Report) -> list[Evidence]:
    found = {*report.classification.evidence, *report.relevance.evidence, *report.urgency.evidence}
    return sorted(found, key=lambda each: (each.start, each.end, each.why))


def _evidence(evidence: Evidence) -> dict[str, Any]:
    return {"start": evidence.start, "end": evidence.end, "for": evidence.why}
