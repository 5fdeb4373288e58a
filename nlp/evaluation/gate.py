"""Measures the gate on texts it was not trained on: `sidak evaluate --data DIR --part gate`.

Later complaints and labelled tweets are held back from training; what the streams let through counts whole streams, of
which the gate saw the texts in training (nlp/teaching/gate.py says the same out of fold).
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from pathlib import Path

from nlp.gate import read_gate
from nlp.teaching.devdata import SPLIT_DAY, STREAMS, Example, read_backgrounds, read_complaints, read_labelled_tweets

Shares = dict[str, float | int]


def evaluate_gate(data: Path) -> dict[str, Shares]:
    """Return the gate's recall on reports, with its interval, and what it lets through of everything else."""
    complaints = list(read_complaints(data, since=SPLIT_DAY))
    tweets = list(read_labelled_tweets(data))
    backgrounds = list(read_backgrounds(data))
    return {
        "complaints_later: reports kept": _passed(each for each in complaints if each.is_report),
        "complaints_later: others let through": _passed(each for each in complaints if each.is_report is False),
        "tweets_labelled: reports kept": _passed(each for each in tweets if each.is_report),
        "tweets_labelled: unclear ones kept": _passed(each for each in tweets if each.is_report is None),
        "tweets_labelled: others let through": _passed(each for each in tweets if each.is_report is False),
        **{
            f"{origin}: let through": _passed(each for each in backgrounds if each.origin == origin)
            for origin in STREAMS
        },
    }


def _passed(examples: Iterable[Example]) -> Shares:
    flags = [read_gate(each.text, lane="overheard").passed for each in examples]
    low, high = _interval(sum(flags), len(flags))
    return {"texts": len(flags), "share": round(sum(flags) / max(len(flags), 1), 4), "low": low, "high": high}


def _interval(hits: int, count: int) -> tuple[float, float]:
    """Return Wilson's 95 % interval of a share."""
    if not count:
        return 0.0, 1.0
    z, share = 1.96, hits / count
    middle = share + z * z / (2 * count)
    reach = z * math.sqrt(share * (1 - share) / count + z * z / (4 * count * count))
    scale = 1 + z * z / count
    return round((middle - reach) / scale, 4), round((middle + reach) / scale, 4)
