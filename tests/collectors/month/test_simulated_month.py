"""All sources over some weeks with outages, crashes, edits and deletions: the loss ledger balances to the post.

`make prove` lives a whole month; the suite a few days of the same.
"""

from __future__ import annotations

import os
import random
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from collectors.standins.app import StandIns
from collectors.standins.channels import ChannelStandIns
from sidak.app import pipeline
from sidak.app.audit import audit_archive, balance_posts, check_balance
from tests.collectors.channels.conftest import CANARY
from tests.collectors.conftest import END

from .office import Office, live
from .upstream import Written, events, write_month, write_scenario

DAYS = int(os.environ.get("SIDAK_TEST_DAYS", "3"))
A_DAY = int(os.environ.get("SIDAK_TEST_POSTS_A_DAY", "6"))
STEP = timedelta(hours=8)
SETTLING = timedelta(days=2)
"""Longer than any platform's deadline for deletions."""


@pytest.fixture
def office(tmp_path: Path) -> Iterator[tuple[Office, list[Written]]]:
    rng = random.Random(20261120)
    start = END - timedelta(days=DAYS)
    written = write_month(start, END, a_day=A_DAY, rng=rng)
    write_scenario(tmp_path / "scenarios", written, start, END)
    (tmp_path / "home").mkdir()
    with (
        StandIns(end=END, scenario="bulan", folder=tmp_path / "scenarios") as world,
        ChannelStandIns(at=start, secret=CANARY) as channels,
    ):
        world.clock.set(start)
        built = Office(tmp_path / "home", world, channels, rng=rng)
        yield built, written
        built.house.close()


@pytest.mark.timeout(3600)
def test_the_ledger_balances_to_the_post(office: tuple[Office, list[Written]], tmp_path: Path) -> None:
    desk, written = office
    start = END - timedelta(days=DAYS)
    live(desk, events(written), start=start, end=END, step=STEP)
    handed = [
        Written(token=f"f{n:05d}z", source="files", by="", versions=[(END, f"pungli f{n:05d}z")]) for n in range(9)
    ]
    desk.import_rows(tmp_path / "rekap.csv", handed[:6])
    desk.import_rows(tmp_path / "rekap.csv", handed)
    for _ in range(SETTLING // STEP):
        desk.set_clock(desk.world.clock.now() + STEP)
        desk.listen(hurt=frozenset(), crashing=0)

    everything = [*written, *handed]
    by_token = {one.token: one for one in everything}
    seen = {token: id for id, texts in desk.seen.items() for text in texts for token in _tokens(text)}
    standing = {one.token for one in everything if one.deleted_at is None}
    missing = sorted(
        (by_token[token] for token in standing - seen.keys()), key=lambda one: (one.source, one.created_at)
    )
    assert not missing, [(one.source, one.created_at.isoformat(), one.text) for one in missing]
    owners = Counter(token for texts in desk.seen.values() for token in {t for text in texts for t in _tokens(text)})
    assert max(owners.values()) == 1, "one post, one id"
    assert len(set(seen.values())) == len(seen), "one id, one post"
    now = {token: text for text in desk.newest().values() for token in _tokens(text)}
    assert now.keys() == standing, "what was deleted upstream is nowhere, what was not is there"
    assert not [token for token, text in now.items() if by_token[token].text not in text], "edits arrived"

    pipeline.enrich_with(desk.house)
    pipeline.publish_with(desk.house)
    audit_archive(desk.house)
    balance = balance_posts(desk.house)
    check_balance(balance)
    others = len(desk.seen) - len(seen)
    assert balance.collected == len(desk.seen)
    assert balance.deleted == len(seen.keys() - standing)
    assert balance.indexed + sum(balance.filtered.values()) == len(standing) + others
    assert (balance.waiting, balance.dead_lettered, balance.lost, balance.strange) == (0, 0, (), ())
    unseen = len(everything) - len(seen)
    print(  # noqa: T201 - `make prove` shows it
        f"{DAYS} days: {len(everything)} posts written, {unseen} of them deleted before anybody could see them,"
        f" {others} more of the watched accounts themselves; collected {balance.collected} = indexed {balance.indexed}"
        f" + set aside by the reading {sum(balance.filtered.values())} + deleted {balance.deleted};"
        f" {dict(sorted(desk.counts.items()))}"
    )


def _tokens(text: str) -> list[str]:
    return [
        word for word in text.replace(".", " ").split() if len(word) > 6 and word[0] in "qf" and word[1:-1].isdigit()
    ]
