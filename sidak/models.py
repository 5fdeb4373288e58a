"""The records every stage speaks: Post, Report, Dropped, Incident, Decision.

All are frozen `msgspec` structs: built once, never changed, decoded with validation at C speed.
Offsets are characters of the post's own text, end exclusive. Times are aware UTC.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

import msgspec

Lane = Literal["addressed", "overheard"]
PostKind = Literal["post", "comment", "video", "article", "message", "complaint"]
PostState = Literal["live", "deleted", "removed", "withheld"]
Visibility = Literal["public", "submitted"]
Kind = Literal["damage", "misconduct", "service"]
AreaLevel = Literal["provinsi", "kabkota", "kecamatan", "kelurahan"]
PlaceType = Literal["area", "road", "landmark"]


class _Record(msgspec.Struct, frozen=True, omit_defaults=True):
    """Base of all records: frozen, defaults left out on the wire (msgspec does not hand `kw_only` down)."""


# ---------------------------------------------------------------- what a source gave


class Media(_Record, frozen=True, kw_only=True):
    """A reference to an attachment; the bytes are never collected."""

    kind: Literal["image", "video", "audio", "document", "link"]
    ref: str
    url: str | None = None
    alt: str | None = None


class PlaceHint(_Record, frozen=True, kw_only=True):
    """Where the source says the post is from; `basis` tells how much that is worth."""

    name: str | None = None
    code: str | None = None
    lat: float | None = None
    lon: float | None = None
    basis: Literal["platform_geo", "platform_place", "shared_location", "declared", "container"]


class Refs(_Record, frozen=True, kw_only=True):
    """How a post hangs together with others of the same source (native ids)."""

    thread: str | None = None
    reply_to: str | None = None
    quote_of: str | None = None
    repost_of: str | None = None
    container: str | None = None


class Counts(_Record, frozen=True, kw_only=True):
    """Engagement; None means that the source does not say, 0 that it says zero."""

    likes: int | None = None
    replies: int | None = None
    reposts: int | None = None
    quotes: int | None = None
    views: int | None = None
    score: int | None = None


class Post(_Record, frozen=True, kw_only=True, tag="post"):
    """One public post or message, normalised; the author is only a keyed pseudonym."""

    source: str
    native_id: str
    kind: PostKind
    lane: Lane
    text: str
    created_at: datetime
    collected_at: datetime
    title: str | None = None
    author_key: str | None = None
    author_class: Literal["person", "organisation", "unknown"] = "unknown"
    url: str | None = None
    language_hint: str | None = None
    place_hint: PlaceHint | None = None
    edited_at: datetime | None = None
    revision: str | None = None
    state: PostState = "live"
    visibility: Visibility = "public"
    media: tuple[Media, ...] = ()
    refs: Refs = Refs()
    counts: Counts = Counts()
    hashtags: tuple[str, ...] = ()
    links: tuple[str, ...] = ()
    queries: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    remainder: dict[str, Any] = {}

    @property
    def id(self) -> str:
        """The post's identity in the whole system: `source:native_id`."""
        return f"{self.source}:{self.native_id}"


# ---------------------------------------------------------------- what the pipeline found


class Span(_Record, frozen=True, kw_only=True):
    """A stretch of the post's text."""

    start: int
    end: int


class Evidence(_Record, frozen=True, kw_only=True):
    """A stretch of text that a decision rests on; `why` is the decision it speaks for."""

    start: int
    end: int
    why: str


class Gate(_Record, frozen=True, kw_only=True):
    """Whether the post is worth a full reading, decided before any Doc is built."""

    passed: bool
    score: float
    reason: str
    model: str


class Language(_Record, frozen=True, kw_only=True):
    """The post's main language (ISO 639 code), `und` when unknown."""

    code: str
    probability: float
    model: str


class Normalized(_Record, frozen=True, kw_only=True):
    """Standard spelling of the text and its stems, for search; spaces separate tokens."""

    text: str
    stems: str
    model: str


class Relevance(_Record, frozen=True, kw_only=True):
    """Whether this is a first-hand report; None means that the step abstains and a person decides."""

    is_report: bool | None
    probability: float
    model: str
    reasons: tuple[str, ...] = ()
    evidence: tuple[Evidence, ...] = ()


class Classification(_Record, frozen=True, kw_only=True):
    """Kind and category (ids of nlp/data/taxonomy.toml), None where the step abstains."""

    model: str
    kind: Kind | None = None
    category: str | None = None
    probability: float = 0.0
    alternatives: tuple[tuple[str, float], ...] = ()
    evidence: tuple[Evidence, ...] = ()


class Place(_Record, frozen=True, kw_only=True):
    """A place mentioned in the text; areas carry their Kemendagri code and what else it could be."""

    text: str
    start: int
    end: int
    type: PlaceType
    code: str | None = None
    level: AreaLevel | None = None
    probability: float | None = None
    alternatives: tuple[str, ...] = ()


class Area(_Record, frozen=True, kw_only=True):
    """The most specific area that the evidence supports."""

    code: str
    level: AreaLevel
    probability: float
    basis: Literal["text", "hint", "home"] = "text"
    lat: float | None = None
    lon: float | None = None
    precision: AreaLevel | None = None
    """Of which area the point is: often only of the regency around."""


class Location(_Record, frozen=True, kw_only=True):
    """All places, the one area they support, and whether a person could go there."""

    model: str
    placed: bool = False
    places: tuple[Place, ...] = ()
    area: Area | None = None


class NamedThing(_Record, frozen=True, kw_only=True):
    """An office or a project named in the text, by its id in the deployment's registry."""

    id: str
    name: str
    start: int
    end: int


class Entities(_Record, frozen=True, kw_only=True):
    """Offices and projects found in the text."""

    model: str
    offices: tuple[NamedThing, ...] = ()
    projects: tuple[NamedThing, ...] = ()


class Amount(_Record, frozen=True, kw_only=True):
    """A sum of money, in rupiah."""

    text: str
    rupiah: int
    start: int
    end: int


class Amounts(_Record, frozen=True, kw_only=True):
    """Sums of money found in the text."""

    model: str
    items: tuple[Amount, ...] = ()


class Moment(_Record, frozen=True, kw_only=True):
    """A date or a span of time; `value` is ISO 8601 (2026-11-02, 2026-W44, 2026-11, 2026, P3M)."""

    text: str
    start: int
    end: int
    kind: Literal["date", "week", "month", "year", "duration"]
    value: str


class Dates(_Record, frozen=True, kw_only=True):
    """Dates and spans of time found in the text, those relative to its day of writing reckoned out."""

    model: str
    items: tuple[Moment, ...] = ()


class PersonalData(_Record, frozen=True, kw_only=True):
    """A stretch of personal data, by type (PHONE, NIK, EMAIL, PLATE, ACCOUNT, NAME, HANDLE, ...)."""

    type: str
    start: int
    end: int


class Redaction(_Record, frozen=True, kw_only=True):
    """The text with personal data masked, and the evidence moved to its offsets."""

    model: str
    text: str
    personal_data: tuple[PersonalData, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    title: str | None = None


class UrgencyPart(_Record, frozen=True, kw_only=True):
    """One reason for urgency, the points it adds and the words it rests on."""

    reason: str
    points: float
    spans: tuple[Span, ...] = ()


class Urgency(_Record, frozen=True, kw_only=True):
    """How soon somebody should look, 0 to 1, with the reasons in words (Indonesian).

    The score is the sum of the parts' points, at most 1, lowered where the reasons say so.
    """

    model: str
    score: float = 0.0
    reasons: tuple[str, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    parts: tuple[UrgencyPart, ...] = ()


class Routing(_Record, frozen=True, kw_only=True):
    """The office that should act, by a rule of nlp/data/routing; without one `reason` says why a person must decide.

    `check` is what a person should make sure of first; `evidence` are the words that the rule rests on.
    """

    model: str
    office: str | None = None
    name: str | None = None
    area_code: str | None = None
    rule: str | None = None
    reason: str = ""
    legal_basis: tuple[str, ...] = ()
    check: str | None = None
    evidence: tuple[Evidence, ...] = ()


class Report(_Record, frozen=True, kw_only=True, tag="report"):
    """A post that reads as a report (or that nobody but a person can decide), one section a step.

    `ordinal` is the post's place in its archive stream; a later revision of the same post has a higher one.
    `text` offsets of all sections but `redaction.evidence` are those of `post.text`.
    """

    post: Post
    ordinal: int
    model: str
    analyzed_at: datetime
    gate: Gate
    language: Language
    normalized: Normalized
    relevance: Relevance
    classification: Classification
    location: Location
    entities: Entities
    amounts: Amounts
    redaction: Redaction
    urgency: Urgency
    restricted: bool = False
    dates: Dates = Dates(model="")
    routing: Routing = Routing(model="")

    @property
    def id(self) -> str:
        """The id of the post it was made of."""
        return self.post.id


class Dropped(_Record, frozen=True, kw_only=True, tag="dropped"):
    """A post that was read and set aside; `reason` is a stable word that the loss ledger counts by."""

    id: str
    ordinal: int
    model: str
    reason: str
    probability: float | None = None
    analyzed_at: datetime | None = None


Outcome = Report | Dropped
"""What became of one post in one reading."""


class DeadLetter(_Record, frozen=True, kw_only=True):
    """Something that could not be handled and waits for a person: never lost, never retried blindly."""

    id: str
    stage: Literal["parse", "enrich", "publish"]
    reason: str
    detail: str
    at: datetime
    where: str = ""
    payload: str = ""


class Tombstone(_Record, frozen=True, kw_only=True, tag="tombstone"):
    """All that remains of a deleted post: it stops re-entry and holds no content."""

    id: str
    reason: Literal["deleted_at_source", "forgotten", "purged"]
    at: datetime


IncidentLink = Literal["new", "confirmed", "suggested"]


class IncidentMember(_Record, frozen=True, kw_only=True):
    """One report's link to an incident."""

    report_id: str
    link: IncidentLink
    similarity: float


class Incident(_Record, frozen=True, kw_only=True):
    """Reports that one visit would settle."""

    id: str
    members: tuple[IncidentMember, ...]
    category: str | None = None
    area_code: str | None = None


# ---------------------------------------------------------------- what people did

TriageState = Literal[
    "diterima",
    "verifikasi",
    "telaah",
    "disposisi",
    "koordinasi",
    "tindak_lanjut",
    "selesai",
    "tunda",
    "dikembalikan",
    "bukan_wewenang",
    "duplikat",
    "tidak_layak",
    "spam",
    "arsip",
    "dibuka_kembali",
    "berulang",
]


class Decision(_Record, frozen=True, kw_only=True):
    """What a person did to a report: one link of the append-only, hash-chained ledger."""

    sequence: int
    report_id: str
    actor: str
    from_state: TriageState
    to_state: TriageState
    note: str
    at: datetime
    previous_hash: str
    hash: str
