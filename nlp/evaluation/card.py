"""The model card's tables from what `sidak train` or `sidak evaluate --part relevance` hands out.

Use: `sidak evaluate --data DIR --part relevance | python -m nlp.evaluation.card`.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from typing import Any

BAR = 20
"""A bar of this many marks stands for "always"."""

Scores = Mapping[str, Any]


def render_figures(scores: Mapping[str, Scores]) -> str:
    """Return one row an origin that holds reports, with 95 % intervals."""
    rows = [
        "| Register | Texts (reports) | Average precision | Best F1 | At the threshold: precision, recall, F1 | Calibration error |",  # noqa: E501 - a table row
        "|---|---|---|---|---|---|",
    ]
    for origin, found in scores.items():
        if "reliability" not in found:
            continue
        at = found["at_threshold"]
        rows.append(
            f"| {origin} | {found['texts']:,} ({found['reports']:,}) | {_interval(found['average_precision'])} | "
            f"{_interval(found['best_f1'])} | {at['precision']:.2f}, {at['recall']:.2f}, {at['f1']:.2f} | "
            f"{found['calibration_error']['value']:.3f} |"
        )
    return "\n".join(rows)


def render_reliability(found: Scores) -> str:
    """Return a reliability diagram: for each promised probability how often it came true, drawn as a bar."""
    rows = ["| Promised | Came true | Texts | |", "|---|---|---|---|"]
    for each in found["reliability"]:
        bar = "█" * round(each["came_true"] * BAR)
        rows.append(f"| {each['promised']:.2f} | {each['came_true']:.2f} | {each['texts']:,} | `{bar:·<{BAR}}` |")
    return "\n".join(rows)


def _interval(found: Mapping[str, float]) -> str:
    return f"{found['value']:.2f} ({found['low']:.2f} to {found['high']:.2f})"


def main() -> int:
    """Read the figures from standard input and print the tables."""
    read = json.load(sys.stdin)
    scores = read.get("relevance", read)
    sys.stdout.write(render_figures(scores) + "\n")
    for origin, found in scores.items():
        if "reliability" in found:
            sys.stdout.write(f"\n{origin}\n\n{render_reliability(found)}\n")
        else:
            sys.stdout.write(f"\n{origin}: {found['called_reports_per_1000']} called reports of 1,000\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
