"""Which texts the encoder learnt from, and what it made of those that it did not: for training and evaluation."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Mapping
from pathlib import Path
from statistics import fmean

from nlp.encoder.odds import Odds
from nlp.encoder.second_look import ENCODER_FILE, PIECES_FILE
from nlp.model import MODEL_DIR
from nlp.teaching.devdata import SPLIT_DAY, Example, plain, read_labels
from nlp.teaching.province import is_held_out
from sidak.errors import UsageError

SCORES_FILE = "encoder_scores.tsv"
_VOTES = {"1": 1.0, "0": 0.0, "?": 0.5}


def is_taught(example: Example) -> bool:
    """Tell whether the encoder learns a text of the streams, or a complaint; the others are kept for measuring.

    It learns half of the streams, three in four of a city's earlier complaints, and of the province that half which
    teaches other models too when they are measured.
    """
    if example.origin == "complaints":
        return example.day < SPLIT_DAY and zlib.crc32(plain(example.text).encode()) % 4 != 0
    return not is_held_out(example.text)


def read_shares(labels: Path) -> dict[str, float]:
    """Return, by key, the share of its readers who called a text a report; an unsure one counts one half."""
    return {key: fmean(_VOTES[vote] for vote in label.votes) for key, label in read_labels(labels).items()}


def encoder_folder(output: Path) -> Path:
    """Return the folder of the encoder to weigh: where training writes, if one lies whole there, else the shipped."""
    return output if all((output / name).exists() for name in (ENCODER_FILE, PIECES_FILE, SCORES_FILE)) else MODEL_DIR


def read_scores(folder: Path = MODEL_DIR, *, by_date: bool = False) -> dict[str, Odds]:
    """Return the encoder's log odds out of fold by both heads, by the key of each labelled tweet (`devdata.label_key`).

    `by_date` they are those of an encoder that saw no tweet of the same span of time.
    """
    rows = (line.split("\t") for line in (folder / SCORES_FILE).read_text(encoding="ascii").splitlines())
    chosen = slice(3, 5) if by_date else slice(1, 3)
    return {row[0]: Odds(*map(float, row[chosen])) for row in rows}


def scores_of(tweets: Iterable[Example], scores: Mapping[str, Odds]) -> list[Odds]:
    """Return the log odds of these tweets. Raises UsageError where one has none."""
    keys = [tweet.key for tweet in tweets]
    missing = sum(key not in scores for key in keys)
    if missing:
        raise UsageError(
            f"{SCORES_FILE}: {missing} of {len(keys)} labelled tweets have no score of the encoder; "
            "`sidak train --model encoder` teaches and scores it anew"
        )
    return [scores[key] for key in keys]


def write_scores(scores: Mapping[str, Odds], dated: Mapping[str, Odds]) -> str:
    """Return scores out of fold, and by date, as the text of their file."""
    rows = ((key, *odds, *dated[key]) for key, odds in sorted(scores.items()))
    return "".join("\t".join([key, *(f"{each:.3f}" for each in odds)]) + "\n" for key, *odds in rows)
