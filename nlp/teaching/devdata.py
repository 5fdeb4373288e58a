"""Reads the development data that training and evaluation use; none of it is part of the project."""

from __future__ import annotations

import csv
import hashlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

import msgspec

from sidak.errors import UsageError

COMPLAINTS = "complaints_surabaya_2022.jsonl"
TWEETS_LABELLED = "tweets_labelled_50.csv"
STREAM = "background/tweets_infrastructure_unlabelled.jsonl"
STREAMS = ("korupsi", "polri", "sp4n_pr", "emot")
"""In these almost nothing is a first-hand report."""
_NO_WORDING = re.compile(r"@\w+|\[\w+\]|https?://\S+|[\W\d_]")
LABELS_DIR = Path(__file__).parent / "labels"
READ_COMPLAINTS = LABELS_DIR / "complaints.tsv"
"""What readers made of complaints: lines of key and `1|0|?`, without texts or ids."""
SPLIT_DAY = "2022-09-01"
"""Complaints before this day teach models that are measured on later ones."""

PROPOSED = {
    "jalan": ("jalan_rusak", "trotoar", "drainase", "jembatan_rusak"),
    "pohon": ("pohon",),
    "drainase_banjir": ("drainase", "banjir"),
    "pju_lampu": ("lampu_jalan", "rambu_lampu_lalulintas"),
    "sampah": ("sampah",),
    "air_pdam": ("air_bersih",),
    "rambu_marka": ("rambu_lampu_lalulintas",),
    "utilitas_kabel": ("telekomunikasi", "listrik"),
    "jembatan": ("jembatan_rusak",),
    "M_petugas_layanan": ("pelayanan_buruk", "pelayanan_lambat", "pungli", "disiplin_asn", "penyalahgunaan_wewenang"),
    "M_layanan_kesehatan": ("pelayanan_buruk", "pelayanan_lambat", "fasilitas_kesehatan"),
    "M_rt_rw_iuran": ("pungli", "pelayanan_buruk", "penyalahgunaan_wewenang", "korupsi_penggelapan"),
    "M_jukir_parkir": ("parkir_liar", "pungli"),
}
"""What a topic of the complaints file may be in our categories; the first is the usual one."""


class Example(msgspec.Struct, frozen=True, kw_only=True):
    """One text and what is known of it: a report or not (None: unclear), and the official topic of a complaint."""

    origin: str
    text: str
    day: str = ""
    is_report: bool | None = None
    topic: str = ""
    key: str = ""
    """Of a tweet or a complaint, what its label is kept under."""
    agreed: bool = True
    """Whether all who read a tweet said the same."""


class HandLabel(msgspec.Struct, frozen=True, kw_only=True):
    """What readers made of a tweet: a report or not (None: unclear), its category, whether it names a place; votes.

    `category` is empty and `placed` None where there was nothing to say; a vote is `1`, `0` or `?` for each reader.
    """

    is_report: bool | None
    category: str
    placed: bool | None
    votes: str


def read_labels(labels: Path) -> dict[str, HandLabel]:
    """Read hand labels by `label_key`: lines of key, `1|0|?`, category or dash, placed `1|0` or dash, votes."""
    rows = (line.split("\t") for line in labels.read_text(encoding="utf-8").splitlines() if line)
    return {
        key: HandLabel(
            is_report=truth_of(label),
            category="" if category == "-" else category,
            placed=None if placed == "-" else placed == "1",
            votes=votes,
        )
        for key, label, category, placed, votes in rows
    }


def read_complaints(
    data: Path, *, labels: Path = READ_COMPLAINTS, since: str = "", until: str = ""
) -> Iterator[Example]:
    """Yield formal complaints of a span of days: reports or not by reading, else by official topic.

    Half of what the topics call applications are complaints of slow or bad service; unread ones without a known topic
    are left out.
    """
    known = read_keyed(labels)
    for row in _rows(data / COMPLAINTS):
        topic = row["proposed"].removesuffix("(noisy)")
        key, day = label_key(row["id"]), row["created_at"][:10]
        verdict = known.get(key) or _by_topic(topic)
        if verdict and is_within(day, since=since, until=until):
            yield Example(
                origin="complaints",
                text=row["text"],
                day=day,
                key=key,
                is_report=truth_of(verdict),
                topic=topic,
            )


def is_within(day: str, *, since: str = "", until: str = "") -> bool:
    """Tell whether a day stands in a span that begins with `since` and ends before `until`, each if given."""
    return day >= since and (not until or day < until)


def read_keyed(path: Path) -> dict[str, str]:
    """Return what stands behind each key in a file of `key TAB value`; keys are hashes from which no id can be read."""
    return dict(line.split("\t") for line in path.read_text(encoding="utf-8").splitlines() if line)


def _by_topic(topic: str) -> str:
    if topic in {"", "sekolah_fasilitas"}:
        return ""
    return "0" if topic.startswith("N_") else "1"


def read_backgrounds(data: Path) -> Iterator[Example]:
    """Yield streams in which almost nothing is a first-hand report."""
    for name in STREAMS:
        for row in _rows(data / f"background/tweets_{name}.jsonl"):
            yield Example(origin=name, text=row["text"], is_report=False)


def read_labelled_tweets(data: Path) -> Iterator[Example]:
    """Yield the labelled tweets: for evaluation only. Complaints without a usable place are unclear (None)."""
    with (data / TWEETS_LABELLED).open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            unclear = row["label"] == "citizen_complaint_no_usable_place"
            is_report = None if unclear else row["label"] == "citizen_report_with_place"
            yield Example(origin="tweets_labelled", text=row["text_redacted"], is_report=is_report)


def read_hand_labels(data: Path, labels: Path) -> Iterator[Example]:
    """Yield the hand-labelled tweets of the infrastructure stream, each wording once, never those of the test set.

    `labels` holds what `read_labels` reads, without texts or ids.
    """
    tested = {plain(example.text) for example in read_labelled_tweets(data)}
    known = read_labels(labels)
    seen: set[str] = set()
    for row in _rows(data / STREAM):
        key, wording = label_key(row["id"]), plain(row["text"])
        if key in known and wording not in tested and wording not in seen:
            seen.add(wording)
            yield Example(
                origin="tweets",
                text=row["text"],
                day=str(row["created_at"]),
                is_report=known[key].is_report,
                key=key,
                agreed=len(set(known[key].votes)) == 1,
            )


def label_key(row_id: str) -> str:
    """Return the key under which a row's label is kept: 16 hexadecimal digits from which no id can be read."""
    return hashlib.sha256(row_id.encode("utf-8")).hexdigest()[:16]


def plain(text: str) -> str:
    """Return what is the same in copies of a text: its first letters without names, links, case and digits."""
    return " ".join(_NO_WORDING.sub(" ", text.lower()).split())[:80]


def truth_of(verdict: str) -> bool | None:
    """Return what a reader's `1`, `0` or `?` says: a report, none, or that they could not tell (None)."""
    return None if verdict == "?" else verdict == "1"


def open_text(path: Path) -> TextIO:
    """Open a file of the data as text, its line ends untouched; raises UsageError where it is missing."""
    _expect(path)
    return path.open(encoding="utf-8", newline="")


def _expect(path: Path) -> None:
    if not path.exists():
        raise UsageError(f"{path}: no such file; --data names the folder that holds it")


def _rows(path: Path) -> Iterator[dict[str, str]]:
    _expect(path)
    with path.open("rb") as file:
        for line in file:
            yield msgspec.json.decode(line)
