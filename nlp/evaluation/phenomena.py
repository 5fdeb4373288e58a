"""Behaviour by phenomenon, after CheckList (Ribeiro et al. 2020): `python -m nlp.evaluation.phenomena`.

Three kinds of tests: *minimum functionality* (what a person would say), *invariance* (a change that means nothing
must not change the verdict) and *direction* (an addition must move the verdict the right way). Strict counts what is
right; lenient also what is left to a person.
"""

from __future__ import annotations

import argparse
import sys
import tomllib
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec

from nlp.analyze import Analyzer
from nlp.evaluation.phenomena_changes import CHANGES
from nlp.taxonomy import categories
from sidak.models import Post, Report

FOLDER = Path(__file__).parents[2] / "tests" / "nlp" / "phenomena"
NOW = datetime(2026, 11, 2, 8, tzinfo=UTC)
TOLERANCE = 0.05
"""In tests of direction a probability this much off the right way is still let pass as lenient."""
SLACK = 0.03
"""A recorded floor lies this much below what was measured, so that a case or two may change sides."""
FLOORS = "floors.toml"
ANY_CATEGORY = "plain"


class Case(msgspec.Struct, frozen=True, kw_only=True):
    """A text and what is expected of it; `base` is the text that it is compared with."""

    text: str
    report: bool | None = None
    categories: tuple[str, ...] = ()
    base: str | None = None
    up: bool = True


class Phenomenon(msgspec.Struct, frozen=True, kw_only=True):
    """A file of cases."""

    name: str
    title: str
    test: str
    cases: tuple[Case, ...]


class PassRate(msgspec.Struct, frozen=True, kw_only=True):
    """The shares of a phenomenon's cases that pass; those of kind and category are None where none is expected."""

    name: str
    title: str
    test: str
    cases: int
    strict: float
    lenient: float
    kind: float | None
    category: float | None
    failed: tuple[str, ...]


def read_phenomena(folder: Path) -> list[Phenomenon]:
    """Read the folder's files in the order of their names."""
    files = {path.stem: tomllib.loads(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.toml"))}
    return [
        Phenomenon(name=name, title=entry["title"], test=entry["test"], cases=tuple(_cases(entry, files)))
        for name, entry in files.items()
        if "title" in entry
    ]


def _cases(entry: dict[str, Any], files: dict[str, dict[str, Any]]) -> Iterator[Case]:
    for names, texts in entry.get("yes", {}).items():
        expected = () if names == ANY_CATEGORY else tuple(names.split("/"))
        yield from (Case(text=text, report=True, categories=expected) for text in texts)
    for texts in entry.get("no", {}).values():
        yield from (Case(text=text, report=False) for text in texts)
    for way in ("up", "down"):
        yield from (Case(text=text, base=base, up=way == "up") for base, text in entry.get(way, ()))
    yield from (Case(text=text, base=base) for base, text in entry.get("pairs", ()))
    for template in entry.get("templates", ()):
        first, *others = (template.replace("{place}", place) for place in entry["places"])
        yield from (Case(text=text, base=first) for text in others)
    for name in entry.get("of", ()):
        for base in _cases(files[name], files):
            yield Case(text=CHANGES[entry["change"]](base.text), base=base.text)


def measure(phenomena: Sequence[Phenomenon], *, analyzer: Analyzer) -> list[PassRate]:
    """Read every text once and count what passes."""
    texts = list(
        dict.fromkeys(text for each in phenomena for case in each.cases for text in (case.text, case.base) if text)
    )
    reports = dict(zip(texts, analyzer.analyze(map(_post, texts), now=NOW), strict=True))
    return [_rate(each, reports) for each in phenomena]


def _post(text: str) -> Post:
    return Post(
        source="test", native_id=text, kind="post", lane="overheard", text=text, created_at=NOW, collected_at=NOW
    )


def _rate(phenomenon: Phenomenon, reports: dict[str, Report]) -> PassRate:
    verdicts = [_judge(case, reports, test=phenomenon.test) for case in phenomenon.cases]
    named = [(case, reports[case.text].classification) for case in phenomenon.cases if case.categories]
    kinds = [found.kind in {categories()[name].kind for name in case.categories} for case, found in named]
    right = [found.category in case.categories for case, found in named]
    return PassRate(
        name=phenomenon.name,
        title=phenomenon.title,
        test=phenomenon.test,
        cases=len(verdicts),
        strict=_share([strict for strict, _ in verdicts]) or 0.0,
        lenient=_share([lenient for _, lenient in verdicts]) or 0.0,
        kind=_share(kinds),
        category=_share(right),
        failed=tuple(case.text for case, (_, lenient) in zip(phenomenon.cases, verdicts, strict=True) if not lenient),
    )


def _judge(case: Case, reports: dict[str, Report], *, test: str) -> tuple[bool, bool]:
    """Return whether a case passes strictly, and leniently."""
    found = reports[case.text].relevance
    if case.base is None:
        return found.is_report is case.report, found.is_report in {case.report, None}
    before = reports[case.base].relevance
    if test == "direction":
        gain = (found.probability - before.probability) * (1 if case.up else -1)
        return gain > 0, gain > -TOLERANCE
    same = found.is_report is before.is_report
    return same, same or None in {found.is_report, before.is_report}


def _share(passed: Sequence[bool]) -> float | None:
    return sum(passed) / len(passed) if passed else None


def render(rates: Sequence[PassRate]) -> str:
    """Return the pass rates as a Markdown table."""
    lines = ["| Phenomenon | Test | Cases | Right | Right or left to a person | Kind | Category |", "|" + "---|" * 7]
    lines += [
        f"| {each.title} | {each.test} | {each.cases} | {_percent(each.strict)} | {_percent(each.lenient)} "
        f"| {_percent(each.kind)} | {_percent(each.category)} |"
        for each in rates
    ]
    return "\n".join(lines) + "\n"


def render_floors(rates: Sequence[PassRate]) -> str:
    """Return the floors below which no phenomenon may fall, as TOML."""
    lines = [
        "# Least share right, and least share right or left to a person: `python -m nlp.evaluation.phenomena --record`."
    ]
    lines += [f"{each.name} = [{_floor(each.strict)}, {_floor(each.lenient)}]" for each in rates]
    return "\n".join(lines) + "\n"


def _floor(share: float) -> str:
    return f"{max(share - SLACK, 0.0):.2f}"


def _percent(share: float | None) -> str:
    return "" if share is None else f"{share:.0%}"


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table; with --failed also the texts that are read the wrong way, on standard error."""
    parser = argparse.ArgumentParser(prog="python -m nlp.evaluation.phenomena", description=__doc__)
    parser.add_argument("--cases", type=Path, default=FOLDER, help="folder of phenomena")
    parser.add_argument("--failed", action="store_true", help="also list what fails")
    parser.add_argument("--record", action="store_true", help=f"write {FLOORS} into the folder")
    options = parser.parse_args(arguments)
    rates = measure(read_phenomena(options.cases), analyzer=Analyzer())
    sys.stdout.write(render(rates))
    if options.failed:
        sys.stderr.writelines(f"{each.name}: {text}\n" for each in rates for text in each.failed)
    if options.record:
        (options.cases / FLOORS).write_text(render_floors(rates), encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
