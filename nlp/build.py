"""The pipeline, in the order in which it reads: one list says it all."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import spacy
from spacy.language import Language
from spacy.tokens import Doc
from spacy.util import registry

from nlp.tokenizer import Tokenizer

PIPELINE = (
    ("sidak_language", "nlp.components.language"),
    ("sidak_signals", "nlp.components.signals"),
    ("sidak_amounts", "nlp.components.amounts"),
    ("sidak_dates", "nlp.components.dates"),
    ("sidak_places", "nlp.components.places"),
    ("sidak_entities", "nlp.components.entities"),
    ("sidak_classification", "nlp.components.classification"),
    ("sidak_relevance", "nlp.components.relevance"),
    ("sidak_urgency", "nlp.components.urgency"),
    ("sidak_routing", "nlp.components.routing"),
)
"""Factory and the module that registers it. Relevance weighs what classification and places found. Personal data is
found outside the pipeline (`nlp.analyze.redact_post`), because posts that the gate turns away are masked as well."""


def build_nlp(
    *, offices_file: Path | None = None, projects_file: Path | None = None, adaptation_file: Path | None = None
) -> Language:
    """Build the spaCy pipeline; takes a second or two, so keep the result.

    The files are the deployment's registries (nlp/registries.py) and what its inspectors taught (nlp/adaptation.py);
    raises StopError naming file, line and field.
    """
    registries = {"offices_file": str(offices_file or ""), "projects_file": str(projects_file or "")}
    taught = {"adaptation_file": str(adaptation_file or "")}
    configs = {"sidak_entities": registries, "sidak_routing": registries, "sidak_relevance": taught}
    # With a tokenizer of our own, spaCy does not spend three seconds on the 16,000 exceptions of its own.
    nlp = spacy.blank("id", config={"nlp": {"tokenizer": {"@tokenizers": "sidak.Tokenizer.v1"}}})
    nlp.max_length = 1 << 40  # nlp.analyze limits what is read; spaCy's limit is meant for parsers
    for factory, module in PIPELINE:
        import_module(module)
        nlp.add_pipe(factory, config=configs.get(factory, {}))
    return nlp


@registry.tokenizers("sidak.Tokenizer.v1")
def make_tokenizer():  # type: ignore[no-untyped-def]  # noqa: ANN201 - spaCy resolves this signature with pydantic
    """Return what builds the tokenizer once spaCy has a vocabulary."""
    return lambda nlp: Tokenizer(nlp.vocab)


def make_doc(nlp: Language, text: str, **known: object) -> Doc:
    """Build a Doc of a text and what is known about it: `region`, `lane`, `place_hint`, `created_at`."""
    doc = nlp.make_doc(text)
    doc.user_data.update(known)
    return doc
