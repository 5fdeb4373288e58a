"""Items of a page that could not be read, on their way to the dead letters."""

from __future__ import annotations

import json
from collections.abc import Sequence

from collectors.fields import FieldError, digest_item
from collectors.protocol import RawPage
from sidak.models import DeadLetter
from sidak.text import clean_text

MAX_LETTER_CHARS = 4000


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
