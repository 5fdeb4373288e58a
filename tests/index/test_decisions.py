"""The ledger on both databases: what a person can and cannot write into it."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone
from itertools import pairwise

import pytest

from index.decisions import UNDECIDED, DecisionConflictError, Ledger, Triage
from index.states import allowed_transitions
from sidak.errors import RetryError, SidakError, UsageError

AT = datetime(2026, 11, 20, 3, 15, 30, 123456, tzinfo=UTC)


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def address(request, tmp_path):
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'home' / 'ledger.db'}"
    return request.getfixturevalue("postgres_url")


@pytest.fixture
def ledger(address):
    with Ledger(address) as ledger:
        yield ledger


def decide(ledger, report_id="x:1", to_state="verifikasi", expected_state="diterima", *, actor="sari", note="", at=AT):
    return ledger.decide(report_id, to_state, expected_state=expected_state, actor=actor, note=note, at=at)


def test_decisions_come_back_as_they_were_written(ledger):
    first = decide(ledger, note="Cek ke lapangan; hubungi 0812-0000-0000.")
    other = decide(ledger, "x:2", "spam")
    second = decide(ledger, to_state="telaah", expected_state="verifikasi", actor="budi", at=AT + timedelta(hours=1))

    assert [item.sequence for item in (first, other, second)] == [1, 2, 3]
    assert ledger.history("x:1") == (first, second)
    assert ledger.history("x:3") == ()
    assert list(ledger.since(0)) == [first, other, second]
    assert list(ledger.since(2)) == [second]
    assert first.note == "Cek ke lapangan; hubungi 0812-0000-0000."
    assert ledger.triage_of(["x:1", "x:2", "x:3"]) == {
        "x:1": Triage(state="telaah", at=AT + timedelta(hours=1), decisions=2),
        "x:2": Triage(state="spam", at=AT, decisions=1),
        "x:3": UNDECIDED,
    }
    assert ledger.verify() == ledger.head()
    assert ledger.head().hash == second.hash


def test_an_empty_ledger_is_sound(ledger):
    assert ledger.verify() == ledger.head()
    assert ledger.head().sequence == 0
    assert ledger.triage_of([]) == {}


def test_a_second_process_sees_the_same_ledger(ledger, address):
    written = decide(ledger)
    with Ledger(address) as other:
        assert other.history("x:1") == (written,)
        assert decide(other, to_state="telaah", expected_state="verifikasi").previous_hash == written.hash


def test_times_are_kept_in_utc_whatever_the_clock_on_the_wall(ledger):
    jakarta = timezone(timedelta(hours=7))
    decide(ledger, at=AT.astimezone(jakarta))
    (kept,) = ledger.history("x:1")
    assert kept.at == AT
    assert kept.at.tzinfo is UTC
    with pytest.raises(ValueError, match="time zone"):
        decide(ledger, "x:2", at=AT.replace(tzinfo=None))


def test_a_step_that_does_not_exist_is_refused_in_the_readers_language(ledger):
    with pytest.raises(UsageError, match=r"“Diterima” tidak dapat langsung menjadi “Selesai”\. Pilihan: Verifikasi"):
        decide(ledger, to_state="selesai")
    with pytest.raises(UsageError, match="tidak dikenal"):
        decide(ledger, to_state="selesai'; DROP TABLE decisions; --")
    assert ledger.head().sequence == 0


def test_whoever_is_slower_is_told_and_nothing_is_written(ledger):
    decide(ledger, actor="sari")
    with pytest.raises(DecisionConflictError, match="sekarang “Verifikasi”, bukan lagi “Diterima”") as caught:
        decide(ledger, to_state="spam", actor="budi")
    assert isinstance(caught.value, RetryError)
    assert caught.value.current.state == "verifikasi"
    assert len(ledger.history("x:1")) == 1


def test_hostile_notes_are_cleaned_but_never_cut(ledger):
    decide(ledger, note="  a\0b \ud800 \u202e<script>alert(1)</script>' OR 1=1 -- \U0001f6a7\n")
    (kept,) = ledger.history("x:1")
    assert kept.note == "ab \ufffd \u202e<script>alert(1)</script>' OR 1=1 -- \U0001f6a7"
    with pytest.raises(UsageError, match=r"terlalu panjang: 10000000 karakter"):
        decide(ledger, "x:2", note="x" * 10_000_000)
    ledger.verify()


@pytest.mark.parametrize("name", ["", "  ", "a\0b", "\ud800", "x" * 501])
def test_names_that_cannot_be_stored_are_refused(ledger, name):
    with pytest.raises(UsageError, match="Nama petugas"):
        decide(ledger, actor=name)
    with pytest.raises(UsageError, match="Nomor laporan"):
        decide(ledger, name)


def test_many_writers_make_one_unbroken_chain(address):
    """Every writer walks its own report; all of them fight over one more."""
    steps = ("verifikasi", "telaah", "disposisi", "koordinasi")

    def work(number):
        lost = 0
        with Ledger(address) as ledger:
            state = "diterima"
            for step in steps:
                decide(ledger, f"own:{number}", step, state, actor=f"w{number}")
                state = step
                try:
                    current = ledger.triage_of(["shared"])["shared"].state
                    decide(ledger, "shared", allowed_transitions(current)[0], current, actor=f"w{number}")
                except DecisionConflictError:
                    lost += 1
        return lost

    with ThreadPoolExecutor(6) as pool:
        lost = sum(pool.map(work, range(6)))
    with Ledger(address) as ledger:
        head = ledger.verify()
        assert head.sequence == 6 * len(steps) * 2 - lost
        for number in range(6):
            assert [item.to_state for item in ledger.history(f"own:{number}")] == list(steps)
        shared = ledger.history("shared")
        assert all(a.to_state == b.from_state for a, b in pairwise(shared))


def test_writers_who_meet_an_empty_ledger_create_it_once(address):
    def work(number):
        with Ledger(address) as ledger:
            return decide(ledger, f"x:{number}").sequence

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(work, range(8))) == list(range(1, 9))


def test_more_reports_than_one_statement_can_name(ledger):
    decide(ledger, "x:1499")
    triage = ledger.triage_of(f"x:{number}" for number in range(1500))
    assert len(triage) == 1500
    assert triage["x:1499"].state == "verifikasi"
    assert triage["x:0"] is UNDECIDED


def test_an_address_that_is_none_is_refused_without_repeating_it():
    for wrong in (
        "rahasia",
        "mysql://u:rahasia@host/db",
        "sqlite://",
        "sqlite:///:memory:",
        "nosuch+driver://u:rahasia@h/d",
    ):
        with pytest.raises(SidakError) as caught:
            Ledger(wrong)
        assert "rahasia" not in str(caught.value)
