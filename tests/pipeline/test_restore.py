"""The restore drill: a home is lost, a new one is made of its backup, and nobody can tell the two apart."""

from __future__ import annotations

import tarfile
from datetime import UTC, datetime
from pathlib import Path

import pytest

from sidak.app import pipeline
from sidak.app.audit import balance_posts, check_balance
from sidak.app.backup import restore, save
from sidak.app.cli import run
from sidak.app.forget import forget
from sidak.app.house import House
from sidak.app.reindex import reindex
from sidak.errors import IntegrityError, UsageError
from sidak.settings import Settings
from tests.support.deployments import decide, visible

AT = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
SPOTS = ("pasar", "balai desa", "puskesmas", "terminal")
TROUBLE = "jalan di depan {} Subah Batang rusak parah, banyak lubang sudah 3 bulan, tolong diperbaiki"


@pytest.fixture
def house(tmp_path: Path) -> House:
    opened = House(Settings(home=tmp_path / "home", region="33"), clock=lambda: AT)
    source = tmp_path / "aduan.csv"
    lines = [f'{number},"{TROUBLE.format(spot)}",2026-11-18\n' for number, spot in enumerate(SPOTS)]
    source.write_text("id,text,created_at\n" + "".join(lines))
    pipeline.import_with(opened, source, profile="generic")
    pipeline.enrich_with(opened)
    pipeline.publish_with(opened)
    ids = sorted(opened.engine.ids())
    decide(opened, ids[0], at=AT)
    forget(opened, [ids[1]])
    return opened


def digest(house: House) -> object:
    return *visible(house), house.ledger.head()


def test_a_restored_home_searches_decides_and_forgets_as_the_lost_one_did(house: House, tmp_path: Path) -> None:
    before = digest(house)
    pseudonym = house.settings.secret_key("pseudonym")
    backup = tmp_path / "backup.tar"
    note = save(house, backup)
    house.close()
    assert note.segments > 1
    assert backup.stat().st_mode & 0o077 == 0

    restored = House(Settings(home=tmp_path / "new", region="33"), clock=lambda: AT)
    assert restore(restored, backup) == note
    reindex(restored)
    assert digest(restored) == before
    check_balance(balance_posts(restored))
    assert restored.settings.secret_key("pseudonym") == pseudonym
    # It goes on from there: nothing is read or published twice, decisions continue the chain, what was forgotten stays.
    pipeline.import_with(restored, tmp_path / "aduan.csv", profile="generic")
    pipeline.enrich_with(restored)
    assert pipeline.publish_with(restored).written == 0
    decide(restored, sorted(restored.engine.ids())[1], at=AT)
    assert restored.ledger.verify().sequence == note.ledger.sequence + 1
    restored.close()


def test_the_commands_say_what_to_do_next(
    house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    house.close()
    backup = tmp_path / "backup.tar"
    monkeypatch.setenv("SIDAK_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("SIDAK_REGION", "33")
    assert run(["backup", str(backup)]) == 0
    assert run(["backup", str(backup)]) == 2
    assert "overwrites nothing" in capsys.readouterr().err
    assert run(["restore", str(backup)]) == 2
    assert "is not empty" in capsys.readouterr().err
    monkeypatch.setenv("SIDAK_HOME", str(tmp_path / "new"))
    assert run(["restore", str(backup)]) == 0
    assert "sidak reindex" in capsys.readouterr().err
    assert run(["reindex"]) == 0
    assert run(["audit"]) == 0


def test_a_backup_with_a_segment_missing_or_something_strange_is_refused(house: House, tmp_path: Path) -> None:
    backup = tmp_path / "backup.tar"
    save(house, backup)
    house.close()
    with tarfile.open(backup) as whole:
        names = whole.getnames()
        segment = next(name for name in names if name.endswith(".zst"))
        for kept, added, error in (
            ([name for name in names if name != segment], None, IntegrityError),
            ([name for name in names if name != "BACKUP.json"], None, UsageError),
            (names, "../outside", UsageError),
        ):
            broken = tmp_path / "broken.tar"
            with tarfile.open(broken, "w") as tar:
                for name in kept:
                    member = whole.getmember(name)
                    tar.addfile(member, whole.extractfile(member) if member.isfile() else None)
                if added:
                    tar.addfile(tarfile.TarInfo(added))
            fresh = House(Settings(home=tmp_path / f"new-{len(kept)}-{added is None}", region="33"), clock=lambda: AT)
            with pytest.raises(error):
                restore(fresh, broken)
            fresh.close()
    (tmp_path / "no.tar").write_bytes(b"no tar at all")
    with pytest.raises(UsageError, match="cannot be read"):
        restore(House(Settings(home=tmp_path / "other", region="33"), clock=lambda: AT), tmp_path / "no.tar")
