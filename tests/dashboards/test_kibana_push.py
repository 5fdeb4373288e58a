"""Installing the views: every object's fate is read, and every failure says what to do."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest

from dashboards.kibana.client import base_url, build_auth, open_client
from dashboards.kibana.install import push_views
from dashboards.kibana.push import PushOutcome, push_objects
from dashboards.kibana.saved_objects import IndexNames, build_objects, encode_objects
from dashboards.kibana.specs import read_specs
from sidak.app.cli import run
from sidak.errors import RetryError, SidakError, StopError, UsageError
from sidak.settings import KibanaSettings, Settings
from tests.support.kibana_standin import API_KEY, PASSWORD, USER, KibanaStandin, run_kibana_standin

NAMES = IndexNames(reports="sidak-reports", areas="sidak-areas")
ALL = tuple(spec.id for spec in read_specs())


@pytest.fixture
def kibana() -> Iterator[KibanaStandin]:
    with run_kibana_standin() as standin:
        yield standin


def _settings(kibana: KibanaStandin, **changes: Any) -> Settings:
    return Settings(kibana=KibanaSettings(**{"url": kibana.url, "username": USER, "password": PASSWORD} | changes))


def _push(kibana: KibanaStandin, **changes: Any) -> PushOutcome:
    return push_views(_settings(kibana, **changes))


def test_a_first_push_creates_every_view(kibana: KibanaStandin) -> None:
    outcome = _push(kibana)
    assert (outcome.created, outcome.replaced, outcome.refused) == (ALL, (), ())
    assert {id for _, id in kibana.objects} == set(ALL)


def test_a_second_push_replaces_and_changes_nothing(kibana: KibanaStandin) -> None:
    _push(kibana)
    before = json.dumps(list(kibana.objects.values()))
    outcome = _push(kibana)
    assert (outcome.created, outcome.replaced) == ((), ALL)
    assert json.dumps(list(kibana.objects.values())) == before


def test_a_push_puts_back_what_somebody_changed(kibana: KibanaStandin) -> None:
    _push(kibana)
    kibana.objects["lens", "sidak-status"]["attributes"]["title"] = "diubah"
    _push(kibana)
    assert kibana.objects["lens", "sidak-status"]["attributes"]["title"] == "Laporan menurut status"


def test_the_views_are_over_the_alias_that_the_settings_name(kibana: KibanaStandin) -> None:
    _push(kibana)
    assert kibana.objects["index-pattern", "sidak-laporan"]["attributes"]["title"] == "sidak-reports"
    _push(kibana, index="sidak-analis")
    assert kibana.objects["index-pattern", "sidak-laporan"]["attributes"]["title"] == "sidak-analis"
    assert kibana.objects["index-pattern", "sidak-wilayah-titik"]["attributes"]["title"] == "sidak-areas"
    esql = kibana.objects["search", "sidak-esql-minggu"]["attributes"]["kibanaSavedObjectMeta"]["searchSourceJSON"]
    assert json.loads(esql)["query"]["esql"].startswith("FROM sidak-analis\n")


def test_an_api_key_signs_in_too(kibana: KibanaStandin) -> None:
    assert _push(kibana, username=None, password=None, api_key=API_KEY).created == ALL


def test_a_conflict_inside_a_good_answer_is_not_taken_for_success(kibana: KibanaStandin) -> None:
    kibana.changed_meanwhile = {"sidak-status"}
    outcome = _push(kibana)
    assert [each.id for each in outcome.refused] == ["sidak-status"]
    assert "push again" in outcome.refused[0].reason
    assert "sidak-status" not in outcome.created
    assert len(outcome.created) == len(ALL) - 1


def test_a_missing_reference_is_named(kibana: KibanaStandin) -> None:
    settings = _settings(kibana).kibana
    objects = [each for each in build_objects(read_specs(), names=NAMES) if each.type == "lens"]
    with open_client(settings) as client:
        outcome = push_objects(base_url(settings), auth=build_auth(settings), objects=objects, client=client)
    assert {each.reason for each in outcome.refused} == {"refers to what is not there: index-pattern sidak-laporan"}


def test_an_object_that_kibana_passes_over_is_no_success(kibana: KibanaStandin) -> None:
    kibana.passed_over = {"sidak-wilayah"}
    with pytest.raises(StopError, match="said nothing about sidak-wilayah"):
        _push(kibana)


def test_an_id_that_another_space_holds_is_told(kibana: KibanaStandin) -> None:
    kibana.elsewhere = {"sidak-mutu": "9f"}
    assert _push(kibana).renamed == (("sidak-mutu", "9f"),)


def test_an_attribute_that_kibana_does_not_know_is_refused_with_its_words(kibana: KibanaStandin) -> None:
    settings = _settings(kibana).kibana
    views = build_objects(read_specs(), names=NAMES)
    strange = [msgspec.structs.replace(each, attributes=each.attributes | {"warna": 1}) for each in views]
    with open_client(settings) as client:
        outcome = push_objects(base_url(settings), auth=build_auth(settings), objects=strange, client=client)
    assert {type for type, _ in kibana.objects} == {"index-pattern"}
    assert "[attributes.warna]: definition for this key is missing" in outcome.refused[0].reason


def test_an_older_kibana_says_what_it_needs(kibana: KibanaStandin) -> None:
    kibana.newest["lens"] = "8.6.0"
    with pytest.raises(StopError, match=r"older than the views, which need 8\.12 or newer"):
        _push(kibana)
    assert kibana.objects == {}


def test_a_map_without_its_points_is_refused_by_name(kibana: KibanaStandin) -> None:
    settings = _settings(kibana).kibana
    objects = [each for each in build_objects(read_specs(), names=NAMES) if each.id != "sidak-wilayah-titik"]
    with open_client(settings) as client:
        outcome = push_objects(base_url(settings), auth=build_auth(settings), objects=objects, client=client)
    assert {each.id for each in outcome.refused} == {"sidak-peta-kabkota", "sidak-gub-peta"}
    assert {each.reason for each in outcome.refused} == {
        "refers to what is not there: index-pattern sidak-wilayah-titik"
    }


@pytest.mark.parametrize(
    ("answer", "error", "words"),
    [
        ((403, b'{"message": "Unable to bulk_create dashboard"}', {}), StopError, "Saved Objects Management"),
        ((413, b"", {}), StopError, "maxImportPayloadBytes"),
        ((503, b"Kibana server is not ready yet", {}), RetryError, "not ready"),
        ((429, b'{"message": 5}', {}), RetryError, "busy"),
        ((400, b'{"message": "Unexpected token"}', {}), StopError, "refused the import .400: Unexpected token"),
        ((400, b'{"error": "no handler found"}', {"kbn-name": ""}), StopError, "no Kibana"),
        ((404, b"<html>", {"kbn-name": ""}), StopError, "no Kibana"),
        ((302, b"", {"Location": "/login"}), StopError, "no Kibana"),
        ((200, b"<html><script>alert(1)</script>", {"Content-Type": "text/html"}), StopError, "no Kibana"),
        ((200, b'{"success": true}', {}), StopError, "no Kibana"),
        ((200, b'{"success": true, "successCount": 7}', {}), StopError, "said nothing"),
        ((401, b"<html>login", {"kbn-name": ""}), StopError, "SIDAK_KIBANA__USERNAME"),
        ((502, b"<html>bad gateway", {"kbn-name": ""}), RetryError, "not ready"),
        ((200, b"\xff\x00", {}), StopError, "no Kibana"),
        ((200, b"no gzip", {"Content-Encoding": "gzip"}), StopError, "no Kibana"),
    ],
)
def test_each_bad_answer_says_what_to_do(
    kibana: KibanaStandin, answer: tuple[int, bytes, dict[str, str]], error: type[SidakError], words: str
) -> None:
    kibana.failure = answer
    with pytest.raises(error, match=words) as caught:
        _push(kibana)
    assert PASSWORD not in str(caught.value)
    assert kibana.requests == 1


def test_wrong_credentials_are_named_but_not_repeated(kibana: KibanaStandin) -> None:
    with pytest.raises(StopError, match="SIDAK_KIBANA__USERNAME") as caught:
        _push(kibana, password="keliru-sekali")
    assert "keliru" not in str(caught.value)


def test_a_kibana_that_is_down_is_worth_another_try() -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
    with pytest.raises(RetryError, match=r"cannot be reached.*SIDAK_KIBANA__URL"):
        push_views(Settings(kibana=KibanaSettings(url=f"http://127.0.0.1:{port}")))


def test_a_kibana_that_does_not_answer_is_not_waited_for() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        with pytest.raises(RetryError, match="no answer in time"):
            push_views(Settings(kibana=KibanaSettings(url=url, timeout_seconds=0.2)))


@pytest.mark.parametrize(
    "url",
    [
        "",
        "kibana",
        "ftp://h",
        "http://",
        "http://[::1",
        "http://h:port",
        "http://u:sandi@h",
        "http://h/?a=1",
        "http://h\x00",
    ],
)
def test_an_address_that_makes_no_sense_is_wrong_use(url: str) -> None:
    with pytest.raises(UsageError, match="SIDAK_KIBANA__URL") as caught:
        base_url(KibanaSettings(url=url))
    assert "sandi" not in str(caught.value)


def test_half_credentials_are_wrong_use() -> None:
    with pytest.raises(UsageError, match="set both or none"):
        build_auth(KibanaSettings(username="a"))


def test_the_command_pushes_and_fails_when_one_object_is_refused(
    kibana: KibanaStandin, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, value in {"URL": kibana.url, "USERNAME": USER, "PASSWORD": PASSWORD}.items():
        monkeypatch.setenv(f"SIDAK_KIBANA__{name}", value)
    assert run(["kibana", "push"]) == 0
    assert "created: sidak-laporan" in capsys.readouterr().err
    kibana.changed_meanwhile = {"sidak-status"}
    assert run(["kibana", "push"]) == 1
    said = capsys.readouterr().err
    assert "Kibana refused sidak-status" in said
    assert "replaced: sidak-laporan" in said


def test_the_same_files_give_the_same_bytes() -> None:
    first, second = (encode_objects(build_objects(read_specs(), names=NAMES)) for _ in range(2))
    assert first == second
