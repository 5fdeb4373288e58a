"""Post to Report: the one way to run the pipeline, in batches, with flat memory over long runs."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import NamedTuple
from weakref import finalize

from spacy.tokens import Doc

from nlp.build import build_nlp, make_doc
from nlp.findings import Findings, Step, findings_of
from nlp.gate import judge
from nlp.glance import Glance, glance
from nlp.memory import CHARACTERS_AT_ONCE, TEXTS_AT_ONCE, forget_texts, in_batches, uncollected
from nlp.model import version
from nlp.personal_data.find import find_personal_data
from nlp.reading import NOT_NORMALIZED, normalized_reading
from nlp.redaction import redact
from nlp.sections import shift_section
from nlp.words import clean_text
from sidak.models import (
    Amounts,
    Classification,
    Entities,
    Evidence,
    Gate,
    Location,
    Normalized,
    Post,
    Redaction,
    Relevance,
    Report,
    Urgency,
)

READ_CHARACTERS = 100_000
"""Of a longer text only this much is read; its redacted text ends there too, so that nothing unread gets out."""
BATCH_POSTS = 1000
BATCH_CHARACTERS = 1 << 20
"""So many posts are glanced at together, of long ones fewer, so that memory stays flat."""
ZONE_POSTS = 4096
"""After so many full readings spaCy forgets their rare words, so that memory stays flat over long runs."""


class _Gated(NamedTuple):
    """A post, its place in its stream, what the gate said of it, and what it saw."""

    post: Post
    ordinal: int
    gate: Gate
    seen: Glance


class Analyzer:
    """Reads posts into reports. Building one takes a second or two and some 200 MB: keep it.

    `region` is the home region's Kemendagri code: among places of one name it prefers those nearby. The files are the
    deployment's registries of offices and projects, and the correction that its inspectors taught.
    """

    def __init__(
        self,
        region: str | None = None,
        *,
        offices_file: Path | None = None,
        projects_file: Path | None = None,
        adaptation_file: Path | None = None,
    ) -> None:
        self.region = region
        self.model = version() + _registry_mark(offices_file, projects_file, adaptation_file)
        self._nlp = build_nlp(offices_file=offices_file, projects_file=projects_file, adaptation_file=adaptation_file)
        self._zone = ExitStack()
        finalize(self, self._zone.close)  # also where the process ends: before the modules that closing needs are gone
        self._in_zone = 0

    def analyze(
        self, posts: Iterable[Post], *, now: datetime, ordinals: Iterable[int] | None = None
    ) -> Iterator[Report]:
        """Yield one report a post, in order; what the gate turned away has `is_report` False and empty sections.

        `ordinals` are the posts' places in their archive stream (0, 1, ... where there is none).
        """
        numbered = zip(posts, count() if ordinals is None else ordinals, strict=False)
        for batch in in_batches(numbered, most=BATCH_POSTS, characters=BATCH_CHARACTERS, length=_length):
            yield from self._read_batch(batch, now)

    def read_passed(self, gated: Iterable[tuple[Post, Gate, Glance]], now: datetime) -> Iterator[Report]:
        """Yield the full report of each post, in order; whether it deserves one was decided before.

        The text in standard spelling is left out: it is for the index, and lines do not hold it.
        """
        passed = (_Gated(post, 0, gate, seen) for post, gate, seen in gated)
        return self._read_full(passed, now, normalize=False)

    @uncollected()
    def _read_batch(self, batch: Sequence[tuple[Post, int]], now: datetime) -> list[Report]:
        seen = [glance(clean_text(_whole_text(post))) for post, _ in batch]
        gates = [judge(look, lane=post.lane) for look, (post, _) in zip(seen, batch, strict=True)]
        gated = [_Gated(*post, gate, look) for post, gate, look in zip(batch, gates, seen, strict=True)]
        full = self._read_full([each for each in gated if each.gate.passed], now)
        reports = [next(full) if each.gate.passed else _brief_report(each, model=self.model, now=now) for each in gated]
        forget_texts()
        return reports

    def _read_full(self, passed: Iterable[_Gated], now: datetime, *, normalize: bool = True) -> Iterator[Report]:
        for some in in_batches(passed, most=TEXTS_AT_ONCE, characters=CHARACTERS_AT_ONCE, length=_length):
            yield from self._read_together(some, now, normalize=normalize)
            forget_texts()

    def _read_together(self, passed: Sequence[_Gated], now: datetime, *, normalize: bool) -> list[Report]:
        """Take the texts through the steps together: what a step looks things up in stays at hand for all of them.

        A component that is no step of ours is given the Docs, as spaCy would.
        """
        self._renew_zone(len(passed))
        docs = [self._doc(each.post, each.seen) for each in passed]
        found = [findings_of(doc) for doc in docs]
        for _, component in self._nlp.pipeline:
            if isinstance(component, Step):
                component.read_all(found)
            else:
                docs = [component(doc) for doc in docs]
        written = [normalized_reading(each.reading) if normalize else NOT_NORMALIZED for each in found]
        together = zip(found, passed, written, strict=True)
        return [_full_report(*each, model=self.model, now=now) for each in together]

    def _renew_zone(self, more: int) -> None:
        """Let spaCy forget, now and then, the words that nobody knew before; nothing of spaCy's outlives a batch."""
        if self._in_zone == 0 or self._in_zone + more > ZONE_POSTS:
            self._zone.close()
            self._zone.enter_context(self._nlp.memory_zone())
            self._in_zone = 0
        self._in_zone += more

    def _doc(self, post: Post, seen: Glance) -> Doc:
        known = {
            "region": self.region,
            "lane": post.lane,
            "place_hint": post.place_hint,
            "created_at": post.created_at,
            "source": post.source,
        }
        doc = make_doc(self._nlp, seen.text, **known)
        findings_of(doc).language = seen.language
        return doc


def _registry_mark(*files: Path | None) -> str:
    """Return what the deployment's registries add to the version: with other names a text reads differently."""
    given = [file.read_bytes() for file in files if file and file.is_file()]
    return f"+{hashlib.sha256(b'|'.join(given)).hexdigest()[:8]}" if given else ""


def _length(numbered: tuple[Post, int] | _Gated) -> int:
    return min(len(numbered[0].text), READ_CHARACTERS)


def redact_post(
    post: Post, *, model: str, evidence: Iterable[Evidence] = (), may_be_personal: bool = True
) -> Redaction:
    """Mask personal data in text and title; `evidence` is moved to where its words then stand.

    Nothing is looked for where a glance saw that text and title hold none.
    """
    text = clean_text(post.text[:READ_CHARACTERS])
    personal_data = find_personal_data(text) if may_be_personal else ()
    masked, moved = redact(text, personal_data, evidence)
    title = clean_text(post.title) if post.title is not None else None
    if title and may_be_personal:
        title, _ = redact(title, find_personal_data(title))
    return Redaction(model=model, text=masked, personal_data=personal_data, evidence=moved, title=title)


def _whole_text(post: Post) -> str:
    """Return title and text as one, since either may name the trouble."""
    text = post.text[:READ_CHARACTERS]
    return f"{post.title}\n{text}" if post.title else text


def _full_report(found: Findings, gated: _Gated, normalized: Normalized, *, model: str, now: datetime) -> Report:
    post = gated.post
    by = len(post.title) + 1 if post.title else 0
    classification = shift_section(found.classification, by=by)
    relevance = shift_section(found.relevance, by=by)
    urgency = shift_section(found.urgency, by=by)
    evidence = (*classification.evidence, *relevance.evidence, *urgency.evidence)
    return Report(
        post=post,
        ordinal=gated.ordinal,
        model=model,
        analyzed_at=now,
        gate=gated.gate,
        language=found.language,
        normalized=normalized,
        relevance=relevance,
        classification=classification,
        location=shift_section(found.location, by=by),
        entities=shift_section(found.entities, by=by),
        amounts=shift_section(found.amounts, by=by),
        redaction=redact_post(post, evidence=evidence, model=model, may_be_personal=gated.seen.may_be_personal),
        urgency=urgency,
        restricted=classification.kind == "misconduct",
        dates=shift_section(found.dates, by=by),
        routing=shift_section(found.routing, by=by),
    )


def _brief_report(gated: _Gated, *, model: str, now: datetime) -> Report:
    return Report(
        post=gated.post,
        ordinal=gated.ordinal,
        model=model,
        analyzed_at=now,
        gate=gated.gate,
        language=gated.seen.language,
        normalized=Normalized(text="", stems="", model=model),
        relevance=Relevance(is_report=False, probability=gated.gate.score, model=model),
        classification=Classification(model=model),
        location=Location(model=model),
        entities=Entities(model=model),
        amounts=Amounts(model=model),
        redaction=redact_post(gated.post, model=model, may_be_personal=gated.seen.may_be_personal),
        urgency=Urgency(model=model),
    )
