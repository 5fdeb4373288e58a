"""Items of a page that could not be read, on their way to the dead letters."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any

from collectors.fields import FieldError, digest_item
from collectors.protocol import RawPage
from sidak.models import DeadLetter
from sidak.text import clean_text

MAX_LETTER_CHARS = 4000
SetAside = Callable[[Any, FieldError, int], DeadLetter]
"""An item, what is wrong with it and its place on the page to a dead letter."""


def letters_of(
    source: str, page: RawPage, *, shown: Sequence[str], data: Callable[[Any], object] = lambda item: item
) -> SetAside:
    """Return how a source sets items aside; `data` finds what the `shown` fields are in."""

    def set_aside(item: object, problem: FieldError, number: int) -> DeadLetter:
        return set_item_aside(source, item, problem, number=number, page=page, data=data(item), shown=shown)

    return set_aside


def set_item_aside(
    source: str, item: object, problem: FieldError, *, number: int, page: RawPage, data: object, shown: Sequence[str]
) -> DeadLetter:
    """Return the dead letter of one item; of its `data` only the `shown` fields are kept, so that no author is."""
    kept = {name: data[name] for name in shown if name in data} if isinstance(data, dict) else {}
    return DeadLetter(
        id=digest_item(source, item),
        stage="parse",
        reason=f"bad_{problem.field}",
        detail=str(problem),
        at=page.fetched_at,
        where=f"{page.where}, item {number}",
        payload=clean_text(json.dumps(kept, ensure_ascii=False, default=str), limit=MAX_LETTER_CHARS)[0],
    )
