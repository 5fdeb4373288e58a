"""The categories and their Indonesian labels, read once from data/taxonomy.toml."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import cast

import msgspec

from sidak.models import Kind


class Category(msgspec.Struct, frozen=True, kw_only=True):
    """One category: its id, the kind it belongs to, and what inspectors call it."""

    id: str
    kind: Kind
    label: str


@cache
def categories() -> dict[str, Category]:
    """Return all categories by id, in the order of the file."""
    return {
        id: Category(id=id, kind=cast("Kind", kind), label=label)
        for kind, entries in _taxonomy().items()
        for id, label in entries.items()
        if id != "label"
    }


@cache
def kind_labels() -> dict[str, str]:
    """Return the Indonesian label of each kind."""
    return {kind: entries["label"] for kind, entries in _taxonomy().items()}


@cache
def _taxonomy() -> dict[str, dict[str, str]]:
    text = files("nlp").joinpath("data/taxonomy.toml").read_text(encoding="utf-8")
    return cast("dict[str, dict[str, str]]", tomllib.loads(text))
