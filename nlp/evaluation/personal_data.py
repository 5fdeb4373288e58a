"""How much personal data the detectors find, on invented texts: valid in form, nobody's in fact.

Real texts come redacted, so that recall on them cannot be measured; these figures say what the patterns can do, not
how people write. They are labelled so wherever they are published.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from nlp.evaluation.invented import Invented, invent_texts, public_texts
from nlp.personal_data.find import find_personal_data
from sidak.models import PersonalData

LABEL = "invented data"
_COUNTS_AS = {"LANDLINE": "PHONE", "SOCIAL": "HANDLE"}
"""Two ways of writing one type are planted and counted apart."""


def evaluate_personal_data(seed: int, count: int) -> dict[str, Any]:
    """Return recall and precision a type over `count` invented texts, and the share of public texts left whole.

    Recall counts a text as right only where no character of what was planted is readable any more. Precision is the
    share of found stretches that touch something planted.
    """
    planted: Counter[str] = Counter()
    hidden: Counter[str] = Counter()
    found: Counter[str] = Counter()
    right: Counter[str] = Counter()
    for invented in invent_texts(seed, count):
        spans = find_personal_data(invented.text)
        planted[invented.type] += 1
        hidden[invented.type] += _is_hidden(invented, spans)
        for span in spans:
            found[span.type] += 1
            right[span.type] += any(span.start < end and start < span.end for start, end in invented.hidden)
    public = public_texts()
    return {
        "data": LABEL,
        "seed": seed,
        "texts": count,
        "recall": {type: round(hidden[type] / planted[type], 4) for type in planted},
        "precision": {type: round(right[type] / found[type], 4) for type in sorted(found)},
        "precision_all": round(right.total() / found.total(), 4) if found else None,
        "public_left_whole": round(sum(not find_personal_data(text) for text in public) / len(public), 4),
    }


def _is_hidden(invented: Invented, spans: Sequence[PersonalData]) -> bool:
    masked = {at for span in spans for at in range(span.start, span.end)}
    return all(
        at in masked or not invented.text[at].isalnum() for start, end in invented.hidden for at in range(start, end)
    )
