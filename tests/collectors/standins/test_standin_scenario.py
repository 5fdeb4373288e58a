"""Reading scenarios, the clock over HTTP, and the command."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import tomllib
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import requests

import nlp
from collectors.standins.scenario import ScenarioError, load_scenario, parse_ago, parse_truth

from .conftest import END, PATIENCE_SECONDS


@pytest.fixture(scope="module")
def central_java():
    return load_scenario("jawa_tengah", end=END)


def test_the_scenario_has_the_size_and_mix_it_promises(central_java):
    assert len(central_java) > 350
    assert {item.platform for item in central_java} >= {"x", "reddit", "youtube"}
    assert END - central_java[0].created_at > timedelta(days=34)
    verdicts = Counter(item.truth.is_report for item in central_java)
    assert min(verdicts.values()) > 100
    assert sum(bool(item.deleted_at or item.removed_at) for item in central_java) >= 8
    assert max(len(item.versions[0].text) for item in central_java) > 10_000


def test_labels_are_categories_and_places_are_in_central_java(central_java):
    taxonomy = tomllib.loads((Path(nlp.__file__).parent / "data" / "taxonomy.toml").read_text(encoding="utf-8"))
    categories = {name for kind in taxonomy.values() for name in kind}
    reports = [item.truth for item in central_java if item.truth.is_report]
    assert {truth.what for truth in reports} <= categories
    assert all(truth.area is None or truth.area.startswith("33") for truth in reports)


def test_the_same_end_gives_the_same_items(central_java):
    assert load_scenario("jawa_tengah", end=END) == central_java


@pytest.mark.parametrize(
    ("row", "complaint"),
    [
        ('{ by = "a", ago = "kemarin", truth = "noise joke", text = "t" }', "kemarin"),
        ('{ by = "a", ago = "1d", truth = "entahlah", text = "t" }', "entahlah"),
        ('{ by = "a", ago = "1d", truth = "noise joke", text = "t", warna = "biru" }', "warna"),
        ('{ by = "a", ago = "1d", truth = "noise joke", text = "t", reply_to = "hantu" }', "hantu"),
        (
            '{ by = "a", ago = "1d", truth = "noise joke", text = "t", edits = [{ ago = "1h", text = "u" }] }',
            "edits",
        ),
    ],
)
def test_a_mistake_in_a_scenario_is_named(tmp_path, row, complaint):
    (tmp_path / "s").mkdir()
    (tmp_path / "s" / "x.toml").write_text(f'platform = "x"\nposts = [ {row} ]')
    with pytest.raises(ScenarioError, match=complaint):
        load_scenario("s", end=END, folder=tmp_path)


def test_an_unknown_scenario_names_the_known(tmp_path):
    with pytest.raises(ScenarioError, match="jawa_tengah"):
        load_scenario("atlantis", end=END)


def test_distances_and_truths_are_read():
    assert parse_ago("3d4h") == timedelta(days=3, hours=4)
    assert parse_ago("20d0h10m") == timedelta(days=20, minutes=10)
    assert parse_truth("report pungli 33.25.09").area == "33.25.09"
    with pytest.raises(ScenarioError):
        parse_ago("")


def test_the_clock_moves_over_http_on_both_platforms(standins):
    for url in (standins.x_url, standins.reddit_url):
        answer = requests.post(f"{url}/_standin/clock", json={"advance": "7d"}, timeout=PATIENCE_SECONDS)
        assert answer.status_code == 200
    assert standins.clock.now() == END + timedelta(days=14)
    requests.post(f"{standins.x_url}/_standin/clock", json={"now": END.isoformat()}, timeout=PATIENCE_SECONDS)
    assert requests.get(f"{standins.x_url}/_standin/clock", timeout=PATIENCE_SECONDS).json() == {"now": END.isoformat()}
    assert not list(standins.log)


def test_the_clock_can_be_told_to_run_and_to_stand(standins):
    url = f"{standins.x_url}/_standin/clock"
    requests.post(url, json={"now": END.isoformat(), "ticking": True}, timeout=PATIENCE_SECONDS)
    assert requests.get(url, timeout=PATIENCE_SECONDS).json() != requests.get(url, timeout=PATIENCE_SECONDS).json()
    requests.post(url, json={"now": END.isoformat(), "ticking": False}, timeout=PATIENCE_SECONDS)
    assert requests.get(url, timeout=PATIENCE_SECONDS).json() == {"now": END.isoformat()}


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"null",
        b'{"now": "2026-01-01"}',
        b'{"advance": "99999999999d"}',
        b'{"now": 1e400}',
        b'{"jam": 1}',
        b"\xff",
    ],
)
def test_a_wrong_order_to_the_clock_is_refused_and_changes_nothing(standins, body):
    assert requests.post(f"{standins.x_url}/_standin/clock", data=body, timeout=PATIENCE_SECONDS).status_code == 400
    assert standins.clock.now() == END


def test_the_command_serves_until_it_is_told_to_stop(tmp_path):
    port_file = tmp_path / "deep" / "standins.json"
    command = [sys.executable, "-m", "collectors.standins", "--port-file", str(port_file), "--end", END.isoformat()]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        addresses = json.loads(process.stdout.readline())
        assert json.loads(port_file.read_text()) == addresses
        now = requests.get(addresses["clock_url"], timeout=PATIENCE_SECONDS).json()["now"]
        assert END <= datetime.fromisoformat(now) < END + timedelta(minutes=1)
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=PATIENCE_SECONDS) == 0


def test_the_command_names_a_wrong_scenario(tmp_path):
    command = [sys.executable, "-m", "collectors.standins", "--scenario", "atlantis"]
    result = subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)
    assert result.returncode == 2
    assert "atlantis" in result.stderr
    assert "Traceback" not in result.stderr


def test_the_command_names_a_place_it_cannot_write_to(tmp_path):
    (tmp_path / "file").write_text("")
    command = [sys.executable, "-m", "collectors.standins", "--port-file", str(tmp_path / "file" / "x.json")]
    result = subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)
    assert result.returncode == 1
    assert "x.json" in result.stderr
    assert "Traceback" not in result.stderr
