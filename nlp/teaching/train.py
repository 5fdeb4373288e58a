"""Trains every model from a folder of development data: `sidak train --data DIR`.

Each model has a module of its own; what they share is the promise that no text can be read back out of the weights:
only common words, parts that many words share, no digits, no names of regions.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from nlp.model import MODEL_DIR, use_models
from nlp.teaching.devdata import LABELS_DIR
from nlp.teaching.folds import OutOfFold
from sidak.errors import UsageError

LABELS = LABELS_DIR / "tweets.tsv"
MODELS = ("gate", "category", "relevance")
"""In this order: relevance reads what the lexicons and places find, as the pipeline stands."""
ENCODER = "encoder"
"""Trained only when asked for: it takes half an hour, and what `make setup-encoder` installs."""

OnModel = Callable[[str], None]


def train(
    data: Path,
    *,
    output: Path = MODEL_DIR,
    models: tuple[str, ...] = MODELS,
    until: str = "",
    on_model: OnModel = lambda _: None,
) -> OutOfFold | None:
    """Train the named models and write them into `output`; return what relevance, if named, makes of texts out of fold.

    Of complaints only those from before `until` are learnt, if it is given (YYYY-MM-DD), and every second of the
    province: so that the others measure what comes out. What lies in `output` already is what is trained on top of.
    Raises UsageError naming a file that is missing.
    """
    from nlp.teaching.gate import train_gate
    from nlp.teaching.relevance import train_relevance

    found: OutOfFold | None = None
    output.mkdir(parents=True, exist_ok=True)
    use_models(output)
    for name in (each for each in (ENCODER, *MODELS) if each in models):
        on_model(name)
        if name == ENCODER:
            _train_encoder(data, output=output)
        elif name == "gate":
            train_gate(data, labels=LABELS, output=output, until=until)
        elif name == "category":
            _train_category(data, output=output, until=until)
        else:
            found = train_relevance(data, labels=LABELS, output=output, until=until)
    return found


def _train_category(data: Path, *, output: Path, until: str) -> None:
    from nlp.category_model import category_model
    from nlp.teaching.category import read_all, train_category
    from nlp.teaching.category_examples import read_examples
    from nlp.teaching.nothing import nothing_file, score_nothing, write_nothing

    examples = read_examples(data, until=until)
    readings = read_all(examples)
    train_category(examples, readings, output / "category.tsv")
    nothing_file(output).write_text(write_nothing(score_nothing(examples, readings)), encoding="ascii")
    category_model.cache_clear()  # relevance reads what was just learnt


def _train_encoder(data: Path, *, output: Path) -> None:
    try:
        from nlp.teaching.encoder.train import train_encoder
    except ModuleNotFoundError as exc:
        raise UsageError(f"{exc.name} is not installed; `make setup-encoder` installs what the encoder needs") from exc
    train_encoder(data, labels=LABELS, output=output)
