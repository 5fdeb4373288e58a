"""Routing: the office that should act, by the first rule of a table that fits, with reason and legal basis.

Nothing is learnt here and nothing guessed: where no rule fits, or the area is not known to the level the office needs,
there is no office, and the reason says why a person must decide.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

from msgspec.structs import replace
from spacy.language import Language

from nlp.areas import area_label, name_key
from nlp.components.phrases import is_denied
from nlp.components.routing_rules import OFFICE_MARK, Rule, cue_finder, read_table
from nlp.findings import Findings, Step
from nlp.registries import Office, Project, load_default_offices, load_offices, load_projects
from sidak.models import Classification, Entities, Evidence, NamedThing, Routing, Span

MODEL = "routing-1"

_DEPTHS = {"provinsi": 0, "kabkota": 1, "desa": 3}
_PROJECT_RULE = "proyek_terdaftar"
_TOO_GENERAL = frozenset({"pemkab", "pemkot", "pemprov", "dprd", "kpu", "bawaslu", "kecamatan"})
"""Named more often as whom the writer turns to than as the office complained about."""


class _Case(NamedTuple):
    """What the rules ask of a report."""

    spans: Mapping[str, Sequence[Span]]
    offices: Sequence[NamedThing]
    area: str | None


class Router:
    """Chooses offices by the table; knows the deployment's own offices and projects."""

    def __init__(self, *, offices: Iterable[Office] = (), projects: Iterable[Project] = ()) -> None:
        self._general = {office.id: office for office in load_default_offices()}
        self._own = {office.id: office for office in offices}
        self._projects = {project.id: project for project in projects}
        spellings = {
            name_key(alias): each.id for each in self._general.values() for alias in (each.name, *each.aliases)
        }
        self._by_kind: dict[str, list[Office]] = defaultdict(list)
        self._kinds = {id: id for id in self._general}
        for office in self._own.values():
            names = map(name_key, (office.name, *office.aliases))
            kind = office.kind or next((spellings[name] for name in names if name in spellings), None)
            if kind:
                self._kinds[office.id] = kind
                self._by_kind[kind].append(office)
        self._finder = cue_finder()

    def route(self, text: str, *, classification: Classification, entities: Entities, area: str | None) -> Routing:
        """Return the office for a report about the area of this code, or why a person must decide."""
        settings = read_table().settings
        if classification.kind is None:
            return Routing(model=MODEL, reason=settings["no_category"])
        by_project = self._by_project(entities)
        if by_project is not None and classification.kind != "misconduct":
            return by_project
        case = _Case(self._spans(text, entities), entities.offices, area)
        rules = _rules_for(classification.kind, classification.category)
        rule = next((rule for rule in rules if _fits(rule, case)), None)
        if rule is None:
            return Routing(model=MODEL, reason=settings["no_rule"])
        return self._decide(rule, case)

    def _by_project(self, entities: Entities) -> Routing | None:
        """Return the office that the registry says a named project belongs to."""
        for named in entities.projects:
            project = self._projects.get(named.id)
            office = project and project.office and (self._own.get(project.office) or self._general.get(project.office))
            if office:
                return Routing(
                    model=MODEL,
                    office=office.id,
                    name=office.name,
                    area_code=office.area_code,
                    rule=_PROJECT_RULE,
                    reason=read_table().settings["project_reason"],
                    evidence=(Evidence(start=named.start, end=named.end, why="routing"),),
                )
        return None

    def _spans(self, text: str, entities: Entities) -> dict[str, list[Span]]:
        """Return where each cue and each kind of office stands in the text."""
        spans: dict[str, list[Span]] = defaultdict(list)
        for found in self._finder.find(text):
            if not is_denied(text, found.first):
                for cue in found.label.split("|"):
                    spans[cue].append(Span(start=found.start, end=found.end))
        for named in entities.offices:
            spans[OFFICE_MARK + self._kinds.get(named.id, named.id)].append(Span(start=named.start, end=named.end))
        road_class = read_table().settings["road_class"]
        for named in entities.projects:
            project = self._projects.get(named.id)
            if project is not None and project.road_class:
                spans[road_class[project.road_class]].append(Span(start=named.start, end=named.end))
        return spans

    def _decide(self, rule: Rule, case: _Case) -> Routing:
        table = read_table()
        laws = tuple(table.laws[law] for law in rule.laws)
        spans = [span for cue in rule.any for span in case.spans.get(cue, ())]
        named = next((each for each in case.offices if self._kinds.get(each.id) not in _TOO_GENERAL), None)
        if rule.named and named is not None:
            spans.append(Span(start=named.start, end=named.end))
        evidence = tuple(
            Evidence(start=start, end=end, why="routing") for start, end in sorted({(s.start, s.end) for s in spans})
        )
        known = Routing(
            model=MODEL, rule=rule.id, reason=rule.reason, legal_basis=laws, check=rule.check, evidence=evidence
        )  # fmt: skip
        if rule.person:
            return replace(known, reason=rule.person)
        if rule.named and named is not None:
            own = self._own.get(named.id)
            area = own.area_code if own else None
            return replace(known, office=named.id, name=named.name, area_code=area)
        return self._located(known, rule, case)

    def _located(self, known: Routing, rule: Rule, case: _Case) -> Routing:
        """Name the office of the rule's kind and level: the deployment's own, or the kind with its area."""
        kind = self._general[rule.office or ""]
        if rule.level == "pusat":
            return replace(known, office=kind.id, name=rule.name or kind.name)
        code = _area_at(case.area, rule.level)
        if code is None:
            reason = read_table().settings["no_area"].format(office=rule.name or kind.name)
            return replace(known, reason=reason)
        own = next((office for office in self._by_kind.get(kind.id, ()) if office.area_code == code), None)
        if own is not None:
            return replace(known, office=own.id, name=own.name, area_code=code)
        label = f"Provinsi {area_label(code)}" if "." not in code else area_label(code)
        label = label.removeprefix("Desa ") if rule.level == "desa" else label
        return replace(known, office=kind.id, name=f"{rule.name or kind.name} {label}", area_code=code)


@cache
def _rules_for(kind: str, category: str | None) -> tuple[Rule, ...]:
    """Return the rules for a kind and category in their order."""
    return tuple(
        rule
        for rule in read_table().rule
        if (not rule.categories or category in rule.categories) and (not rule.kinds or kind in rule.kinds)
    )


def _fits(rule: Rule, case: _Case) -> bool:
    if rule.any and case.spans.keys().isdisjoint(rule.any):
        return False
    if rule.named and not any(each.id not in _TOO_GENERAL for each in case.offices):
        return False
    return case.spans.keys().isdisjoint(rule.none)


def _area_at(area: str | None, level: str) -> str | None:
    """Return the part of an area's code that names the level; None where the area is not known that far."""
    if not area:
        return None
    parts = area.split(".")
    depth = _DEPTHS[level]
    if level == "kabkota" and parts[0] in read_table().settings["provinces_without_regencies"]:
        depth = 0
    return ".".join(parts[: depth + 1]) if len(parts) > depth else None


class RoutingComponent(Step):
    """Writes the routing; reads classification, entities, location."""

    def __init__(self, router: Router) -> None:
        super().__init__()
        self.router = router

    def read(self, found: Findings) -> None:
        """Choose the office."""
        area = found.location.area
        found.routing = self.router.route(
            found.text,
            classification=found.classification,
            entities=found.entities,
            area=area.code if area else None,
        )


@Language.factory("sidak_routing", default_config={"offices_file": "", "projects_file": ""})
def make_routing(nlp: Language, name: str, offices_file: str, projects_file: str) -> RoutingComponent:  # noqa: ARG001  (spaCy hands every factory its pipeline)
    """Build the component from the table of rules and, where given, the deployment's registries."""
    offices = load_offices(Path(offices_file)) if offices_file else ()
    projects = load_projects(Path(projects_file)) if projects_file else ()
    return RoutingComponent(Router(offices=offices, projects=projects))
