"""Bulk requests of which every item's answer is read: HTTP 200 says nothing about the items inside.

Each action names its index itself; none of them makes an index, since the templates forbid it (`elastic_templates.py`).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence

import msgspec
from elasticsearch import ApiError, Elasticsearch

from index.elastic_errors import translate_error, translate_status
from sidak.errors import RetryError

MOST_ACTIONS = 500
MOST_BYTES = 5_000_000
PAUSES_SECONDS = (0.5, 1.0, 2.0)
"""Between the attempts at what a busy server pushed back; after the last one the caller tries again later."""

_DONE = frozenset({200, 201, 404})
"""404 without an error: what was to be deleted is not there."""
_DOCUMENT_FAULTS = frozenset(
    {
        "document_parsing_exception",
        "illegal_argument_exception",
        "mapper_parsing_exception",
        "strict_dynamic_mapping_exception",
        "too_large",
    }
)
"""Only these set a document aside. Any other refusal (a closed index, say) is about the index and meets all of them."""

_TOLD = "items.*.status,items.*.result,items.*.error"
"""What is read of each item's answer: a tenth of it, of which there are two for each document."""

Sleep = Callable[[float], None]


class Action(msgspec.Struct, frozen=True, gc=False):
    """One line or two of a bulk request, as JSON."""

    id: str
    index: str
    lines: tuple[bytes, ...]


class _ItemError(msgspec.Struct, frozen=True, gc=False):
    type: str = "unknown"
    reason: str | None = None


class Item(msgspec.Struct, frozen=True, gc=False):
    """What the server says became of one action."""

    status: int
    result: str = ""
    error: _ItemError | None = None


class _Answer(msgspec.Struct, frozen=True):
    items: list[dict[str, Item]]


class Bulk:
    """Sends actions and returns one final answer for each, in order."""

    def __init__(self, client: Elasticsearch, *, address: str, sleep: Sleep = time.sleep) -> None:
        self._client = client
        self._address = address
        self._sleep = sleep

    def send(self, actions: Sequence[Action]) -> list[Item]:
        """Return each action's answer; raises RetryError where some are pushed back for too long, StopError as usual.

        Answers are final: done, version conflict, or refused for a reason in the document.
        """
        answers: list[Item] = []
        for batch in _cut_batches(actions):
            answers += self._send_batch(batch)
        return answers

    def _send_batch(self, batch: Sequence[Action]) -> list[Item]:
        answers: dict[int, Item] = {}
        problem: Exception | None = None
        for pause in (0.0, *PAUSES_SECONDS):
            if pause:
                self._sleep(pause)
            waiting = [at for at in range(len(batch)) if at not in answers]
            try:
                items = self._request([batch[at] for at in waiting])
            except RetryError as exc:
                if exc.reason != "busy":
                    raise
                problem = exc
                continue
            for at, item in zip(waiting, items, strict=True):
                verdict = self._judge(item)
                if verdict is None:
                    answers[at] = item
                else:
                    problem = verdict
            if len(answers) == len(batch):
                return [answers[at] for at in range(len(batch))]
        raise RetryError(
            f"{self._address}: {len(batch) - len(answers)} of {len(batch)} documents were pushed back"
            f" {len(PAUSES_SECONDS) + 1} times ({problem}); nothing is lost, try again later",
            reason="busy",
        ) from problem

    def _request(self, batch: Sequence[Action]) -> list[Item]:
        lines = b"\n".join(line for action in batch for line in action.lines)
        try:
            # The client takes a body that is JSON lines already, though its types do not say so.
            answer = self._client.bulk(operations=lines, filter_path=_TOLD)  # type: ignore[arg-type]
        except ApiError as exc:
            if exc.meta.status != 413:
                raise translate_error(exc, self._address) from exc
            return self._halve(batch)
        items = [item for entry in msgspec.convert(answer.body, _Answer).items for item in entry.values()]
        if len(items) != len(batch):
            raise RetryError(f"{self._address}: answered {len(items)} of {len(batch)} bulk items", reason="busy")
        return items

    def _halve(self, batch: Sequence[Action]) -> list[Item]:
        if len(batch) == 1:
            return [Item(413, error=_ItemError("too_large", "larger than the server takes (http.max_content_length)"))]
        middle = len(batch) // 2
        halves = (batch[:middle], batch[middle:])
        return [item for half in halves for item in self._request(half)]

    def _judge(self, item: Item) -> RetryError | None:
        """Return the reason to send an action again, or None where its answer is final; raises StopError."""
        error = item.error or _ItemError()
        if item.error is None and item.status in _DONE:
            return None
        if item.status == 409 or (item.status in {400, 413} and error.type in _DOCUMENT_FAULTS):
            return None
        translated = translate_status(
            item.status, error_type=error.type, reason=error.reason or "no reason given", address=self._address
        )
        if isinstance(translated, RetryError):
            return translated
        raise translated


def _cut_batches(actions: Sequence[Action]) -> Iterator[Sequence[Action]]:
    start = size = 0
    for at, action in enumerate(actions):
        length = sum(map(len, action.lines))
        if at > start and (at - start >= MOST_ACTIONS or size + length > MOST_BYTES):
            yield actions[start:at]
            start, size = at, 0
        size += length
    if start < len(actions):
        yield actions[start:]
