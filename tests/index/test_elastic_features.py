"""What only a full Elasticsearch has: used where it answers, done without where it does not, never half."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from elasticsearch import ApiError, Elasticsearch

from index.elastic_features import Features
from tests.support.elastic_standin import Answer, ElasticStandin, Request, run_elastic_standin

PART = "sidak-reports-v3-000001-000001"
NO_HANDLER = Answer(400, {"error": "no handler found for uri and method"})
ASKED = ("rest", "schedule_snapshots")


@pytest.fixture
def standin() -> Iterator[ElasticStandin]:
    with run_elastic_standin() as server:
        yield server


@pytest.fixture
def features(standin: ElasticStandin) -> Iterator[Features]:
    with Elasticsearch(standin.url) as client:
        yield Features(client, prefix="sidak")


def ask(features: Features, asked: str) -> None:
    if asked == "rest":
        features.rest(PART)
    else:
        features.schedule_snapshots()


def told(request: Request) -> tuple[str, str]:
    return request.method, request.path.partition("?")[0]


def test_a_full_part_is_given_to_lifecycle_management(features: Features, standin: ElasticStandin) -> None:
    standin.play(Answer(body={"acknowledged": True}))
    features.rest(PART)
    assert [told(request) for request in standin.requests] == [
        ("PUT", "/_ilm/policy/sidak-rested"), ("PUT", f"/{PART}/_settings"),
    ]  # fmt: skip
    settings = json.loads(standin.requests[1].body)
    assert settings == {"index.lifecycle.name": "sidak-rested", "index.lifecycle.indexing_complete": True}


def test_snapshots_are_scheduled_into_the_repository_of_the_prefix(features: Features, standin: ElasticStandin) -> None:
    standin.play(Answer(body={"acknowledged": True}))
    features.schedule_snapshots()
    assert [told(request) for request in standin.requests] == [
        ("GET", "/_snapshot/sidak"), ("PUT", "/_slm/policy/sidak-nightly"),
    ]  # fmt: skip
    policy = json.loads(standin.requests[1].body)
    assert (policy["repository"], policy["config"]["indices"]) == ("sidak", ["sidak-*"])


@pytest.mark.parametrize("asked", ASKED)
@pytest.mark.parametrize(
    "absent",
    [
        NO_HANDLER,
        Answer(403, {"error": {"type": "security_exception", "reason": "no right"}}),
        Answer(404, {"error": {}}),
    ],
)
def test_where_it_is_absent_or_not_allowed_nothing_more_is_asked(
    features: Features, standin: ElasticStandin, asked: str, absent: Answer
) -> None:
    standin.play(absent)
    ask(features, asked)
    assert len(standin.requests) == 1


@pytest.mark.parametrize("asked", ASKED)
def test_a_server_in_trouble_is_not_taken_for_one_without(
    features: Features, standin: ElasticStandin, asked: str
) -> None:
    standin.play(Answer(500, {"error": {"type": "oops", "reason": "because"}}))
    with pytest.raises(ApiError):
        ask(features, asked)


@pytest.mark.elasticsearch
@pytest.mark.parametrize("asked", ASKED)
def test_the_core_alone_does_without(elasticsearch_url: str, asked: str) -> None:
    with Elasticsearch(elasticsearch_url) as client:
        ask(Features(client, prefix="sidak-features"), asked)
