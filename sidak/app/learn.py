"""Learns from what inspectors decided: the ledger's last word on each report, and the archive's text of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import msgspec

from nlp.adaptation import Judged, Learned, adaptation_features, learn_adaptation
from nlp.analyze import Analyzer
from nlp.linear import write_model
from sidak.app.house import House
from sidak.catalog import POSTS, PostRecord
from sidak.errors import StopError
from sidak.models import Post, Report, TriageState

FOUND_TRUE: frozenset[TriageState] = frozenset(
    {"disposisi", "koordinasi", "tindak_lanjut", "selesai", "berulang", "dibuka_kembali", "bukan_wewenang", "duplikat"}
)
"""A report sent on, settled, known already or another office's was one."""
FOUND_FALSE: frozenset[TriageState] = frozenset({"spam", "tidak_layak"})


def learn_from_decisions(house: House, *, adopt: bool = True) -> Learned:
    """Fit the deployment's correction to its decisions, and keep it where it helps.

    Raises UsageError where there are too few decisions, StopError where the file cannot be written.
    """
    verdicts = read_verdicts(house)
    learned = learn_adaptation(list(_judge(house, verdicts)))
    if adopt and learned.helps:
        path = house.settings.adaptation_path
        text = write_model(learned.model, comments=["learnt from this deployment's decisions by `sidak train`"])
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            draft = path.with_suffix(".part")
            draft.write_text(text, encoding="utf-8")
            draft.replace(path)
        except OSError as exc:
            raise StopError(f"{path}: {exc.strerror}") from exc
    return learned


def read_verdicts(house: House) -> dict[str, bool]:
    """Return what people found each report to be, by its id, where the ledger's last word on it says so."""
    last: dict[str, TriageState] = {decision.report_id: decision.to_state for decision in house.ledger.since(0)}
    return {id: state in FOUND_TRUE for id, state in last.items() if state in FOUND_TRUE | FOUND_FALSE}


def _judge(house: House, verdicts: Mapping[str, bool]) -> Iterator[Judged]:
    """Read the decided posts anew with the shipped model alone: a correction must not be learnt on top of another."""
    settings = house.settings
    analyzer = Analyzer(settings.region, offices_file=settings.offices_file, projects_file=settings.projects_file)
    posts = _newest_posts(house, verdicts)
    for report in analyzer.analyze(posts.values(), now=house.clock()):
        yield Judged(
            id=report.id,
            probability=report.relevance.probability,
            features=_features(report),
            is_report=verdicts[report.id],
        )


def _features(report: Report) -> dict[str, float]:
    return adaptation_features(
        stems=report.normalized.stems.split(),
        lane=report.post.lane,
        category=report.classification.category,
        source=report.post.source,
    )


def _newest_posts(house: House, wanted: Mapping[str, bool]) -> dict[str, Post]:
    """Return the newest live revision of each wanted post; deleted ones are gone and teach nothing."""
    posts: dict[str, Post] = {}
    for name in house.archive.names(POSTS):
        stream = house.archive.stream(name)
        for entry in stream.segments():
            for record in stream.read(entry):
                post = msgspec.json.decode(record, type=PostRecord)
                if isinstance(post, Post) and post.id in wanted and post.state == "live":
                    posts[post.id] = post
    return posts
