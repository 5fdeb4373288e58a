"""Learning from a home's own decisions: the whole way from ledger and archive to another reading, and back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from index.decisions import UNDECIDED
from sidak.app.house import House
from sidak.app.learn import learn_from_decisions
from sidak.errors import UsageError
from sidak.models import Post
from sidak.settings import Settings

NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
TRUE = "lampu jalan depan pasar mati sudah seminggu, gelap, tolong dibenahi"
GAME = "jalan di gim ini rusak terus, lampu jalan di level tujuh mati"


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    opened = House(Settings(home=tmp_path / "home", region="33"), clock=lambda: NOW)
    yield opened
    opened.close()


def _decide(house: House, *, count: int) -> None:
    posts = [
        Post(
            source="x",
            native_id=str(number),
            kind="post",
            lane="overheard",
            text=f"{TRUE if number % 2 else GAME} {'ya ' * (number // 2)}",
            created_at=NOW,
            collected_at=NOW,
        )
        for number in range(count)
    ]
    house.intake.store("x", posts)
    for post in posts:
        state = "disposisi" if post.text.startswith("lampu") else "tidak_layak"
        steps = ("verifikasi", state) if state == "disposisi" else (state,)
        seen = UNDECIDED.state
        for step in steps:
            seen = house.ledger.decide(post.id, step, expected_state=seen, actor="ratna", note="", at=NOW).to_state


def test_what_inspectors_keep_refusing_is_refused_and_can_be_undone(house: House) -> None:
    _decide(house, count=60)
    learned = learn_from_decisions(house)
    assert learned.helps
    assert (learned.decisions, learned.reports) == (60, 30)
    game = Post(source="x", native_id="900", kind="post", lane="overheard", text=GAME, created_at=NOW, collected_at=NOW)
    taught = next(house.analyzer.analyze([game], now=NOW))
    plain_model = taught.model
    house.settings.adaptation_path.unlink()
    shipped = next(House(house.settings, clock=lambda: NOW).analyzer.analyze([game], now=NOW))
    assert taught.relevance.probability < shipped.relevance.probability
    assert plain_model != shipped.model  # another reading carries another version, so enrich reads anew


def test_a_rehearsal_keeps_nothing(house: House) -> None:
    _decide(house, count=60)
    assert learn_from_decisions(house, adopt=False).helps
    assert not house.settings.adaptation_path.exists()


def test_too_few_decisions_say_how_many_there_are(house: House) -> None:
    _decide(house, count=10)
    with pytest.raises(UsageError, match="10 decided reports"):
        learn_from_decisions(house)
