"""One bad post costs itself, not the run."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from nlp.analyze import Analyzer
from sidak.app import pipeline
from sidak.app.audit import balance_posts, check_balance, dead_letters
from sidak.app.house import House
from sidak.models import Post, Report
from sidak.settings import Settings

NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)


def make_post(number: int, text: str) -> Post:
    return Post(
        source="files", native_id=str(number), kind="complaint", lane="addressed", text=text, created_at=NOW, collected_at=NOW
    )  # fmt: skip


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    opened = House(Settings(home=tmp_path, region="33"), clock=lambda: NOW)
    yield opened
    opened.close()


def test_a_post_that_breaks_the_reading_becomes_a_dead_letter(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """The fault is put in by hand, since no text is known that breaks the reading."""
    house.intake.store(
        "files",
        [
            make_post(1, "jalan rusak parah di depan rumah"),
            make_post(2, "RACUN"),
            make_post(3, "got mampet, banjir terus"),
        ],
    )
    real = Analyzer.analyze

    def analyze(self: Analyzer, posts: Iterable[Post], **options: Any) -> Iterator[Report]:
        given = list(posts)
        if any(post.text == "RACUN" for post in given):
            raise ValueError("injected")
        return real(self, given, **options)

    monkeypatch.setattr(Analyzer, "analyze", analyze)
    summary = pipeline.enrich_with(house)
    assert (summary.posts, summary.dropped.get("dead_letter")) == (3, 1)
    pipeline.publish_with(house)
    balance = balance_posts(house)
    check_balance(balance)
    assert balance.dead_lettered == 1
    [letter] = dead_letters(house)
    assert (letter.stage, letter.where, letter.detail) == ("enrich", "files:2", "injected")


def test_hostile_texts_go_through_the_whole_chain(house: House) -> None:
    texts = [
        "<script>alert(1)</script> jalan rusak <img src=x onerror=alert(1)> di Subah",
        "jalan\u202e rusak \u200bparah\u200d di \u2066Subah\u2069",
        "jalan rusak " * 20_000,
        "\x00\x01\x02",
        "🚧" * 5_000,
        "",
        "a" * 100_000,
    ]
    house.intake.store("files", [make_post(number, text) for number, text in enumerate(texts)])
    assert pipeline.enrich_with(house).posts == len(texts)
    pipeline.publish_with(house)
    balance = balance_posts(house)
    check_balance(balance)
    assert balance.waiting == balance.dead_lettered == 0


def test_a_new_model_version_reads_everything_again_and_the_newest_reading_wins(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.intake.store(
        "files", [make_post(1, "jalan di depan pasar rusak parah, lubang di mana-mana, tolong diperbaiki")]
    )
    pipeline.enrich_with(house)
    pipeline.publish_with(house)
    first = house.engine.get("files:1", include_restricted=True)
    assert first is not None
    house.analyzer.model = "2099.1.1"
    assert pipeline.enrich_with(house).posts == 1
    assert pipeline.publish_with(house).written == 1
    second = house.engine.get("files:1", include_restricted=True)
    assert second is not None
    assert second.version > first.version
    assert house.engine.count() == 1
    check_balance(balance_posts(house))
