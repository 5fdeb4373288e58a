"""Each fault as a client meets it, and that all ends when the context does."""

from __future__ import annotations

import json
import threading
import time

import pytest
import requests
import tweepy

from collectors.standins.app import StandIns
from collectors.standins.faults import Fault

from .conftest import END, PATIENCE_SECONDS


def search(client):
    return client.search_recent_tweets("jalan")


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (Fault(kind="reset"), requests.ConnectionError),
        (Fault(kind="truncated"), requests.exceptions.ChunkedEncodingError),
        (Fault(kind="chunked_abort"), requests.exceptions.ChunkedEncodingError),
        (Fault(kind="status", status=401), tweepy.Unauthorized),
        (Fault(kind="status", status=403), tweepy.Forbidden),
        (Fault(kind="status", status=404), tweepy.NotFound),
        (Fault(kind="status", status=429), tweepy.TooManyRequests),
        (Fault(kind="status", status=503, body=b"<html>", content_type="text/html"), tweepy.TwitterServerError),
    ],
)
def test_the_next_request_fails_and_the_one_after_it_does_not(standins, x_client, fault, error):
    standins.faults.add("/2/tweets/search", fault)
    with pytest.raises(error):
        search(x_client)
    assert search(x_client).json()["meta"]["result_count"] == 10


def test_a_silent_server_runs_into_the_clients_timeout(standins):
    standins.faults.add("/", Fault(kind="hang"))
    with pytest.raises(requests.ReadTimeout):
        requests.get(standins.x_url + "/2/tweets", timeout=0.1)


def test_a_slow_drip_beats_a_read_timeout(standins):
    standins.faults.add("/", Fault(kind="drip", seconds=0.05))
    started = time.monotonic()
    answer = requests.get(standins.x_url + "/nowhere", timeout=1)
    assert answer.json()["error"] == 404
    assert time.monotonic() - started > 1.5


@pytest.mark.parametrize("kind", ["malformed", "html"])
def test_a_body_that_is_no_json(standins, x_client, kind):
    standins.faults.add("/2/", Fault(kind=kind))
    answer = search(x_client)
    assert answer.status_code == 200
    with pytest.raises(requests.JSONDecodeError):
        answer.json()


def test_bodies_that_are_json_but_wrong(standins, x_client):
    standins.faults.add("/2/", Fault(kind="list"))
    standins.faults.add("/2/", Fault(kind="oversize", size=100_000))
    standins.faults.add("/2/", Fault(kind="odd_item"))
    assert isinstance(search(x_client).json(), list)
    assert len(search(x_client).content) > 100_000
    odd, *rest = search(x_client).json()["data"]
    assert "id" not in odd
    assert all("id" in post for post in rest)


def test_texts_that_break_readers(standins, x_client):
    standins.faults.add("/2/", Fault(kind="null_bytes"))
    standins.faults.add("/2/", Fault(kind="surrogates"))
    assert rb"\u0000" in search(x_client).content
    text = json.loads(search(x_client).content)["data"][0]["text"]
    with pytest.raises(UnicodeEncodeError):
        text.encode()


def test_faults_for_one_path_leave_others_alone_and_may_last(standins, x_client):
    standins.faults.add("/2/users", Fault(kind="status", status=500), times=None)
    for _ in range(3):
        with pytest.raises(tweepy.TwitterServerError):
            x_client.get_users_mentions(standins.office_id)
    assert search(x_client).status_code == 200
    standins.faults.clear()
    assert x_client.get_users_mentions(standins.office_id).status_code == 200


def test_the_log_tells_method_path_query_and_headers(standins, x_client):
    search(x_client)
    (request,) = standins.log
    assert (request.method, request.path) == ("GET", "/2/tweets/search/recent")
    assert request.query["query"] == "jalan"
    assert request.headers["authorization"] == "Bearer rahasia"


def test_connection_close_is_answered_when_asked(standins):
    answer = requests.get(standins.x_url + "/2/tweets", headers={"Connection": "close"}, timeout=PATIENCE_SECONDS)
    assert answer.headers["connection"] == "close"


def test_stopping_ends_every_thread_even_in_a_hang(folder):
    before = threading.active_count()
    with StandIns(end=END, scenario="kecil", folder=folder) as standins:
        standins.faults.add("/", Fault(kind="hang"))
        with requests.Session() as session, pytest.raises(requests.ReadTimeout):
            session.get(standins.x_url + "/2/tweets", timeout=0.05)
    assert threading.active_count() == before
    with pytest.raises(requests.ConnectionError):
        requests.get(standins.x_url, timeout=PATIENCE_SECONDS)
