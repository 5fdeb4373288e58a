"""What is kept: a table of reasons to set a post aside; everything else goes on to people."""

from __future__ import annotations

from sidak.models import Dropped, Outcome, Report

NEWS_REASONS = frozenset({"bergaya berita", "bergaya judul berita"})
ADVERT_REASONS = frozenset({"iklan"})
_GATE_REASONS = {"empty": "empty", "language": "language"}


def decide(report: Report) -> Outcome:
    """Keep what is a report, or what only a person can decide; drop the rest with a stable reason word."""
    reason = _drop_reason(report)
    if reason is None:
        return report
    return Dropped(
        id=report.post.id,
        ordinal=report.ordinal,
        model=report.model,
        reason=reason,
        probability=report.relevance.probability,
        analyzed_at=report.analyzed_at,
    )


def _drop_reason(report: Report) -> str | None:
    if report.post.state != "live":
        return "deleted"
    if not report.gate.passed:
        return _GATE_REASONS.get(report.gate.reason, "gate")
    if report.relevance.is_report is not False:
        return None
    reasons = set(report.relevance.reasons)
    if reasons & ADVERT_REASONS:
        return "advert"
    return "news" if reasons & NEWS_REASONS else "not_report"
