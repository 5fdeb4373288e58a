"""The table of routing rules, nlp/data/routing/rules.toml, read and checked once."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

import msgspec

from nlp.components.phrases import PhraseFinder
from nlp.taxonomy import categories

LEVELS = ("pusat", "provinsi", "kabkota", "desa")
OFFICE_MARK = "office:"
PATH = "data/routing/rules.toml"


class Rule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One row: when it fits, and which office it names or why a person must decide."""

    id: str
    kinds: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    any: tuple[str, ...] = ()
    none: tuple[str, ...] = ()
    office: str | None = None
    named: bool = False
    name: str | None = None
    level: str = "pusat"
    reason: str = ""
    person: str = ""
    laws: tuple[str, ...] = ()
    check: str | None = None


class Table(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All rules in their order, with the texts of the laws they name and the words of the cues."""

    settings: dict[str, Any]
    laws: dict[str, str]
    cues: dict[str, tuple[str, ...]]
    rule: tuple[Rule, ...]


@cache
def read_table() -> Table:
    """Read the packaged table. Raises ValueError naming the file, the rule and the field that is wrong."""
    data = tomllib.loads(files("nlp").joinpath(PATH).read_text(encoding="utf-8"))
    return check_table(data)


def check_table(data: dict[str, Any]) -> Table:
    """Return a table of rules from its file's content; raises ValueError naming file, rule and field."""
    try:
        table = msgspec.convert(data, Table)
    except msgspec.ValidationError as exc:
        raise ValueError(f"nlp/{PATH}: {exc}") from exc
    seen: set[str] = set()
    for rule in table.rule:
        wrong = _wrong(rule, table)
        if rule.id in seen:
            wrong = "id: stands twice"
        if wrong:
            raise ValueError(f"nlp/{PATH}: rule {rule.id}: {wrong}")
        seen.add(rule.id)
    return table


@cache
def cue_finder() -> PhraseFinder:
    """Return what finds the table's cues in texts: one for each cue, since cues may share words."""
    return PhraseFinder(read_table().cues, shared=True)


def _wrong(rule: Rule, table: Table) -> str:
    unknown_cues = [
        each for each in (*rule.any, *rule.none) if not each.startswith(OFFICE_MARK) and each not in table.cues
    ]
    checks = (
        ("kinds", [kind for kind in rule.kinds if kind not in {"damage", "misconduct", "service"}]),
        ("categories", [each for each in rule.categories if each not in categories()]),
        ("any or none", unknown_cues),
        ("laws", [law for law in rule.laws if law not in table.laws]),
        ("level", [rule.level] if rule.level not in LEVELS else []),
    )
    for field, unknown in checks:
        if unknown:
            return f"{field}: unknown: {', '.join(unknown)}"
    if sum(map(bool, (rule.office, rule.named, rule.person))) != 1:
        return "office, named, person: exactly one is needed"
    if not (rule.kinds or rule.categories):
        return "kinds, categories: one is needed"
    return "" if rule.person or rule.reason else "reason: empty"
