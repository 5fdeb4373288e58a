"""Decisions and publishing meet on the same document: the ledger's state wins, however they interleave."""

import tempfile
import threading
from contextlib import closing
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from index.decisions import DecisionConflictError, Ledger
from index.document import Document
from index.engine import Rejected, WriteOutcome
from index.sqlite import SqliteEngine
from index.states import allowed_transitions
from index.triage import Settled, change_state, replay_decisions, settle_triage, write_documents
from sidak.errors import RetryError, StopError, UsageError
from sidak.ids import document_version, split_version

AT = datetime(2026, 11, 20, tzinfo=UTC)


def build_document(id="x:1", *, ordinal=1, revision=1, restricted=False):
    return Document(
        id=id,
        version=document_version(ordinal=ordinal, revision=revision, decisions=0),
        source="x",
        lane="overheard",
        post_kind="post",
        visibility="public",
        created_at=AT,
        collected_at=AT,
        text=f"Jalan rusak, bacaan {ordinal}.{revision}",
        model="1",
        analyzed_at=AT,
        language="id",
        normalized="jalan rusak",
        stems="jalan rusak",
        is_report=True,
        report_probability=0.9,
        restricted=restricted,
    )


class MemoryEngine:
    """The engine's rule and nothing else: a document is kept only if its version is newer."""

    def __init__(self):
        self.documents = {}
        self.refused = set()
        self.down = False

    def write(self, documents):
        if self.down:
            raise RetryError("the index does not answer")
        rejected = tuple(Rejected(id=item.id, reason="mapping") for item in documents if item.id in self.refused)
        newer = [
            item
            for item in documents
            if item.id not in self.refused
            and (item.id not in self.documents or item.version > self.documents[item.id].version)
        ]
        self.documents.update((item.id, item) for item in newer)
        return WriteOutcome(written=len(newer), stale=len(documents) - len(newer) - len(rejected), rejected=rejected)

    def get(self, id, *, include_restricted):
        document = self.documents.get(id)
        return document if document and (include_restricted or not document.restricted) else None

    def setup(self):
        pass

    refresh = close = setup


@pytest.fixture
def engine():
    return MemoryEngine()


@pytest.fixture
def ledger(tmp_path):
    with Ledger(f"sqlite:///{tmp_path / 'ledger.db'}") as ledger:
        yield ledger


def change(ledger, engine, to_state="verifikasi", expected_state="diterima", *, id="x:1", include_restricted=False):
    return change_state(
        ledger,
        engine,
        id,
        to_state=to_state,
        expected_state=expected_state,
        actor="sari",
        note="",
        at=AT,
        include_restricted=include_restricted,
    )


def test_versions_come_apart_as_they_were_put_together():
    for parts in ((0, 0, 0), (1, 2, 3), ((1 << 38) - 1, (1 << 10) - 1, (1 << 14) - 1)):
        assert split_version(document_version(ordinal=parts[0], revision=parts[1], decisions=parts[2])) == parts


def test_a_decision_shows_in_the_index_at_once(ledger, engine):
    write_documents(ledger, engine, [build_document()])
    result = change(ledger, engine)
    document = engine.get("x:1", include_restricted=False)
    assert result.indexed
    assert (document.state, document.state_at, document.decisions) == ("verifikasi", AT, 1)
    assert split_version(document.version) == (1, 1, 1)
    assert ledger.history("x:1") == (result.decision,)


def test_a_new_reading_keeps_what_people_decided(ledger, engine):
    write_documents(ledger, engine, [build_document()])
    change(ledger, engine)
    write_documents(ledger, engine, [build_document(ordinal=2)])
    document = engine.get("x:1", include_restricted=False)
    assert (document.state, document.text) == ("verifikasi", "Jalan rusak, bacaan 2.1")


def test_who_may_not_see_a_report_cannot_decide_about_it(ledger, engine):
    write_documents(ledger, engine, [build_document(restricted=True)])
    with pytest.raises(UsageError, match="tidak ditemukan"):
        change(ledger, engine)
    with pytest.raises(UsageError, match="tidak ditemukan"):
        change(ledger, engine, id="x:none", include_restricted=True)
    assert ledger.head().sequence == 0
    assert change(ledger, engine, include_restricted=True).indexed


def test_a_decision_outlives_an_index_that_fails_after_it(ledger, engine):
    write_documents(ledger, engine, [build_document()])
    engine.down = True
    result = change(ledger, engine)
    assert not result.indexed
    assert ledger.history("x:1") == (result.decision,)
    engine.down = False
    assert replay_decisions(ledger, engine) == 1
    assert engine.get("x:1", include_restricted=False).state == "verifikasi"


def decide(ledger, id, to_state="verifikasi", expected_state="diterima"):
    ledger.decide(id, to_state, expected_state=expected_state, actor="sari", note="", at=AT)


def test_replaying_twice_changes_nothing(ledger, engine):
    engine.write([build_document("x:1"), build_document("x:2"), build_document("x:3")])
    for id in ("x:1", "x:2", "x:gone"):
        decide(ledger, id)
    decide(ledger, "x:1", "telaah", "verifikasi")
    assert replay_decisions(ledger, engine) == 2
    before = dict(engine.documents)
    assert replay_decisions(ledger, engine) == 0
    assert replay_decisions(ledger, engine, since=4) == 0
    assert engine.documents == before
    assert [before[id].state for id in ("x:1", "x:2", "x:3")] == ["telaah", "verifikasi", "diterima"]


def test_everything_asked_is_accounted_for_and_a_refusal_stops_nobody_else(ledger, engine):
    engine.write([build_document("x:1"), build_document("x:2"), build_document("x:bad")])
    for id in ("x:1", "x:bad", "x:gone"):
        decide(ledger, id)
    engine.refused.add("x:bad")
    refusal = Rejected(id="x:bad", reason="mapping")
    assert settle_triage(ledger, engine, ["x:1", "x:2", "x:bad", "x:gone", "x:1"]) == Settled(
        applied=1, current=1, missing=("x:gone",), rejected=(refusal,)
    )
    with pytest.raises(StopError, match="the first is x:bad: mapping"):
        replay_decisions(ledger, engine)


def test_settling_gives_up_with_a_clear_word_where_others_are_always_faster(ledger, engine):
    engine.write([build_document()])
    ledger.decide("x:1", "spam", expected_state="diterima", actor="sari", note="", at=AT)
    engine.write = lambda documents: WriteOutcome(stale=len(documents))
    with pytest.raises(RetryError, match="kept changing"):
        settle_triage(ledger, engine, ["x:1"])


# ------------------------------------------------------------------ every order in which two sides can meet


class Turns:
    """Lets actors run one call at a time, in an order given from outside: (actor, how many calls) pairs."""

    def __init__(self):
        self._arrived = threading.Semaphore(0)
        self._go = {}

    def pause(self):
        self._arrived.release()
        self._go[threading.current_thread().name].acquire()

    def run(self, actors, order):
        failures = []

        def act(actor):
            try:
                self.pause()
                actor()
            except Exception as exc:  # noqa: BLE001 - a thread's failure must reach the test
                failures.append(exc)
            finally:
                live.remove(threading.current_thread().name)
                self._arrived.release()

        threads = [threading.Thread(target=act, args=(actor,), name=str(n)) for n, actor in enumerate(actors)]
        live = [thread.name for thread in threads]
        self._go = {name: threading.Semaphore(0) for name in live}
        for thread in threads:
            thread.start()
            self._arrived.acquire()
        choices = iter([choice for choice, times in order for _ in range(times)])
        while live:
            self._go[live[next(choices, 0) % len(live)]].release()
            self._arrived.acquire()
        for thread in threads:
            thread.join()
        assert not failures, failures


class Paced:
    """Waits for its turn before each call of what it stands for."""

    def __init__(self, real, turns):
        self._real, self._turns = real, turns

    def __getattr__(self, name):
        def call(*args, **options):
            self._turns.pause()
            return getattr(self._real, name)(*args, **options)

        return call


ACTIONS = st.one_of(
    st.tuples(st.just("publish"), st.integers(1, 3), st.integers(1, 2)),
    st.tuples(st.just("decide"), st.integers(0, 8), st.integers(1, 2)),
)


BURSTS = st.lists(st.tuples(st.integers(0, 3), st.sampled_from((1, 1, 2, 3, 9))), max_size=20)


KNOWN_RACES = (
    # decided between a publisher's reading and its writing; published between a decider's reading and its writing
    example(actions=[("publish", 2, 1), ("decide", 0, 1)], order=[(0, 2), (1, 9)]),
    example(actions=[("decide", 0, 1), ("publish", 2, 1)], order=[(0, 5), (1, 9)]),
)


@settings(max_examples=100, deadline=None)
@given(actions=st.lists(ACTIONS, min_size=2, max_size=4), order=BURSTS)
@KNOWN_RACES[0]
@KNOWN_RACES[1]
def test_the_ledgers_state_wins_in_every_interleaving(actions, order):
    check_interleaving(lambda _folder: MemoryEngine(), actions, order)


@settings(max_examples=40, deadline=None)
@given(actions=st.lists(ACTIONS, min_size=2, max_size=4), order=BURSTS)
@KNOWN_RACES[0]
@KNOWN_RACES[1]
def test_the_ledgers_state_wins_in_the_embedded_engine(actions, order):
    check_interleaving(lambda folder: SqliteEngine(folder / "index.db", clock=lambda: AT), actions, order)


def check_interleaving(open_engine, actions, order):
    with (
        tempfile.TemporaryDirectory() as folder,
        Ledger(f"sqlite:///{Path(folder) / 'ledger.db'}") as ledger,
        closing(open_engine(Path(folder))) as engine,
    ):
        engine.setup()
        turns = Turns()
        write_documents(ledger, engine, [build_document(ordinal=1, revision=0)])
        slow_ledger, slow_engine = Paced(ledger, turns), Paced(engine, turns)

        def publish(ordinal, revision):
            write_documents(slow_ledger, slow_engine, [build_document(ordinal=ordinal, revision=revision)])

        def work(choice, times):
            for _ in range(times):
                state = ledger.triage_of(["x:1"])["x:1"].state
                target = allowed_transitions(state)[choice % len(allowed_transitions(state))]
                try:
                    assert change(slow_ledger, slow_engine, target, state).indexed
                except DecisionConflictError:
                    continue

        turns.run([partial(publish if name == "publish" else work, a, b) for name, a, b in actions], order)

        document = engine.get("x:1", include_restricted=True)
        triage = ledger.triage_of(["x:1"])["x:1"]
        assert (document.state, document.state_at, document.decisions) == (triage.state, triage.at, triage.decisions)
        newest = max([(1, 0), *((a, b) for name, a, b in actions if name == "publish")])
        assert split_version(document.version) == (*newest, triage.decisions)
        assert document.text.endswith(f"{newest[0]}.{newest[1]}")
