"""Without a declared clearance not one request leaves."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from collectors.clearance import load_clearances
from collectors.overview import describe_sources
from collectors.protocol import Query
from sidak.errors import ClearanceError, StopError, UsageError

OVERHEARD = Query(id="x:search:uji", source="x", lane="overheard", text='"jalan rusak"')


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("[x]", "[tiktok]"), "no clearance is declared for x"),
        (("2026-12-31", "2026-11-19"), "ended on 2026-11-19"),
        (('reference = "Perjanjian 12/2026"', 'reference = " "'), "needs a reference"),
        (('agreement = "E-12", ', ""), "must state: agreement"),
        (('offices = "Inspektorat Contoh"', 'offices = ""'), "must state: offices"),
    ],
)
def test_no_clearance_no_request(deployment: Any, change: tuple[str, str], said: str) -> None:
    path = deployment.home / "clearance.toml"
    path.write_text(path.read_text().replace(*change, 1))
    with pytest.raises(ClearanceError, match=said) as caught:
        deployment.collect("x")
    assert "clearance.toml" in str(caught.value), "it says where to declare it"
    assert len(deployment.standins.log) == 0


def test_an_uncleared_lane_is_not_asked(deployment: Any) -> None:
    path = deployment.home / "clearance.toml"
    path.write_text(path.read_text().replace('lanes = ["addressed", "overheard"]', 'lanes = ["addressed"]'))
    with pytest.raises(ClearanceError, match="does not cover the lane overheard"):
        deployment.collect("x", queries=[OVERHEARD])
    assert len(deployment.standins.log) == 0
    assert deployment.collect("x").outcome == "ok"
    assert {request.path for request in deployment.standins.log} == {
        f"/2/users/{deployment.standins.office_id}/mentions"
    }


def test_it_holds_to_the_end_of_the_last_day_in_indonesia(deployment: Any) -> None:
    deployment.standins.clock.set(datetime(2026, 12, 31, 16, 59, tzinfo=UTC))
    assert deployment.collect("x").outcome == "ok"
    deployment.standins.clock.set(datetime(2026, 12, 31, 17, 1, tzinfo=UTC))
    deployment.standins.log.clear()
    with pytest.raises(ClearanceError):
        deployment.collect("x")
    assert len(deployment.standins.log) == 0


def test_without_the_file_nothing_is_cleared(deployment: Any) -> None:
    (deployment.home / "clearance.toml").unlink()
    for source in ("x", "reddit", "youtube", "facebook", "instagram", "tiktok"):
        with pytest.raises(ClearanceError):
            deployment.collect(source)
    assert len(deployment.standins.log) == 0


@pytest.mark.parametrize("content", ["[x]\nlanes = [", '[x]\nlanes = ["all"]\n', "[x]\nvalid_until = 3\n", "\xff"])
def test_a_broken_declaration_is_named_and_clears_nothing(deployment: Any, content: str) -> None:
    (deployment.home / "clearance.toml").write_bytes(content.encode("latin-1"))
    with pytest.raises(UsageError, match=r"clearance\.toml"):
        deployment.collect("x")
    assert len(deployment.standins.log) == 0


def test_missing_credentials_are_named_by_variable(deployment: Any) -> None:
    del deployment.settings.sources["reddit"]["client_secret"]
    with pytest.raises(StopError, match="SIDAK_SOURCES__REDDIT__CLIENT_SECRET"):
        deployment.collect("reddit")
    assert len(deployment.standins.log) == 0


def test_a_lane_without_its_credential_leaves_the_other(deployment: Any) -> None:
    del deployment.settings.sources["x"]["user_id"]
    assert deployment.collect("x").outcome == "ok"
    assert not deployment.standins.log.to("/2/users")
    assert deployment.standins.log.to("/2/tweets/search/recent")


def test_files_are_not_asked(deployment: Any) -> None:
    with pytest.raises(UsageError, match="sidak import"):
        deployment.collect("files")


def test_the_overview_tells_what_is_missing(deployment: Any) -> None:
    now = deployment.standins.clock.now()
    ready = {status.source: status for status in describe_sources(deployment.settings, now)}
    assert ready["x"].state == "ready"
    assert ready["x"].lanes == ("addressed", "overheard")
    assert ready["tiktok"].state == "unavailable"
    assert ready["tiktok"].reason
    assert ready["files"].state == "import"
    deployment.settings.sources["x"] = {}
    (deployment.home / "clearance.toml").write_text(
        (deployment.home / "clearance.toml").read_text().replace("[reddit]", "[tiktok]")
    )
    bare = {status.source: status for status in describe_sources(deployment.settings, now)}
    assert bare["x"].state == "no_credentials"
    assert "SIDAK_SOURCES__X__BEARER_TOKEN" in bare["x"].reason
    assert bare["reddit"].state == "not_cleared"
    assert "no clearance" in bare["reddit"].reason


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b'[nitter]\nlanes = ["overheard"]\n', r"\[nitter\]: there is no such source"),
        (b'[x]\nlanes = ["addressed"]\n', r"\[x\]: Object missing required field `reference`"),
        (b"[x\n", "clearance.toml: Expected"),
        (b"\xff\xfe", "is not written in UTF-8"),
    ],
)
def test_a_declaration_that_cannot_be_understood_is_named(tmp_path: Path, content: bytes, told: str) -> None:
    path = tmp_path / "clearance.toml"
    path.write_bytes(content)
    with pytest.raises(UsageError, match=told):
        load_clearances(path)
